from django.urls import path

from clocks import api

urlpatterns = [path("clocks/", api.Clocks.as_view(), name="clocks")]
