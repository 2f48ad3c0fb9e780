"""A reminder on somebody's own telephone carries a link that files "nothing". Made as the message leaves.

The outbox keeps texts, and so do logs of the journal; the link would let everybody who reads them file in the
unit's place. A message that is sent once more has a link of its own; at most five are open.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from django.conf import settings

from accounts.models import Unit
from common.periods import Period, parse
from notices.models import Notice
from reports.links.actions import issue_links
from reports.reminders.alerts import DUE, MISSED

_WORDS = {"zh": "没有情况请点：{link}", "en": "Nothing to report? Tap {link}"}


def links_for(notices: Sequence[Notice], now: datetime) -> dict[int, str]:
    """Notice → the words with its unit's link. None where the address of the bureau is not known."""
    if not (settings.REMINDER_LINKS and settings.SITE_URL):
        return {}
    asked: dict[Period, dict[int, int]] = defaultdict(dict)
    for notice in notices:
        if notice.purpose.startswith((DUE, MISSED)):
            unit, _slash, text = notice.subject.partition(":")[2].partition("/")
            asked[parse(text)][notice.pk] = int(unit)

    found: dict[int, str] = {}
    languages = {
        notice.pk: "en" if notice.recipient.language.startswith("en") else "zh" for notice in notices
    }
    for period, units in asked.items():
        links = issue_links(Unit.objects.filter(pk__in=set(units.values())).order_by("pk"), period, now)
        found |= {
            pk: _WORDS[languages[pk]].format(link=links[unit]) for pk, unit in units.items() if unit in links
        }
    return found
