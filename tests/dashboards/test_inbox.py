"""What needs no answer is confirmed together; a matter stands once; every cut list says so and leads to its rest."""

import re
import uuid
from copy import copy

import pytest

from command.report_chain.actions import draft_report, revise_report
from command.report_chain.rules import gaps
from command.report_chain.signing import ask_for_signature
from dashboards.boards.inbox import inbox_of, inboxes_of
from journal.models import Entry
from journal.record import content_of
from notices.choices import State
from notices.models import Notice
from notices.reading.queries import inbox
from tests.command.responding import asked
from tests.early_warnings.conftest import incident, passwords, proposed, statement

__all__ = ["asked", "incident", "passwords", "proposed", "statement"]

pytestmark = pytest.mark.usefixtures("plan")


def told(person, purpose="incident.reported"):
    return Notice.objects.filter(recipient=person, purpose=purpose, channel="app")


def form_of(html):
    return re.search(r'name="upto" value="(\d+)"', html)[1]


def test_two_hundred_alarms_are_one_press(alarm, signed_in, cast):
    for _ in range(70):
        alarm(headcount=2)
    browser = signed_in("county1.duty")
    html = browser.get("/duty/", {"part": "inbox"}).content.decode()

    answer = browser.post("/notices/together/", {"upto": form_of(html), "idempotency_key": "1"})

    assert html.count('data-key="notice:') <= 3
    assert "70" in html
    assert answer.status_code == 303
    assert set(told(cast["county1.duty"]).values_list("state", flat=True)) == {State.ACKNOWLEDGED}
    assert "没有" in browser.get("/duty/", {"part": "inbox"}).content.decode()


def test_each_one_is_in_the_journal_with_how_many_were_confirmed_at_once(alarm, signed_in, cast):
    events = [alarm(headcount=2) for _ in range(3)]
    newest = max(told(cast["county1.duty"]).values_list("pk", flat=True))

    signed_in("county1.duty").post("/notices/together/", {"upto": newest, "idempotency_key": "1"})

    entries = Entry.objects.filter(kind="notice.acknowledged")
    assert {entry.thread for entry in entries} == {event.key for event in events}
    assert {entry.actor for entry in entries} == {cast["county1.duty"]}
    assert [content_of(entry)["together"] for entry in entries] == [3, 3, 3]


def test_what_came_after_the_page_is_left(alarm, signed_in, cast):
    alarm(headcount=2)
    seen = told(cast["county1.duty"]).get().pk
    alarm(headcount=2)

    signed_in("county1.duty").post("/notices/together/", {"upto": seen, "idempotency_key": "1"})

    assert [notice.pk == seen for notice in told(cast["county1.duty"]).order_by("pk") if notice.state == State.ACKNOWLEDGED] == [True]  # fmt: skip


def test_what_asks_for_an_answer_or_a_signature_is_left(alarm, proposed, signed_in, cast):
    alarm(headcount=8, life_risk=["suicide_threat"])
    proposed("yellow", headcount=15)
    before = {
        name: list(inbox(cast[name]).exclude(purpose="incident.reported").values_list("pk", flat=True))
        for name in ("county1.duty", "county1.director")
    }

    for name in before:
        signed_in(name).post("/notices/together/", {"upto": 10**9, "idempotency_key": name})

    assert all(before.values())
    for name, kept in before.items():
        assert set(inbox(cast[name]).values_list("pk", flat=True)) == set(kept)


def test_nobody_confirms_for_somebody_else(alarm, signed_in, cast):
    alarm(headcount=2)

    signed_in("county1.leader").post("/notices/together/", {"upto": 10**9, "idempotency_key": "1"})

    assert told(cast["county1.duty"]).get().state != State.ACKNOWLEDGED


@pytest.mark.parametrize("upto", ["", "x", "-1", "9" * 30, "٣"])
def test_a_broken_press_confirms_nothing(alarm, signed_in, cast, upto):
    alarm(headcount=2)

    answer = signed_in("county1.duty").post("/notices/together/", {"upto": upto, "idempotency_key": "1"})

    assert answer.status_code == 422
    assert told(cast["county1.duty"]).get().state != State.ACKNOWLEDGED


def test_a_matter_to_sign_stands_once_and_its_card_is_the_receipt(proposed, signed_in, cast):
    warning = proposed("yellow", headcount=15)
    notice = Notice.objects.get(recipient=cast["county1.director"], channel="app", subject=warning.key)

    html = signed_in("county1.director").get("/command/", {"part": "sign"}).content.decode()

    assert html.count(f'data-key="{warning.key}"') == 1
    assert f'data-key="notice:{notice.pk}"' not in html
    assert f'data-unseen="{notice.pk}"' in html


