"""For each kind of thing that keeps an incident open: closing is refused and names it with its link; ended, it closes.

The kinds are read from the rooms' own text: one that is new and has no gate here fails.
"""

import ast
import inspect
import sys
from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import pytest

from cases.demands import answering
from cases.receptions import counter
from command.activation import actions as responses
from command.attendance import actions as attendance
from command.linkage import reporting
from command.linkage.models import LinkageReport
from command.measures import actions as measures
from command.orders.choices import OrderVerb
from command.report_chain import actions as upward
from command.statements import actions as statements
from common.errors import WrongState
from early_warnings.proposals import actions as proposals
from incidents.actions import close_incident
from incidents.queries import HOLDING_OPEN, still_open
from resources.experts import actions as experts
from resources.experts import calls
from tests.command.test_measures import INSIDE, MAJOR, in_force
from tests.early_warnings.conftest import passwords
from tests.incidents.closing import answered
from tests.incidents.conftest import alarm
from tests.live import walk
from tests.live.walk import Walk

__all__ = ["alarm", "passwords"]

pytestmark = pytest.mark.django_db

Act = Callable[[Walk], object]


class Gate(NamedTuple):
    #: Acts that open it, acts that end it and all that came with it.
    begin: tuple[Act, ...]
    end: tuple[Act, ...]
    #: Where it can be ended, by the walk; empty: on the incident's own page.
    url: Callable[[Walk], str] = lambda walk: f"/incidents/{walk.incident.number}/"
    #: What else the same acts leave open.
    beside: frozenset[str] = frozenset()


def desk(walk):
    return {"reach": walk.reach("county1.duty"), "now": walk.now()}


def here(walk):
    return {"incident_id": walk.incident.pk, **desk(walk)}


def call_units(walk):
    walk.call, *_others = attendance.notify_units(
        kind="department", units=["住建局"], way="phone", **here(walk)
    )


def stand_down(walk):
    attendance.move_call(call_id=walk.call.pk, verb="stand-down", said="无需到场", **desk(walk))


def offer(walk):
    walk.offer = attendance.offer_reception(place="接待室", begins_at=walk.now(), **here(walk))


def let_pass(walk):
    attendance.answer_offer(offer_id=walk.offer.pk, verb="let-pass", **desk(walk))


def write_statement(walk):
    walk.statement = statements.draft_statement(text="正在逐一答复。", **here(walk))


def discard_statement(walk):
    about = {"statement_id": walk.statement.pk, **desk(walk)}
    statements.move_statement(verb="discard", reason="不再需要", **about)


def call_expert(walk):
    expert = experts.add_expert(
        unit=walk.units["C1"],
        kind="retired_judge",
        skill="",
        name="唐老师",
        organisation="省法院",
        phone="0500-8210002",
        **desk(walk),
    )
    walk.called = calls.call_expert(expert_id=expert.pk, question="如何答复", **here(walk))


def say_not_needed(walk):
    calls.move_call(call_id=walk.called.pk, verb="stand-down", note="已化解", **desk(walk))


def ask_for_a_major_measure(walk):
    walk.measure = measures.ask_approval(stated=MAJOR, **here(walk))


def withdraw_measure(walk):
    measures.withdraw_request(measure_id=walk.measure.pk, reason="已平稳", **desk(walk))


def fail_to_tell_centre(walk):
    reporting.report_on_incident(kind="progress", text="已到场", way="phone", failed="占线", **here(walk))


def tell_centre(walk):
    report = LinkageReport.objects.get(incident=walk.incident, order=None)
    reporting.try_again(report_id=report.pk, way="phone", **desk(walk))


def discard_report(walk):
    upward.discard_report(report_id=walk.upward.pk, discard_reason="误拟", **desk(walk))


def withdraw_warning(walk):
    proposals.withdraw_warning(warning_id=walk.warning.pk, **desk(walk))


def deliver_reply(walk):
    """Everything that was owed on a day is done: only its end is open."""
    about = {"demand_id": walk.demand.pk, **desk(walk)}
    answering.give_notice(number="告〔2026〕1号", **about)
    answering.issue_reply(outcome="supported", note="已书面答复", number="答〔2026〕1号", **about)
    answering.deliver_reply(how="in_person", signed=True, **about)


def close_demand(walk):
    answering.close_demand(demand_id=walk.demand.pk, note="已办结", office_number="XF-1", **desk(walk))


def receive_people(walk):
    walk.reception = counter.receive_people(
        unit=walk.units["C1"],
        place="接待室",
        arrival=counter.Arrival(came=3),
        incident=walk.incident,
        **desk(walk),
    )


def end_reception(walk):
    about = {"reception_id": walk.reception.pk, **desk(walk)}
    counter.end_reception(outcome="answered", result="已当场答复", **about)


