"""Fifty hands at once on one thing: one of them counts, each of the others is told in a sentence what has happened.

Real transactions, real threads, a real database. SQLite has one writer at a time anyway: there a few hands show the same.
"""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any, NamedTuple

import pytest
from django.conf import settings
from django.db import connection, connections

from command.activation import actions as responses
from command.evidence import actions as evidence
from command.evidence.models import Custody
from command.linkage import actions as linkage
from command.linkage import reporting
from command.linkage.choices import Via
from command.measures import actions as measures
from command.obligations.actions import Settled, settle_duty
from command.orders import actions as orders
from command.packages import queries as packages
from command.packages.actions import issue_package
from command.packages.models import Package
from command.packages.rules import SentLine
from command.report_chain import actions as chain
from command.report_chain import rules as chain_rules
from command.report_chain import sending as chain_sending
from command.report_chain import signing as chain_signing
from command.statements import actions as statements
from common.errors import Refused
from journal.models import Entry
from plans.lifecycle.actions import load_plan
from tests.command.responding import PASSWORD
from tests.command.test_measures import INSIDE, MAJOR, in_force

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

#: Whoever tries a password too often in a minute is told to wait: that is no answer about the thing.
WAIT = "credential_throttled"
CHIEFS = ("county1.director", "city.deputy", "city.director")


class Race(NamedTuple):
    """`prepare(bureau)` gives what hand number n does; `kinds`: the entries of which one is written in all."""

    prepare: Callable[["Bureau"], Callable[[int], Any]]
    kinds: tuple[str, ...]
    #: What the late ones are told.
    late: tuple[str, ...]


class Bureau:
    """What the races begin with."""

    def __init__(self, incident, units, reach, now):
        self.incident, self.units, self.reach_of, self.now = incident, units, reach, now
        self.later = now + timedelta(minutes=1)

    def by(self, username, *, later=True):
        at = self.later if later else self.now
        return {"reach": self.reach_of(username, at), "now": at}

    def chief(self, n=0):
        return self.by(CHIEFS[n % len(CHIEFS)]) | {"credential": PASSWORD}

    def desk(self, *, later=True):
        return self.by("county1.duty", later=later)

    def response(self):
        said = responses.Statement(reason="人数增加", level="yellow", matter="大厅聚集")
        return responses.propose_response(
            incident_id=self.incident().pk, statement=said, **self.desk(later=False)
        )

    def started(self):
        about = self.by("county1.director", later=False)
        return responses.sign_decision(response_id=self.response().pk, credential=PASSWORD, **about)

    def settled(self):
        response = self.started()
        for duty in response.obligations.filter(state="open"):
            told = ("已办", "总值班室", None, "同意") if duty.kind == "tell" else ("已办",)
            settle_duty(response_id=response.pk, duty_id=duty.pk, verb="done", settled=Settled(*told),
                        **self.desk(later=False))  # fmt: skip
        return response

    def order(self):
        target = orders.read_target("squad:dialogue@C1")
        return orders.issue_order(
            incident_id=self.incident().pk, target=target, task="到场", **self.desk(later=False)
        )

    def measure(self):
        return measures.ask_approval(incident_id=self.incident().pk, stated=MAJOR, **self.desk(later=False))

    def statement(self, verb=""):
        made = statements.draft_statement(
            incident_id=self.incident().pk, text="情况正在处理。", **self.desk(later=False)
        )
        if verb:
            statements.move_statement(
                statement_id=made.pk, verb=verb, **self.by("city.director", later=False)
            )
        return made

    def evidence(self):
        kept = evidence.Kept("办公室", "保密柜")
        return evidence.enter_evidence(
            incident_id=self.incident().pk, what="登记表", kept=kept, **self.desk(later=False)
        )

    def linkage(self):
        asked = linkage.Asked("联动中心", "LD-1", "矛盾纠纷", "人民广场", "派员到场", report_to="指挥长")
        about = self.by("county2.duty", later=False)
        return linkage.receive_order(unit=self.units["C2"], asked=asked, via=Via.HAND, **about)[0]

    def unsent(self):
        about = self.by("county2.duty", later=False)
        return reporting.report_on_order(
            order_id=self.linkage().pk, kind="feedback", text="已到场", way="phone", failed="占线", **about
        )

    def report(self, *, signed=False):
        about = self.desk(later=False)
        made = chain.draft_report(
            incident_id=self.incident().pk, kind="initial", recipients=["市司法局"], **about
        )
        missing = dict.fromkeys(chain_rules.gaps(made.fields), "已派员到场。")
        chain.revise_report(report_id=made.pk, fields=missing, **about)
        if signed:
            chain_signing.sign_report(
                report_id=made.pk, credential=PASSWORD, **self.by("city.director", later=False)
            )
        return made


