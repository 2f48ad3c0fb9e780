"""The helper itself: a board that follows what happens, and three boards that do not."""

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.middleware.csrf import get_token
from django.test import override_settings
from django.urls import include, path
from django.views import View

from journal.models import Entry as JournalEntry
from journal.numbering import head
from journal.record import record
from tests.live.replay import Element, Entry, assert_replay_shows, put, read_html, touches


class Board(View):
    """Counts observations in one part and shows a clock and a form that change with every load."""

    kinds, outside = "incident.", False

    def get(self, request):
        after = head()
        count = JournalEntry.objects.filter(kind="incident.observed").count()
        part = f"<p>{count} observations</p><input name='csrfmiddlewaretoken' value='{get_token(request)}'>"
        if request.GET.get("part") == "list":
            return HttpResponse(part)
        title = f"{count}" if self.outside else "Board"
        return HttpResponse(
            f"<!doctype html><body data-after='{after}'><h1>{title}</h1><br>"
            f"<section data-part='list' data-kinds='{self.kinds}'>{part}</section></body>"
        )


urlpatterns = [
    path("board/", Board.as_view()),
    path("deaf/", Board.as_view(kinds="order.")),
    path("outside/", Board.as_view(outside=True)),
    path("", include("config.urls")),
]


@pytest.fixture
def observe(units, now):
    def act():
        with transaction.atomic():
            record("incident.observed", subject="incident:1", unit=units["C1"], actor=None, at=now)

    return act


@override_settings(ROOT_URLCONF=__name__)
def test_a_board_that_follows_passes(signed_in, observe):
    entries = assert_replay_shows(signed_in("county1.duty"), "/board/", observe)

    assert entries == [Entry("incident.observed", "incident:1", "incident:1")]


@override_settings(ROOT_URLCONF=__name__)
@pytest.mark.parametrize("url", ["/deaf/", "/outside/"])
def test_a_board_that_does_not_follow_fails(signed_in, observe, url):
    with pytest.raises(AssertionError, match="not the fresh one"):
        assert_replay_shows(signed_in("county1.duty"), url, observe)


@override_settings(ROOT_URLCONF=__name__)
def test_a_reader_who_is_not_sent_the_entry_sees_a_difference(signed_in, observe):
    """The board counts what county 2 may not see: its query forgets the rights, and this finds it."""
    with pytest.raises(AssertionError, match="not the fresh one"):
        assert_replay_shows(signed_in("county2.duty"), "/board/", observe)


@pytest.mark.parametrize(
    ("kinds", "subjects", "is_touched"),
    [
        ("incident.", "", True),
        ("incident.observed order.", "", True),
        ("*", "", True),
        ("order.", "", False),
        ("", "", False),
        ("*", "incident:5", True),
        ("*", "order:17 incident:6", True),
        ("*", "incident:7", False),
    ],
)
def test_touches_as_the_script_does(kinds, subjects, is_touched):
    part = Element("section", {"data-part": "x", "data-kinds": kinds, "data-subjects": subjects})

    assert touches(part, Entry("incident.observed", "incident:5", "incident:6")) is is_touched


def test_an_answer_may_be_the_inside_or_the_element_itself():
    inside, itself = (read_html('<div data-part="a">old</div>').children[0] for _ in range(2))

    put(inside, "<p>new</p>")
    put(itself, '<div data-part="a"><p>new</p></div>')

    assert inside.lines() == itself.lines() == ["<div data-part='a'>", "  <p>", "    new"]
