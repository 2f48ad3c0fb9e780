"""Whether the machine is told to keep its logs for six months (Cybersecurity Law, Art. 21 (3); deploy/journald.conf).

The configuration is what is looked at. Journald deletes what is older, and before that what its size leaves no room
for: a disk that fills up is a fault of its own.
"""

import re
from datetime import timedelta
from pathlib import Path

SIX_MONTHS = timedelta(days=184)
#: systemd.time(7), as far as a retention is written with it.
_SECONDS = {
    "": 1, "sec": 1, "second": 1, "m": 60, "min": 60, "minute": 60, "h": 3600, "hr": 3600, "hour": 3600,
    "d": 86400, "day": 86400, "w": 604800, "week": 604800, "month": 2629800, "y": 31557600, "year": 31557600,
}  # fmt: skip


def lacking(folder: Path) -> str:
    """What the files of journald.conf.d leave to be wished for, in one line; empty: nothing.

    As journald reads them: by name, the last one that says something holds.
    """
    said: dict[str, str] = {}
    try:
        for file in sorted(folder.glob("*.conf")):
            said |= dict(re.findall(r"^(\w+)\s*=\s*(.*?)\s*$", file.read_text(), re.MULTILINE))
    except (OSError, UnicodeDecodeError) as error:
        return f"{folder}: {error}"
    if said.get("Storage") != "persistent":
        return f"{folder}: Storage=persistent is not said"
    if not said.get("SystemMaxUse"):
        return f"{folder}: SystemMaxUse is not said, and without it no more than 4 GB stay"
    if not is_long_enough(said.get("MaxRetentionSec", "0")):
        return f"{folder}: MaxRetentionSec={said['MaxRetentionSec']} is less than {SIX_MONTHS.days} days"
    return ""


def is_long_enough(span: str) -> bool:
    """Whether a retention lasts for six months; 0 is for ever, what cannot be read is not long enough."""
    if not re.fullmatch(r"(\d+\s*[a-z]*\s*)*", span):
        return False
    parts = [(int(number), unit.removesuffix("s")) for number, unit in re.findall(r"(\d+)\s*([a-z]*)", span)]
    if any(unit not in _SECONDS for _number, unit in parts):
        return False
    seconds = sum(number * _SECONDS[unit] for number, unit in parts)
    return seconds == 0 or seconds >= SIX_MONTHS.total_seconds()
