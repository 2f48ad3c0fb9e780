"""Questions about units and people."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from django.db.models import Q, QuerySet
from django.db.models.functions import Lower
from django.utils.translation import get_language

from accounts.choices import HeldAs
from accounts.models import Appointment, Post, Unit, User
from accounts.scope import Reach
from accounts.verbs import EXCLUSIVE
from common.database.paths import prefixes
from common.text import codes


class Home(NamedTuple):
    """Where a person belongs: the post they are first of all known by."""

    unit: Unit
    title: str


class Holder(NamedTuple):
    person: User
    post: Post
    held_as: str


_ORDER = {HeldAs.HOLDER: 0, HeldAs.DEPUTY: 1, HeldAs.DELEGATE: 2}


def holders(*, unit: Unit, kind: str, now: datetime, squad: str = "") -> list[Holder]:
    """Who holds a post of this kind in exactly this unit at `now`: holders first, then deputies, delegates."""
    rows = Appointment.objects.current(now).filter(post__unit=unit, post__kind=kind)
    if squad:
        rows = rows.filter(post__squad=squad)
    found = [
        Holder(a.person, a.post, a.held_as) for a in rows.select_related("person", "post").order_by("id")
    ]
    return sorted(found, key=lambda holder: _ORDER[HeldAs(holder.held_as)])


def home_of(user: User, now: datetime) -> Home | None:
    """The unit and post a person is known by at `now`: own posts before stand-ins, higher units first."""
    rows = Appointment.objects.current(now).filter(person=user).select_related("post__unit")
    found = min(rows, key=lambda a: (_ORDER[HeldAs(a.held_as)], len(a.post.unit.path), a.pk), default=None)
    return Home(found.post.unit, found.post.title) if found else None


def is_administrator(user: User, now: datetime) -> bool:
    """Does this person hold one of the three administrators' chairs?"""
    kinds = set().union(*EXCLUSIVE)
    return Appointment.objects.current(now).filter(person=user, post__kind__in=kinds).exists()


def lineage(unit: Unit) -> list[Unit]:
    """The unit and every unit above it, nearest first (one query)."""
    return sorted(Unit.objects.filter(path__in=prefixes(unit.path)), key=lambda u: -len(u.path))


def user_named(username: str) -> User | None:
    """The account with this username, whatever the case and width: a phone's keyboard likes to begin with a
    capital, and a Chinese one to type ｗｉｄｅ letters."""
    return users_named([username]).get(username)


def users_named(usernames: Iterable[str]) -> dict[str, User]:
    """The same for many, by the name as it was typed. One query."""
    lowered = {name: codes.username(name).lower() for name in usernames}
    if not lowered:
        return {}
    rows = User.objects.annotate(lowered=Lower("username")).filter(lowered__in={*lowered.values()})
    found = {user.lowered: user for user in rows.order_by("-pk")}
    return {name: found[low] for name, low in lowered.items() if low in found}


def open_unit(code: str) -> Unit | None:
    """The unit that bears this code today."""
    return open_units([code]).get(code)


def open_units(typed: Iterable[str]) -> dict[str, Unit]:
    """The same for many, by the code as it was typed. One query."""
    normal = {code: codes.unit_code(code) for code in typed}
    if not normal:
        return {}
    found = {
        unit.code: unit for unit in Unit.objects.filter(code__in={*normal.values()}, valid_to__isnull=True)
    }
    return {code: found[one] for code, one in normal.items() if one in found}


def units_for(reach: Reach, verb: str) -> QuerySet[Unit]:
    """Units over which this person's posts carry `verb`, in tree order."""
    return Unit.objects.filter(reach.filter(verb, field="path")).order_by("path")


def title_labels(titles: Iterable[str]) -> dict[str, str]:
    """Titles of posts as they were written down → as the reader's language has them (Chinese: as they are; else one
    query). A title that no post bears, or that has no English, stays."""
    found = {title: title for title in titles if title}
    if not found or not (get_language() or "").startswith("en"):
        return found
    bearing = Post.objects.filter(title__in=list(found)).exclude(title_en="").order_by("pk")
    return found | dict(bearing.values_list("title", "title_en"))


def colleagues(post: Post, now: datetime) -> QuerySet[User]:
    """Who may stand in for a post: people of its unit, of the unit above and of the units right below."""
    near = Q(post__unit=post.unit_id) | Q(post__unit__parent=post.unit_id)
    if post.unit.parent_id:
        near |= Q(post__unit=post.unit.parent_id)
    people = Appointment.objects.current(now).filter(near).values("person")
    return User.objects.filter(pk__in=people).order_by("username")
