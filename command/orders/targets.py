"""Whom an order goes to: a unit, a squad, a person, a post, whoever is on duty; and who is behind it at a moment, asked once for many."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

from django.utils.translation import gettext as _

from accounts.choices import PostKind
from accounts.models import Appointment, Post, Unit, User
from accounts.posts.duty import meant
from accounts.queries import open_units, users_named
from accounts.verbs import EXCLUSIVE, VERBS
from command.orders.choices import TargetKind
from command.orders.models import Order
from common.errors import Invalid
from common.text import codes
from notices.recipients import Recipient


class Target(NamedTuple):
    """Whom an order goes to."""

    kind: str
    unit: Unit | None = None
    squad: str = ""
    person: User | None = None
    #: The kind of post.
    role: str = ""

    def __str__(self) -> str:
        if self.kind == TargetKind.PERSON or self.unit is None:
            return str(self.person)
        if self.kind == TargetKind.ROLE:
            return TargetKind.ROLE.named(f"{self.role}@{self.unit.code}")
        if self.kind == TargetKind.DUTY:
            return TargetKind.DUTY.named(self.unit.code)
        return f"{self.squad}@{self.unit.code}" if self.squad else str(self.unit)

    @property
    def typed(self) -> str:
        """As it is named in a form or a body."""
        if self.kind == TargetKind.PERSON or self.unit is None:
            return TargetKind.PERSON.named(self.person.username if self.person else "")
        if self.kind == TargetKind.UNIT:
            return TargetKind.UNIT.named(self.unit.code)
        return str(self) if self.kind != TargetKind.SQUAD else TargetKind.SQUAD.named(str(self))

    @property
    def words(self) -> str:
        """In the reader's language, where it is a post or whoever is on duty."""
        return in_words(str(self), str(self.unit))


def in_words(text: str, unit: str = "") -> str:
    """ "role:director@C1", "duty:C1" as the journal has them → in the reader's language; others as they are."""
    kind, _colon, name = text.partition(":")
    if kind == TargetKind.DUTY:
        return _("On duty now · %(unit)s") % {"unit": unit or name}
    role, _at, code = name.partition("@")
    if kind == TargetKind.ROLE and role in PostKind.values:
        return f"{PostKind(role).label} · {unit or code}"
    return text


def target_of(order: Order) -> Target:
    return Target(
        order.target_kind, order.target_unit, order.target_squad, order.target_person, order.target_role
    )


#: Posts that do not go round the command of an incident.
_NOT_ORDERED = {PostKind.SQUAD, *(kind for kinds in EXCLUSIVE for kind in kinds)}
#: Posts that an order may be given to, whoever holds them.
ROLES = tuple(kind for kind in PostKind if kind not in _NOT_ORDERED)


def kinds_behind(kind: str, role: str) -> Collection[str]:
    """The kinds of posts that answer for such a recipient."""
    if kind == TargetKind.SQUAD:
        return (PostKind.SQUAD,)
    if kind == TargetKind.DUTY:
        return (PostKind.DUTY_OFFICER,)
    return (role,) if kind == TargetKind.ROLE else VERBS["order.answer"]


def read_target(text: str) -> Target:
    """Read `unit:CODE`, `squad:ID@CODE`, `person:USERNAME`, `role:POST@CODE` or `duty:CODE`. Raises Invalid if there is no such recipient."""
    return read_targets([text])[text]


def read_targets(texts: Iterable[str]) -> dict[str, Target]:
    """`read_target` of many: as many queries as for one."""
    parts = {text: _parts(text) for text in texts}
    units = open_units({one.unit for one in parts.values()} - {""})
    people = users_named({one.name for one in parts.values() if one.kind == TargetKind.PERSON})
    posts = _posts(units.values()) if any(one.kind in _OF_POSTS for one in parts.values()) else set()
    found = {}
    for text, one in parts.items():
        unit, person = units.get(one.unit), people.get(one.name)
        if one.kind == TargetKind.UNIT and unit:
            found[text] = Target(TargetKind.UNIT, unit=unit)
        elif one.kind in _OF_POSTS and unit and (unit.pk, one.post, one.squad) in posts:
            role = one.post if one.kind == TargetKind.ROLE else ""
            found[text] = Target(one.kind, unit=unit, squad=one.squad, role=role)
        elif one.kind == TargetKind.PERSON and person and person.is_active:
            found[text] = Target(TargetKind.PERSON, person=person)
        else:
            raise no_such_recipient(text)
    return found


#: Recipients for whom the unit must have a post.
_OF_POSTS = (TargetKind.SQUAD, TargetKind.ROLE, TargetKind.DUTY)


