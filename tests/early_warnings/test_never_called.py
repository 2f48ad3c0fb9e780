"""What a signed warning asked for and nobody did, a call to a first responder or a report upward: closing asks why, once."""

import pytest

from common.errors import WrongState
from early_warnings.outgoing.superior_reports import record_call, send_report
from early_warnings.queries import to_report
from early_warnings.signing import actions as signing
from incidents.actions import close_incident
from incidents.closing.answers import Answer
from incidents.closing.queries import questions
from journal.models import Entry
from journal.record import content_of
from tests.early_warnings.conftest import PASSWORD
from tests.incidents.closing import answered


@pytest.fixture
def lifted(signed, reach, now):
    warning = signed("yellow")
    lift = {"warning_id": warning.pk, "reach": reach("county1.director"), "reason": "人员已离开", "now": now}
    try:
        return signing.lift_warning(**lift, credential=PASSWORD)
    except TypeError:
        return signing.lift_warning(**lift)


def calls_asked(incident, now):
    return [one for one in questions(incident, now) if not one.is_line]


def test_closing_asks_about_a_first_responder_nobody_called(lifted, reach, now):
    incident = lifted.incident
    (asked,) = calls_asked(incident, now)
    rest = answered(incident, now)
    del rest[asked.id]

    with pytest.raises(WrongState) as refused:
        close_incident(
            incident_id=incident.pk, reach=reach("county1.duty"), summary="已化解", answers=rest, now=now
        )

    assert [one["kind"] for one in refused.value.extra["open"]] == ["call"]
    assert "第一响应人" in str(refused.value)


def test_the_answer_is_on_record_in_words(lifted, reach, now):
    incident = lifted.incident
    (asked,) = calls_asked(incident, now)
    answers = {**answered(incident, now), asked.id: Answer("not_needed", "所长本人就在现场")}

    close_incident(
        incident_id=incident.pk, reach=reach("county1.duty"), summary="已化解", answers=answers, now=now
    )

    said = [content_of(entry) for entry in Entry.objects.filter(kind="incident.checked")]
    (call,) = [one for one in said if one["item"] == asked.id]
    assert (call["asked_zh"], call["note"]) == (asked.words.zh, "所长本人就在现场")


@pytest.mark.parametrize("outcome", ["answered", "no_answer"])
def test_any_attempt_is_an_answer(lifted, cast, reach, now, outcome):
    record_call(
        warning_id=lifted.pk, reach=reach("county1.duty"), person=cast["county1.responder"], outcome=outcome,
        now=now,
    )  # fmt: skip

    assert calls_asked(lifted.incident, now) == []


def test_without_a_signed_warning_nobody_was_to_be_called(proposed, now):
    assert calls_asked(proposed("yellow").incident, now) == []


def test_closing_asks_about_a_report_upward_that_nobody_sent(signed, reach, now):
    """A red warning drafts two; closed without them, nobody saw that the level above was never told."""
    warning = signed("red", headcount=60)
    signing.lift_warning(
        warning_id=warning.pk, reach=reach("city.director"), reason="人员已离开", now=now, credential=PASSWORD
    )
    incident, director = warning.incident, reach("city.director")
    sent, waiting = warning.superior_reports.order_by("pk")
    send_report(report_id=sent.pk, reach=director, channel="phone", now=now)
    name, rest = f"report-{waiting.pk}", answered(incident, now)
    del rest[name]
    closing = {"incident_id": incident.pk, "reach": director, "summary": "已化解", "now": now}
    assert list(to_report(director)) == [waiting]

    with pytest.raises(WrongState) as refused:
        close_incident(**closing, answers=rest)
    assert [one["kind"] for one in refused.value.extra["open"]] == ["report"]
    assert waiting.title_zh in str(refused.value)
    close_incident(**closing, answers={**rest, name: Answer("not_needed", "已当面报告")})

    said = [content_of(entry) for entry in Entry.objects.filter(kind="incident.checked")]
    assert [one["note"] for one in said if one["item"] == name] == ["已当面报告"]
    assert not to_report(director).exists(), "what was answered waits on no desk"
