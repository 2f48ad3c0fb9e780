"""What runs out by itself, found while there is time: the server's certificate, the working-day calendar."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from clocks.models import WorkCalendarDay
from common.dates.local_time import day_of

CERTIFICATE_NOTICE = timedelta(days=30)
#: The State Council names the next year's days off in October or November.
CALENDAR_MONTH = 12


def find(now: datetime) -> Iterable[tuple[str, str]]:
    """Code and details of each thing that runs out soon."""
    yield from _certificate(now)
    yield from _calendar(day_of(now))


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
