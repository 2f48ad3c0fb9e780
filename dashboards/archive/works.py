"""The archive of an incident as a long work: it walks everything there is of it."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.scope import Reach
from dashboards.archive.package import archive_of, check_can_archive
from incidents.queries import get_incident
from works.kinds import Kind, Result, Task


def _check(reach: Reach, arguments: Mapping[str, Any]) -> None:
    check_can_archive(reach, get_incident(reach, arguments["number"]))


def _pack(task: Task) -> Result:
    reach = task.reach
    assert reach is not None, "nobody archives an incident without being asked"
    incident = get_incident(reach, task.arguments["number"])
    task.file.write(archive_of(reach, incident, task.now, task.report))
    return Result(f"{incident.number}.zip", "application/zip")


ARCHIVE = Kind(
    label=_("Archive of an incident"),
    about=lambda arguments: arguments["number"],
    check=_check,
    do=_pack,
    subject="incidents",
    phrases={"gathering": _("gathering what belongs to it"), "packing": _("packing the file")},
)