def test_a_decision_to_take_stands_once_and_its_card_is_the_receipt(asked, signed_in, cast):
    response = asked("yellow")
    notice = Notice.objects.get(recipient=cast["county1.director"], channel="app", subject=response.key)

    html = signed_in("county1.director").get("/command/", {"part": "sign"}).content.decode()

    assert notice.purpose.startswith("response.to_sign")
    assert html.count(f'data-key="{response.key}"') == 1
    assert f'data-key="notice:{notice.pk}"' not in html
    assert f'data-unseen="{notice.pk}"' in html


def test_a_report_upward_to_sign_stands_once_and_its_card_is_the_receipt(alarm, reach, signed_in, cast, now):
    incident = alarm(headcount=30)
    by = {"reach": reach("county1.duty"), "now": now}
    report = draft_report(incident_id=incident.pk, kind="initial", recipients=("示例市司法局",), **by)
    if missing := dict.fromkeys(gaps(report.fields), "人员平稳"):
        revise_report(report_id=report.pk, fields=missing, **by)
    ask_for_signature(report_id=report.pk, **by)
    notice = Notice.objects.filter(channel="app", subject=report.key).select_related("recipient").first()

    html = signed_in(notice.recipient.username).get("/command/", {"part": "sign"}).content.decode()

    assert html.count(f'data-key="upward:{report.pk}"') == 1
    assert f'data-key="notice:{notice.pk}"' not in html
    assert f'data-unseen="{notice.pk}"' in html


def test_the_page_of_messages_has_all_of_them(alarm, signed_in):
    for _ in range(60):
        alarm(headcount=2)
    browser = signed_in("county1.duty")

    first, second = (browser.get("/notices/", {"page": page}).content.decode() for page in (1, 2))

    assert (first.count('data-key="notice:'), second.count('data-key="notice:')) == (50, 10)
    assert ">60<" in first


def test_a_long_text_does_not_push_the_others_off_the_screen(alarm, signed_in):
    text = "来访群众情绪激动，" * 50
    event = alarm(headcount=8, what=text)
    browser = signed_in("county1.duty")

    for part in ("incidents", "inbox"):
        html = browser.get("/duty/", {"part": part}).content.decode()
        outside = re.sub(r"</summary>.*?</details>", "", html, flags=re.DOTALL)
        assert text[:20] in outside
        assert text[:70] not in outside
    page = browser.get(f"/incidents/{event.number}/").content.decode()
    assert text not in page[: page.index("</h1>")]
    assert text in page


@pytest.mark.parametrize("together", [5000, 3])
def test_inboxes_read_together_are_those_read_alone(together, alarm, proposed, cast, reach, now, monkeypatch):
    """Also where so many notices wait that some of the last would be missing."""
    monkeypatch.setattr("notices.reading.queries._MOST_TOGETHER", together)
    for headcount in (2, 8, 2):
        alarm(headcount=headcount)
    proposed("yellow", headcount=15)
    asked = [
        (reach(name), now) for name in ("county1.duty", "county1.director", "county2.duty", "county1.duty")
    ]

    found = inboxes_of(asked)

    alone = [inbox_of(*one) for one in asked]
    assert found == alone
    assert [[notice.wants_answer for notice in one.asking] for one in found] == [
        [notice.wants_answer for notice in one.asking] for one in alone
    ]
    # The director's one notice is a card on the same board.
    assert [bool(one) for one in found] == [True, False, False, True]


def test_many_inboxes_are_as_many_queries_as_one(alarm, cast, reach, now, django_assert_num_queries):
    for _ in range(5):
        alarm(headcount=2)
    asked = [(reach(name), now) for name in ("county1.duty", "county2.duty", "county1.squad.dialogue")]

    for people in (asked[:1], asked):
        with django_assert_num_queries(3):
            inboxes_of(people)


def test_what_two_people_were_told_is_rendered_once_with_each_ones_own_numbers(
    alarm, cast, signed_in, monkeypatch
):
    for _ in range(2):
        alarm(headcount=2)
    ours = list(told(cast["county1.duty"]).order_by("pk"))
    theirs = [_told_too(notice, cast["city.duty"]) for notice in ours]
    told(cast["city.duty"]).exclude(pk__in=[notice.pk for notice in theirs]).delete()
    first = signed_in("county1.duty").get("/duty/", {"part": "inbox"}).content.decode()
    monkeypatch.setattr("dashboards.templatetags.board_inbox.render_to_string", None)

    second = signed_in("city.duty").get("/duty/", {"part": "inbox"}).content.decode()

    for own, other, html in ((ours, theirs, first), (theirs, ours, second)):
        for notice in own:
            assert f'data-key="notice:{notice.pk}"' in html
            assert f"/notices/{notice.pk}/" in html
        assert form_of(html) == str(max(notice.pk for notice in own))
        assert not any(f'"notice:{notice.pk}"' in html for notice in other)


def _told_too(notice, person):
    twin = copy(notice)
    twin.pk, twin.recipient, twin.dedupe, twin.key = (
        None,
        person,
        f"{notice.dedupe}:{person.pk}",
        uuid.uuid4(),
    )
    twin.save(force_insert=True)
    return twin
