"""Whom an order may go to from an incident: who is behind each, whether they are free, and the number to ring."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import npgettext, pgettext

from accounts.choices import PostKind
from accounts.models import Appointment, Post, Unit, User
from accounts.people.names import distinct_names
from accounts.scope import Reach
from command.orders.choices import TargetKind
from command.orders.models import Order
from command.orders.targets import ROLES, Target, behind
from common.database.paths import prefixes
from common.dates.local_time import day_of
from incidents.models import Incident
from plans.document.sections import squads_of

#: Posts whose holders are chosen by name.
_BY_NAME = (PostKind.FIRST_RESPONDER, PostKind.EXPERT)
#: Units below that are offered.
MOST_UNITS = 50


class Recipient(NamedTuple):
    """A choice of the order form: what it is called, who would read an order now, how they stand and are reached."""

    target: Target
    label: str
    people: tuple[str, ...]
    #: The number to ring and whose it is; both empty where there is none for this reader.
    phone: str
    rings: str
    #: Orders that it carries now, in whatever incident: how many, never which.
    orders: int
    #: The one that it has in this incident already.
    order_here: str

    @property
    def value(self) -> str:
        """As a form and the API name it: "squad:dialogue@C1"."""
        return self.target.typed

    @property
    def who(self) -> str:
        """Who would read it, where the label does not name them."""
        return "" if self.target.kind == TargetKind.PERSON else "、".join(self.people)

    @property
    def state(self) -> str:
        if not self.people:
            return pgettext("recipient", "nobody holds it now")
        if self.order_here:
            return pgettext("recipient", "has order %(number)s here") % {"number": self.order_here}
        if self.orders:
            words = npgettext("recipient", "%(n)s order under way", "%(n)s orders under way", self.orders)
            return words % {"n": self.orders}
        return pgettext("recipient", "free")

    @property
    def look(self) -> str:
        if not self.people:
            return "bad"
        return "wait" if self.orders else "ok"

    @property
    def line(self) -> str:
        """All of it in a line, for a list that holds nothing but text."""
        return " · ".join(filter(None, (self.label, self.state, self.phone)))


def recipients_for(
    incident: Incident, reach: Reach, now: datetime, besides: Mapping[Target, str] | None = None
) -> list[Recipient]:
    """Whom an order may go to: the plan's squads of this unit and those above it, who is on duty there, then units,
    posts and responders, then who is named `besides` them. The queries do not grow with them."""
    labels = dict(_offered(incident, now))
    labels |= {target: label for target, label in (besides or {}).items() if target not in labels}
    found, carried = behind(labels, now), _carried(incident, labels)
    return [
        Recipient(
            target,
            label,
            # Each once, whatever posts they hold there.
            tuple({one.person.pk: str(one.person) for one in found.people[target]}.values()),
            *_rung(reach, target, [one.person for one in found.people[target]], found.units[target]),
            len(carried.get(_key(target), ())),
            next(filter(None, carried.get(_key(target), ())), ""),
        )
        for target, label in labels.items()
    ]


def _offered(incident: Incident, now: datetime) -> Iterator[tuple[Target, str]]:
    units = list(Unit.objects.filter(path__in=prefixes(incident.unit_path)).order_by("-path"))
    there = Post.objects.filter(unit__in=units, closed_at__isnull=True).select_related("unit").order_by("pk")
    seats = sorted(
        (post for post in there if post.kind in ROLES),
        key=lambda post: (-len(post.unit.path), ROLES.index(PostKind(post.kind))),
    )
    yield from _squads(incident, [post for post in there if post.kind == PostKind.SQUAD])
    for post in seats:
        if post.kind == PostKind.DUTY_OFFICER:
            yield _by_its_words(Target(TargetKind.DUTY, post.unit))
    below = Unit.objects.open_at(day_of(now)).filter(
        path__under=incident.unit_path, posts__kind=PostKind.OFFICE_HEAD
    )
    for unit in below.distinct().order_by("path")[:MOST_UNITS]:
        yield Target(TargetKind.UNIT, unit), str(unit)
    for post in seats:
        if post.kind not in _BY_NAME:
            yield _by_its_words(Target(TargetKind.ROLE, post.unit, role=post.kind))
    responders = Appointment.objects.current(now).filter(post__unit__in=units, post__kind__in=_BY_NAME)
    rows = list(responders.select_related("person", "post").order_by("pk"))
    names = distinct_names(held.person for held in rows)
    for held in rows:
        yield Target(TargetKind.PERSON, person=held.person), f"{held.post} · {names[held.person.pk]}"


def _squads(incident: Incident, posts: Sequence[Post]) -> Iterator[tuple[Target, str]]:
    """The nearest unit's first, in the order of the plan. A squad with several posts is one, by its first."""
    order = [squad.id for squad in squads_of(incident.plan.document)]
    found: dict[Target, str] = {}
    for post in sorted(
        posts, key=lambda p: (-len(p.unit.path), order.index(p.squad) if p.squad in order else len(order))
    ):
        found.setdefault(Target(TargetKind.SQUAD, post.unit, post.squad), f"{post} · {post.unit}")
    yield from found.items()


def _by_its_words(target: Target) -> tuple[Target, str]:
    return target, target.words


def _rung(reach: Reach, target: Target, people: Sequence[User], units: Sequence[Unit]) -> tuple[str, str]:
    """A number and whose it is. Somebody's own is for who answers for orders there, as on the order's card; of any
    other unit it is its duty room's. An office and a duty room are rung at their desk."""
    desks = [(unit.phone, _("Duty room, %(unit)s") % {"unit": unit}) for unit in units]
    is_theirs = any(reach.holds("order.answer_for", unit.path) for unit in units)
    own = [(person.phone, str(person)) for person in people if is_theirs]
    is_a_desk = target.kind in (TargetKind.UNIT, TargetKind.DUTY)
    numbers = [*desks, *own] if is_a_desk else [*own, *desks]
    return next((one for one in numbers if one[0]), ("", ""))


def _carried(incident: Incident, targets: Iterable[Target]) -> dict[tuple, list[str]]:
    """Key of a recipient → an entry for each order it carries: its number in this incident, "" in any other (one query).

    Whoever rehearses is busy for a drill, and free for what is real.
    """
    rows = Order.objects.live() if incident.drill else Order.objects.live().real()
    units = {target.unit for target in targets if target.unit}
    people = {target.person for target in targets if target.person}
    behind_them = rows.filter(Q(target_unit__in=units) | Q(target_person__in=people)).order_by("pk")
    found: dict[tuple, list[str]] = {}
    for number, there, *key in behind_them.values_list(
        "number",
        "incident_id",
        "target_kind",
        "target_unit_id",
        "target_squad",
        "target_person_id",
        "target_role",
    ):
        found.setdefault(tuple(key), []).append(number if there == incident.pk else "")
    return found


def _key(target: Target) -> tuple:
    unit, person = target.unit, target.person
    return (target.kind, unit.pk if unit else None, target.squad, person.pk if person else None, target.role)
