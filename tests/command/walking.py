"""A bureau in which several people do whatever they like, in any order: the machine of the long walks.

Two incidents follow the city's plan, one the district's linkage plan, with an attendance plan beside. Every rule is one
act of the product by somebody; most are by somebody who may, some by somebody who may not. What must hold after
every step is written down here a second time, from the states alone.
"""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta

from django.apps import apps
from django.db import connection, models, transaction
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from accounts.scope import reach_of
from clocks.breaches.sweep import sweep
from clocks.models import Clock
from command.activation import actions as responses
from command.activation import rules as response_rules
from command.activation.models import Decision, Response
from command.evidence import actions as evidence
from command.evidence.models import EvidenceItem
from command.linkage import actions as linkage
from command.linkage import reporting
from command.linkage import rules as linkage_rules
from command.linkage.choices import Via
from command.linkage.models import LinkageOrder, LinkageReport
from command.measures import actions as measures
from command.measures import rules as measure_rules
from command.measures.models import Measure
from command.obligations import rules as duty_rules
from command.obligations.actions import Settled, settle_duty
from command.obligations.models import Obligation
from command.orders import actions as orders
from command.orders import rules as order_rules
from command.orders.models import Order
from command.packages import queries as packages
from command.packages.actions import issue_package
from command.packages.rules import SentLine
from command.report_chain import actions as chain
from command.report_chain import rules as chain_rules
from command.report_chain import sending as chain_sending
from command.report_chain import signing as chain_signing
from command.report_chain.models import UpwardReport
from command.statements import actions as statements
from command.statements import rules as statement_rules
from command.statements.models import Statement
from common.errors import Refused
from early_warnings import rules as warning_rules
from early_warnings.models import EarlyWarning
from early_warnings.proposals import actions as proposals
from early_warnings.signing import actions as signing
from incidents import actions as incidents
from incidents import rules as incident_rules
from incidents.models import Incident
from incidents.reporting.actions import Alarm, add_observation, report_incident
from journal.keys import kind_of, pk_of
from notices.choices import State
from notices.models import Callout, EscalationStep, Notice
from notices.sending import outbox
from notices.silence import escalation
from plans.engine.facts import Facts
from plans.people.overdue import tell_breaches
from tests.early_warnings.conftest import PASSWORD
from tests.incidents.closing import answered

#: Everything with a life of its own, and the table that says what it may become.
LIVES = [
    (Incident, incident_rules.TRANSITIONS),
    (EarlyWarning, warning_rules.TRANSITIONS),
    (Response, response_rules.RESPONSES),
    (Decision, response_rules.DECISIONS),
    (Obligation, duty_rules.TRANSITIONS),
    (Order, order_rules.TRANSITIONS),
    (LinkageOrder, linkage_rules.TRANSITIONS),
    (LinkageReport, linkage_rules.REPORTS),
    (UpwardReport, chain_rules.TRANSITIONS),
    (Measure, measure_rules.TRANSITIONS),
    (Statement, statement_rules.TRANSITIONS),
]
#: What a refusal must leave alone: every table of these rooms.
TABLES = [
    model._meta.db_table
    for room in ("incidents", "early_warnings", "command", "clocks", "notices", "journal")
    for model in apps.get_app_config(room).get_models()
]
#: A password that was wrong is on record although the act is refused.
KEPT = "WHERE kind <> 'credential.refused'"

#: What somebody is asked to do, the thing it is asked about, and while what it is asked.
ASKED: dict[str, tuple[type[models.Model], set[str]]] = {
    "warning.to_sign": (EarlyWarning, {"proposed"}),
    "response.to_sign": (Response, {"proposed", "active"}),
    "obligation.owed": (Obligation, {"open"}),
    "order.issued": (Order, set(order_rules.LIVE)),
    "linkage.received": (LinkageOrder, set(linkage_rules.LIVE)),
    "measure.to_approve": (Measure, {"asked"}),
    "statement.to_approve": (Statement, {"draft"}),
    "upward_report.to_sign": (UpwardReport, {"draft"}),
    "incident.reported": (Incident, set(incident_rules.OPEN)),
    "incident.life_safety": (Incident, set(incident_rules.OPEN)),
}
#: Things whose clocks end with them.
CLOCKED = {
    "order": (Order, set(order_rules.LIVE)),
    "response": (Response, set(response_rules.LIVE)),
    "obligation": (Obligation, {"open"}),
    "measure": (Measure, {"asked"}),
    "linkage": (LinkageOrder, set(linkage_rules.LIVE)),
    "incident": (Incident, set(incident_rules.OPEN)),
}

