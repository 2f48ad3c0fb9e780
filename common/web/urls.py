"""Addresses that belong to no room: the component gallery and how a reader wants the screen."""

from django.urls import path

from common.web import gallery, preferences

urlpatterns = [
    path("styleguide/", gallery.gallery, name="ui-gallery"),
    path("ui/preferences/", preferences.choose, name="ui-preferences"),
]
