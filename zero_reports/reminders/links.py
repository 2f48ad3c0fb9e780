"""A reminder on somebody's own telephone carries a link that files "nothing". Made as the message leaves.

The outbox keeps texts, and so do logs of the journal; the link would let everybody who reads them file in the
unit's place. A message that is sent once more has the same link: under one key a provider expects one text.
"""

from collections.abc import Sequence
from datetime import datetime

from django.conf import settings

from accounts.models import Unit
from common.dates.periods import parse
from journal.keys import parts_of
from notices.models import Notice
from zero_reports.links.actions import issue_for_reminder
from zero_reports.reminders.alerts import DUE, MISSED

_WORDS = {"zh": "没有情况请点：{link}", "en": "Nothing to report? Tap {link}"}


def links_for(notices: Sequence[Notice], now: datetime) -> dict[int, str]:
    """Notice → the words with its unit's link. None where the address of the bureau is not known."""
    if not (settings.REMINDER_LINKS and settings.SITE_URL):
        return {}
    asking = [notice for notice in notices if notice.purpose.startswith((DUE, MISSED))]
    units = Unit.objects.in_bulk({_unit_and_period(notice)[0] for notice in asking})
    found = {}
    for notice in asking:
        unit, period = _unit_and_period(notice)
        link = issue_for_reminder(unit=units[unit], period=parse(period), seed=notice.key.hex, now=now)
        if link:
            language = "en" if notice.recipient.language.startswith("en") else "zh"
            found[notice.pk] = _WORDS[language].format(link=link)
    return found


def _unit_and_period(notice: Notice) -> tuple[int, str]:
    """From "zero_report:17/2026-11-22"."""
    unit, period = parts_of(notice.subject)
    return int(unit), period
