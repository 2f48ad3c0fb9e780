from django.urls import path

from accounts.exclusions import api as exclusions

urlpatterns = [
    path("recusals/", exclusions.Recusals.as_view(), name="recusals"),
    path("recusals/<int:pk>/end/", exclusions.EndRecusal.as_view(), name="recusal-end"),
]
