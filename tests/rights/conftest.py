"""A county with a thing of every kind, each carrying words of its own by which a page that renders it is caught."""

import datetime
from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import pytest

from accounts.choices import PostKind
from accounts.models import Post
from accounts.scope import Reach
from cases.matters import actions as matters
from cases.matters.models import Matter
from command.orders import actions as orders
from command.orders.models import Order
from command.report_chain import actions as upward
from command.report_chain.models import UpwardReport
from common.dates.local_time import day_of
from common.dates.periods import DAILY, period_of
from drills.conduct import actions as drills
from drills.conduct.actions import Plan
from drills.conduct.models import Drill
from drills.permissions import sees_script
from duty.shifts import handovers
from duty.shifts.models import Handover
from duty.shifts.reading import reads_note
from early_warnings.models import EarlyWarning
from early_warnings.proposals import actions as proposals
from early_warnings.proposals.actions import Statement
from incidents.models import Incident
from incidents.reporting.actions import add_observation
from journal.numbering import number_new
from plans.engine.facts import Facts
from rosters.models import Roster, Shift
from tests.early_warnings.conftest import passwords
from tests.incidents.conftest import alarm
from zero_reports.filing.actions import Item, file_report
from zero_reports.filing.models import ReportItem, ZeroReport

__all__ = ["alarm", "passwords"]


class Secret(NamedTuple):
    """Words that stand in one thing, and who may read them."""

    words: str
    is_for: Callable[[Reach], bool]
    #: The thing, where it is a row that a number of its own opens.
    model: type | None = None
    pk: int = 0


def _of(rows, pk):
    return lambda reach: rows.visible_to(reach).filter(pk=pk).exists()


@pytest.fixture
def secrets(alarm, reach, units, cast, now):
    """Two incidents with an observation, a warning, an order, a report with an item that became a matter."""
    found = []

    def hide(words, rows, pk):
        found.append(Secret(words, _of(rows, pk), rows.model, pk))

    for unit, username in (("T11", "town11.head"), ("C1", "county1.duty")):
        event = alarm(username, unit=unit, place=f"PLACE-{unit}", what=f"WHAT-{unit}", headcount=8)
        add_observation(
            incident_id=event.pk,
            reach=reach("county1.duty"),
            what=f"SEEN-{unit}",
            facts=Facts.from_dict({"headcount": 9}),
            now=now,
        )
        for words in (f"PLACE-{unit}", f"WHAT-{unit}", f"SEEN-{unit}"):
            hide(words, Incident.objects, event.pk)

    said = Statement(level="yellow", reason="REASON-W", matter="MATTER-W")
    warning = proposals.propose_new_warning(
        incident_id=event.pk, reach=reach("county1.duty"), statement=said, now=now
    )
    for words in ("REASON-W", "MATTER-W"):
        hide(words, EarlyWarning.objects, warning.pk)
    order = orders.issue_order(
        incident_id=event.pk,
        reach=reach("county1.duty"),
        target=orders.read_target("squad:dialogue@C1"),
        task="TASK-O",
        arrive_by=None,
        now=now,
    )
    hide("TASK-O", Order.objects, order.pk)
    told = upward.draft_report(
        incident_id=event.pk, reach=reach("county1.duty"), kind="initial", recipients=["ABOVE-U"], now=now
    )
    upward.revise_report(report_id=told.pk, reach=reach("county1.duty"), fields={"other": "TEXT-U"}, now=now)
    for words in ("ABOVE-U", "TEXT-U"):
        hide(words, UpwardReport.objects, told.pk)

    today = period_of(DAILY, day_of(now))
    report = file_report(
        reach=reach("village111.informant"),
        unit=units["V111"],
        period=today,
        answer="items",
        items=[Item("labour", 3, "NOTE-R")],
        now=now,
    )
    hide("NOTE-R", ZeroReport.objects, report.pk)
    item = ReportItem.objects.get(report=report)
    matter = matters.register_matter(reach=reach("county1.duty"), item_id=item.pk, now=now)
    matter = matters.assign_matter(
        reach=reach("county1.duty"), matter_id=matter.pk, lead=units["T11"], now=now
    )
    matters.work_on(reach=reach("county1.duty"), matter_id=matter.pk, verb="follow", note="NOTE-M", now=now)
    hide("NOTE-M", Matter.objects, matter.pk)
    drill = drills.plan_drill(
        reach=reach("county1.director"), unit=units["C1"], now=now,
        plan=Plan(
            scenario="crowd-at-a-notary-hall",
            objectives="AIM-D",
            participants=(("county1.duty", "duty_officer"), ("county1.squad.dialogue", "squad")),
        ),
    )  # fmt: skip
    hide("AIM-D", Drill.objects, drill.pk)
    # The script: not for who plays.
    found.append(Secret("大厅保安对讲机", partial(_reads_script, pk=drill.pk)))
    return found


def _reads_script(reach, pk) -> bool:
    drill = Drill.objects.visible_to(reach).filter(pk=pk).first()
    return bool(drill) and sees_script(reach, drill)


@pytest.fixture
def handed(secrets, reach, units, cast, now):
    """Handovers of the desk, the leader and the squad, open and given."""
    made = []
    for kind, squad in (
        (PostKind.DUTY_OFFICER, ""),
        (PostKind.DUTY_LEADER, ""),
        (PostKind.SQUAD, "dialogue"),
    ):
        post = Post.objects.get(unit=units["C1"], kind=kind, squad=squad)
        for given in (False, True):
            made.append(_hand_over(post, given, reach, cast, now))
            if given:
                secrets.append(Secret(f"NOTE-H{made[-1].pk}", partial(reads_note, handover=made[-1])))
    number_new()
    return made


def _hand_over(post, given, reach, cast, now) -> Handover:
    span = datetime.timedelta(hours=12)
    roster, _ = Roster.objects.get_or_create(
        unit=post.unit, unit_path=post.unit.path, first_day=day_of(now), last_day=day_of(now),
        defaults={"drafted_at": now, "state": "published", "published_at": now},
    )  # fmt: skip
    person = post.appointments.get().person
    offset = 3 * span if given else datetime.timedelta()
    shifts = [
        Shift.objects.create(
            roster=roster, post=post, person=person, starts_at=at, ends_at=at + span, in_force=True
        )
        for at in (now - span - offset, now - offset)
    ]
    handover = Handover.objects.create(
        unit=post.unit, unit_path=post.unit.path, outgoing=shifts[0], incoming=shifts[1], opened_at=now,
        due_at=now + span,
    )  # fmt: skip
    if given:
        handovers.give_handover(
            reach=reach(person.username), handover_id=handover.pk, note=f"NOTE-H{handover.pk}", now=now
        )
    return handover
