"""Which provider a message goes to. A provider is a gateway ("1", "2"), a chat group or the mail server.

Asked once per claim, so that what leaves as one message goes one way.
"""

from collections.abc import Collection
from typing import NamedTuple

from django.conf import settings

from notices.channels.health import PROVIDERS
from notices.choices import BY_NUMBER, SENT_BY_US
from notices.models import Notice

FIRST, SECOND = "1", "2"


def address_of(gateway: str) -> str:
    """Where this gateway is; the first one's for a row from before gateways had names. Empty: there is none."""
    if gateway == SECOND and settings.NOTICE_GATEWAY_URL_2:
        return settings.NOTICE_GATEWAY_URL_2
    return settings.NOTICE_GATEWAY_URL


def secret_of(gateway: str) -> str:
    """What we share with this gateway; the second one may use the first one's. Empty: nothing."""
    second = settings.NOTICE_GATEWAY_SECRET_2 if gateway == SECOND and settings.NOTICE_GATEWAY_URL_2 else ""
    return second or settings.NOTICE_GATEWAY_SECRET


def gateways() -> list[str]:
    """Those that are set up; the first one stands there even where none is."""
    return [FIRST, SECOND] if settings.NOTICE_GATEWAY_URL_2 else [FIRST]


def provider_of(notice: Notice) -> str:
    return (notice.gateway or FIRST) if notice.channel in BY_NUMBER else notice.channel


class Routes(NamedTuple):
    """How the providers stand at the moment of a claim."""

    gateways: tuple[str, ...]
    #: Providers that have as many messages under way as one may have.
    full: frozenset[str]
    #: Gateways that have been failing, or are slow.
    poor: frozenset[str]

    @classmethod
    def now(cls, full: Collection[str]) -> "Routes":
        known = gateways()
        poor = frozenset(name for name in known if PROVIDERS.is_poor(address_of(name)))
        return cls(tuple(known), frozenset(full), poor)

    def closed_channels(self) -> list[str]:
        """Channels all of whose providers are full."""
        shut = [channel for channel in SENT_BY_US if channel not in BY_NUMBER and channel in self.full]
        return [*shut, *(BY_NUMBER if self.full.issuperset(self.gateways) else ())]

    def begins_with_second(self) -> bool:
        """Whether what is sent for the first time now begins with the second gateway."""
        return self._better(FIRST) == SECOND

    def for_attempt(self, attempt: int, by_second: bool) -> str:
        """The gateway it began with for the attempts 1, 2, 4, 6 …, the other one for 3, 5, 7 …

        The second attempt stays with the gateway of the first one, which knows the key: what it took without
        telling us rings once. But one that hangs, fails or is full keeps nobody from being told: twice is
        better than never.
        """
        if len(self.gateways) < 2:
            return FIRST
        began, other = (SECOND, FIRST) if by_second else (FIRST, SECOND)
        return self._better(other if attempt > 2 and attempt % 2 else began)

    def _better(self, natural: str) -> str:
        """The natural one, unless it is full, or poor, and the other is not."""
        for other in self.gateways:
            if other == natural or other in self.full:
                continue
            if natural in self.full or (natural in self.poor and other not in self.poor):
                return other
        return natural
