"""A daily meeting is noted, or no more are asked for. Lock, check, change, record."""

from datetime import datetime
from functools import partial

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Unit
from accounts.scope import Reach
from cases.demands.transitions import check_words
from cases.meetings.queries import BEGUN, ENDED, HELD, not_begun, plan_of
from clocks.actions import record_with_clocks
from clocks.models import Clock
from common.alone import Loop
from common.errors import Invalid, NotAllowed, WrongState
from incidents.steps.actions import in_order
from journal.keys import key
from journal.models import Entry
from plans.lifecycle.queries import plan_with_clock

MEETINGS = Loop("meetings.begin")


def begin_meetings(now: datetime) -> int:
    """Where rules have come into force that ask for daily meetings, the first is owed from then on: no unit has to note one
    before its time limit runs. Any number of processes may look. Returns how many units began."""
    return sum(
        MEETINGS.each(units, partial(_begin, plan=plan, now=now), now)
        for plan, units in not_begun(now).items()
    )


@transaction.atomic
def _begin(pk: int, *, plan: str, now: datetime) -> int:
    unit = Unit.objects.select_for_update(of=("self",)).get(pk=pk)
    if plan_with_clock(unit, BEGUN, now) != plan or _has_begun(unit, plan):
        return 0
    _record(BEGUN, None, unit, plan, "", now, now)
    return 1


@transaction.atomic
def note_meeting(*, reach: Reach, unit: Unit, note: str, now: datetime, at: datetime | None = None) -> None:
    """Note that the unit met, and what about: the next meeting is owed from then on.

    Source: county rules on zero-reports and leader cases §二3 (每日碰头).
    """
    unit, plan = _lock(reach, unit, now)
    if not note.strip():
        raise Invalid(
            "note_missing",
            _("The meeting was not noted: say in a sentence what it was about."),
            fields={"note": [_("Say in a sentence what it was about.")]},
        )
    check_words(unit.name, note)

    happened = in_order(at, note, now)
    if (
        not Clock.objects.running()
        .filter(subject=key("unit", unit.pk), start_entry__kind__in=(BEGUN, HELD))
        .exists()
    ):
        # Ended, or noted before the engine's turn: from this meeting on the next one is owed.
        _record(BEGUN, reach, unit, plan, "", happened, now)
    _record(HELD, reach, unit, plan, note.strip(), happened, now)


@transaction.atomic
def end_meetings(*, reach: Reach, unit: Unit, note: str, now: datetime) -> None:
    """No further meeting is owed, until one is noted again."""
    unit, plan = _lock(reach, unit, now)
    check_words(unit.name, note)

    _record(ENDED, reach, unit, plan, note.strip(), now, now)


def _lock(reach: Reach, unit: Unit, now: datetime) -> tuple[Unit, str]:
    unit = Unit.objects.select_for_update(of=("self",)).get(pk=unit.pk)
    if not reach.holds("matter.manage", unit.path):
        raise NotAllowed(
            "not_allowed",
            _(
                "No meeting of %(unit)s was noted: this is done by leaders, duty room or clerk of the unit or of one "
                "above. Ask them."
            )
            % {"unit": unit},
        )
    plan = plan_of(unit, now)
    if not plan:
        raise WrongState(
            "no_daily_meeting",
            _("No meeting of %(unit)s was noted: no plan in force there asks for a daily meeting.")
            % {"unit": unit},
        )
    return unit, plan


def _has_begun(unit: Unit, plan: str) -> bool:
    return Entry.objects.filter(kind=BEGUN, subject=key("unit", unit.pk), plan=plan).exists()


def _record(
    kind: str, reach: Reach | None, unit: Unit, plan: str, note: str, at: datetime, now: datetime
) -> None:
    record_with_clocks(
        kind,
        subject=key("unit", unit.pk),
        unit=unit,
        actor=reach.user if reach else None,
        post=reach.title_for("matter.manage", unit.path) if reach else "",
        at=at,
        recorded_at=now,
        plan=plan,
        content={"note": note},
    )
