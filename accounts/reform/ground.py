"""What planning and carrying out a change have in common: its units, the parents, the codes."""

from dataclasses import asdict, dataclass
from typing import NamedTuple

from django.utils.translation import gettext as _

from accounts.models import Unit
from accounts.queries import open_unit
from accounts.reform import queries, rules
from accounts.reform.models import Reform
from common.errors import Invalid, WrongState
from common.text.codes import check, unit_code


@dataclass(frozen=True, slots=True)
class New:
    """A unit that begins; `parent` is the code of the one above it, "" = that of the units that end."""

    code: str
    name: str
    name_en: str = ""
    parent: str = ""

    def stored(self) -> dict[str, str]:
        return asdict(self)


class Found(NamedTuple):
    """A change with its rows read and locked."""

    ending: list[Unit]
    news: list[New]
    #: The unit above each of `news`.
    above: list[Unit | None]
    #: What stands below the ending ones, parents before children.
    along: list[Unit]


def find(reform: Reform) -> Found:
    """Read and lock what the change is about. Raises Invalid or WrongState where it is not possible."""
    ending = list(Unit.objects.select_for_update(of=("self",)).filter(pk__in=reform.olds).order_by("path"))
    if ended := [unit for unit in ending if unit.valid_to is not None]:
        raise WrongState(
            "ended_already",
            _("No unit was changed: %(unit)s no longer exists. Look at who took over.") % {"unit": ended[0]},
        )
    news = [New(**given) for given in reform.news]
    above = [_above(new, ending) for new in news]
    along = [unit for old in ending for unit in queries.below(old)]
    _check_codes(news, along, reform.suffix)
    return Found(ending, news, above, along)


def _above(new: New, ending: list[Unit]) -> Unit | None:
    parent = open_unit(new.parent) if new.parent else ending[0].parent
    if parent is None and not new.parent:
        return None  # the root of a tree is followed by another root
    if (
        parent is None
        or parent.valid_to is not None
        or any(parent.path.startswith(old.path) for old in ending)
        or not rules.may_stand_below(ending[0].tier, parent.tier)
    ):
        raise Invalid(
            "no_such_parent",
            _(
                "No unit was changed: there is no unit %(code)s above which %(new)s could stand. Check the code."
            )
            % {"code": new.parent or (parent.code if parent else "–"), "new": new.name},
        )
    return parent


def _check_codes(news: list[New], along: list[Unit], suffix: str) -> None:
    if len(along) > rules.MOST_BELOW:
        raise WrongState(
            "too_many_below",
            _("No unit was changed: more than %(most)d units stand below. Change the lower ones first.")
            % {"most": rules.MOST_BELOW},
        )
    if not news:
        return
    if along and not suffix:
        raise Invalid(
            "suffix_missing",
            _(
                "No unit was changed: %(many)d units stand below and go along, and a code names one unit only. "
                "Say what is added to their codes."
            )
            % {"many": len(along)},
            fields={"suffix": [_("What is added to the codes of the units below?")]},
        )
    for new in news:
        check("unit_code", new.code, field="code_1")
    check("unit_code", rules.code_taken_along("X", suffix), field="suffix")
    codes = [unit_code(new.code) for new in news]
    codes += [rules.code_taken_along(unit.code, suffix) for unit in along]
    taken = {code for code in codes if codes.count(code) > 1 or len(code) > rules.CODE_LENGTH}
    taken |= set(Unit.objects.filter(code__in=codes).values_list("code", flat=True))
    if taken:
        raise Invalid(
            "code_taken",
            _(
                "No unit was changed: the code %(code)s names another unit, now or before, or is too long. "
                "Choose another one."
            )
            % {"code": min(taken)},
        )
