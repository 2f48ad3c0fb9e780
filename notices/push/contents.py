"""What a browser is told: made as it leaves, under the rights its reader has then, and stored nowhere."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from django.conf import settings
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.scope import Reach, reach_of
from common.hooks import NamedHook
from notices.choices import PushKind
from notices.models import Notice, PushMessage
from notices.relevance.kept_from import open_to


class DesktopNotice(NamedTuple):
    """What a locked screen may show (ADR 0223). `id`: of the notice on screen."""

    id: int
    #: One for each incident: what is told again takes the place of what stood there.
    tag: str
    title: str
    body: str
    url: str
    stays: bool
    drill: bool


#: Reach, notices on screen of its person → what is told of them; those of which nothing is told are left out.
Teller = Callable[[Reach, Sequence[Notice]], list[DesktopNotice]]

#: By what the purposes of the notices begin with. Everything else can wait until somebody looks.
TELLERS: NamedHook[Teller] = NamedHook()


def told_of() -> Q:
    """Notices on screen of which a device is told."""
    meant = Q(pk__in=[])
    for purpose in TELLERS:
        meant |= Q(purpose__startswith=purpose)
    return meant


def put_contents_beside(batch: Sequence[PushMessage], now: datetime) -> None:
    """Give each message what it says. Whoever may not read it now, or did it themselves, is told nothing."""
    by_person: dict[int, list[PushMessage]] = defaultdict(list)
    for message in batch:
        by_person[message.device.person_id].append(message)
    for messages in by_person.values():
        person = messages[0].device.person
        with translation.override(person.language or settings.LANGUAGE_CODE):
            found = _told(reach_of(person, now), messages)
        for message in messages:
            message.content = found.get(message.pk, {})


def _told(reach: Reach, messages: Sequence[PushMessage]) -> dict[int, dict]:
    asked = [one.notice_id for one in messages if one.kind == PushKind.TELL]
    rows = list(Notice.objects.filter(open_to(reach), pk__in=asked)) if asked else []
    said = {one.id: one._asdict() for teller in _tellers(rows) for one in teller(reach, rows)}
    return {
        one.pk: said.get(one.notice_id, {}) if one.kind == PushKind.TELL else _over(one.notice)
        for one in messages
    }


def _tellers(rows: Iterable[Notice]) -> list[Teller]:
    """Each once, of those that know one of these purposes."""
    known = [
        teller for purpose, teller in TELLERS.items() if any(r.purpose.startswith(purpose) for r in rows)
    ]
    return list(dict.fromkeys(known))


def _over(notice: Notice) -> dict:
    """Says nothing of what it was: its reader may not read that any more."""
    return {
        "id": notice.pk,
        "tag": notice.thread,
        "body": _("Nothing more is asked of you here."),
        "over": True,
    }
