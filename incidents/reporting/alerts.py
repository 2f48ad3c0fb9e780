"""Who is told of an alarm before any colour exists: rows in the outbox, in the alarm's own transaction."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from accounts.models import Appointment, Post, User
from accounts.posts.duty import answering
from accounts.verbs import VERBS
from common.database.composed import Composed
from common.database.paths import prefixes
from common.drills import marked
from incidents.choices import State
from incidents.models import Incident
from notices.actions import queue_notices
from notices.choices import ALERT, ORDER, ROUTINE, Channel
from notices.models import Notice
from notices.occasions import Occasion
from notices.recipients import Recipient
from notices.relevance.ending import end_notices
from notices.sending.message_templates import Message
from plans.document.notifying import escalation_of
from plans.document.sections import Role, alarm_roles
from plans.engine.evaluation import level_of
from plans.engine.facts import FACTS, listed

#: The duty room's screen; where a life is at risk, everything that rings.
REPORTED = (Channel.APP,)
LIFE_SAFETY = (Channel.APP, Channel.SMS, Channel.VOICE)
STOOD_DOWN = (Channel.APP, Channel.SMS)
#: The beginning of the purposes of all alerts of one incident.
LIFE_SAFETY_PURPOSE = "incident.life_safety"
GRAVER = "incident.graver"

_NO_DANGER = {"zh": "险情已解除", "en": "the danger is over"}
_WHY_OVER = {
    State.RETRACTED: {"zh": "误报，已撤回", "en": "it was a false alarm"},
    State.CLOSED: {"zh": "事件已办结", "en": "the incident is closed"},
}


def tell_duty_room(incident: Incident, *, now: datetime) -> None:
    """The nearest duty room learns of every alarm, on screen."""
    recipients = people_of(alarm_roles(incident.plan.document), incident.unit_path, now, nearest=True)
    queue_notices(
        occasion_of(incident, purpose="incident.reported"),
        Message(_text(incident, "zh"), _text(incident, "en")),
        recipients=recipients,
        channels=REPORTED,
        priority=ROUTINE,
        now=now,
    )


def tell_graver(incident: Incident, *, now: datetime, besides: User) -> None:
    """The plan proposes a graver level than before: the nearest duty room, which knew of the milder one, learns it.

    The next one takes the place of the last; a level that returns is told again.
    """
    end_notices(subject=incident.key, purpose=GRAVER, now=now, reason="told anew")
    level = level_of(incident.plan.document, incident.proposed_level).words
    people = people_of(alarm_roles(incident.plan.document), incident.unit_path, now, nearest=True)
    text_zh = f"情况加重，预案建议{level.zh}：{incident.number}，{incident.place}。{incident.what}"
    text_en = f"It has grown worse, the plan proposes {level.en}: {incident.number}, {incident.place}. {incident.what}"
    queue_notices(
        occasion_of(incident, purpose=f"{GRAVER}.{incident.rev}"),
        Message(text_zh[:300], text_en[:300]),
        recipients=[one for one in people if one.person.pk != besides.pk],
        channels=REPORTED,
        priority=ROUTINE,
        now=now,
    )


def called_first(incident: Incident, now: datetime) -> list[Recipient]:
    """Whom the plan wants told at once where a life is at risk: everybody it names on the way up."""
    roles = alarm_roles(incident.plan.document, life_safety=True)
    return people_of(roles, incident.unit_path, now, nearest=False)


def next_purpose(incident: Incident) -> str:
    """Each alert is a reason of its own: "incident.life_safety", then "incident.life_safety.2"."""
    rows = Notice.objects.filter(subject=incident.key, purpose__startswith=LIFE_SAFETY_PURPOSE)
    count = rows.exclude(purpose__contains=".still").values("purpose").distinct().count()
    return f"{LIFE_SAFETY_PURPOSE}.{count + 1}" if count else LIFE_SAFETY_PURPOSE


def alert_life_safety(
    incident: Incident, recipients: list[Recipient], worse: list[str], *, now: datetime, purpose: str
) -> None:
    """Where a life is at risk people are told at once, by every channel; a later alert says what is worse."""
    facts: dict[str, Any] = {"number": incident.number, "area": incident.place, "matter": incident.what}
    wording = "incident.life_safety"
    if purpose != LIFE_SAFETY_PURPOSE:
        wording, facts = "incident.danger_worse", {**facts, "worse": words_of(worse)}
    queue_notices(
        occasion_of(incident, purpose=purpose),
        Message(wording=wording, facts=facts),
        recipients=recipients,
        channels=LIFE_SAFETY,
        escalation=escalation_of(incident.plan.document, "", insists=True),
        priority=ALERT,
        now=now,
    )


def tell_stood_down(incident: Incident, recipients: list[Recipient], *, now: datetime) -> None:
    """Who was called hears that it is over, on screen and by text message; nobody is called for that."""
    number = next_purpose(incident).rpartition(".")[2]
    why = _WHY_OVER.get(incident.state, _NO_DANGER)
    facts = {"number": incident.number, "area": incident.place, "why": why}
    queue_notices(
        occasion_of(incident, purpose=f"incident.stood_down.{number}"),
        Message(wording="incident.stood_down", facts=facts),
        recipients=recipients,
        channels=STOOD_DOWN,
        priority=ORDER,
        now=now,
    )


def occasion_of(incident: Incident, *, purpose: str) -> Occasion:
    return Occasion(purpose, incident.key, incident.unit, incident.key, incident.drill)


def words_of(codes: Iterable[str]) -> dict[str, str]:
    """Codes of facts as people read them: "扬言自杀、受伤"."""
    known = {code: words for fact in FACTS.values() for code, words in fact.choices.items()}
    words = listed([known[code] for code in codes])
    return {"zh": words.zh, "en": words.en}


def responders(incident: Incident, now: datetime) -> list[Post]:
    """The posts a life-safety alert calls that would not see the incident by themselves."""
    roles = alarm_roles(incident.plan.document, life_safety=True)
    kinds = {role.post for role in roles} - VERBS["incident.view"]
    above = Post.objects.filter(unit__path__in=prefixes(incident.unit_path), closed_at__isnull=True)
    return list(above.filter(kind__in=kinds).order_by("pk"))


def people_of(roles: tuple[Role, ...], unit_path: str, now: datetime, *, nearest: bool) -> list[Recipient]:
    """Who holds posts of these roles in the unit and above, by the roster; `nearest`: only at the lowest such unit."""
    rows = _HOLDING(tuple(prefixes(unit_path)), tuple(sorted({role.post for role in roles})), now)
    found: dict[int, Recipient] = {}
    lowest: dict[str, int] = {}
    for one in answering(rows, now):
        unit = lowest.setdefault(one.post.kind, one.post.unit_id)
        if unit == one.post.unit_id or not nearest:
            found.setdefault(one.person.pk, Recipient(one.person, one.post.title, one.post.pk))
    return list(found.values())


_HOLDING = Composed(
    lambda above, kinds, now: (
        Appointment.objects.current(now)
        .filter(post__unit__path__in=above, post__kind__in=kinds)
        .select_related("person", "post")
        .order_by("-post__unit__path", "pk")
    )
)


def _text(incident: Incident, language: str) -> str:
    """Short enough for one text message; the event, nobody's name."""
    if language == "zh":
        head = marked("新事件", incident.drill, "zh")
        return f"{head} {incident.number}：{incident.place}。{incident.what}"[:300]
    head = marked("New incident", incident.drill, "en")
    return f"{head} {incident.number}: {incident.place}. {incident.what}"[:300]
