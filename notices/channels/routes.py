"""Which provider a message goes to. Here a provider is a gateway ("1", "2"), a chat group or the mail server.

Asked once per claim, so that what leaves as one message goes one way.
"""

from collections.abc import Collection
from typing import NamedTuple

from django.conf import settings

from notices.channels import providers
from notices.channels.health import PROVIDERS
from notices.channels.providers import OWN, Account
from notices.choices import BY_NUMBER, SENT_BY_US, Channel
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


def kind_of(gateway: str) -> str:
    """Whose it is: `OWN` or one of notices.channels.providers.NAMES."""
    is_second = gateway == SECOND and settings.NOTICE_GATEWAY_URL_2
    return settings.NOTICE_PROVIDERS[SECOND if is_second else FIRST]


def account_of(gateway: str) -> Account:
    is_second = gateway == SECOND and settings.NOTICE_GATEWAY_URL_2
    return Account(url=address_of(gateway), **settings.NOTICE_ACCOUNTS[SECOND if is_second else FIRST])


def carriers(channel: str) -> list[str]:
    """The gateways that carry this channel: text messages or calls. None is set up: none."""
    return [name for name in gateways() if address_of(name) and _carries(name, channel)]


def _carries(gateway: str, channel: str) -> bool:
    if kind_of(gateway) == OWN:
        return True
    has_address = channel != Channel.VOICE or account_of(gateway).voice_url
    return bool(channel in providers.provider(kind_of(gateway)).channels and has_address)


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
        return [*shut, *(channel for channel in BY_NUMBER if self.full.issuperset(self._able(channel)))]

    def begins_with_second(self) -> bool:
        """Whether what is sent for the first time now begins with the second gateway."""
        return self._better(FIRST) == SECOND

    def for_attempt(self, attempt: int, by_second: bool, channel: str) -> str:
        """The gateway it began with for the attempts 1, 2, 4, 6 …, the other one for 3, 5, 7 …

        The second attempt stays with the gateway of the first one, which knows the key: what it took without
        telling us rings once. But one that hangs, fails or is full keeps nobody from being told: twice is
        better than never.
        """
        if len(able := self._able(channel)) < 2:
            return able[0]
        began, other = (SECOND, FIRST) if by_second else (FIRST, SECOND)
        return self._better(other if attempt > 2 and attempt % 2 else began)

    def _able(self, channel: str) -> list[str]:
        """Those that carry the channel; where none does, all: what was queued for one of them ends with a reason."""
        able = carriers(channel)
        return [name for name in self.gateways if name in able] or list(self.gateways)

    def _better(self, natural: str) -> str:
        """The natural one, unless it is full, or poor, and the other is not."""
        for other in self.gateways:
            if other == natural or other in self.full:
                continue
            if natural in self.full or (natural in self.poor and other not in self.poor):
                return other
        return natural
