import pytest

from incidents.reporting.actions import Alarm, report_incident
from plans.engine.facts import Facts


@pytest.fixture
def alarm(plan, units, reach, now):
    """alarm("county1.duty", headcount=8, …) → a recorded incident in C1 (or unit="T11")."""
    made = iter(range(1000))

    def raise_alarm(username="county1.duty", *, unit="C1", at=None, place="一楼大厅", what="来访", **facts):
        given = Alarm(
            unit=units[unit], place=place, what=what, facts=Facts.from_dict(facts), client_id=f"a{next(made)}"
        )
        incident, _ = report_incident(reach=reach(username, at), alarm=given, now=at or now)
        return incident

    return raise_alarm
