"""Who is told of an alarm before any colour exists: rows in the outbox, in the alarm's own transaction."""

from datetime import datetime

from accounts.duty import answering
from accounts.models import Appointment, Post
from accounts.permissions import VERBS
from common.paths import prefixes
from incidents.models import Incident
from notices.actions import Recipient, queue
from notices.choices import ALERT, ROUTINE, Channel
from notices.wordings import Message
from plans.notifying import escalation_of
from plans.sections import Role, alarm_roles

#: The duty room's screen; where a life is at risk, everything that rings.
REPORTED = (Channel.APP,)
LIFE_SAFETY = (Channel.APP, Channel.SMS, Channel.VOICE)


def tell_duty_room(incident: Incident, *, now: datetime) -> None:
    """The nearest duty room learns of every alarm, on screen."""
    recipients = people_of(alarm_roles(incident.plan.document), incident.unit_path, now, nearest=True)
    queue(
        recipients=recipients,
        channels=REPORTED,
        purpose="incident.reported",
        subject=incident.key,
        unit=incident.unit,
        text_zh=_text(incident, "zh"),
        text_en=_text(incident, "en"),
        priority=ROUTINE,
        now=now,
        drill=incident.drill,
    )


def alert_life_safety(incident: Incident, *, now: datetime) -> None:
    """Where a life is at risk, everybody whom the plan names on the way up is told at once, by every channel."""
    roles = alarm_roles(incident.plan.document, life_safety=True)
    recipients = people_of(roles, incident.unit_path, now, nearest=False)
    queue(
        recipients=recipients,
        channels=LIFE_SAFETY,
        purpose="incident.life_safety",
        subject=incident.key,
        unit=incident.unit,
        message=Message(
            wording="incident.life_safety",
            facts={"number": incident.number, "area": incident.place, "matter": incident.what},
        ),
        escalation=escalation_of(incident.plan.document, "", insists=True),
        priority=ALERT,
        now=now,
        drill=incident.drill,
    )


def responders(incident: Incident, now: datetime) -> list[Post]:
    """The posts a life-safety alert calls that would not see the incident by themselves."""
    roles = alarm_roles(incident.plan.document, life_safety=True)
    kinds = {role.post for role in roles} - VERBS["incident.view"]
    above = Post.objects.filter(unit__path__in=prefixes(incident.unit_path), closed_at__isnull=True)
    return list(above.filter(kind__in=kinds).order_by("pk"))


def people_of(roles: tuple[Role, ...], unit_path: str, now: datetime, *, nearest: bool) -> list[Recipient]:
    """Who holds posts of these roles in the unit and above, by the roster; `nearest`: only at the lowest such unit."""
    rows = (
        Appointment.objects.current(now)
        .filter(post__unit__path__in=prefixes(unit_path), post__kind__in={role.post for role in roles})
        .select_related("person", "post")
        .order_by("-post__unit__path", "pk")
    )
    found: dict[int, Recipient] = {}
    lowest: dict[str, int] = {}
    for one in answering(rows, now):
        unit = lowest.setdefault(one.post.kind, one.post.unit_id)
        if unit == one.post.unit_id or not nearest:
            found.setdefault(one.person.pk, Recipient(one.person, one.post.title, one.post.pk))
    return list(found.values())


def _text(incident: Incident, language: str) -> str:
    """Short enough for one text message; the event, nobody's name."""
    if language == "zh":
        head = ("【演练】" if incident.drill else "") + "新事件"
        return f"{head} {incident.number}：{incident.place}。{incident.what}"[:300]
    head = ("[DRILL] " if incident.drill else "") + "New incident"
    return f"{head} {incident.number}: {incident.place}. {incident.what}"[:300]
