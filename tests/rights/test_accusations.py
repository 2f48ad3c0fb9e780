"""Every page and API answer, for everybody whom an accusation names or who recused: not a word of it, no number."""

from datetime import time, timedelta
from urllib.parse import quote

import pytest
import time_machine
from django.test import Client

from accounts.exclusions import actions as exclusions
from accounts.models import Unit
from cases.answers_due import actions as answers
from cases.demands import actions as demands
from cases.demands import answering
from cases.demands.models import Demand
from cases.demands.queries import as_thing
from cases.leader_cases.models import LeaderCase
from cases.leader_cases.proposing import about_demand, make_case
from cases.matters import actions as matters
from cases.matters.models import Matter
from cases.slips.queries import phone_of
from clocks.models import Clock
from common.dates.local_time import day_of
from incidents.models import Incident
from incidents.queries import find_thing
from journal.numbering import number_new
from journal.queries import entries_after
from notices.actions import queue_notices
from notices.choices import ORDER, Channel
from notices.models import Notice
from notices.occasions import Occasion
from notices.recipients import Recipient
from notices.sending.message_templates import Message
from tests.marks.statistics import STATISTICS, plain
from tests.rights.asking import addresses, papers_as_text, read

__all__ = ["papers_as_text"]

pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.embedded_only, pytest.mark.control(15)]

#: Of the unit complained of and below it, and the person accused, who sits above.
KEPT_OUT = ["town11.head", "town11.clerk", "village111.informant", "county1.duty"]


@pytest.fixture
def accusation(secrets, reach, units, cast, now):
    """At the township's own counter, about an incident there; and the matter that the township leads."""
    event = Incident.objects.get(unit=units["T11"])
    desk = reach("county1.director")
    made = demands.register_demand(
        reach=reach("town11.clerk"), unit=units["T11"], origin="incident", point="POINT-A", incident=event,
        office_number="XF-SECRET-A", now=now,
    )  # fmt: skip
    answering.note_step(reach=desk, demand_id=made.pk, kind="demand.contacted", note="STEP-A", now=now)
    for person in ("town11.head", "county1.duty"):
        queue_notices(
            Occasion("improvement.set", made.key, units["T11"], event.key), Message(text_zh="TOLD-A"),
            recipients=[Recipient(cast[person], "")], channels=[Channel.APP], priority=ORDER, now=now,
        )  # fmt: skip
    demands.hide_accusation(
        reach=desk,
        demand_id=made.pk,
        accused=units["T11"],
        people=[cast["county1.duty"]],
        note="WHY-A",
        now=now,
    )
    matter = Matter.objects.get()
    matters.work_on(reach=desk, matter_id=matter.pk, verb="follow", note="STEP-M", now=now)
    matters.hide_accusation(
        reach=desk,
        matter_id=matter.pk,
        accused=units["T11"],
        people=[cast["county1.duty"]],
        note="WHY-M",
        now=now,
    )
    answering.issue_reply(
        reach=desk, demand_id=made.pk, outcome="explained", note="ANSWER-A", now=now, number="REPLY-A"
    )
    made.refresh_from_db()
    matter.refresh_from_db()
    # Proposed after it was closed: closed from its first entry.
    case = make_case(about_demand(made), None, [], now=now, reach=desk, note="CASE-A")
    number_new()
    return [made, matter, case]


def doors(accusation) -> list[str]:
    made, matter, case = accusation
    asked = [quote(name) for one in accusation for name in (one.key, one.number)]
    asked += [Incident.objects.get(unit__code="T11").number]
    return [
        *addresses(),
        "/demands/?state=all", "/demands/?state=all&as=xlsx", "/reports/matters/?state=all",
        *(f"/api/v1/{door}/?subject={name}" for door in ("clocks", "notices") for name in asked),
        *(f"/api/v1/subjects/{name}/" for name in asked),
        "/api/v1/journal/?after=0&limit=500", "/api/v1/demands/?state=all", "/api/v1/recusals/?state=all",
        f"/demands/{made.number}/", f"/api/v1/demands/{made.number}/", f"/reports/matters/{matter.number}/",
        f"/leader-cases/{case.number}/", f"/demands/{made.number}/slip/",
        f"/account/recusals/leader_case/{case.number}/", "/leader-cases/?state=all", "/api/v1/leader-cases/?state=all",
        f"/account/recusals/demand/{made.number}/", f"/account/recusals/matter/{matter.number}/",
        "/account/recusals/?state=all",
    ]  # fmt: skip


def words_of(accusation) -> list[str]:
    said = [
        "POINT-A",
        "XF-SECRET-A",
        "STEP-A",
        "TOLD-A",
        "WHY-A",
        "STEP-M",
        "WHY-M",
        "ANSWER-A",
        "REPLY-A",
        "CASE-A",
    ]
    return [*said, *(one.number for one in accusation), *(f'"{one.key}"' for one in accusation)]


@pytest.mark.parametrize("username", KEPT_OUT)
def test_no_door_shows_an_accusation_to_whom_it_names(accusation, papers_as_text, cast, reach, now, username):
    browser = Client(raise_request_exception=False)
    found = {}
    with time_machine.travel(now, tick=False):
        browser.force_login(cast[username])
        for address in doors(accusation):
            text = read(browser, address)
            told = [word for word in words_of(accusation) if word in text and word not in address]
            if told:
                found[address] = told
    assert found == {}
    mine = reach(username)
    seen = entries_after(0, mine).filter(subject__in=[one.key for one in accusation])
    assert not seen.exists()
    assert not Demand.objects.visible_to(mine).filter(pk=accusation[0].pk).exists()


