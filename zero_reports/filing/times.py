"""How long the form of a report was open: measured for the burden, and nothing else."""

from datetime import datetime

from django.core import signing

from zero_reports.filing.models import FilingTime, ZeroReport

SALT = "reports.opened"


#: A form left open over lunch says nothing about the work.
MOST_SECONDS = 7200


def stamp(now: datetime) -> str:
    """A mark for the hidden field of a form: when the page was opened, signed."""
    return signing.dumps(int(now.timestamp()), salt=SALT)


def seconds_since(mark: str, now: datetime) -> int | None:
    """How long the form was open; None for a mark that is forged, missing, or older than two hours."""
    try:
        opened = signing.loads(mark, salt=SALT)
    except signing.BadSignature:
        return None
    seconds = int(now.timestamp()) - opened
    return seconds if 0 <= seconds <= MOST_SECONDS else None


def note_time(report: ZeroReport, mark: str, now: datetime) -> None:
    """Keep how long a report took; the first measurement stands, a report never waits for it."""
    seconds = seconds_since(mark, now)
    if seconds is not None:
        FilingTime.objects.get_or_create(report=report, defaults={"seconds": seconds})
