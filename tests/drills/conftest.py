"""A drill of the notary-hall scenario in county 1, walked by the real acts."""

from datetime import timedelta

import pytest

from drills.conduct import actions
from drills.conduct.actions import Plan
from drills.conduct.models import Drill
from drills.conduct.playing import play_due
from tests.early_warnings.conftest import passwords

__all__ = ["passwords"]

SCENARIO = "crowd-at-a-notary-hall"
CAST = (
    ("county1.duty", "duty_officer"),
    ("city.deputy", "leader"),
    ("county1.squad.dialogue", "squad"),
    ("county1.leader", "controller"),
    ("county1.deputy", "evaluator"),
)


class Walk:
    """One drill and its time: `walk.to(minute)` brings the scenario to a minute and lets the player play."""

    def __init__(self, drill, reach, now):
        self._pk, self._reach, self.now, self.began = drill.pk, reach, now, now

    @property
    def drill(self) -> Drill:
        return Drill.objects.select_related("unit").get(pk=self._pk)

    def reach(self, username="county1.leader"):
        return self._reach(username, self.now)

    def asked(self, username="county1.leader"):
        return {"reach": self.reach(username), "drill_id": self._pk, "now": self.now}

    def start(self, username="county1.leader"):
        self.began = self.now
        return actions.start_drill(**self.asked(username))

    def later(self, **span):
        self.now += timedelta(**span)
        return self

    def to(self, minute) -> int:
        """Only while nothing was paused."""
        self.now = self.began + timedelta(minutes=minute) / self.drill.speed
        return play_due(self.now)

    @property
    def incident(self):
        return self.drill.opened.select_related("incident__unit", "incident__plan").last().incident


@pytest.fixture
def planned(plan, units, reach, now):
    """planned(speed=60) → a walk with a drill that is planned."""

    def act(*, unit="C1", by="county1.leader", people=CAST, **more):
        drill = actions.plan_drill(
            reach=reach(by),
            unit=units[unit],
            plan=Plan(**{"scenario": SCENARIO, "participants": people} | more),
            now=now,
        )
        return Walk(drill, reach, now)

    return act


@pytest.fixture
def walk(planned):
    return planned(speed=60)


@pytest.fixture
def running(walk):
    walk.start()
    return walk