def test_the_superior_reads_it_everywhere(accusation, cast, now):
    """Otherwise the test above could not fail."""
    browser = Client(raise_request_exception=False)
    with time_machine.travel(now, tick=False):
        browser.force_login(cast["county1.director"])
        seen = "".join(read(browser, address) for address in doors(accusation))
    assert [word for word in words_of(accusation) if word not in seen and word != "TOLD-A"] == []


def test_no_figure_of_whom_it_names_moves_with_an_accusation(accusation, reach, units, now):
    """Whatever becomes of it. Every figure the product counts (tests.marks.statistics), for everybody kept out."""
    made, matter, case = accusation
    keys = [one.key for one in accusation]
    own = {"town11.head": "T11", "town11.clerk": "T11", "village111.informant": "V111", "county1.duty": "C1"}

    def figures(username, code):
        asked = reach(username)
        return {name: repr(plain(count(asked, units[code], now))) for name, count in STATISTICS.items()}

    before = {who: figures(who, code) for who, code in own.items()}
    handling = figures("city.director", "C0")
    Matter.objects.filter(pk=matter.pk).update(
        count=77,
        dispute_class="land",
        note="MOVED",
        registered_at=now - timedelta(days=2),
        due_date=day_of(now),
    )
    Demand.objects.filter(pk=made.pk).update(
        replied_at=None,
        outcome="",
        reply_number="",
        registered_at=now - timedelta(days=2),
        due_at=now - timedelta(days=1),
    )
    LeaderCase.objects.filter(pk=case.pk).update(proposed_at=now - timedelta(days=40))
    Clock.objects.filter(subject__in=keys).update(breached_at=now)

    moved = {
        who: [name for name, said in figures(who, code).items() if said != before[who][name]]
        for who, code in own.items()
    }
    assert not any(moved.values()), moved
    assert figures("city.director", "C0") != handling, "otherwise this could not fail"


def test_nothing_sent_names_an_accusation_to_whom_it_accuses(accusation, reach, units, cast, now):
    """The digest of what is owed, the notice to those who help, the telephone number on a slip."""
    made, _matter, case = accusation
    desk = reach("county1.director")
    Unit.objects.filter(pk=units["T11"].pk).update(phone="0519-11111111")
    Unit.objects.filter(pk=units["C1"].pk).update(phone="")
    helped = demands.register_demand(
        reach=desk, unit=units["T11"], origin="counter", point="POINT-C", accused=units["T11"],
        supporters=[units["T11"], units["T12"]], now=now,
    )  # fmt: skip

    at = now + timedelta(days=1)
    answers.choose_hour(reach=desk, unit=units["C1"], hour=time(8), also_when_empty=True, now=now)
    answers.send_digests(at)

    told = Notice.objects.exclude(state="cancelled").filter(queued_at__gte=now)

    def heard(*words):
        return {row.recipient.username for row in told if any(word in row.text_zh for word in words)}

    assert heard(made.number, case.number, "POINT-A").isdisjoint(KEPT_OUT)
    assert heard(helped.number, "POINT-C").isdisjoint({"town11.head", "town11.clerk", "village111.informant"})
    assert "town12.head" in heard("POINT-C")
    digests = {row.recipient.username: row.text_zh for row in told.filter(purpose__startswith="answers.due")}
    assert made.number in digests["county1.director"]
    assert phone_of(Demand.objects.get(pk=helped.pk)) != "0519-11111111"


@pytest.mark.control(23)
def test_whoever_recused_reads_no_word_of_the_incident_and_is_told_why(
    secrets, cast, reach, now, papers_as_text
):
    event = Incident.objects.get(unit__code="C1")
    exclusions.recuse_person(
        reach=reach("county1.director"), thing=find_thing(reach("county1.director"), event.number),
        person=cast["county1.duty"], reason="REASON-R", now=now,
    )  # fmt: skip
    number_new()
    hidden = ["PLACE-C1", "WHAT-C1", "SEEN-C1", "REASON-W", "MATTER-W", "TASK-O", "ABOVE-U", "TEXT-U"]
    browser = Client(raise_request_exception=False)
    found = {}
    with time_machine.travel(now, tick=False):
        browser.force_login(cast["county1.duty"])
        for address in addresses():
            text = read(browser, address)
            if told := [word for word in hidden if word in text]:
                found[address] = told
        page = browser.get(f"/incidents/{event.number}/")
    assert found == {}
    assert page.status_code == 404
    assert 'data-code="recused"' in page.content.decode()
    assert "REASON-R" in page.content.decode()


def test_what_waited_passes_to_who_takes_over(secrets, cast, reach, units, now):
    made = demands.register_demand(
        reach=reach("county1.duty"), unit=units["C1"], origin="counter", point="POINT-B", now=now
    )
    told = queue_notices(
        Occasion("improvement.set", made.key, units["C1"]), Message(text_zh="TOLD-B"),
        recipients=[Recipient(cast["county1.deputy"], "")], channels=[Channel.APP], priority=ORDER, now=now,
    )  # fmt: skip
    assert told == 1

    row = exclusions.recuse_person(
        reach=reach("county1.deputy"),
        thing=as_thing(made),
        person=cast["county1.deputy"],
        reason="亲属",
        now=now,
    )

    waiting = Notice.objects.get(recipient=cast["county1.deputy"], subject=made.key)
    assert (waiting.state, waiting.last_error) == ("cancelled", "kept from them")
    taker = Notice.objects.get(purpose=f"recusal.passed.{cast['county1.deputy'].pk}", channel="app")
    assert taker.recipient != cast["county1.deputy"]
    assert str(taker.recipient) in row.passed_to
    assert "1" in taker.text_zh
