"""The acts on one reception, by the word of their address: alike on the page and over the API."""

from collections.abc import Callable
from typing import Any

from accounts.scope import Reach
from cases.demands.forms import lead_named
from cases.receptions import actions, counter, forms
from cases.receptions.counter import Arrival
from cases.receptions.points import Point

Given = dict[str, Any]


def points_of(given: list[Given], reach: Reach) -> list[Point]:
    return [
        Point(one["point"], one["confirmed"], one["class"], lead_named(reach, one["lead_unit"]))
        for one in given
    ]


def arrival_of(given: Given) -> Arrival:
    return Arrival(
        given["came"] or given["representatives"] or 1, given["kind"] == "group", given["representatives"] or None, given["recording_told"],
        given["evidence"],
    )  # fmt: skip


def _arrived(given: Given, reach: Reach) -> Given:
    return {"arrival": arrival_of(given), "points": points_of(given["points"], reach)}


def _confirmed(given: Given, reach: Reach) -> Given:
    return {
        "place": given["place"],
        "text": given["point"],
        "lead_unit": lead_named(reach, given["lead_unit"]),
    }


def _same(given: Given, reach: Reach) -> Given:
    return given


#: Word of the address → body, action, what the body becomes.
ACTS: dict[str, tuple[type, Callable[..., Any], Callable[[Given, Reach], Given]]] = {
    "move": (
        forms.ApiMoveSerializer,
        actions.move_reception,
        lambda given, reach: {"scheduled_at": given["at"], "place": given["place"]},
    ),
    "cancel": (forms.ApiReasonSerializer, actions.cancel_reception, _same),
    "check-in": (forms.ApiNothingSerializer, actions.check_in_site_group, _same),
    "check": (forms.ApiItemSerializer, actions.check_line, _same),
    "nobody-came": (forms.ApiNoteSerializer, actions.note_nobody_came, _same),
    "begin": (forms.ApiArrivalSerializer, counter.begin_reception, _arrived),
    "points": (
        forms.ApiPointsSerializer,
        counter.add_points,
        lambda given, reach: {"points": points_of(given["points"], reach)},
    ),
    "confirm": (forms.ApiConfirmSerializer, counter.confirm_point, _confirmed),
    "strike": (forms.ApiPlaceSerializer, counter.strike_point, _same),
    "notice": (forms.ApiNoticeSerializer, counter.hand_over_notice, _same),
    "end": (forms.ApiEndSerializer, counter.end_reception, _same),
}
