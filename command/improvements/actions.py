"""What happens to improvements. Each action: lock, check, change, record.

Whatever they come from, an incident or a drill, hands in a `Source`.
"""

from datetime import date, datetime
from typing import Any, NamedTuple

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Appointment, Post, Unit, User
from accounts.scope import Reach
from clocks.actions import cancel_for_subject, record_with_clocks, start_own, stop_own
from clocks.durations import end_of
from clocks.models import ClockRule
from command.improvements import alerts, permissions, rules
from command.improvements.choices import ImprovementVerb
from command.improvements.models import Improvement
from common import revisions
from common.dates.local_time import day_of
from common.errors import Invalid
from common.states import check_move, move
from common.text.personal_data import fit_to_keep
from incidents.models import Incident
from incidents.transitions import lock_incident
from journal.models import Entry
from notices.actions import acknowledge_about
from notices.relevance.ending import settle_threads
from plans.checks.rights import watching_in
from plans.document.after_action import remind_of_improvements, reminders
from plans.lifecycle.models import PlanVersion


class Source(NamedTuple):
    """What an improvement comes from."""

    #: Its journal key, and the thread whose timeline shows what becomes of the task.
    key: str
    thread: str
    #: The number people know it by.
    number: str
    #: Whose leaders decide about the task.
    unit: Unit
    #: The version whose steps chase it.
    plan: PlanVersion
    level: str = ""
    drill: bool = False


class Owner(NamedTuple):
    """Who has it to do: a post, or a person of a unit."""

    unit: Unit
    post: Post | None = None
    person: User | None = None


def source_of(incident: Incident) -> Source:
    return Source(
        incident.key, incident.key, incident.number, incident.unit, incident.plan,
        incident.highest_level, incident.drill,
    )  # fmt: skip


@transaction.atomic
def improve_after_incident(
    *, incident_id: int, reach: Reach, owner: Owner, text: str, due_date: date, now: datetime
) -> Improvement:
    """Set an improvement that was learned from an incident."""
    incident = lock_incident(incident_id)
    return add_improvement(
        source=source_of(incident), reach=reach, owner=owner, text=text, due_date=due_date, now=now
    )


@transaction.atomic
def add_improvement(
    *, source: Source, reach: Reach, owner: Owner, text: str, due_date: date, now: datetime
) -> Improvement:
    """Set what is to be done, by whom and by which day; its last moment is in time.

    The task is the owner's from then on, and ends only by being confirmed or dropped. Source: county rules §十5.
    """
    permissions.check_can_set(reach, source.unit)
    words = _check_text("text", text)
    _check_against_people(words)
    due_at = _check_date(due_date, now)
    _check_owner(source.unit, owner, now)

    row = Improvement(
        source=source.key, thread=source.thread, about=source.number, set_for=source.unit, unit=owner.unit,
        unit_path=owner.unit.path, post=owner.post, person=owner.person, plan=source.plan, drill=source.drill,
        text=words, due_at=due_at, first_due_at=due_at, set_by=reach.user, set_at=now,
        set_post=reach.title_for("improvement.set", source.unit.path),
    )  # fmt: skip
    row.next_step_at = _next_step(row, now)
    row.save()

    entry = _record(row, rules.TRANSITIONS.begin.entry, reach, now, level=source.level)
    start_own(_clock(row), entry, due_at=due_at)
    alerts.tell_owner(row, reach.user, now=now)
    return row


@transaction.atomic
def report_done(
    *, improvement_id: int, reach: Reach, report: str, now: datetime, rev: int | None = None
) -> Improvement:
    """Say what was done. Another person confirms it; until then it is not over."""
    row = lock_improvement(improvement_id)

    permissions.check_can_report(reach, row)
    _check_move(row, ImprovementVerb.REPORT, rev)
    words = _check_text("report", report)

    row.report, row.reported_by, row.reported_at, row.next_step_at = words, reach.user, now, None
    entry = _move(row, ImprovementVerb.REPORT, reach, now, report=words)
    stop_own(_clock(row), entry)
    _settle(row, reach, now)
    alerts.ask_to_confirm(row, now=now)
    return row


