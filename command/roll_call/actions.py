"""What happens to roll-calls. Each action: lock, check, change, record."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.scope import Reach
from clocks.actions import cancel_for_subject, record_with_clocks, start_own, stop_own
from clocks.models import Clock, ClockRule
from command.activation import rules as response_rules
from command.activation.models import Response
from command.roll_call import alerts, permissions, rules
from command.roll_call.choices import RollCallAnswer, RollCallState, RollCallVerb
from command.roll_call.models import RollCall, RollCallLine
from command.roll_call.queries import Present, on_the_spot, round_of
from common.alone import Loop
from common.errors import Invalid, WrongState
from common.states import check_move, move
from common.text.personal_data import fit_to_keep
from incidents.models import Incident
from incidents.rules import OPEN
from incidents.transitions import check_open, lock_incident
from journal.keys import pk_of
from journal.models import Entry
from notices.actions import acknowledge_about
from notices.relevance.ending import settle_threads
from plans.document.general import roll_call_of

ROUNDS = Loop("roll_call.rounds")
#: Of a round: whoever has not answered is named when it runs out.
_CLOCK = ClockRule(
    clock_id="roll_call",
    title_zh="现场点名：全员应答",
    title_en="Roll-call: everybody has answered",
    duration="given",
    effect="roll_call.name_silent",
)


@transaction.atomic
def start_roll_call(
    *, incident_id: int, reach: Reach, now: datetime, every_minutes: int | None = None
) -> RollCall:
    """Ask everybody of ours on the spot; `every_minutes`: again and again until it is ended.

    How long they have is the plan's word, or the general one. Raises WrongState where one is under way or nobody is there.
    """
    incident = lock_incident(incident_id)

    permissions.check_can_lead(reach, incident)
    check_open(incident, _("No roll-call was started: %(number)s is no longer open."))
    if RollCall.objects.filter(incident=incident, state=RollCallState.OPEN).exists():
        raise WrongState(
            "roll_call_under_way",
            _("No roll-call was started: one is under way. Ask again in that one, or end it."),
        )
    there = on_the_spot(incident, now)
    if not there:
        raise WrongState(
            "nobody_on_the_spot",
            _("No roll-call was started: no order has brought anybody of ours there yet."),
        )

    roll_call = RollCall.objects.create(
        incident=incident,
        response=Response.objects.live().filter(incident=incident).first(),
        started_at=now,
        started_by=reach.user,
        post=reach.title_for("order.issue", incident.unit_path),
        every_minutes=every_minutes,
        asked_at=now,
        due_at=_due(incident, now),
        next_at=_next(every_minutes, now),
        drill=incident.drill,
    )
    _ask(roll_call, there, reach, now)
    return roll_call


@transaction.atomic
def ask_again(*, roll_call_id: int, reach: Reach, now: datetime) -> RollCall:
    """The next round, now. Who has said that they left is not asked again by the same order."""
    roll_call = _lock(roll_call_id)

    permissions.check_can_lead(reach, roll_call.incident)
    check_move(roll_call, rules.TRANSITIONS, RollCallVerb.ASK_AGAIN, _is_over)
    there = _still_there(roll_call, now)
    if not there:
        raise WrongState("nobody_on_the_spot", _("Nobody was asked: nobody of ours is on the spot any more."))
    _next_round(roll_call, there, reach, now)
    return roll_call


@transaction.atomic
def answer_roll_call(
    *,
    line_id: int,
    reach: Reach,
    answer: str,
    now: datetime,
    note: str = "",
    by_link: bool = False,
) -> RollCallLine:
    """Say that one is here, has left or needs help; another answer may follow while the roll-call is under way.

    Whoever leads it may note it for somebody, with a word on how they know. Help is told at once.
    """
    line = RollCallLine.objects.select_related("person").get(pk=line_id)
    roll_call = _lock(line.roll_call_id)

    permissions.check_can_answer(reach, line, roll_call.incident)
    done = check_move(roll_call, rules.TRANSITIONS, RollCallVerb.ANSWER, _is_over)
    if line.round != roll_call.round:
        raise WrongState("asked_again", _("Nothing was noted: it has been asked again since. Answer that."))
    if answer not in RollCallAnswer.values:
        raise Invalid("unknown_answer", _("Nothing was noted: choose one of the answers."))
    words = fit_to_keep(note.strip())
    if line.person_id != reach.user.pk and not words:
        raise Invalid(
            "reason_missing",
            _("Nothing was noted: say how you know, in a few words."),
            fields={"note": [_("Say how you know, in a few words.")]},
        )

    line.answer, line.answered_at, line.answered_by = answer, now, reach.user
    line.by_link, line.note = by_link, words
    line.save(update_fields=["answer", "answered_at", "answered_by", "by_link", "note"])
    needs_help = answer == RollCallAnswer.HELP
    said = {"who": f"{line.post} {line.person}".strip(), "answer": answer, "note": words}
    entry = _record(roll_call, done.also[0] if needs_help else done.entry, reach, now, **said)
    if not round_of(roll_call).silent:
        stop_own(_CLOCK, entry)
    acknowledge_about(subject=line.key, actor=line.person, now=now)
    settle_threads([roll_call.incident.key], now)
    if needs_help:
        alerts.tell_help(roll_call, line, now=now)
    return line


@transaction.atomic
def end_roll_call(*, roll_call_id: int, reach: Reach, now: datetime) -> RollCall:
    """Nobody is asked any more."""
    roll_call = _lock(roll_call_id)

    permissions.check_can_lead(reach, roll_call.incident)
    check_move(roll_call, rules.TRANSITIONS, RollCallVerb.END, _is_over)
    _end(roll_call, reach, now)
    return roll_call


# --- by itself -----------------------------------------------------------------------------------------------


def name_silent(clock: Clock, now: datetime) -> None:
    """The effect of a round that runs out: who leads it is told who has not answered."""
    rows = RollCall.objects.select_related("incident__unit", "incident__plan", "started_by")
    roll_call = rows.filter(pk=pk_of(clock.subject, "roll_call"), state=RollCallState.OPEN).first()
    if roll_call is None or not (silent := round_of(roll_call).silent):
        return
    who = "、".join(f"{line.post} {line.person}".strip() for line in silent)
    _record(roll_call, "roll_call.silent", None, now, who=who)
    alerts.tell_silent(roll_call, silent, now=now)


def keep_going(now: datetime, limit: int = 100) -> int:
    """Ask again where it is time, and end what its incident or its response has outlived. Returns how many."""
    due = RollCall.objects.filter(state=RollCallState.OPEN).filter(_OVER | Q(next_at__lte=now))
    return ROUNDS.each(ROUNDS.pick(due.order_by("pk"), now, limit), lambda pk: _turn(pk, now), now)


#: Its incident is over, or the response under which it was started.
_OVER = ~Q(incident__state__in=OPEN) | (
    Q(response__isnull=False) & ~Q(response__state__in=response_rules.LIVE)
)


@transaction.atomic
def _turn(pk: int, now: datetime) -> int:
    roll_call = _lock(pk)
    if roll_call.state != RollCallState.OPEN:
        return 0
    is_over = RollCall.objects.filter(_OVER, pk=pk).exists()
    there = [] if is_over else _still_there(roll_call, now)
    if not there:
        _end(roll_call, None, now)
    elif roll_call.next_at and roll_call.next_at <= now:
        _next_round(roll_call, there, None, now)
    return 1


# --- what they stand on --------------------------------------------------------------------------------------


def _lock(pk: int) -> RollCall:
    """The incident first: as everywhere, so that of two acts at once one waits."""
    lock_incident(RollCall.objects.values_list("incident_id", flat=True).get(pk=pk))
    rows = RollCall.objects.select_for_update(of=("self",))
    return rows.select_related("incident__unit", "incident__plan", "started_by").get(pk=pk)


def _still_there(roll_call: RollCall, now: datetime) -> list[Present]:
    left = set(roll_call.lines.filter(answer=RollCallAnswer.LEFT).values_list("person_id", "order_id"))
    there = on_the_spot(roll_call.incident, now)
    return [one for one in there if (one.person.person.pk, one.order.pk) not in left]


def _next_round(roll_call: RollCall, there: Sequence[Present], reach: Reach | None, now: datetime) -> None:
    roll_call.round += 1
    roll_call.asked_at, roll_call.due_at = now, _due(roll_call.incident, now)
    roll_call.next_at = _next(roll_call.every_minutes, now)
    roll_call.save(update_fields=["round", "asked_at", "due_at", "next_at"])
    cancel_for_subject(subject=roll_call.key, now=now, reason="asked_again")
    _ask(roll_call, there, reach, now)


def _ask(roll_call: RollCall, there: Sequence[Present], reach: Reach | None, now: datetime) -> None:
    lines = RollCallLine.objects.bulk_create(
        RollCallLine(
            roll_call=roll_call,
            round=roll_call.round,
            person=one.person.person,
            order=one.order,
            post=one.person.post_title,
        )
        for one in there
    )
    entry = _record(
        roll_call, rules.TRANSITIONS.begin.entry, reach, now, round=roll_call.round, asked=len(lines)
    )
    start_own(_CLOCK, entry, due_at=roll_call.due_at)
    settle_threads([roll_call.incident.key], now)
    alerts.ask(roll_call, lines, now=now)


def _end(roll_call: RollCall, reach: Reach | None, now: datetime) -> None:
    done = move(roll_call, rules.TRANSITIONS, RollCallVerb.END)
    roll_call.ended_at, roll_call.next_at = now, None
    roll_call.save(update_fields=["state", "ended_at", "next_at"])
    cancel_for_subject(subject=roll_call.key, now=now, reason=roll_call.state)
    _record(roll_call, done.entry, reach, now)
    settle_threads([roll_call.incident.key], now)


def _due(incident: Incident, now: datetime) -> datetime:
    return now + roll_call_of(incident.plan.document).answer_within


def _next(every_minutes: int | None, now: datetime) -> datetime | None:
    return now + timedelta(minutes=every_minutes) if every_minutes else None


def _is_over() -> str:
    return _("Nothing was changed: this roll-call has ended.")


def _record(roll_call: RollCall, kind: str, reach: Reach | None, now: datetime, **content: Any) -> Entry:
    incident = roll_call.incident
    return record_with_clocks(
        kind,
        subject=roll_call.key,
        thread=incident.key,
        unit=incident.unit,
        actor=reach.user if reach else None,
        post=reach.title_for("order.issue", incident.unit_path) if reach else "",
        at=now,
        level=incident.shown_level,
        plan=incident.plan.ref,
        drill=roll_call.drill,
        content=content,
    ).entry
