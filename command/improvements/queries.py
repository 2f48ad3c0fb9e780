"""What may this person see of improvements, in what shape?"""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts.choices import PostKind
from accounts.models import Appointment, Post, Unit
from accounts.reform.waiting import Waiting
from accounts.scope import Reach
from command.improvements import permissions, rules
from command.improvements.actions import Owner
from command.improvements.choices import ImprovementState, ImprovementVerb, Show
from command.improvements.models import Improvement
from common.errors import is_allowed, not_found
from common.text.whole_numbers import read_number
from journal.keys import key, kind_of

#: So many posts and people are offered as owners; the API takes any other.
MOST_OWNERS = 300
#: Posts that have nothing of the bureau's work to do.
_NOT_ASKED = (PostKind.SYSADMIN, PostKind.SECADMIN, PostKind.AUDITOR)


class ImprovementCard(NamedTuple):
    row: Improvement
    #: What this person may do with it now.
    verbs: list[ImprovementVerb]
    is_overdue: bool
    #: What it comes from; "" for who sees nothing of that.
    about: str
    #: Whether `about` is an incident, which has a page.
    is_of_incident: bool

    @property
    def look(self) -> str:
        return "bad" if self.is_overdue else rules.LOOKS[ImprovementState(self.row.state)]


def improvements(reach: Reach, show: str, now: datetime, unit: Unit | None = None) -> QuerySet[Improvement]:
    """Those this person may see, the next one due first; of those that are over the last one first."""
    rows = Improvement.objects.visible_to(reach).with_names()
    if unit is not None:
        rows = rows.filter(unit_path__under=unit.path)
    if show == Show.MINE:
        mine = Q(post__in=[post.post_id for post in reach.posts]) | Q(person=reach.user)
        return rows.live().filter(mine).order_by("due_at", "pk")
    if show == Show.OVERDUE:
        return rows.filter(state=ImprovementState.OPEN, due_at__lt=now).order_by("due_at", "pk")
    if show == Show.ENDED:
        return rows.filter(ended_at__isnull=False).order_by("-ended_at", "-pk")
    if show == Show.ALL:
        return rows.order_by("-due_at", "-pk")
    return rows.live().order_by("due_at", "pk")


def of_source(reach: Reach, source: str) -> QuerySet[Improvement]:
    """What was learned from one incident or drill, in the order in which it was set."""
    return Improvement.objects.visible_to(reach).with_names().filter(source=source).order_by("pk")


def cards(reach: Reach, rows: Iterable[Improvement], now: datetime) -> list[ImprovementCard]:
    """No query beside those that read the rows."""
    return [card(reach, row, now) for row in rows]


def card(reach: Reach, row: Improvement, now: datetime) -> ImprovementCard:
    sees = reach.holds("incident.view", row.set_for.path) or row.thread in reach.threads
    return ImprovementCard(
        row, _verbs(reach, row), rules.is_overdue(row.state, row.due_at, now), row.about if sees else "",
        kind_of(row.thread) == "incident",
    )  # fmt: skip


def _verbs(reach: Reach, row: Improvement) -> list[ImprovementVerb]:
    found = [ImprovementVerb(verb) for verb in rules.TRANSITIONS.verbs_for(row.state)]
    return [verb for verb in found if is_allowed(_CHECKS.get(verb, permissions.check_can_decide), reach, row)]


_CHECKS = {
    ImprovementVerb.REPORT: permissions.check_can_report,
    ImprovementVerb.CONFIRM: permissions.check_can_confirm,
}


def get_improvement(reach: Reach, pk: int) -> Improvement:
    """One that this person may see; NotFound otherwise."""
    found = Improvement.objects.visible_to(reach).with_names().filter(pk=pk).first()
    if found is None:
        raise not_found()
    return found


def owners_offered(unit: Unit, now: datetime) -> list[tuple[str, str]]:
    """(value, words) of the posts of the unit and those right below it, then of the unit's own people (two queries)."""
    near = Q(unit=unit) | Q(unit__parent=unit)
    posts = Post.objects.filter(near, closed_at=None).exclude(kind__in=_NOT_ASKED).select_related("unit")
    found = [
        (key("post", post.pk), f"{post.unit} {post}")
        for post in posts.order_by("unit__path", "pk")[:MOST_OWNERS]
    ]
    held = Appointment.objects.current(now).filter(post__unit=unit).exclude(post__kind__in=_NOT_ASKED)
    people = {one.person_id: one.person for one in held.select_related("person").order_by("pk")[:MOST_OWNERS]}
    return found + [(key("person", pk), f"{unit} {person}") for pk, person in people.items()]


def read_owner(text: str, unit: Unit) -> Owner | None:
    """ "post:12" (of the unit or one below) or "person:7" (of the unit) as an owner; None for what is neither."""
    kind, _colon, number = text.partition(":")
    pk = read_number(number)
    if pk is None:
        return None
    if kind == "post":
        near = Post.objects.filter(unit__path__under=unit.path)
        post = near.select_related("unit").filter(pk=pk).first()
        return Owner(post.unit, post=post) if post else None
    held = Appointment.objects.filter(post__unit=unit, person=pk).select_related("person").first()
    return Owner(unit, person=held.person) if kind == "person" and held else None


def open_at(paths: list[str]) -> Waiting:
    """Improvements that nobody has confirmed at and below the units with these paths, which are about to end."""
    where = Q(pk__in=[])
    for path in paths:
        where |= Q(unit_path__under=path)
    return Waiting(_("improvement tasks not finished"), Improvement.objects.live().filter(where).count())