#: How grave an event is for which the linkage plan has a response.
GRADE = "grave"
#: With the closing begins what is owed after it: the review, and looking at it again.
AFTERWARDS = "incident.closed"
DESKS = {"C1": "county1.duty", "C2": "county2.duty"}
ANYBODY = [
    "county1.duty", "county1.director", "county1.leader", "city.duty", "city.deputy", "city.director", "county2.duty",
    "county2.director", "county1.squad.dialogue", "county1.squad.perimeter", "town11.clerk",
]  # fmt: skip
SQUADS = ["squad:dialogue@C1", "squad:perimeter@C1", "unit:T11", "person:county1.responder"]
RISKS = [[], ["suicide_threat"], ["medical_emergency"]]

#: What comes next in the life of each, when all goes well: two of three acts are this one.
ONWARD = {
    EarlyWarning: {"draft": "propose", "returned": "propose", "proposed": "sign", "in_force": "lift"},
    Response: {"proposed": "sign", "active": "end at once"},
    Order: {"issued": "acknowledge", "acknowledged": "depart", "under_way": "arrive", "arrived": "confirm-arrival",
            "arrival_confirmed": "complete"},
    Measure: {"asked": "approve", "approved": "take"},
    Statement: {"draft": "approve", "approved": "release"},
    LinkageOrder: {"received": "report for duty", "at_place": "feedback", "handled": "final"},
    UpwardReport: {"draft": "sign", "signed": "send", "sent": "receipt"},
}  # fmt: skip


def some(model: type[models.Model]):
    """Only while there is one."""
    return precondition(lambda self: model.objects.exists())


def few(model: type[models.Model], most: int):
    """Only while there are no more: what takes nothing to do would be done all the time."""
    return precondition(lambda self: model.objects.count() < most)


who = st.one_of(st.none(), st.none(), st.none(), st.none(), st.sampled_from(ANYBODY))
onward = st.sampled_from([True, True, False])
nth = st.integers(0, 3)


