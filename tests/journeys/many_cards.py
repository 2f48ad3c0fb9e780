"""The product with boards of 600 cards instead of 50: what a browser does with them is to be known before anybody asks."""

from config.asgi import application
from dashboards.boards import views

views.MOST_CARDS = 600

__all__ = ["application"]
