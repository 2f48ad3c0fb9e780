from django.urls import path

from dashboards.device import views

urlpatterns = [
    path("check/", views.Check.as_view(), name="device-check"),
    path("offline/", views.offline, name="offline"),
    path("manifest.webmanifest", views.manifest, name="manifest"),
    path("sw.js", views.worker, name="worker"),
]