@transaction.atomic
def confirm_done(*, improvement_id: int, reach: Reach, now: datetime, rev: int | None = None) -> Improvement:
    """Agree that it is done. Raises NotAllowed for who reported it."""
    row = lock_improvement(improvement_id)

    permissions.check_can_confirm(reach, row)
    _check_move(row, ImprovementVerb.CONFIRM, rev)

    row.ended_by, row.ended_at = reach.user, now
    _move(row, ImprovementVerb.CONFIRM, reach, now)
    _settle(row, reach, now)
    return row


@transaction.atomic
def send_back(
    *, improvement_id: int, reach: Reach, reason: str, now: datetime, rev: int | None = None
) -> Improvement:
    """It is not done yet: the owner has it again, with the same day, and is late if that has passed."""
    row = lock_improvement(improvement_id)

    permissions.check_can_decide(reach, row)
    _check_move(row, ImprovementVerb.SEND_BACK, rev)
    row.reason = _check_text("reason", reason)

    row.reported_by, row.reported_at = None, None
    row.next_step_at = _next_step(row, now)
    entry = _move(row, ImprovementVerb.SEND_BACK, reach, now, reason=row.reason)
    start_own(_clock(row), entry, due_at=row.due_at)
    _settle(row, reach, now)
    alerts.tell_sent_back(row, reach.user, now=now)
    return row


@transaction.atomic
def change_date(
    *, improvement_id: int, reach: Reach, due_date: date, reason: str, now: datetime, rev: int | None = None
) -> Improvement:
    """Give it another day. The first day stays on record, and how often it was changed."""
    row = lock_improvement(improvement_id)

    permissions.check_can_decide(reach, row)
    _check_move(row, ImprovementVerb.CHANGE_DATE, rev)
    row.reason = _check_text("reason", reason)
    before, due_at = row.due_at, _check_date(due_date, now)
    if due_at == before:
        raise _bad_field("due_date", "same_date", _("It is due on this day already."))

    row.due_at, row.date_changes = due_at, row.date_changes + 1
    row.next_step_at = _next_step(row, now)
    cancel_for_subject(subject=row.key, now=now, reason="date_changed")
    entry = _move(
        row, ImprovementVerb.CHANGE_DATE, reach, now, reason=row.reason, before=day_of(before).isoformat()
    )
    start_own(_clock(row), entry, due_at=due_at)
    _settle(row, reach, now)
    alerts.tell_owner(row, reach.user, now=now)
    return row


@transaction.atomic
def hand_on(
    *, improvement_id: int, reach: Reach, owner: Owner, reason: str, now: datetime, rev: int | None = None
) -> Improvement:
    """Give it to another post or person; the day stays."""
    row = lock_improvement(improvement_id)

    permissions.check_can_decide(reach, row)
    _check_move(row, ImprovementVerb.HAND_ON, rev)
    row.reason = _check_text("reason", reason)
    _check_owner(row.set_for, owner, now)
    before = row.owner

    row.unit, row.unit_path, row.post, row.person = owner.unit, owner.unit.path, owner.post, owner.person
    cancel_for_subject(subject=row.key, now=now, reason="handed_on")
    entry = _move(row, ImprovementVerb.HAND_ON, reach, now, reason=row.reason, before=before)
    start_own(_clock(row), entry, due_at=row.due_at)
    _settle(row, reach, now)
    alerts.tell_owner(row, reach.user, now=now)
    return row


@transaction.atomic
def drop_improvement(
    *, improvement_id: int, reach: Reach, reason: str, now: datetime, rev: int | None = None
) -> Improvement:
    """End it undone, with the reason."""
    row = lock_improvement(improvement_id)

    permissions.check_can_decide(reach, row)
    _check_move(row, ImprovementVerb.DROP, rev)
    row.reason = _check_text("reason", reason)

    row.ended_by, row.ended_at, row.next_step_at = reach.user, now, None
    _move(row, ImprovementVerb.DROP, reach, now, reason=row.reason)
    cancel_for_subject(subject=row.key, now=now, reason=row.state)
    _settle(row, reach, now)
    return row