class Walk(RuleBasedStateMachine):
    """One walk; its rows go with it. `world` and `now` are given by the test that makes a class of it."""

    cast: dict
    units: dict
    start_at = None
    #: What was done, and how it was answered, in all walks together.
    seen: Counter = Counter()

    def __init__(self):
        super().__init__()
        self.transaction = transaction.atomic()
        self.transaction.__enter__()
        self.now = self.start_at
        self.made = 0
        self.log: list[tuple[str, str]] = []

    def teardown(self):
        transaction.set_rollback(True)
        self.transaction.__exit__(None, None, None)

    # --- how an act is done ------------------------------------------------------------------------------------

    def act(self, name: str, person: str, do: Callable):
        """Do it a minute later as that person. A refusal leaves everything as it was; any other error is a fault."""
        self.now += timedelta(minutes=1)
        before, states = everything(), _states()
        answer = ""
        try:
            do({"reach": reach_of(self.cast[person], self.now), "now": self.now})
        except Refused as refused:
            answer = refused.code
        self.log.append((name, answer))
        self.seen[name, answer] += 1
        if answer:
            assert everything() == before, self.log
        _check_moves(states, _states())

    def desk(self, thing, other) -> str:
        return other or DESKS[_incident_of(thing).unit.code if _incident_of(thing) else thing.unit.code]

    def pick(self, model, place, **which):
        rows = list(model.objects.filter(**which).order_by("-pk")[:4])
        return rows[place % len(rows)] if rows else None

    def event(self, place):
        return self.pick(Incident, place)

    def level_of(self, event, level):
        """The linkage plan has two levels."""
        return level if event.unit.code != "C2" else "general" if level == "yellow" else "emergency"

    # --- incidents -----------------------------------------------------------------------------------------------

    @initialize()
    def begin(self):
        for unit in ("C1", "C2"):
            self._report(unit, None, [])

    def _report(self, unit, person, risks):
        self.made += 1
        alarm = Alarm(
            unit=self.units[unit],
            place="一楼大厅",
            what="来访人聚集",
            facts=Facts.from_dict({"headcount": 60, "life_risk": risks}),
            client_id=f"walk{self.made}",
        )
        self.act("report", person or DESKS[unit], lambda by: report_incident(alarm=alarm, **by))

    @few(Incident, 4)
    @rule(person=who, risks=st.sampled_from(RISKS))
    def report(self, person, risks):
        self._report("C1", person, risks)

    @rule(place=nth, person=who, risks=st.sampled_from(RISKS), heads=st.sampled_from([3, 40, 300]))
    def observe(self, place, person, risks, heads):
        event = self.event(place)
        facts = Facts.from_dict({"headcount": heads, "life_risk": risks})
        self.act("observe", self.desk(event, person),
                 lambda by: add_observation(incident_id=event.pk, what="现场", facts=facts, **by))  # fmt: skip

    @rule(
        place=nth,
        person=who,
        act=st.sampled_from(["take", "close", "close", "close", "reopen", "retract", "merge"]),
    )
    def manage(self, place, person, act):
        event, other = self.event(place), self.event(place + 1)
        about = {"incident_id": event.pk}

        def close(by):
            answers = answered(Incident.objects.get(pk=event.pk), self.now)
            return incidents.close_incident(summary="平息", answers=answers, **about, **by)

        do = {
            "take": lambda by: incidents.take_over(**about, **by),
            "close": close,
            "reopen": lambda by: incidents.reopen_incident(reason="又聚集", **about, **by),
            "retract": lambda by: incidents.retract_incident(**about, **by),
            "merge": lambda by: incidents.merge_incident(into_id=other.pk, **about, **by),
        }[act]
        self.act(act, self.desk(event, person), do)

    # --- warnings ------------------------------------------------------------------------------------------------

    @rule(place=nth, person=who, level=st.sampled_from(["red", "orange", "yellow"]))
    def warn(self, place, person, level):
        event = self.event(place)
        said = proposals.Statement(level=self.level_of(event, level), reason="人数较多")
        self.act("warn", self.desk(event, person),
                 lambda by: proposals.propose_new_warning(incident_id=event.pk, statement=said, **by))  # fmt: skip

    @some(EarlyWarning)
    @rule(
        place=nth,
        person=who,
        ahead=onward,
        act=st.sampled_from(["sign", "sign", "return", "withdraw", "lift", "adjust", "propose"]),
    )
    def about_a_warning(self, place, person, act, ahead):
        if not (warning := self.pick(EarlyWarning, place)):
            return
        act = ONWARD[EarlyWarning].get(warning.state, act) if ahead else act
        about = {"warning_id": warning.pk}
        chief = person or "city.director"
        said = proposals.Statement(level="red" if warning.level != "red" else "yellow", reason="情况有变")
        by_whom, do = {
            "sign": (chief, lambda by: signing.sign_warning(credential=PASSWORD, **about, **by)),
            "return": (chief, lambda by: signing.return_to_drafter(reason="请补充", **about, **by)),
            "lift": (chief, lambda by: signing.lift_warning(reason="已离开", credential=PASSWORD, **about, **by)),
            "withdraw": (self.desk(warning, person), lambda by: proposals.withdraw_warning(**about, **by)),
            "propose": (self.desk(warning, person), lambda by: proposals.propose_warning(**about, **by)),
            "adjust": (self.desk(warning, person), lambda by: proposals.adjust_warning(statement=said, **about, **by)),
        }[act]  # fmt: skip
        self.act(f"warning {act}", by_whom, do)

    # --- responses -----------------------------------------------------------------------------------------------

    @rule(place=nth, person=who, level=st.sampled_from(["red", "orange", "yellow"]), at_once=st.booleans())
    def respond(self, place, person, level, at_once):
        event = self.event(place)
        is_linkage = event.unit.code == "C2"
        said = responses.Statement(reason="人数增加", level=self.level_of(event, level), matter="大厅聚集",
                                   grade=GRADE if is_linkage else "")  # fmt: skip
        chief = "county2.director" if is_linkage else "city.director"
        by_whom = (person or chief) if at_once or is_linkage else self.desk(event, person)
        credential = PASSWORD if at_once else ""
        self.act("respond", by_whom, lambda by: responses.propose_response(
            incident_id=event.pk, statement=said, credential=credential, **by))  # fmt: skip

    @some(Response)
    @rule(
        place=nth,
        person=who,
        ahead=onward,
        act=st.sampled_from(
            ["sign", "sign", "refuse", "withdraw", "change", "end", "end at once", "end at once"]
        ),
    )
    def about_a_response(self, place, person, act, ahead):
        if not (response := self.pick(Response, place)):
            return
        act = ONWARD[Response].get(response.state, act) if ahead else act
        about = {"response_id": response.pk}
        chief = person or ("county2.director" if response.unit.code == "C2" else "city.director")
        desk = self.desk(response, person)
        said = responses.Statement(reason="情况有变", level="orange" if response.level == "red" else "red")
        by_whom, do = {
            "sign": (chief, lambda by: responses.sign_decision(credential=PASSWORD, **about, **by)),
            "refuse": (chief, lambda by: responses.refuse_decision(reason="不必", **about, **by)),
            "withdraw": (desk, lambda by: responses.withdraw_decision(**about, **by)),
            "change": (desk, lambda by: responses.change_response(statement=said, **about, **by)),
            "end": (desk, lambda by: responses.end_response(reason="结束", **about, **by)),
            "end at once": (chief, lambda by: responses.end_response(reason="结束", credential=PASSWORD, **about, **by)),
        }[act]  # fmt: skip
        self.act(f"response {act}", by_whom, do)

    @some(Obligation)
    @rule(place=nth, person=who, verb=st.sampled_from(["done", "not-needed"]), all_of_them=st.booleans())
    def settle(self, place, person, verb, all_of_them):
        owed = list(Obligation.objects.filter(state="open").select_related("response").order_by("pk"))
        for duty in owed if all_of_them else owed[place : place + 1]:
            told = ("已办", "总值班室", None, "同意") if duty.kind == "tell" and verb == "done" else ("已办",)
            self.act("settle", self.desk(duty.response, person), lambda by, duty=duty, told=told: settle_duty(
                response_id=duty.response_id, duty_id=duty.pk, verb=verb, settled=Settled(*told), **by))  # fmt: skip

    @some(Response)
    @rule(place=nth, person=who, left=st.booleans())
    def send_a_package(self, place, person, left):
        if not (response := self.pick(Response, place)):
            return
        prepared = packages.ready(response, response.level, self.now)
        out = {one.line.id: "不需要" for one in prepared.orders if left or one.obstacle}
        lines = [
            SentLine(one.to, one.line.words.zh, id=one.line.id)
            for one in prepared.orders
            if one.line.id not in out
        ]
        self.act("package", self.desk(response, person), lambda by: issue_package(
            response_id=response.pk, level=response.level, lines=lines, left_out=out, **by))  # fmt: skip

    # --- orders --------------------------------------------------------------------------------------------------

    @rule(place=nth, person=who, to=st.sampled_from(SQUADS))
    def order(self, place, person, to):
        event = self.event(place)
        self.act("order", self.desk(event, person), lambda by: orders.issue_order(
            incident_id=event.pk, target=orders.read_target(to), task="到场", **by))  # fmt: skip

    @some(Order)
    @rule(place=nth, person=who, verb=st.sampled_from([*order_rules.TRANSITIONS.rows][1:]), ahead=onward)
    def answer_an_order(self, place, person, verb, ahead):
        if not (order := self.pick(Order, place)):
            return
        verb = ONWARD[Order].get(order.state, verb) if ahead else verb
        self.act(f"order {verb}", self.desk(order, person),
                 lambda by: orders.move_order(order_id=order.pk, verb=verb, note="电话", **by))  # fmt: skip

    @some(Order)
    @rule(place=nth, person=who)
    def recall_everything(self, place, person):
        for order in Order.objects.live().order_by("pk"):
            self.act("order recall", self.desk(order, person), lambda by, order=order: orders.move_order(
                order_id=order.pk, verb="recall", note="收队", **by))  # fmt: skip

    # --- measures, statements, evidence -------------------------------------------------------------------------

    @few(Measure, 4)
    @rule(place=nth, person=who, act=st.sampled_from(["take", "ask", "ask"]))
    def begin_a_measure(self, place, person, act):
        event = self.event(place)
        stated = measures.Stated(
            "疏散", "突发事件应对法", True, "无更缓和的办法", major="" if act == "take" else "police_use"
        )
        do = measures.take_measure if act == "take" else measures.ask_approval
        self.act(
            f"measure {act}",
            self.desk(event, person),
            lambda by: do(incident_id=event.pk, stated=stated, **by),
        )

    @some(Measure)
    @rule(
        place=nth, person=who, ahead=onward, verb=st.sampled_from(["approve", "refuse", "withdraw", "take"])
    )
    def about_a_measure(self, place, person, ahead, verb):
        if measure := self.pick(Measure, place, asked_at__isnull=False):
            verb = ONWARD[Measure].get(measure.state, verb) if ahead else verb
            self.act(f"measure {verb}", self.desk(measure, person), lambda by: measures.move_measure(
                measure_id=measure.pk, verb=verb, reason="可以", approver="县委值班领导", **by))  # fmt: skip

    @few(Statement, 3)
    @rule(place=nth, person=who)
    def draft_a_statement(self, place, person):
        event = self.event(place)
        self.act("statement", self.desk(event, person), lambda by: statements.draft_statement(
            incident_id=event.pk, text="情况正在处理。", **by))  # fmt: skip

    @some(Statement)
    @rule(
        place=nth,
        person=who,
        ahead=onward,
        verb=st.sampled_from(["revise", "approve", "approve", "release", "discard"]),
    )
    def about_a_statement(self, place, person, ahead, verb):
        if statement := self.pick(Statement, place):
            verb = ONWARD[Statement].get(statement.state, verb) if ahead else verb
            chief = person or "city.director"
            self.act(f"statement {verb}", chief if verb == "approve" else self.desk(statement, person),
                     lambda by: statements.move_statement(statement_id=statement.pk, verb=verb, text="已妥善处理。",
                                                          place="局网站", reason="不必", **by))  # fmt: skip

    @few(EvidenceItem, 2)
    @rule(place=nth, person=who)
    def keep_evidence(self, place, person):
        event, item = self.event(place), self.pick(EvidenceItem, place)
        kept = evidence.Kept("县局办公室", "保密柜", "移交")
        self.act("evidence", self.desk(event, person), lambda by: evidence.enter_evidence(
            incident_id=event.pk, what="登记表", kept=kept, **by))  # fmt: skip
        if item:
            self.act("custody", self.desk(item, person), lambda by: evidence.hand_on_evidence(
                item_id=item.pk, kept=kept, **by))  # fmt: skip

    # --- linkage -------------------------------------------------------------------------------------------------

    @few(LinkageOrder, 2)
    @rule(person=who)
    def hear_from_the_centre(self, person):
        self.made += 1
        said = linkage.Asked(
            "区联动中心", f"LD-{self.made}", "矛盾纠纷", "人民广场", "派员到场", report_to="现场指挥长"
        )
        self.act("linkage", person or "county2.duty", lambda by: linkage.receive_order(
            unit=self.units["C2"], asked=said, via=Via.HAND, **by))  # fmt: skip

    @some(LinkageOrder)
    @rule(
        place=nth,
        person=who,
        ahead=onward,
        act=st.sampled_from(
            ["open", "tie", "report for duty", "progress", "feedback", "final", "complete", "withdraw"]
        ),
        failed=st.sampled_from(["", "", "占线"]),
    )
    def answer_the_centre(self, place, person, ahead, act, failed):
        if not (order := self.pick(LinkageOrder, place)):
            return
        act = (ONWARD[LinkageOrder].get(order.state, act) if order.incident_id else "open") if ahead else act
        event = self.event(place)
        about = {"order_id": order.pk}
        do = {
            "open": lambda by: linkage.open_incident(**about, **by),
            "tie": lambda by: linkage.tie_order(incident_id=event.pk, **about, **by),
            "report for duty": lambda by: linkage.report_for_duty(to="", **about, **by),
            "complete": lambda by: linkage.complete_order(**about, **by),
            "withdraw": lambda by: linkage.withdraw_order(reason="撤回", **about, **by),
        }.get(act) or (
            lambda by: reporting.report_on_order(
                kind=act, text="已到场", way="phone", failed=failed, **about, **by
            )
        )
        self.act(f"linkage {act}", person or "county2.duty", do)

    @some(LinkageReport)
    @rule(place=nth, person=who, act=st.sampled_from(["again", "receipt"]))
    def about_a_report_to_the_centre(self, place, person, act):
        if report := self.pick(LinkageReport, place):
            do = {
                "again": lambda by: reporting.try_again(report_id=report.pk, way="fax", **by),
                "receipt": lambda by: reporting.record_receipt(report_id=report.pk, receipt="收到", **by),
            }[act]
            self.act(f"linkage {act}", person or "county2.duty", do)

    @few(LinkageReport, 5)
    @rule(
        place=nth,
        person=who,
        kind=st.sampled_from(["progress", "final"]),
        failed=st.sampled_from(["", "占线"]),
    )
    def tell_the_centre(self, place, person, kind, failed):
        event = self.event(place)
        self.act("tell the centre", self.desk(event, person), lambda by: reporting.report_on_incident(
            incident_id=event.pk, kind=kind, text="已到场", way="phone", failed=failed, **by))  # fmt: skip

    # --- the chain of reports ------------------------------------------------------------------------------------

    @rule(place=nth, person=who, last=st.booleans())
    def report_upward(self, place, person, last):
        event = self.event(place)
        kinds = chain_rules.next_kinds(
            list(
                UpwardReport.objects.standing()
                .filter(incident=event)
                .order_by("n")
                .values_list("kind", flat=True)
            )
        )
        kind = kinds[-1] if last else kinds[0]
        self.act(f"draft {kind}", self.desk(event, person), lambda by: chain.draft_report(
            incident_id=event.pk, kind=kind, recipients=["市司法局"], **by))  # fmt: skip

    @some(UpwardReport)
    @rule(
        place=nth,
        person=who,
        ahead=onward,
        act=st.sampled_from(
            ["fill", "fill", "ask", "discard", "phone", "sign", "sign", "send", "send", "receipt"]
        ),
    )
    def about_a_report_upward(self, place, person, act, ahead):
        if not (report := self.pick(UpwardReport, place)):
            return
        act = ONWARD[UpwardReport].get(report.state, act) if ahead else act
        about = {"report_id": report.pk}
        chief = person or ("county2.director" if report.unit.code == "C2" else "city.director")
        desk = self.desk(report, person)
        full = dict.fromkeys(chain_rules.gaps(report.fields), "已派员到场。")
        unread = report.deliveries.filter(sent_at__isnull=False, received_at=None).first()
        by_whom, do = {
            "fill": (desk, lambda by: chain.revise_report(fields=full, **about, **by)),
            "ask": (desk, lambda by: chain_signing.ask_for_signature(**about, **by)),
            "discard": (desk, lambda by: chain.discard_report(discard_reason="不需要", **about, **by)),
            "phone": (desk, lambda by: chain_sending.record_telephone_report(told_whom="值班员", **about, **by)),
            "sign": (chief, lambda by: chain_signing.sign_report(credential=PASSWORD, **about, **by)),
            "send": (desk, lambda by: chain_sending.send_report(channel="fax", **about, **by)),
            "receipt": (desk, lambda by: chain_sending.record_receipt(
                receiver="值班员", recipient=unread.title_zh if unread else "", **about, **by)),
        }[act]  # fmt: skip
        self.act(f"upward {act}", by_whom, do)

    # --- time ----------------------------------------------------------------------------------------------------

    @rule(minutes=st.sampled_from([1, 12, 35, 24 * 60]))
    def time_passes(self, minutes):
        self.now += timedelta(minutes=minutes)
        states = _states()
        sweep(self.now, 1000)
        tell_breaches(self.now, 1000)
        escalation.take_due(self.now, limit=1000)
        outbox.send_due(self.now, limit=1000)
        self.log.append((f"{minutes} min", ""))
        _check_moves(states, _states())

    def look(self):
        """Everything that must hold, for who walks without the machine."""
        self.each_live_order_has_had_a_clock()
        self.nothing_is_open_where_the_incident_is_over()
        self.one_thing_at_a_time()
        self.what_has_ended_chases_nobody()

    # --- what must hold ------------------------------------------------------------------------------------------

    @invariant()
    def each_live_order_has_had_a_clock(self):
        for order in Order.objects.all():
            clocks = Clock.objects.filter(subject=order.key)
            assert clocks.exists(), (order, self.log)
            if order.state in ("issued", "acknowledged", "under_way"):
                assert clocks.running().exists(), (order, order.state, self.log)

    @invariant()
    def nothing_is_open_where_the_incident_is_over(self):
        for event in Incident.objects.exclude(state__in=incident_rules.OPEN):
            for model, table in LIVES[1:]:
                if model in (Decision, Obligation, Statement):
                    continue
                left = model.objects.filter(incident=event, state__in=table.live)
                # What was sent and waits for a receipt alone does not hold an incident open.
                if model in (UpwardReport, LinkageReport):
                    left = left.exclude(state="sent")
                if model is LinkageReport:
                    left = left.filter(order=None)
                assert not left.exists(), (event.state, list(left), self.log)
            running = Clock.objects.running().filter(thread=event.key).exclude(start_entry__kind=AFTERWARDS)
            assert not running.exists(), (
                event.state,
                list(running.values_list("clock_id", "subject")),
                self.log,
            )

    @invariant()
    def one_thing_at_a_time(self):
        for event in Incident.objects.all():
            assert Response.objects.live().filter(incident=event).count() <= 1, self.log
            assert EarlyWarning.objects.filter(incident=event, state="in_force").count() <= 1, self.log
            assert UpwardReport.objects.filter(incident=event, state="draft").count() <= 1, self.log
        for response in Response.objects.all():
            waiting = response.decisions.filter(state="proposed").count()
            assert waiting <= int(response.state in response_rules.LIVE), self.log
            if response.state == "ended":
                assert not response.obligations.filter(state="open").exists(), self.log

    @invariant()
    def what_has_ended_chases_nobody(self):
        states = _states()
        running = Clock.objects.running().exclude(start_entry__kind=AFTERWARDS)
        for clock_id, subject in running.values_list("clock_id", "subject"):
            model, live = CLOCKED.get(kind_of(subject), (None, set()))
            if model:
                state = states[model, pk_of(subject)]
                assert state in live, (clock_id, subject, state, self.log)
        waiting = set(Callout.objects.filter(ended_at=None).values_list("purpose", "subject"))
        waiting |= set(Notice.objects.filter(state=State.QUEUED).values_list("purpose", "subject"))
        for purpose, subject in waiting:
            for name, (model, live) in ASKED.items():
                if purpose == name or purpose.startswith(f"{name}."):
                    state = states[model, pk_of(subject)]
                    assert state in live, (purpose, subject, state, self.log)
                    event = _incident_of(model.objects.get(pk=pk_of(subject)))
                    assert event is None or event.is_open, (purpose, subject, event.state, self.log)
        late = EscalationStep.objects.filter(done_at=None, callout__ended_at__isnull=False)
        assert not late.exists(), self.log


