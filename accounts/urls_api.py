from django.urls import path

from accounts.exclusions import api as exclusions
from accounts.people import api as people

urlpatterns = [
    path("me/", people.Me.as_view(), name="me"),
    path("units/", people.Units.as_view(), name="units"),
    path("people/", people.People.as_view(), name="people"),
    path("recusals/", exclusions.Recusals.as_view(), name="recusals"),
    path("recusals/<int:pk>/end/", exclusions.EndRecusal.as_view(), name="recusal-end"),
]