# --- what they stand on --------------------------------------------------------------------------------------


def lock_improvement(improvement_id: int) -> Improvement:
    rows = Improvement.objects.select_for_update(of=("self",))
    return rows.select_related("unit", "set_for", "post__unit", "person", "plan", "set_by").get(
        pk=improvement_id
    )


def _move(row: Improvement, verb: str, reach: Reach, now: datetime, **content: Any) -> Entry:
    done = move(row, rules.TRANSITIONS, verb)
    row.rev += 1
    row.save()
    return _record(row, done.entry, reach, now, **content)


def _settle(row: Improvement, reach: Reach, now: datetime) -> None:
    acknowledge_about(subject=row.key, actor=reach.user, now=now)
    settle_threads([row.thread], now)


def _next_step(row: Improvement, now: datetime) -> datetime | None:
    found = rules.next_step(reminders(remind_of_improvements(row.plan.document), row.due_at), now)
    return found[1].at if found else None


def _clock(row: Improvement) -> ClockRule:
    """The task's own sentence about time; its owner is late when it is missed, and its plan says who follows."""
    return ClockRule(
        plan=row.plan.ref,
        clock_id="improvement",
        title_zh=f"整改：{row.text}"[:120],
        title_en=f"Improvement: {row.text}"[:160],
        duration="given",
        role=alerts.OWNER,
    )


def _check_text(field: str, text: str) -> str:
    words = fit_to_keep(text.strip())
    if not words:
        raise _bad_field(field, f"{field}_missing", _("Say it in a few words."))
    return words


def _check_against_people(text: str) -> None:
    if against := watching_in(text):
        raise _bad_field(
            "text",
            "against_people",
            _("“%(text)s” is said against people. Say what the bureau itself will do better.")
            % {"text": against},
        )


def _check_date(day: date, now: datetime) -> datetime:
    if day < day_of(now):
        raise _bad_field("due_date", "past_date", _("This day has passed."))
    return end_of(day)


def _check_owner(unit: Unit, owner: Owner, now: datetime) -> None:
    """Of the unit itself or one below it; a person holds a post there now."""
    if not owner.unit.path.startswith(unit.path):
        raise _bad_field(
            "owner", "not_below", _("The owner belongs to %(unit)s or a unit below it.") % {"unit": unit}
        )
    if owner.post is not None:
        is_there = (
            owner.post.unit_id == owner.unit.pk and owner.post.closed_at is None and owner.person is None
        )
    else:
        held = Appointment.objects.current(now).filter(post__unit=owner.unit, person=owner.person)
        is_there = owner.person is not None and held.exists()
    if not is_there:
        raise _bad_field(
            "owner", "not_there", _("There is no such post or person at %(unit)s.") % {"unit": owner.unit}
        )


def _check_move(row: Improvement, verb: str, rev: int | None) -> None:
    """Whether the verb fits the task's state, and nobody changed it since it was read."""
    check_move(row, rules.TRANSITIONS, verb, lambda: _wrong_state(row))
    revisions.check_rev(
        row, rev, _("The task was not changed: somebody changed it after you opened the page. Look again.")
    )


def _bad_field(field: str, code: str, sentence: str) -> Invalid:
    return Invalid(
        code, _("Nothing was saved: %(sentence)s") % {"sentence": sentence}, fields={field: [sentence]}
    )


def _wrong_state(row: Improvement) -> str:
    return _("The task was not changed: it is “%(state)s”. Reload the page.") % {
        "state": row.get_state_display()
    }


def _record(
    row: Improvement, kind: str, reach: Reach, now: datetime, *, level: str = "", **content: Any
) -> Entry:
    said = {"text": row.text, "owner": row.owner, "until": day_of(row.due_at).isoformat(), **content}
    return record_with_clocks(
        kind,
        subject=row.key,
        thread=row.thread,
        # Where it comes from: whoever has it to do may see nothing of that.
        unit=row.set_for,
        actor=reach.user,
        post=reach.title_for("improvement.set", row.set_for.path),
        at=now,
        level=level,
        plan=row.plan.ref,
        drill=row.drill,
        content=said,
    ).entry
