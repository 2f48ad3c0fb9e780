"""Two partners of our bureau: the province above, a city below. Each was proposed by one administrator and confirmed by
another."""

import pytest

from exchange import documents, keys, partners, queries, sending
from exchange.choices import Direction
from tests.exchange.other import Other
from tests.wall_clock import Hands


@pytest.fixture
def hands(now):
    return Hands(now)


@pytest.fixture
def own_key(reach, units, now, settings):
    """Our own first key, made by the system administrator."""
    settings.SITE_URL = "https://city.example"
    return partners.make_key(reach=reach("city.sysadmin"), unit=units["C0"], now=now)


@pytest.fixture
def open_partner(reach, units, now, settings):
    """open_partner(direction, "C1", name) → (the other installation, our row of it), confirmed unless told otherwise."""
    made = []

    def opened(direction, code="C0", name="示例省司法厅", *, also_called="", confirm=True, key=None):
        other = Other(name)
        made.append(other)
        settings.EXCHANGE_TARGETS = [*settings.EXCHANGE_TARGETS, other.address]
        other.ours = queries.own_uid()
        partner = partners.propose_partner(
            reach=reach("city.sysadmin"), said=documents.read_handed_over(other.handed_over), direction=direction,
            unit=units[code], also_called=also_called, now=now,
        )  # fmt: skip
        if confirm:
            partners.confirm_partner(
                reach=reach("city.secadmin"),
                partner_id=partner.pk,
                typed=keys.fingerprint(other.public),
                now=now,
            )
        partner.refresh_from_db()
        return other, partner

    yield opened
    for other in made:
        other.close()


@pytest.fixture
def province(own_key, open_partner):
    return open_partner(Direction.SUPERIOR)


@pytest.fixture
def city(own_key, open_partner):
    """An installation below, that stands for C1."""
    return open_partner(Direction.SUBORDINATE, "C1", "示例区司法局")


@pytest.fixture
def turn(hands):
    """turn() → how many were tried, for all partners whose turn it is."""
    return lambda: sum(sending.serve(one.pk, hands) for one in sending.with_work(hands()))
