"""Who is told of a response and of the decisions about it, and how long each reason lasts."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from accounts.choices import PostKind
from accounts.models import Appointment, User
from accounts.posts.duty import answering
from clocks.models import Clock
from command.activation import permissions
from command.activation.choices import DecisionKind, DecisionState
from command.activation.models import Decision, Response
from common.database.paths import prefixes
from common.dates.local_time import LOCAL
from journal.keys import pk_of
from notices.actions import queue_notices
from notices.choices import ORDER, ROUTINE, Channel
from notices.occasions import Occasion
from notices.recipients import Recipient
from notices.relevance import validity
from notices.relevance.ending import told_of
from notices.sending.message_templates import DRILL_MARK, Message
from notices.silence.no_recipients import tell_sender
from plans.engine.evaluation import level_of
from plans.people.holders import Bench, Signatory, in_the_chair

#: Purposes; each decision asks anew ("response.to_sign.17").
TO_SIGN, STARTED, SEATED = "response.to_sign", "response.started", "response.seated"
BOTH = (Channel.APP, Channel.SMS)

_WORDS = {
    DecisionKind.START: ("启动应急响应", "start of the response"),
    DecisionKind.CHANGE: ("调整应急响应", "change of the response"),
    DecisionKind.END: ("终止应急响应", "end of the response"),
}


def ask_to_sign(decision: Decision, seats: Sequence[Signatory], asker: User, *, now: datetime) -> None:
    """Whoever sits on the first seat that decides is asked; where that is nobody, the asker learns it at once."""
    response, (zh, en) = decision.response, _WORDS[DecisionKind(decision.kind)]
    occasion = _occasion(response, f"{TO_SIGN}.{decision.pk}")
    asked = in_the_chair(seats[0], now) if seats else []
    if not asked:
        about = {"zh": f"{zh} {response.number}", "en": f"{en} {response.number}"}
        tell_sender(
            asker, occasion, who={"zh": "有权决定的人", "en": "whoever may decide"}, about=about, now=now
        )
    level = level_of(response.plan.document, decision.level).words
    mark = _mark(response)
    _queue(
        occasion,
        f"{mark['zh']}待决定：{zh}（{level.zh}）{response.number}：{decision.matter}",
        f"{mark['en']}To decide: {en} ({level.en}) {response.number}: {decision.matter}",
        [Recipient(one.person, one.post.title, one.post.pk) for one in asked],
        now,
    )


def deciders_asked(clock: Clock, now: datetime) -> list[Recipient]:
    """Who is late where a plan says "decider": who sits in the chair that the pending decision was asked of."""
    response = Response.objects.for_pages().filter(pk=pk_of(clock.subject, "response")).first()
    decision = response and response.decisions.filter(state=DecisionState.PROPOSED).first()
    if response is None or decision is None:
        return []
    level = permissions.level_of_decision(response, decision.level)
    seats = permissions.seats(response.plan.document, level, Bench(response.unit, now))[:1]
    holders = [holder for seat in seats for holder in in_the_chair(seat, now)]
    return [Recipient(one.person, one.post.title, one.post.pk) for one in holders]


def tell_refused(decision: Decision, *, now: datetime) -> None:
    response, (zh, en) = decision.response, _WORDS[DecisionKind(decision.kind)]
    mark = _mark(response)
    _queue(
        _occasion(response, f"response.refused.{decision.pk}"),
        f"{mark['zh']}未批准{zh} {response.number}：{decision.refusal}",
        f"{mark['en']}Refused: {en} {response.number}: {decision.refusal}",
        [Recipient(decision.proposed_by, "")],
        now,
        channels=(Channel.APP,),
    )


def tell_started(response: Response, seated: Iterable[Recipient], besides: User, *, now: datetime) -> None:
    """Everybody with a seat in the command post, and who is on duty in the unit and above it."""
    people = {one.person.pk: one for one in [*seated, *_on_duty(response, now)]}
    people.pop(besides.pk, None)
    level = level_of(response.plan.document, response.level).words
    mark, place = _mark(response), response.incident.place
    _queue(
        _occasion(response, STARTED),
        f"{mark['zh']}已启动应急响应（{level.zh}）{response.number}：{response.matter}（{place}）。请到岗。",
        f"{mark['en']}Response started ({level.en}) {response.number}: {response.matter} ({place}). Take your seat.",
        people.values(),
        now,
    )


def tell_seated(response: Response, people: Iterable[Recipient], *, now: datetime) -> None:
    """Who comes to sit in the command post of a response that runs: a shift, a delegation, an appointment."""
    mark = _mark(response)
    _queue(
        _occasion(response, SEATED),
        f"{mark['zh']}你现在指挥部任职：响应 {response.number}：{response.matter}（{response.incident.place}）",
        f"{mark['en']}You sit in the command post now: response {response.number}: {response.matter} ({response.incident.place})",
        people,
        now,
    )


def tell_ended(response: Response, besides: User, *, now: datetime) -> None:
    told = {one.person.pk: one for purpose in (STARTED, SEATED) for one in told_of([response.key], purpose)}
    told.pop(besides.pk, None)
    until = f"{response.ended_at.astimezone(LOCAL):%H:%M}" if response.ended_at else ""
    mark = _mark(response)
    _queue(
        _occasion(response, "response.ended"),
        f"{mark['zh']}应急响应 {response.number} 已于 {until} 终止：{response.matter}",
        f"{mark['en']}Response {response.number} ended at {until}: {response.matter}",
        told.values(),
        now,
        priority=ROUTINE,
    )


def _on_duty(response: Response, now: datetime) -> list[Recipient]:
    rows = (
        Appointment.objects.current(now)
        .filter(
            post__unit__path__in=prefixes(response.unit_path),
            post__kind__in=(PostKind.DUTY_OFFICER, PostKind.DUTY_LEADER),
        )
        .select_related("person", "post")
        .order_by("pk")
    )
    return [Recipient(one.person, one.post.title, one.post.pk) for one in answering(rows, now)]


def _queue(
    occasion: Occasion,
    zh: str,
    en: str,
    recipients: Iterable[Recipient],
    now: datetime,
    *,
    channels: Iterable[str] = BOTH,
    priority: int = ORDER,
) -> None:
    queue_notices(
        occasion,
        Message(zh[:300], en[:300]),
        recipients=recipients,
        channels=channels,
        priority=priority,
        now=now,
    )


def _occasion(response: Response, purpose: str) -> Occasion:
    return Occasion(purpose, response.key, response.unit, response.thread, response.drill)


def _mark(response: Response) -> dict[str, str]:
    return DRILL_MARK if response.drill else {"zh": "", "en": ""}


# --- how long each reason lasts ----------------------------------------------------------------------------


def _active(asked: set[int], now: datetime) -> set[int]:
    return set(Response.objects.active().filter(pk__in=asked).values_list("pk", flat=True))


def _while_pending(rows: Sequence[validity.Told], now: datetime) -> dict[int, str]:
    """A signature is asked for until it is given, refused or withdrawn: "response.to_sign.17" is of decision 17."""
    decisions = {row.pk: int(row.purpose.removeprefix(f"{TO_SIGN}.")) for row in rows}
    waiting = Decision.objects.filter(pk__in=decisions.values(), state=DecisionState.PROPOSED)
    still = set(waiting.values_list("pk", flat=True))
    return {row: validity.OVER for row, decision in decisions.items() if decision not in still}


#: Purpose → what says how long it lasts.
LASTING: dict[str, validity.Check] = {
    TO_SIGN: _while_pending,
    "response.refused": validity.always,
    STARTED: validity.while_live(_active),
    SEATED: validity.while_live(_active),
    "response.ended": validity.always,
}
