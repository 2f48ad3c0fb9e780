"""Addresses that belong to no room: the API to read, the component gallery and how a reader wants the screen."""

from django.urls import path

from common.api.page import ApiDocs
from common.web import gallery, preferences

urlpatterns = [
    path("api/docs/", ApiDocs.as_view(), name="api-docs"),
    path("styleguide/", gallery.gallery, name="ui-gallery"),
    path("ui/preferences/", preferences.choose, name="ui-preferences"),
]
