"""What happens to recusals and accusations. Lock, check, change, record."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.exclusions import permissions, queries
from accounts.exclusions.choices import Ground
from accounts.exclusions.models import Exclusion
from accounts.exclusions.things import Thing, parts_of
from accounts.models import Unit, User
from accounts.scope import Reach, read_closed
from common.errors import Invalid, WrongState
from common.hooks import Hook
from common.revisions import save
from common.text.personal_data import unsigned_personal_data_in
from journal.record import record

_REASON = 250


class Shut(NamedTuple):
    """What has just been closed, for what has to follow in the rooms above."""

    thing: Thing
    #: It and what belongs to it.
    keys: tuple[str, ...]
    #: Who was recused, and who takes over: person, title of the post, the post. Nobody for an accusation.
    person: User | None
    successors: Sequence[tuple[User, str, int]]


#: fn(shut, now): take back what waits for whoever is kept out now, and pass it on.
FOLLOWING: Hook[Callable[[Shut, datetime], None]] = Hook()


@transaction.atomic
def recuse_person(*, reach: Reach, thing: Thing, person: User, reason: str, now: datetime) -> Exclusion:
    """Keep somebody from this thing and what belongs to it, at once. What waited for them passes to their stand-in, or to
    the duty room. Twice is once. Source: Petition Work Regulations art. 28(3)."""
    permissions.check_can_recuse(reach, thing, person)
    words = _check_reason(thing.number, reason)
    if (
        found := Exclusion.objects.standing()
        .filter(subject=thing.key, person=person, ground=Ground.RECUSAL)
        .first()
    ):
        return found

    takers = queries.successors(person, thing, now)
    passed_to = "、".join(f"{title} {who}".strip() for who, title, _post in takers)[:160]
    keys = _close(reach, thing, Ground.RECUSAL, words, now, person=person, passed_to=passed_to)
    _record("recusal.begun", thing, reach, now, person=str(person), reason=words, passed_to=passed_to)
    for follow in FOLLOWING:
        follow(Shut(thing, keys, person, takers), now)
    return Exclusion.objects.get(subject=thing.key, person=person, ended_at=None, ground=Ground.RECUSAL)


@transaction.atomic
def shut_out_accused(
    *, reach: Reach, thing: Thing, unit: Unit, people: Iterable[User], reason: str, now: datetime
) -> None:
    """Keep the material of an accusation from the unit complained of, from those below it and from these people anywhere.

    The caller has checked that somebody above handles it. Source: Petition Work Regulations art. 30(3).
    """
    words = _check_reason(thing.number, reason)
    keys = _close(reach, thing, Ground.ACCUSATION, words, now, unit=unit)
    for person in people:
        _close(reach, thing, Ground.ACCUSATION, words, now, person=person)
    _record("accusation.hidden", thing, reach, now, against=unit.code, reason=words)
    for follow in FOLLOWING:
        follow(Shut(thing, keys, None, ()), now)


def shut_as(whole: Iterable[str], thing: Thing) -> None:
    """What belongs to something closed is closed from its first moment, to the same."""
    rows = [
        Exclusion(
            subject=thing.key, number=thing.number, url=thing.url, ground=row.ground, person=row.person,
            unit=row.unit, unit_path=row.unit_path, charge_path=row.charge_path, reason=row.reason,
            passed_to=row.passed_to, since=row.since, by=row.by, post=row.post,
        )
        for row in Exclusion.objects.standing().filter(subject__in=list(whole)).order_by("pk")
    ]  # fmt: skip
    _add(rows)


@transaction.atomic
def end_exclusion(*, reach: Reach, exclusion_id: int, reason: str, now: datetime) -> Exclusion:
    """Let somebody see it again from now on, with the reason; what belongs to it too. Twice is once."""
    row = Exclusion.objects.select_for_update(of=("self",)).get(pk=exclusion_id)

    permissions.check_can_end(reach, row)
    words = _check_reason(row.number, reason)
    if not row.is_standing:
        return row

    belonging = [row.subject, *(key for key, _number, _url in parts_of(row.subject))]
    same = Exclusion.objects.select_for_update(of=("self",)).filter(
        subject__in=belonging, person=row.person_id, unit=row.unit_id, ground=row.ground, ended_at=None
    )
    for one in same:
        one.ended_at, one.ended_by, one.end_reason = now, reach.user, words
        save(one, "ended_at", "ended_by", "end_reason")
    thing = Thing(
        row.subject, row.number, Unit.objects.get(path=row.charge_path), (row.charge_path,), row.url
    )
    who = str(row.person or row.unit)
    kind = "recusal.ended" if row.ground == Ground.RECUSAL else "accusation.opened"
    _record(kind, thing, reach, now, person=who, reason=words)
    row.refresh_from_db()
    return row


def who_handles(lead: Unit, accused: Unit, number: str) -> Unit:
    """The unit that leads from now on: the one that does, or the nearest above the unit complained of.

    Raises WrongState where that is the top: nobody here stands above it.
    """
    if not lead.path.startswith(accused.path):
        return lead
    if accused.parent is None:
        raise WrongState(
            "nobody_above",
            _(
                "%(number)s was not kept from %(unit)s: no unit here stands above it. Hand the material to the authority "
                "above in writing, or name the person who is accused instead."
            )
            % {"number": number, "unit": accused},
        )
    return accused.parent


def check_not_complained_of(keys: Iterable[str], units: Iterable[Unit], number: str) -> None:
    """Refuse to hand it to the unit it complains of, or to one below. Source: Petition Work Regulations art. 30(3)."""
    against = queries.units_complained_of(list(keys))
    for unit in units:
        if any(unit.path.startswith(one.path) for one in against):
            raise WrongState(
                "complained_of",
                _(
                    "%(number)s was not passed to %(unit)s: it holds an accusation against that unit, and such material "
                    "is never handed to whom it accuses (Petition Work Regulations, art. 30). Choose its superior."
                )
                % {"number": number, "unit": unit},
            )


def _close(
    reach: Reach,
    thing: Thing,
    ground: str,
    reason: str,
    now: datetime,
    *,
    person: User | None = None,
    unit: Unit | None = None,
    passed_to: str = "",
) -> tuple[str, ...]:
    of_it = [(thing.key, thing.number, thing.url), *parts_of(thing.key)]
    title = reach.title_for("matter.manage", thing.unit.path)
    _add(
        [
            Exclusion(
                subject=key, number=number, url=url, ground=ground, person=person, unit=unit,
                unit_path=unit.path if unit else "", charge_path=thing.unit.path, reason=reason,
                passed_to=passed_to, since=now, by=reach.user, post=title,
            )
            for key, number, url in of_it
        ]
    )  # fmt: skip
    # Whoever has just shut themself out sees nothing more within this request either.
    read_closed([reach])
    return tuple(key for key, _number, _url in of_it)


def _add(rows: list[Exclusion]) -> None:
    """But for those that stand already."""
    Exclusion.objects.bulk_create(rows, ignore_conflicts=True)


def _check_reason(number: str, reason: str) -> str:
    words = reason.strip()
    if not words or unsigned_personal_data_in(words):
        raise Invalid(
            "reason_missing",
            _("Nothing was changed on %(number)s: say why in a sentence, without a number of a person.")
            % {"number": number},
            fields={"reason": [_("Say why in a sentence.")]},
        )
    return words[:_REASON]


def _record(kind: str, thing: Thing, reach: Reach, now: datetime, **content: str) -> None:
    record(
        kind,
        subject=thing.key,
        thread=thing.thread,
        unit=thing.unit,
        actor=reach.user,
        post=reach.title_for("recusal.order", thing.unit.path),
        at=now,
        drill=thing.drill,
        content={"number": thing.number, **content},
    )
