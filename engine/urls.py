from django.urls import path

from engine.monitoring import pages, views

urlpatterns = [
    path("system/", pages.SystemPage.as_view(), name="system"),
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
    path("heartbeat", views.heartbeat, name="heartbeat"),
    path("metrics", views.metrics, name="metrics"),
]
