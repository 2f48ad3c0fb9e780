"""Who is told of supervision: who leads a unit, a team's people, who leads the bureau."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import F

from accounts.choices import PostKind
from accounts.models import Appointment, Unit
from accounts.posts.duty import answering
from clocks.models import Clock
from common.database.paths import prefixes
from journal.keys import kind_of, pk_of
from notices.actions import queue_notices
from notices.choices import ROUTINE, Channel
from notices.occasions import Occasion
from notices.recipients import Recipient
from notices.sending.message_templates import Message
from supervision.corrections.models import Correction
from supervision.teams.models import Team
from supervision.visits.models import Visit

#: Plans' words for who owes a visit, and who owes a correction; clocks carry them.
TEAM, UNIT = "supervision_team", "corrected_unit"
_LEADING = (PostKind.OFFICE_HEAD, PostKind.DIRECTOR, PostKind.DUTY_LEADER, PostKind.DUTY_OFFICER)
_DECIDING = (PostKind.DIRECTOR, PostKind.DEPUTY_DIRECTOR, PostKind.DUTY_LEADER, PostKind.OFFICE_HEAD)


def leading(unit: Unit, now: datetime, kinds: Iterable[str] = _LEADING) -> list[Recipient]:
    """Who leads the unit, or the nearest above it that has such a post."""
    held = Appointment.objects.current(now).filter(
        post__unit__path__in=prefixes(unit.path), post__kind__in=list(kinds), person__is_active=True
    )
    rows = held.select_related("person", "post__unit").annotate(path=F("post__unit__path"))
    found = list(answering(rows.order_by("-path", "pk"), now))
    return [
        Recipient(one.person, one.post.title, one.post.pk)
        for one in found
        if one.post.unit_id == found[0].post.unit_id
    ]


def deciding(unit: Unit, now: datetime) -> list[Recipient]:
    """Who may give a correction more time: the leaders of the bureau."""
    return leading(unit, now, _DECIDING)


def of_team(team: Team) -> list[Recipient]:
    return [Recipient(one.person, "") for one in team.members.all() if one.person.is_active]


def late_team(clock: Clock, now: datetime) -> list[Recipient]:
    """Whose visit is missing this month, or whose record form of a visit."""
    kind = kind_of(clock.subject)
    if kind == "supervision_team":
        team = Team.objects.with_people().filter(pk=pk_of(clock.subject)).first()
    else:
        visit = Visit.objects.with_names().filter(form=pk_of(clock.subject, "form")).first()
        team = visit.team if visit else None
    return of_team(team) if team else []


def late_unit(clock: Clock, now: datetime) -> list[Recipient]:
    """Whose correction is overdue: who leads the unit; and the team hears of it."""
    rows = Correction.objects.filter(pk=pk_of(clock.subject, "correction")).with_names()
    found = rows.first()
    return [*leading(found.unit, now), *of_team(found.visit.team)] if found else []


def tell(
    subject: str, thread: str, unit: Unit, purpose: str, people: Iterable[Recipient], zh: str, en: str, now: datetime
) -> None:  # fmt: skip
    """On screen and by text message."""
    unique = {one.person.pk: one for one in people}
    queue_notices(
        Occasion(purpose, subject, unit, thread, False),
        Message(zh[:300], en[:300]),
        recipients=list(unique.values()),
        channels=[Channel.APP, Channel.SMS],
        priority=ROUTINE,
        now=now,
    )
