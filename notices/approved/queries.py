"""Which templates are approved for the providers in use, and which wordings have none."""

from collections.abc import Sequence
from typing import NamedTuple

from django.db.models import Q

from notices.approved.rules import CHANNELS, Wording, wordings
from notices.channels import providers
from notices.channels.providers import OWN
from notices.channels.routes import carriers, gateways, kind_of
from notices.models import ApprovedTemplate, Notice
from notices.sending.message_templates import TEXT


def in_use() -> list[tuple[str, str]]:
    """(gateway, provider) of those that are no gateway of the bureau's own and carry something."""
    known = {name for channel in CHANNELS for name in carriers(channel)}
    return [(name, kind_of(name)) for name in gateways() if name in known and kind_of(name) != OWN]


def templates_in_use() -> dict[tuple[str, ...], ApprovedTemplate]:
    """(gateway, channel, wording, language) → its template; no query where every gateway is the bureau's own."""
    used = in_use()
    if not used:
        return {}
    ours = Q()
    for gateway, provider in used:
        ours |= Q(gateway=gateway, provider=provider)
    rows = ApprovedTemplate.objects.filter(ours)
    return {(row.gateway, row.channel, row.wording, row.language): row for row in rows}


def put_templates_beside(batch: Sequence[Notice]) -> None:
    """Give notices that are about to leave the templates they may be said in: sending asks the database nothing."""
    if any(notice.channel in CHANNELS for notice in batch):
        found = templates_in_use()
        for notice in batch:
            notice.approved = found


class Coverage(NamedTuple):
    """One wording on one channel of one gateway, and what is approved for it."""

    gateway: str
    provider: str
    wording: Wording
    #: In Chinese and in English; None: not yet.
    zh: ApprovedTemplate | None
    en: ApprovedTemplate | None
    #: The one for texts without a wording, which says it where it has none of its own.
    instead: ApprovedTemplate | None
    is_needed: bool

    @property
    def is_missing(self) -> bool:
        """Nothing says it, and this provider sends nothing that is not approved."""
        return self.is_needed and not (self.zh or self.en or self.instead)

    @property
    def outdated(self) -> list[ApprovedTemplate]:
        """Those that were approved for an earlier version of the wording."""
        return [row for row in (self.zh, self.en) if row and row.version != self.wording.version]


def lines() -> list[Coverage]:
    """Every wording of every channel that a provider in use carries (one query at most)."""
    found = templates_in_use()
    return [
        Coverage(
            gateway,
            provider,
            wording,
            found.get((gateway, channel, wording.key, "zh")),
            found.get((gateway, channel, wording.key, "en")),
            found.get((gateway, channel, TEXT, "zh")),
            channel in providers.provider(provider).templates_on,
        )
        for gateway, provider in in_use()
        for channel in CHANNELS
        if gateway in carriers(channel)
        for wording in wordings(channel)
    ]


def missing() -> list[Coverage]:
    return [line for line in lines() if line.is_missing]
