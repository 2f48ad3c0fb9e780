"""Units and people as somebody names them in a form or a body: one of those within reach, or there are none.

The code of another county is answered word for word as one that no unit bears, and a colleague of another county as
nobody, so that a refusal tells nothing about what there is elsewhere. Whether somebody may do the act at all is asked
first, and said plainly.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import Appointment, Unit, User
from accounts.queries import open_units, users_named
from accounts.scope import Reach
from common.database.paths import prefixes
from common.errors import Invalid, NotAllowed


@dataclass(frozen=True)
class Names:
    """What may be named here: units with one of these paths, or below one of them, and who holds a post there.

    `paths` None: every unit and every account, where the act is meant for others (passing a demand on, sharing).
    """

    paths: tuple[str, ...] | None
    below: tuple[str, ...] = ()

    @classmethod
    def of_verb(cls, reach: Reach, verb: str, *, above: bool = False) -> "Names":
        """The units over which a post of this person carries `verb`; `above`: those above them too.

        Raises NotAllowed for whoever carries it nowhere.
        """
        own = _carried(reach, verb)
        return cls(tuple({path for one in own for path in prefixes(one)}) if above else (), own)

    @classmethod
    def anywhere(cls, reach: Reach, verb: str) -> "Names":
        """Everything, for whoever carries `verb` somewhere. Raises NotAllowed for others."""
        _carried(reach, verb)
        return cls(None)

    @classmethod
    def under(cls, *units: Unit) -> "Names":
        return cls((), tuple(unit.path for unit in units))

    @classmethod
    def at_or_above(cls, unit: Unit) -> "Names":
        return cls(tuple(prefixes(unit.path)))

    @classmethod
    def in_line_with(cls, unit: Unit) -> "Names":
        """The unit, those above it and those below it."""
        return cls(tuple(prefixes(unit.path)), (unit.path,))

    def find_units(self, codes: Iterable[str]) -> dict[str, Unit]:
        """By the code as it was typed; what may not be named here is not among them. One query."""
        return {code: unit for code, unit in open_units(codes).items() if self._has(unit.path)}

    def units(self, codes: Sequence[str], field: str) -> list[Unit]:
        """In the order asked for. Raises Invalid, about `field`."""
        codes = [code.strip() for code in codes]
        found = self.find_units(codes)
        if missing := [code for code in codes if code not in found]:
            raise no_unit(field, missing)
        return [found[code] for code in codes]

    def unit(self, code: str, field: str = "unit") -> Unit:
        return self.units([code], field)[0]

    def find_people(self, usernames: Iterable[str], now: datetime) -> dict[str, User]:
        """By the name as it was typed; who may not be named here is not among them. Two queries."""
        found = users_named(usernames)
        if self.paths is None or not found:
            return found
        where = Q(post__unit__path__in=self.paths)
        for path in self.below:
            where |= Q(post__unit__path__under=path)
        people = {user.pk for user in found.values()}
        held = Appointment.objects.current(now).filter(where, person__in=people, person__is_active=True)
        there = set(held.values_list("person_id", flat=True))
        return {name: user for name, user in found.items() if user.pk in there}

    def people(self, usernames: Sequence[str], field: str, now: datetime) -> list[User]:
        """In the order asked for. Raises Invalid, about `field`."""
        names = [name.strip() for name in usernames]
        found = self.find_people(names, now)
        if missing := [name for name in names if name not in found]:
            raise no_account(field, missing)
        return [found[name] for name in names]

    def person(self, username: str, field: str, now: datetime) -> User:
        return self.people([username], field, now)[0]

    def _has(self, path: str) -> bool:
        return self.paths is None or path in self.paths or path.startswith(self.below)


def _carried(reach: Reach, verb: str) -> tuple[str, ...]:
    own = reach.paths(verb)
    if not own:
        raise NotAllowed(
            "not_allowed",
            _("Nothing was done: none of your posts may do this. Ask the duty room of the unit it is about."),
        )
    return own


def no_unit(field: str, codes: Sequence[str]) -> Invalid:
    said = _("There is no unit %(codes)s that you could name here.") % {"codes": ", ".join(codes)}
    return Invalid(
        "unknown_unit", _("Nothing was saved: %(sentence)s Check the code.") % {"sentence": said}, fields={field: [said]}
    )  # fmt: skip


def no_account(field: str, usernames: Sequence[str]) -> Invalid:
    said = _("There is no account %(names)s that you could name here.") % {"names": ", ".join(usernames)}
    return Invalid(
        "unknown_account", _("Nothing was saved: %(sentence)s Check the name.") % {"sentence": said}, fields={field: [said]}
    )  # fmt: skip
