"""Fixtures of responses: an incident under a plan, a response in any state, who may do what with it."""

from datetime import timedelta

import pytest
from django.conf import settings

from command.activation import actions
from command.activation.statement import Statement
from command.obligations.actions import Settled, settle_duty
from plans.lifecycle.actions import load_plan
from tests.early_warnings.conftest import PASSWORD, incident, passwords

__all__ = ["DECIDER", "PASSWORD", "incident", "passwords"]

#: Who decides on which level of the city plan, for an incident in county 1.
DECIDER = {"yellow": "county1.director", "orange": "city.deputy", "red": "city.director"}


@pytest.fixture
def asked(incident, reach, now):
    """asked("orange") → a response whose start waits for its signature, asked for by county 1's duty officer."""

    def ask(level="orange", *, by="county1.duty", on=None, at=None, **more):
        event = on or incident()
        said = Statement(reason="人数持续增加", level=level, matter="一楼大厅聚集", **more)
        return actions.propose_response(
            incident_id=event.pk, reach=reach(by, at), statement=said, now=at or now
        )

    return ask


@pytest.fixture
def started(asked, passwords, reach, now):
    """started("red") → an active response, signed by who decides on that level."""

    def start(level="orange", *, at=None, **more):
        response = asked(level, at=at, **more)
        return actions.sign_decision(
            response_id=response.pk, reach=reach(DECIDER[level], at), credential=PASSWORD, now=at or now
        )

    return start


@pytest.fixture
def settle(reach, now):
    """settle(duty, "done") by county 1's duty officer; of one to tell also whom and the answer."""

    def act(duty, verb="done", *, by="county1.duty", minutes=5, **more):
        given = {"note": "已办理", **more}
        if duty.kind == "tell" and verb == "done" and not more:
            given |= {"told": "市政府总值班室", "answer": "已启动"}
        return settle_duty(
            response_id=duty.response_id,
            duty_id=duty.pk,
            reach=reach(by),
            verb=verb,
            settled=Settled(**given),
            now=now + timedelta(minutes=minutes),
        )

    return act


@pytest.fixture
def library(cast, now):
    """library("unit-petition-reception", "C1") → that plan in force for the unit instead of the city's."""

    def load(name, unit):
        text = (settings.BASE_DIR / f"plans/library/{name}.yaml").read_text()
        return load_plan(text=text, actor=None, now=now, put_in_force=True, owner=unit)

    return load