class _Parts(NamedTuple):
    kind: str
    unit: str = ""
    #: The kind of post, of those.
    post: str = ""
    squad: str = ""
    name: str = ""


def _parts(text: str) -> _Parts:
    kind, _colon, name = text.partition(":")
    if kind == TargetKind.SQUAD:
        squad, _at, unit = name.partition("@")
        return _Parts(kind, unit=unit, post=PostKind.SQUAD, squad=codes.squad(squad) or "-")
    if kind == TargetKind.ROLE:
        role, _at, unit = name.partition("@")
        return _Parts(kind, unit=unit, post=role if role in ROLES else "-")
    if kind == TargetKind.DUTY:
        return _Parts(kind, unit=name, post=PostKind.DUTY_OFFICER)
    return _Parts(kind, name=name) if kind == TargetKind.PERSON else _Parts(kind, unit=name)


def _posts(units: Iterable[Unit]) -> set[tuple[int, str, str]]:
    """What there is of them: (unit, kind, squad)."""
    posts = Post.objects.filter(unit__in=list(units), closed_at=None)
    return set(posts.values_list("unit_id", "kind", "squad"))


def no_such_recipient(text: str) -> Invalid:
    """Nobody of that name, and somebody of another bureau, alike."""
    return Invalid(
        "unknown_recipient",
        _(
            "No order was issued: %(to)s is nobody here whom you could order. Choose a unit, a squad, a post or a person from the list. To order another bureau, share the incident with it first, or ask the bureau above both to give the order."
        )
        % {"to": text},
        fields={"to": [_("There is no such recipient.")]},
    )


class Behind(NamedTuple):
    """Of each target: its posts, which may see the incident; the people to be told, of posts that go round by roster
    those whose turn it is; the units it is of, of a person those of the posts he holds now."""

    posts: Mapping[Target, list[Post]]
    people: Mapping[Target, list[Recipient]]
    units: Mapping[Target, list[Unit]]


def behind(targets: Iterable[Target], now: datetime) -> Behind:
    """Three queries and those of the rosters, however many targets."""
    wanted = list(dict.fromkeys(targets))
    units = {target.unit for target in wanted if target.unit}
    there: dict[int, list[Post]] = {}
    if units:
        for post in Post.objects.filter(unit__in=units, closed_at__isnull=True).order_by("pk"):
            there.setdefault(post.unit_id, []).append(post)
    posts = {
        target: [post for post in there.get(target.unit.pk, ()) if _fits(target, post)] if target.unit else []
        for target in wanted
    }
    held = _held({post.pk: post for some in posts.values() for post in some}, now)
    homes = _homes({target.person for target in wanted if target.person}, now)
    people, of_units = {}, {}
    for target in wanted:
        if target.person:
            people[target], of_units[target] = [Recipient(target.person, "")], homes.get(target.person.pk, [])
            continue
        here = sorted((row for post in posts[target] for row in held.get(post.pk, ())), key=_by_key)
        # Who does not answer for the post any more is not called: the next one is told (command.orders.on_duty).
        goes_round = target.kind in (TargetKind.ROLE, TargetKind.DUTY)
        people[target] = [
            Recipient(row.person, row.post.title, row.post_id if goes_round else None) for row in here
        ]
        of_units[target] = [target.unit] if target.unit else []
    return Behind(posts, people, of_units)


def _by_key(row: Appointment) -> int:
    return row.pk


def _fits(target: Target, post: Post) -> bool:
    return post.kind in kinds_behind(target.kind, target.role) and post.squad == target.squad


def _held(posts: Mapping[int, Post], now: datetime) -> dict[int, list[Appointment]]:
    """Post → who holds it now; of one that goes round, whose turn it is."""
    found: dict[int, list[Appointment]] = {}
    if not posts:
        return found
    rows = list(
        Appointment.objects.current(now).filter(post__in=posts).select_related("person").order_by("pk")
    )
    for row in rows:
        row.post = posts[row.post_id]
    for row in meant(rows, now):
        found.setdefault(row.post_id, []).append(row)
    return found


def _homes(people: set[User], now: datetime) -> dict[int, list[Unit]]:
    found: dict[int, list[Unit]] = {}
    if people:
        rows = Appointment.objects.current(now).filter(person__in=people).select_related("post__unit")
        for row in rows.order_by("pk"):
            units = found.setdefault(row.person_id, [])
            if row.post.unit not in units:
                units.append(row.post.unit)
    return found


def recipients_of(target: Target, now: datetime) -> list[Recipient]:
    """The people behind a target at this moment: of posts that go round by roster, whose turn it is."""
    return behind([target], now).people[target]
