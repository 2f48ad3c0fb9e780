"""An order of a joint command centre as an inject: a real one with the mark, answered by the players, ended with the drill."""

from datetime import timedelta

import pytest
from django.db import Error, connection, transaction

from command.linkage import actions as linkage
from command.linkage import reporting
from command.linkage.models import LinkageOrder
from common.errors import WrongState
from drills.conduct import actions
from drills.evaluation import actions as evaluation
from drills.evaluation import queries as sheets
from drills.evaluation.models import Rating, Remark
from drills.scenarios import library
from drills.scenarios.checks import check
from incidents import actions as incidents
from incidents.models import Incident
from incidents.queries import kept_closed
from plans.engine.facts import Facts
from tests.command.test_linkage import linkage_plan
from tests.drills.conftest import CAST

__all__ = ["linkage_plan"]

pytestmark = pytest.mark.django_db

SCENARIO = "order-of-a-joint-centre"


@pytest.fixture
def played(linkage_plan, passwords, planned):
    walk = planned(speed=6, scenario=SCENARIO, people=CAST)
    walk.start()
    walk.to(0)
    return walk


def the_order():
    return LinkageOrder.objects.get()


def desk(walk):
    return {"order_id": the_order().pk, "reach": walk.reach("county1.duty"), "now": walk.now}


def test_the_order_comes_marked_with_its_time_limits(played, now):
    order = the_order()

    assert (order.drill, order.number, order.incident) == (True, "YL-L-C1-20261122-001", None)
    assert (order.centre, order.report_to) == ("区社会应急联动指挥中心", "现场指挥长")
    assert order.outside_number == f"{played.drill.number}-1"
    assert order.arrive_by == now + timedelta(minutes=30)
    assert played.drill.injects.get(number=1).state == "played"
    # Nothing is opened for the players: to record it is their part.
    assert not Incident.objects.exists()


def test_what_the_players_make_of_it_is_on_the_sheet(played):
    linkage.open_incident(facts=Facts.from_dict({"headcount": 20}), **desk(played))
    played.to(20)
    linkage.report_for_duty(to="现场指挥长", **desk(played))
    played.to(40)
    reporting.report_on_order(kind="feedback", text="三十人，已分流", way="phone", **desk(played))

    assert [one.drill for one in played.drill.incidents()] == [True]
    rows = {
        row.expected.id: row.match for inject in sheets.sheet(played.drill).rows for row in inject.expected
    }
    assert {name: match.met for name, match in rows.items()} == {
        "E1": True,
        "E2": False,
        "E3": True,
        "E4": True,
    }


@pytest.mark.parametrize("is_recorded", [True, False])
def test_it_ends_with_the_drill(played, is_recorded):
    if is_recorded:
        linkage.open_incident(**desk(played))

    actions.finish_drill(**played.asked())

    order = the_order()
    assert (order.is_live, order.state) == (False, "withdrawn")
    assert all(not one.is_open for one in played.drill.incidents())


def test_an_incident_of_a_drill_that_is_over_stays_closed(played):
    linkage.open_incident(**desk(played))
    incident = played.drill.incidents().get()
    assert kept_closed(incident) == ""
    actions.finish_drill(**played.asked())

    with pytest.raises(WrongState) as refused:
        incidents.reopen_incident(
            incident_id=incident.pk, reach=played.reach("county1.duty"), reason="再看一次", now=played.now
        )
    assert refused.value.code == "kept_closed"
    assert played.drill.number in str(refused.value)
    incident.refresh_from_db()
    assert incident.state == "closed"


@pytest.mark.parametrize("verb", ["UPDATE {} SET text = 'x'", "DELETE FROM {}"])
@pytest.mark.parametrize("model", [Remark, Rating])
def test_what_evaluators_wrote_is_never_changed(played, model, verb):
    evaluation.write_remark(text="问清了人数", number=1, **played.asked("county1.deputy"))
    actions.finish_drill(**played.asked())
    evaluation.rate_objective(objective="O1", grade="performed", text="", **played.asked("county1.deputy"))
    assert model.objects.exists()

    with pytest.raises(Error, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(verb.format(model._meta.db_table))


def test_a_scenario_that_only_sends_an_order_is_whole():
    text = (library.SHIPPED / f"{SCENARIO}.yaml").read_text()
    assert check(text).problems == []

    found = check(
        text.replace("      nature: {zh: 消费退款纠纷聚集, en: Crowd in a dispute over refunds}\n", "")
    )
    assert [one.sentence for one in found.problems] == ["“%(key)s” is missing."]
