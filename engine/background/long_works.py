"""The long works of the night, and verifying the journal when the auditor asks."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.scope import Reach
from common.errors import NotAllowed
from engine.background import nightly
from works.kinds import Kind, Result, Task


def _check_can_verify(reach: Reach, _arguments: Mapping[str, Any]) -> None:
    if not (reach.has("journal.audit") or reach.has("engine.view")):
        raise NotAllowed(
            "not_allowed",
            _(
                "The journal was not verified: that is for the auditor and the system administrator. Ask one of them."
            ),
        )


def _check_nobody(_reach: Reach, _arguments: Mapping[str, Any]) -> None:
    raise NotAllowed(
        "not_allowed", _("No backup was made: the night makes it, or manage.py backup on the server.")
    )


def _verify(task: Task) -> Result:
    found = nightly.run("verify", task.now, task.report)
    if any(code.startswith("nightly_failed") for code, _detail in found):
        return Result(phrase="failed")
    return Result(phrase="found" if found else "in_order")


def _backup(task: Task) -> Result:
    return Result(phrase="failed" if nightly.run("backup", task.now, task.report) else "made")


VERIFY = Kind(
    label=gettext_lazy("Verifying the journal"),
    about=lambda arguments: "",
    check=_check_can_verify,
    do=_verify,
    phrases={
        "reading": gettext_lazy("reading it entry by entry"),
        "in_order": gettext_lazy("In order: every entry holds, and so do the anchors."),
        "found": gettext_lazy(
            "It does not hold together: somebody may have changed it. The system administrator’s page System says where."
        ),
        "failed": gettext_lazy("It could not be checked: the page System says why."),
    },
    button=gettext_lazy("Verify the journal now"),
)
BACKUP = Kind(
    label=gettext_lazy("Nightly backup"),
    about=lambda arguments: "",
    check=_check_nobody,
    do=_backup,
    phrases={
        "copying": gettext_lazy("copying the data"),
        "clearing": gettext_lazy("taking the oldest one away"),
        "made": gettext_lazy("Made."),
        "failed": gettext_lazy("Not made: the page System says why."),
    },
)