def _incident_of(thing) -> Incident | None:
    if isinstance(thing, Incident):
        return thing
    if isinstance(thing, Obligation):
        return thing.response.incident
    pk = getattr(thing, "incident_id", None)
    return Incident.objects.select_related("unit").get(pk=pk) if pk else None


def everything() -> dict[str, list]:
    """Every row of the rooms, as it stands in the database."""
    found: dict[str, list] = {}
    with connection.cursor() as cursor:
        for table in TABLES:
            # The journal is only ever added to: a trigger holds that.
            what = "count(*)" if table == "journal_entry" else "*"
            cursor.execute(f"SELECT {what} FROM {table} {KEPT if what != '*' else ''}")
            found[table] = cursor.fetchall()
    return found


def _states() -> dict[tuple[type, int], str]:
    return {
        (model, pk): state for model, _t in LIVES for pk, state in model.objects.values_list("pk", "state")
    }


def _check_moves(before: dict, after: dict) -> None:
    """Every state that changed is one to which the table leads, in at most three steps of one act."""
    tables = dict(LIVES)
    for thing, state in after.items():
        was = before.get(thing, "")
        if state == was:
            continue
        reached = {was}
        for _step in range(3):
            reached |= {
                row.to for row in tables[thing[0]].rows.values() for at in row.at if at in reached and row.to
            }
        assert state in reached, (thing, was, state)
    assert before.keys() <= after.keys()