# --- the races -----------------------------------------------------------------------------------------------


def start(bureau):
    event = bureau.incident()
    said = responses.Statement(reason="人数增加", level="yellow", matter="大厅聚集")
    return lambda n: responses.propose_response(incident_id=event.pk, statement=said, **bureau.chief(n))


def sign_the_start(bureau):
    response = bureau.response()
    return lambda n: responses.sign_decision(response_id=response.pk, **bureau.chief(n))


def sign_or_refuse_the_start(bureau):
    response = bureau.response()

    def act(n):
        if n % 2:
            return responses.refuse_decision(
                response_id=response.pk, reason="不必", **bureau.by(CHIEFS[n % 3])
            )
        return responses.sign_decision(response_id=response.pk, **bureau.chief(n))

    return act


def change(bureau):
    response = bureau.started()
    said = responses.Statement(reason="人数增加", level="orange")
    return lambda n: responses.change_response(response_id=response.pk, statement=said, **bureau.desk())


def end(bureau):
    response = bureau.settled()
    return lambda n: responses.end_response(response_id=response.pk, reason="结束", **bureau.chief(n))


def settle_a_duty(bureau):
    response = bureau.started()
    duty = response.obligations.exclude(kind="tell").filter(state="open").first()
    return lambda n: settle_duty(
        response_id=response.pk, duty_id=duty.pk, verb="done", settled=Settled("已办"), **bureau.desk()
    )


def issue_a_package(bureau):
    response = bureau.started()
    found = packages.ready(response, "yellow", bureau.now)
    lines = [SentLine(one.to, one.line.words.zh, id=one.line.id) for one in found.orders if not one.obstacle]
    out = {one.line.id: "无人" for one in found.orders if one.obstacle}
    assert lines
    return lambda n: issue_package(
        response_id=response.pk, level="yellow", lines=lines, left_out=out, **bureau.desk()
    )


def give_a_squad_an_order(bureau):
    event, target = bureau.incident(), orders.read_target("squad:dialogue@C1")
    return lambda n: orders.issue_order(incident_id=event.pk, target=target, task="到场", **bureau.desk())


def acknowledge_an_order(bureau):
    order = bureau.order()
    about = bureau.by("county1.squad.dialogue")
    return lambda n: orders.move_order(order_id=order.pk, verb="acknowledge", **about)


def recall_or_decline_an_order(bureau):
    order = bureau.order()
    hands = [("recall", bureau.desk()), ("decline", bureau.by("county1.squad.dialogue"))]

    def act(n):
        verb, about = hands[n % 2]
        return orders.move_order(order_id=order.pk, verb=verb, note="情况有变", **about)

    return act


def approve_or_refuse_a_measure(bureau):
    measure, about = bureau.measure(), bureau.by("county1.director")

    def act(n):
        verb = "refuse" if n % 2 else "approve"
        return measures.answer_request(measure_id=measure.pk, verb=verb, reason="可以", **about)

    return act


def approve_a_statement(bureau):
    made, about = bureau.statement(), bureau.by("city.director")
    return lambda n: statements.move_statement(statement_id=made.pk, verb="approve", **about)


def release_a_statement(bureau):
    made = bureau.statement("approve")
    return lambda n: statements.move_statement(
        statement_id=made.pk, verb="release", place="局网站", **bureau.desk()
    )


def report_for_duty(bureau):
    order, about = bureau.linkage(), bureau.by("county2.duty")
    return lambda n: linkage.report_for_duty(order_id=order.pk, to="", **about)


def feed_back(bureau):
    """A second feedback is another one: two who have read the same page send one."""
    order, about = bureau.linkage(), bureau.by("county2.duty")
    return lambda n: reporting.report_on_order(
        order_id=order.pk, kind="feedback", text="已到场", way="phone", rev=order.rev, **about
    )


def end_a_linkage_order(bureau):
    order, about = bureau.linkage(), bureau.by("county2.duty")
    return lambda n: reporting.report_on_order(
        order_id=order.pk, kind="final", text="已办结", way="fax", **about
    )


def try_a_report_again(bureau):
    report, about = bureau.unsent(), bureau.by("county2.duty")
    return lambda n: reporting.try_again(report_id=report.pk, way="fax", **about)


def draft_a_report_upward(bureau):
    event = bureau.incident()
    return lambda n: chain.draft_report(
        incident_id=event.pk, kind="initial", recipients=["市司法局"], **bureau.desk()
    )


def sign_a_report_upward(bureau):
    report = bureau.report()
    return lambda n: chain_signing.sign_report(report_id=report.pk, **bureau.chief(n))


