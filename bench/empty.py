"""A Django project with nothing in it, behind the same server: what any such product weighs."""

from django.conf import settings
from django.core.asgi import get_asgi_application
from django.http import HttpResponse
from django.urls import path

settings.configure(SECRET_KEY="x" * 50, ALLOWED_HOSTS=["*"], ROOT_URLCONF=__name__)
urlpatterns = [path("healthz", lambda request: HttpResponse("ok"))]
application = get_asgi_application()
