"""The price of one entry on one more screen, beside a bare broadcast in the same run. script/bench has the figures."""

import pytest

from bench.fanout import PythonBaseline, beside
from tests.processes import free_port

pytestmark = [
    pytest.mark.fault,
    pytest.mark.measured,
    pytest.mark.slow,
    pytest.mark.embedded_only,
    pytest.mark.timeout(300),
]


def test_a_screen_costs_at_most_two_and_a_half_bare_sockets(embedded_bureau, tmp_path):
    baseline = PythonBaseline(tmp_path, free_port())

    with embedded_bureau.installation(tmp_path / "data") as installation:
        found = beside(baseline, installation.env, sockets=500, events=20)

    sending = next(figure for figure in found if figure.name.endswith("CPU per socket and entry, sending"))
    memory = next(figure for figure in found if figure.name.endswith("memory per socket"))
    assert sending.ratio <= 2.5, sending
    assert memory.value <= 40, memory
