"""Filing a long workbook, unit by unit, as a long work."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Unit
from accounts.queries import open_unit
from accounts.scope import Reach
from common.dates.periods import parse
from common.errors import NotAllowed
from works.kinds import Kind, Result, Task
from works.queries import write_result
from zero_reports.bulk.actions import file_lines
from zero_reports.bulk.difference import from_plain

#: Fewer units are filed for at once: a hundredth of a second each, more where the disk is slow.
MOST_AT_ONCE = 50


def _check(reach: Reach, arguments: Mapping[str, Any]) -> None:
    _unit(reach, arguments)


def _unit(reach: Reach, arguments: Mapping[str, Any]) -> Unit:
    unit = open_unit(arguments["unit"])
    if unit is None or not reach.has("report.file"):
        raise NotAllowed(
            "not_allowed",
            _("Nothing was filed: this is for who files zero-reports of the unit. Ask its duty room."),
        )
    return unit


def _file(task: Task) -> Result:
    reach = task.reach
    assert reach is not None, "nobody files without being asked"
    _unit(reach, task.arguments)
    shown = from_plain(task.lines)
    done = list(
        file_lines(
            reach=reach, shown=shown, period=parse(task.arguments["period"]), now=task.now,
            handed_in_at=task.asked_at, each=lambda number: task.report(number, len(shown), "filing"),
        )
    )  # fmt: skip
    refused = [[one.unit.code, str(one.refused)] for one in done if one.refused]
    task.report(len(shown), len(shown))
    write_result(task.file, {"filed": len(done) - len(refused), "refused": refused})
    return Result(is_for_page=True, phrase="some_refused" if refused else "filed")


WORKBOOK = Kind(
    label=gettext_lazy("Filing a workbook of zero-reports"),
    about=lambda arguments: f"{arguments['unit']} {arguments['period']}",
    check=_check,
    do=_file,
    phrases={
        "filing": gettext_lazy("filing, unit by unit"),
        "filed": gettext_lazy("Filed for all units."),
        "some_refused": gettext_lazy("Some units were not filed for. Look which, and why."),
    },
    left_behind=gettext_lazy(
        "It went through %(done)d of %(total)d units. What was filed until then stays filed; hand in the workbook again "
        "for the rest."
    ),
    stays=gettext_lazy("What was filed until then stays filed; hand in the workbook again for the rest."),
    page="reports-sheet-filed",
)