def send_a_report_upward(bureau):
    report = bureau.report(signed=True)
    return lambda n: chain_sending.send_report(report_id=report.pk, channel="fax", **bureau.desk())


RACES = [
    Race(start, ("response.started",), ("response_exists",)),
    Race(sign_the_start, ("response.started",), ("nothing_to_decide",)),
    Race(sign_or_refuse_the_start, ("response.started", "response.refused"), ("nothing_to_decide",)),
    Race(change, ("response.change_proposed",), ("decision_pending",)),
    Race(end, ("response.ended",), ("wrong_state",)),
    Race(settle_a_duty, ("obligation.done",), ("wrong_state",)),
    Race(issue_a_package, ("package.issued",), ("nothing_prepared",)),
    Race(give_a_squad_an_order, ("order.issued",), ("squad_has_an_order",)),
    Race(acknowledge_an_order, ("order.acknowledged",), ("wrong_state",)),
    Race(recall_or_decline_an_order, ("order.recalled", "order.declined"), ("wrong_state",)),
    Race(approve_or_refuse_a_measure, ("measure.approved", "measure.refused"), ("wrong_state",)),
    Race(approve_a_statement, ("statement.approved",), ("wrong_state",)),
    Race(release_a_statement, ("statement.released",), ("wrong_state",)),
    Race(report_for_duty, ("dispatch.checked_in",), ("wrong_state",)),
    Race(feed_back, ("linkage.feedback_sent",), ("stale",)),
    Race(end_a_linkage_order, ("linkage.final_report_sent",), ("wrong_state",)),
    Race(try_a_report_again, ("linkage.feedback_sent",), ("wrong_state",)),
    Race(draft_a_report_upward, ("upward_report.drafted",), ("a_draft_waits",)),
    Race(sign_a_report_upward, ("upward_report.signed",), ("wrong_state",)),
    Race(send_a_report_upward, ("upward_report.initial_sent",), ("wrong_state",)),
]


@pytest.fixture
def bureau(plan, passwords, incident, cast, units, reach, now):
    """County 1 has an attendance plan beside in which its director approves measures; county 2 the linkage plan."""
    text = (settings.BASE_DIR / "plans/library/district-emergency-linkage.yaml").read_text()
    load_plan(text=text, actor=None, now=now, owner=units["C2"], put_in_force=True, reason="试用")
    in_force(INSIDE, cast, units, now)
    return Bureau(incident, units, reach, now)


@pytest.fixture
def hands():
    return 50 if connection.vendor == "postgresql" else 6


def at_once(count, act):
    """Each one's result, or how it was refused. As many threads as PostgreSQL has connections for begin together."""
    crowd = min(count, 25)
    gate = Barrier(crowd)

    def run(n):
        try:
            if n < crowd:
                gate.wait(30)
            return act(n)
        except Refused as refused:
            return refused
        finally:
            connections.close_all()

    with ThreadPoolExecutor(max_workers=crowd) as pool:
        return list(pool.map(run, range(count)))


@pytest.mark.parametrize("race", RACES, ids=[race.prepare.__name__ for race in RACES])
def test_one_of_many_hands_counts_and_the_others_are_told(bureau, hands, race):
    act = race.prepare(bureau)
    before = Entry.objects.filter(kind__in=race.kinds).count()

    results = at_once(hands, act)

    refused = [one for one in results if isinstance(one, Refused)]
    assert len(refused) == hands - 1, Counter(one.code for one in refused)
    assert {one.code for one in refused} - {WAIT} <= {*race.late}, Counter(one.code for one in refused)
    assert all(len(str(one)) > 10 for one in refused)
    assert Entry.objects.filter(kind__in=race.kinds).count() - before == 1


def test_a_package_that_many_send_out_goes_out_whole_once(bureau, hands):
    act = issue_a_package(bureau)

    at_once(hands, act)

    (package,) = Package.objects.all()
    sent = package.lines.exclude(order=None)
    assert Entry.objects.filter(kind="order.issued").count() == sent.count() >= 3
    assert len({line.order.target_squad for line in sent}) == sent.count()


def test_evidence_that_many_hand_on_at_once_has_one_whole_chain(bureau, hands):
    """Handing on takes nothing from anybody: each stands in the chain, one after the other."""
    item = bureau.evidence()
    kept = evidence.Kept("档案室", "三号柜", "移交")

    results = at_once(hands, lambda n: evidence.hand_on_evidence(item_id=item.pk, kept=kept, **bureau.desk()))

    assert not [one for one in results if isinstance(one, Refused)]
    numbers = Custody.objects.filter(item=item).order_by("number").values_list("number", flat=True)
    assert list(numbers) == list(range(1, hands + 2))
