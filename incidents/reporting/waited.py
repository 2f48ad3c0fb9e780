"""What the record says of an alarm that the database could not take when it came."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from common.dates.time_format import written
from journal.record import stamp


def as_recorded(kept_since: datetime | None) -> dict[str, Any]:
    """What the journal keeps of it; nothing for one that did not wait."""
    return {"kept_since": stamp(kept_since)} if kept_since else {}


def recorded_as_text(content: Mapping[str, Any]) -> str:
    """The same for readers of the record."""
    since = content.get("kept_since")
    if not since:
        return ""
    return _("received at %(time)s, kept outside the database until it could be recorded") % {
        "time": written(datetime.fromisoformat(since), "%Y-%m-%d %H:%M:%S")
    }
