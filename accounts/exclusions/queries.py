"""Questions about recusals and accusations. Nobody reads here of a thing that is closed to them, but their own recusals."""

from collections.abc import Collection, Iterable
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from accounts.choices import PostKind
from accounts.exclusions.choices import Ground
from accounts.exclusions.models import Exclusion
from accounts.exclusions.permissions import check_can_recuse
from accounts.exclusions.things import Thing
from accounts.models import Appointment, Unit, User
from accounts.naming import Names
from accounts.queries import holders, lineage
from accounts.scope import Reach, reaches_of
from common.database.paths import prefixes
from common.errors import NotFound, not_found
from common.text import codes
from journal.keys import kind_of, pks_of

#: So many people take over what waited for one.
_MOST_SUCCESSORS = 3


def exclusions(reach: Reach, *, state: str = "standing", mine: bool = False) -> QuerySet[Exclusion]:
    """Those this person may look at: of things in charge of units whose leader they are, and their own recusals."""
    own = Q(person=reach.user, ground=Ground.RECUSAL)
    led = reach.filter("recusal.order", field="charge_path") & reach.open_rows(key="subject")
    rows = Exclusion.objects.filter(own if mine else own | led)
    rows = rows.filter(ended_at=None) if state == "standing" else rows
    return rows.select_related("person", "unit", "by", "ended_by").order_by("-since", "-pk")


def get_exclusion(reach: Reach, pk: int) -> Exclusion:
    found = exclusions(reach, state="all").filter(pk=pk).first()
    if found is None:
        raise not_found()
    return found


def person_meant(reach: Reach, thing: Thing, username: str) -> User:
    """Nobody named: oneself. Others are people of the units that a leader recuses for, or above them.

    Raises NotAllowed for who recuses nobody else from this thing, Invalid where there is no such account.
    """
    name = username.strip()
    if not name or codes.username(name).lower() == reach.user.username.lower():
        return reach.user
    check_can_recuse(reach, thing)
    return Names.of_verb(reach, "recusal.order", above=True).person(name, "person", reach.now)


def about(key: str) -> list[Exclusion]:
    """All of one thing, the newest first. For who sees the thing."""
    rows = Exclusion.objects.filter(subject=key).select_related("person", "unit", "by", "ended_by")
    return list(rows.order_by("-since", "-pk"))


def is_accusation(keys: Collection[str]) -> bool:
    """Whether one of these things is known to accuse somebody here."""
    return Exclusion.objects.standing().filter(subject__in=keys, ground=Ground.ACCUSATION).exists()


def units_complained_of(keys: Collection[str]) -> list[Unit]:
    rows = Exclusion.objects.standing().filter(subject__in=keys, unit__isnull=False)
    return list(Unit.objects.filter(pk__in=rows.values("unit")).order_by("path"))


def accused() -> QuerySet[Exclusion]:
    """Subjects of accusations, for a NOT IN where what is written has many readers: a paper, a count, a report."""
    return Exclusion.objects.standing().filter(ground=Ground.ACCUSATION).values("subject")


def accused_at(unit: Unit) -> QuerySet[Exclusion]:
    """Subjects that a figure or a paper of this unit leaves out: those that accuse it, a unit above it, or somebody with
    a post at one of these, who reads what the unit writes. The superior's own figures count them.

    A post held once counts too: who has moved on still has what was written then.
    """
    above = list(prefixes(unit.path))
    reads = Appointment.objects.filter(person=OuterRef("person"), post__unit__path__in=above)
    return accused().filter(Q(unit__isnull=False, unit_path__in=above) | Q(Exists(reads)))


def accused_pks(unit: Unit, kind: str) -> list[int]:
    """The same, as the primary keys of things of one kind."""
    return sorted(pks_of(accused_at(unit).values_list("subject", flat=True), kind))


def missing(reach: Reach, kind: str, number: str) -> NotFound:
    """What is said where something is not found: who recused is told so, everybody else that there is nothing."""
    if not any(kind_of(name) == kind for name in reach.closed):
        return not_found()
    rows = Exclusion.objects.standing().filter(number=number, person=reach.user.pk, ground=Ground.RECUSAL)
    own = rows.select_related("by").first()
    if own is None or own.subject not in reach.closed:
        return not_found()
    return NotFound("recused", _sentence(own))


def _sentence(own: Exclusion) -> str:
    said = {
        "number": own.number,
        "since": f"{localtime(own.since):%Y-%m-%d %H:%M}",
        "by": own.by,
        "reason": own.reason,
        "passed_to": own.passed_to or _("the duty room"),
        "phone": Unit.objects.get(path=own.charge_path).phone,
    }
    return (
        _(
            "You are recused from %(number)s since %(since)s (%(by)s: %(reason)s). Nothing of it is shown to you. "
            "%(passed_to)s looks after it. If somebody is in danger: 110, 119, 120, the duty room %(phone)s; an alarm can "
            "be raised by everybody at any time."
        )
        % said
    )


def kept_from(pairs: Iterable[tuple[User, Collection[str]]], now: datetime) -> set[int]:
    """Of these people with the keys of what they are told about: who is kept from it. One query where nothing is closed."""
    told = list(pairs)
    keys = {key for _person, some in told for key in some}
    closed = set(Exclusion.objects.standing().filter(subject__in=keys).values_list("subject", flat=True))
    concerned = {person.pk: person for person, some in told if closed.intersection(some)}
    reaches = reaches_of(concerned.values(), now) if concerned else {}
    return {
        person.pk
        for person, some in told
        if person.pk in reaches and reaches[person.pk].closed.intersection(some)
    }


def successors(person: User, thing: Thing, now: datetime) -> list[tuple[User, str, int]]:
    """Who takes over what waited for somebody: stand-ins in the same posts, else the duty room, of the unit in charge or
    the nearest one above; nobody who is kept from it. Person, title of the post, the post."""
    held = reaches_of([person], now)[person.pk].posts
    kinds = {post.kind for post in held}
    for unit in lineage(thing.unit):
        for some in ([kind for kind in kinds if kind != PostKind.SQUAD], [PostKind.DUTY_OFFICER]):
            found = [one for kind in sorted(some) for one in holders(unit=unit, kind=kind, now=now)]
            others = [one for one in found if one.person.pk != person.pk and one.person.is_active]
            shut = kept_from([(one.person, (thing.key, thing.thread)) for one in others], now)
            if ready := [one for one in others if one.person.pk not in shut][:_MOST_SUCCESSORS]:
                return [(one.person, one.post.title, one.post.pk) for one in ready]
    return []
