"""Who is told of a roll-call: who is asked, and who leads it when somebody needs help or is silent."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from accounts.choices import PostKind
from command.roll_call import rules
from command.roll_call.choices import RollCallAnswer, RollCallState
from command.roll_call.models import RollCall, RollCallLine
from common.dates.time_format import written
from incidents.rules import OPEN
from notices.actions import queue_many, queue_notices
from notices.choices import ALERT, ORDER, Channel
from notices.occasions import Letter, Occasion
from notices.recipients import Recipient
from notices.relevance import validity
from notices.sending.message_templates import DRILL_MARK, Message
from plans.document.sections import Role
from plans.document.words import Words
from plans.people.holders import Bench

_DUTY_ROOM = Role("duty_officer", Words("值班室", "Duty room"), post=PostKind.DUTY_OFFICER)
_LEADER = Role("duty_leader", Words("带班领导", "Duty leader"), post=PostKind.DUTY_LEADER)
_CHANNELS = (Channel.APP, Channel.SMS)


def ask(roll_call: RollCall, lines: Sequence[RollCallLine], *, now: datetime) -> None:
    incident, mark = roll_call.incident, _mark(roll_call)
    until = written(roll_call.due_at, "%H:%M")
    message = Message(
        f"{mark['zh']}现场点名：{incident.place}。请在{until}前答复：在岗 / 已离开 / 需要帮助。"[:300],
        f"{mark['en']}Roll-call at {incident.place}. Answer by {until}: here / left / need help."[:300],
    )
    queue_many(
        [
            Letter(
                _occasion(roll_call, line.key, rules.TO_ANSWER), message, [Recipient(line.person, line.post)]
            )
            for line in lines
        ],
        channels=_CHANNELS,
        priority=ORDER,
        now=now,
    )


def tell_help(roll_call: RollCall, line: RollCallLine, *, now: datetime) -> None:
    """At once, and nobody waits for the round to end. Each time it is said is a reason of its own."""
    mark, who = _mark(roll_call), _named(line)
    _tell(
        roll_call, line.key, f"{rules.NEEDS_HELP}.{now:%H%M%S}", ALERT,
        f"{mark['zh']}现场人员需要帮助：{who}（{roll_call.incident.place}）{line.note}",
        f"{mark['en']}One of ours needs help: {who} ({roll_call.incident.place}) {line.note}",
        [_DUTY_ROOM, _LEADER], besides=line.person_id, now=now,
    )  # fmt: skip


def tell_silent(roll_call: RollCall, lines: Sequence[RollCallLine], *, now: datetime) -> None:
    mark, who = _mark(roll_call), "、".join(_named(line) for line in lines)
    _tell(
        roll_call, roll_call.key, f"{rules.SILENT}.{roll_call.round}", ALERT,
        f"{mark['zh']}现场点名超时未答：{who}。请立即联系。",
        f"{mark['en']}No answer to the roll-call from {who}. Reach them now.",
        [_DUTY_ROOM], besides=None, now=now,
    )  # fmt: skip


def _tell(
    roll_call: RollCall, subject: str, purpose: str, priority: int, zh: str, en: str, roles: Iterable[Role],
    *, besides: int | None, now: datetime,
) -> None:  # fmt: skip
    """Whoever started it, and who holds these posts at the incident's unit or the nearest above."""
    bench = Bench(roll_call.incident.unit, now)
    found = {
        one.person.pk: Recipient(one.person, one.post.title, one.post.pk)
        for role in roles
        for one in bench.holders(role)
    }
    if roll_call.started_by.is_active:
        found.setdefault(roll_call.started_by_id, Recipient(roll_call.started_by, roll_call.post))
    found.pop(besides or 0, None)
    queue_notices(
        _occasion(roll_call, subject, purpose),
        Message(zh[:300], en[:300]),
        recipients=list(found.values()),
        channels=_CHANNELS,
        priority=priority,
        now=now,
    )


def _named(line: RollCallLine) -> str:
    return f"{line.post} {line.person}".strip()


def _occasion(roll_call: RollCall, subject: str, purpose: str) -> Occasion:
    incident = roll_call.incident
    return Occasion(purpose, subject, incident.unit, incident.key, roll_call.drill)


def _mark(roll_call: RollCall) -> dict[str, str]:
    return DRILL_MARK if roll_call.drill else {"zh": "", "en": ""}


def _under_way(**more):
    def live(asked: set[int], now: datetime) -> set[int]:
        rows = RollCallLine.objects.filter(
            pk__in=asked, roll_call__state=RollCallState.OPEN, roll_call__incident__state__in=OPEN, **more
        )
        return {line.pk for line in rows.select_related("roll_call") if line.round == line.roll_call.round}

    return validity.while_live(live)


def _silent(asked: set[int], now: datetime) -> set[int]:
    """Until everybody of the round has answered, or it is asked again."""
    rows = RollCall.objects.filter(pk__in=asked, state=RollCallState.OPEN, incident__state__in=OPEN)
    rows = rows.prefetch_related("lines")
    return {
        row.pk for row in rows if any(one.round == row.round and not one.answer for one in row.lines.all())
    }


#: Purpose → what says how long it lasts.
LASTING: dict[str, validity.Check] = {
    rules.TO_ANSWER: _under_way(answer=""),
    rules.NEEDS_HELP: _under_way(answer=RollCallAnswer.HELP),
    rules.SILENT: validity.while_live(_silent),
}
