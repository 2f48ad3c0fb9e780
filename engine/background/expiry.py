"""What runs out by itself, found while there is time: the server's certificate, the working-day calendar, the time
since a restore was rehearsed, the machine's logs."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from clocks.models import WorkCalendarDay
from common.dates.local_time import day_of
from engine.background import log_retention
from engine.backup import rehearsal
from journal.models import Entry

CERTIFICATE_NOTICE = timedelta(days=30)
#: The State Council names the next year's days off in October or November.
CALENDAR_MONTH = 12


def find(now: datetime) -> Iterable[tuple[str, str]]:
    """Code and details of each thing that runs out soon."""
    yield from _certificate(now)
    yield from _calendar(day_of(now))
    yield from _rehearsal(now)
    yield from _logs()


def _certificate(now: datetime) -> Iterable[tuple[str, str]]:
    if not settings.CERTIFICATE_FILE:
        return
    # Here, or every web process carries 1.5 MB for what is asked once a night.
    from cryptography import x509

    try:
        shown = x509.load_pem_x509_certificate(Path(settings.CERTIFICATE_FILE).read_bytes())
    except (OSError, ValueError) as error:
        yield "certificate_unread", f"{settings.CERTIFICATE_FILE}: {error}"[:200]
        return
    if shown.not_valid_after_utc - now < CERTIFICATE_NOTICE:
        yield "certificate_expires", f"{timezone.localtime(shown.not_valid_after_utc):%Y-%m-%d %H:%M}"


def _calendar(today: date) -> Iterable[tuple[str, str]]:
    years = [today.year] + [today.year + 1] * (today.month >= CALENDAR_MONTH)
    ends = {date(year, 12, 31) for year in years}
    for end in sorted(
        ends - set(WorkCalendarDay.objects.filter(date__in=ends).values_list("date", flat=True))
    ):
        yield f"calendar_missing:{end.year}", str(end.year)


def _rehearsal(now: datetime) -> Iterable[tuple[str, str]]:
    """Nobody has restored a backup for RESTORE_DRILL_DAYS, counted from the first entry of the journal, or it failed."""
    days = settings.RESTORE_DRILL_DAYS
    if not (days and settings.BACKUP_KEEP):
        return
    last = rehearsal.last()
    first = Entry.objects.filter(number=1).values_list("recorded_at", flat=True).first()
    since = last.started_at if last else first
    if last and last.found:
        yield "restore_unrehearsed", last.found[0][1]
    elif since and now - since > timedelta(days=days):
        yield "restore_unrehearsed", f"{timezone.localtime(since):%Y-%m-%d}" if last else "never"


def _logs() -> Iterable[tuple[str, str]]:
    """The machine is not told to keep its logs for as long as the law asks."""
    if settings.JOURNALD_CONF_DIR and (why := log_retention.lacking(Path(settings.JOURNALD_CONF_DIR))):
        yield "logs_short", why[:200]
