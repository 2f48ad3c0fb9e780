import pytest

from tests.notices.gateway import FakeGateway


@pytest.fixture(
    params=[
        pytest.param("embedded", marks=pytest.mark.embedded_only),
        pytest.param("production", marks=pytest.mark.production),
    ]
)
def bureau(request):
    """The demo bureau on the profile of this run."""
    return request.getfixturevalue(f"{request.param}_bureau")


@pytest.fixture
def gateway():
    fake = FakeGateway()
    yield fake
    fake.close()


@pytest.fixture
def installation(bureau, gateway, tmp_path):
    """A copy of the bureau to hurt. After every test its journal is whole and every clock was started once."""
    settings = {
        "NOTICE_GATEWAY_URL": gateway.url,
        "NOTICE_LEASE_SECONDS": "4",
        # Nothing waits for company or for the morning.
        "NOTICE_BUNDLE_SECONDS": "0",
        "NOTICE_QUIET_HOURS": "",
    }
    with bureau.installation(tmp_path / "installation", **settings) as made:
        yield made
        made.check_journal()
        assert made.rows(TWICE) == []


#: One start is one clock: no entry has started the same clock of the same subject twice.
TWICE = """
SELECT start_entry_id, clock_id, subject, count(*) FROM clocks_clock
GROUP BY start_entry_id, clock_id, subject HAVING count(*) > 1
"""
