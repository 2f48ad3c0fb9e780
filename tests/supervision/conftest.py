import pytest

from supervision.teams import actions
from supervision.teams.actions import Makeup
from tests.cases.test_matters import campaign

__all__ = ["campaign"]


@pytest.fixture
def makeup(cast, units):
    def of(name="督查一组", leader="county1.deputy", members=("county1.leader",), areas=("T11",)):
        return Makeup(name, cast[leader], [cast[one] for one in members], [units[code] for code in areas])

    return of


@pytest.fixture
def team(reach, units, makeup, now):
    return actions.set_up_team(reach=reach("county1.director"), unit=units["C1"], makeup=makeup(), now=now)