def orange_response(walk):
    said = responses.Statement(level="orange", reason="二十人聚集")
    walk.response = responses.propose_response(statement=said, **here(walk))


def withdraw_response(walk):
    responses.withdraw_decision(response_id=walk.response.pk, **desk(walk))


_SENT = (walk.ask_upward, walk.sign_upward, walk.send_upward)

#: By the subject that holds it open and the kind.
GATES = {
    ("command.attendance", "attendance"): Gate((call_units,), (stand_down,)),
    ("cases.demands", "demand"): Gate((walk.register, deliver_reply), (close_demand,), lambda walk: f"/demands/{walk.demand.number}/"),
    ("resources.experts", "expert_call"): Gate((call_expert,), (say_not_needed,)),
    ("command.linkage", "linkage_order"): Gate(
        (walk.receive,), (walk.report_for_duty, walk.tell_centre), lambda walk: f"/linkage/{walk.linkage.number}/"
    ),
    ("command.linkage", "linkage_report"): Gate((fail_to_tell_centre,), (tell_centre,)),
    ("command.measures", "measure"): Gate((ask_for_a_major_measure,), (withdraw_measure,)),
    ("command.obligations", "obligation"): Gate(
        (walk.respond,), (walk.settle, walk.end_response), lambda walk: f"/responses/{walk.response.number}/",
        frozenset({"response"}),
    ),
    ("command.orders", "order"): Gate((walk.order,), (walk.move("county1.duty", OrderVerb.RECALL),)),
    ("command.attendance", "reception"): Gate((offer,), (let_pass,)),
    ("command.report_chain", "report_chain"): Gate(
        (walk.draft_upward("initial"), *_SENT), (walk.draft_upward("final"), *_SENT),
        lambda walk: f"/incidents/{walk.incident.number}/reports/",
    ),
    ("command.activation", "response"): Gate((orange_response,), (withdraw_response,), lambda walk: f"/responses/{walk.response.number}/"),
    ("cases.receptions", "reception"): Gate(
        (receive_people,), (end_reception,), lambda walk: f"/receptions/{walk.reception.number}/"
    ),
    ("command.statements", "statement"): Gate((write_statement,), (discard_statement,)),
    ("command.report_chain", "upward_report"): Gate(
        (walk.draft_upward("initial"),), (discard_report,),
        lambda walk: f"/incidents/{walk.incident.number}/reports/{walk.upward.n}/",
        frozenset({"report_chain"}),
    ),
    ("early_warnings", "warning"): Gate((walk.propose,), (withdraw_warning,), lambda walk: f"/early-warnings/{walk.warning.number}/"),
}  # fmt: skip


def kinds() -> set[tuple[str, str]]:
    """Subject and kind of everything that a provider's module makes an open thing of, from its text."""
    found = set()
    for provider in HOLDING_OPEN:
        tree = ast.parse(inspect.getsource(sys.modules[provider.__module__]))
        made = {
            ast.literal_eval(call.args[0])
            for call in ast.walk(tree)
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "OpenItem"
        }
        assert made, f"{provider.__module__} holds incidents open by kinds that this test cannot read"
        found |= {(provider.__module__.removesuffix(".queries"), kind) for kind in made}
    return found


def test_each_kind_has_a_gate():
    assert kinds() == GATES.keys()


@pytest.fixture
def opened(alarm, passwords, reach, units, cast, now):
    """opened("command.measures", "measure") → a walk whose incident is held open by that."""

    def begin(subject, kind):
        if kind == "measure":
            in_force(INSIDE, cast, units, now)
        walked = Walk(reach, units, lambda: now)
        walked.incident = alarm(headcount=60)
        for act in GATES[subject, kind].begin:
            act(walked)
        return walked

    return begin


@pytest.mark.parametrize(("subject", "kind"), sorted(GATES))
def test_what_is_open_keeps_an_incident_open_until_it_ends(opened, signed_in, now, subject, kind):
    walked, gate = opened(subject, kind), GATES[subject, kind]
    close = partial(
        close_incident, summary="已处理", answers=answered(walked.incident, now), **here(walked)
    )  # fmt: skip

    with pytest.raises(WrongState) as refused:
        close()
    items = refused.value.extra["open"]
    assert {item["kind"] for item in items} == {kind, *gate.beside}
    assert {item["url"] for item in items if item["kind"] == kind} == {gate.url(walked)}
    assert all(item["title"] in str(refused.value) for item in items)
    assert signed_in("county1.duty").get(gate.url(walked)).status_code == 200

    for act in gate.end:
        act(walked)
    assert still_open(walked.incident) == []
    walked.incident.refresh_from_db()
    assert close(answers=answered(walked.incident, now)).state == "closed"
