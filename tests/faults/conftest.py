import pytest

from tests.gateways import environment_of


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
def installation(bureau, outer_gateway, tmp_path):
    """A copy of the bureau to hurt. After every test its journal is whole and every clock was started once."""
    with bureau.installation(tmp_path / "installation", **environment_of(outer_gateway, lease=4)) as made:
        yield made
        made.check_journal()
        assert made.rows(TWICE) == []


#: One start is one clock: no entry has started the same clock of the same subject twice.
TWICE = """
SELECT start_entry_id, clock_id, subject, count(*) FROM clocks_clock
GROUP BY start_entry_id, clock_id, subject HAVING count(*) > 1
"""
