from django.urls import path

from journal.api import JournalView

urlpatterns = [path("journal/", JournalView.as_view(), name="journal")]
