"""From a verb at a door to its action."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from accounts.scope import Reach
from common.errors import Invalid
from supervision.corrections import actions
from supervision.corrections.choices import CorrectionVerb as V
from supervision.corrections.models import Correction

#: What each verb takes of what a door hands in.
_TAKES: dict[str, tuple[Callable[..., Correction], tuple[str, ...]]] = {
    V.REPORT: (actions.report_correction, ("report",)),
    V.VERIFY: (actions.verify_correction, ("reason",)),
    V.SEND_BACK: (actions.send_back, ("reason",)),
    V.ASK_EXTENSION: (actions.ask_extension, ("due_date", "reason")),
    V.EXTEND: (actions.extend_correction, ("reason",)),
    V.REFUSE_EXTENSION: (actions.refuse_extension, ("reason",)),
}


def act_on(
    row: Correction, verb: str, *, reach: Reach, now: datetime, rev: int | None = None, **given: Any
) -> Correction:
    """`given`: report, reason, due_date. Raises Invalid for a day that is missing."""
    action, takes = _TAKES[verb]
    taken = {name: given[name] for name in takes}
    if "due_date" in taken and taken["due_date"] is None:
        sentence = _("Give a day.")
        raise Invalid(
            "due_date_missing",
            _("Nothing was saved: %(sentence)s") % {"sentence": sentence},
            fields={"due_date": [sentence]},
        )
    return action(correction_id=row.pk, reach=reach, now=now, rev=rev, **taken)
