"""A drill is left out of every figure: what is counted before it is what is counted after it, and during it."""

from datetime import timedelta

import pytest

from command.orders import actions as orders
from common.dates.local_time import day_of
from common.dates.periods import DAILY, WEEKLY, period_of
from dashboards.promise.queries import chains
from drills.conduct import actions
from early_warnings.proposals import actions as proposals
from early_warnings.proposals.actions import Statement
from early_warnings.signing import actions as signing
from incidents import actions as incidents
from incidents.replay_source import cases
from tests.early_warnings.conftest import PASSWORD
from tests.incidents.conftest import alarm
from written_reports.paper.figures import figures
from zero_reports.counts.queries import incidents_to_offer

__all__ = ["alarm"]


@pytest.fixture
def counted(reach, units, plan, now):
    """Everything that counts incidents, warnings and deadlines, over the week of the drill."""

    def look(at):
        week = period_of(WEEKLY, day_of(now))
        written = {unit: figures(units[unit], week, now) for unit in ("C0", "C1")}
        for one in written.values():
            one.pop("as_of")
        promise = chains(
            reach("city.leader", at), now - timedelta(days=30), at + timedelta(days=1), drill=False
        )
        replays = [case.number for case in cases(reach("city.director", at), plan, now - timedelta(days=30))]
        return written, promise, replays

    return look


def test_every_figure_is_the_same_before_during_and_after(running, alarm, counted, passwords):
    alarm(headcount=8)
    before = counted(running.now)
    running.to(20)
    incident = running.incident
    desk = running.reach("county1.duty")
    incidents.take_over(incident_id=incident.pk, reach=desk, now=running.now)
    said = Statement(level="orange", reason="三十五人", matter="聚集")
    warning = proposals.propose_new_warning(
        incident_id=incident.pk, reach=desk, statement=said, now=running.now
    )
    signing.sign_warning(
        warning_id=warning.pk, reach=running.reach("city.deputy"), credential=PASSWORD, now=running.now
    )
    orders.issue_order(
        incident_id=incident.pk,
        reach=desk,
        target=orders.read_target("squad:dialogue@C1"),
        task="对话",
        now=running.now,
    )

    during = counted(running.now)
    assert during == before
    running.later(seconds=30)
    signing.lift_warning(
        warning_id=warning.pk,
        reach=running.reach("city.deputy"),
        credential=PASSWORD,
        reason="收尾",
        now=running.now,
    )
    actions.finish_drill(**running.asked())
    assert counted(running.now) == before
    # The comparison would see a real one.
    alarm(headcount=30)
    assert counted(running.now) != before


def test_a_zero_report_is_offered_no_incident_of_a_drill(running, alarm, units, now):
    running.to(0)
    real = alarm(headcount=8)
    today = period_of(DAILY, day_of(now))

    assert incidents_to_offer(running.reach("county1.duty"), units["C1"], today) == [real]
