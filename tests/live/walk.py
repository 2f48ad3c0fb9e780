"""The main job as a list of acts, each done by somebody through the real actions.

walk = Walk(reach, units, now)
for act in ACTS: act(walk)
"""

from datetime import timedelta

from django.conf import settings

from cases.demands import actions as demands
from cases.demands.answering import note_step
from command.activation import actions as responses
from command.attendance import actions as attendance
from command.evidence import actions as evidence
from command.handing_over import actions as handing_over
from command.linkage import actions as linkage
from command.linkage import reporting
from command.linkage.choices import Via
from command.measures import actions as measures
from command.obligations.actions import Settled, settle_duty
from command.orders import actions as orders
from command.orders.choices import OrderVerb
from command.packages import queries as packages
from command.packages.actions import issue_package
from command.packages.rules import SentLine
from command.report_chain import actions as upward
from command.report_chain import sending as upward_sending
from command.report_chain import signing as upward_signing
from command.report_chain.rules import gaps
from command.statements import actions as statements
from early_warnings.choices import CallOutcome
from early_warnings.outgoing import superior_reports
from early_warnings.proposals import actions as proposals
from early_warnings.signing import actions as signing
from incidents import actions as incidents
from incidents import sharing
from incidents.checklist.actions import mark_item
from incidents.models import Incident
from incidents.reporting.actions import Alarm, add_observation, report_incident
from incidents.switching.actions import switch_plan
from plans.engine.facts import Facts
from plans.lifecycle.actions import load_plan
from tests.early_warnings.conftest import PASSWORD
from tests.incidents.closing import answered


class Walk:
    """Remembers what the acts so far have made. `now()` is read at each act: replay freezes its own time."""

    def __init__(self, reach, units, now):
        self._reach, self.units, self.now = reach, units, now
        self.incident = self.warning = self.order = self.response = self.demand = None

    def reach(self, username):
        return self._reach(username, self.now())


def report(walk):
    alarm = Alarm(unit=walk.units["T11"], place="一楼大厅", what="要求退费", client_id="walk",
                            facts=Facts.from_dict({"headcount": 60, "life_risk": ["suicide_threat"]}))  # fmt: skip
    walk.incident, _ = report_incident(reach=walk.reach("town11.clerk"), alarm=alarm, now=walk.now())


def take(walk):
    incidents.take_over(incident_id=walk.incident.pk, reach=walk.reach("county1.duty"), now=walk.now())


def observe(walk):
    add_observation(
        incident_id=walk.incident.pk, reach=walk.reach("county1.duty"), what="又来十人",
        facts=Facts.from_dict({"headcount": 70}), now=walk.now(),
    )  # fmt: skip


def check(walk):
    mark_item(
        incident_id=walk.incident.pk, reach=walk.reach("county1.duty"), item="L1", outcome="done", note="",
        now=walk.now(),
    )  # fmt: skip


def share(walk):
    sharing.share_incident(
        incident_id=walk.incident.pk, reach=walk.reach("county1.duty"), unit=walk.units["C2"], reason="协助",
        now=walk.now(),
    )  # fmt: skip


def share_with_a_liaison(walk):
    sharing.share_incident(
        incident_id=walk.incident.pk, reach=walk.reach("county1.duty"), person=walk.reach("county2.director").user,
        reason="联络", now=walk.now(),
    )  # fmt: skip


def propose(walk):
    said = proposals.Statement(level="red", reason="人数较多，情绪激动")
    walk.warning = proposals.propose_new_warning(
        incident_id=walk.incident.pk, reach=walk.reach("county1.duty"), statement=said, now=walk.now()
    )


def register(walk):
    walk.demand = demands.register_demand(
        reach=walk.reach("county1.duty"), unit=walk.incident.unit, origin="incident", incident=walk.incident,
        point="要求说明鉴定收费依据", now=walk.now(),
    )  # fmt: skip


def contact(walk):
    note_step(
        reach=walk.reach("county1.duty"),
        demand_id=walk.demand.pk,
        kind="demand.contacted",
        note="已联系",
        now=walk.now(),
    )


def hand_back(walk):
    signing.return_to_drafter(
        warning_id=walk.warning.pk, reach=walk.reach("city.director"), reason="请补充", now=walk.now()
    )


def revise(walk):
    said = proposals.Statement(level="red", reason="已补充：七十人")
    proposals.revise_warning(
        warning_id=walk.warning.pk, reach=walk.reach("county1.duty"), statement=said, now=walk.now()
    )
    proposals.propose_warning(warning_id=walk.warning.pk, reach=walk.reach("county1.duty"), now=walk.now())


def escalate(walk):
    signing.escalate_request(warning_id=walk.warning.pk, clock_id="C000-P1", now=walk.now())


def sign(walk):
    signing.sign_warning(
        warning_id=walk.warning.pk, reach=walk.reach("city.director"), credential=PASSWORD, now=walk.now()
    )


def call(walk):
    person = walk.reach("county1.responder").user
    superior_reports.record_call(
        warning_id=walk.warning.pk, reach=walk.reach("county1.duty"), person=person,
        outcome=CallOutcome.ANSWERED, note="", now=walk.now(),
    )  # fmt: skip


def send_report(walk):
    report = walk.warning.superior_reports.order_by("pk").first()
    superior_reports.send_report(
        report_id=report.pk, reach=walk.reach("city.director"), channel="phone", now=walk.now()
    )


def respond(walk):
    """The city's director starts the response at once; red owes the city's overall plan."""
    walk.response = responses.propose_response(
        incident_id=walk.incident.pk, reach=walk.reach("city.director"), credential=PASSWORD, now=walk.now(),
        statement=responses.Statement(level="red", reason="七十人聚集"),
    )  # fmt: skip


def change_response(walk):
    """Asked for by the desk, and refused."""
    about = {"response_id": walk.response.pk, "now": walk.now()}
    responses.change_response(
        reach=walk.reach("county1.duty"), statement=responses.Statement("x", measures="增派"), **about
    )
    responses.refuse_decision(reach=walk.reach("city.director"), reason="不需要", **about)


def settle(walk):
    for duty in walk.response.obligations.all():
        settle_duty(
            response_id=walk.response.pk, duty_id=duty.pk, reach=walk.reach("county1.duty"), verb="done",
            settled=Settled("电话提请", "总值班室", None, "同意"), now=walk.now(),
        )  # fmt: skip


def send_package(walk):
    """One squad goes, the others are left out."""
    found = packages.ready(walk.response, "red", walk.now())
    (goes,) = [one for one in found.orders if one.line.squad == "perimeter"]
    walk.package = issue_package(
        response_id=walk.response.pk, reach=walk.reach("county1.duty"), level="red", now=walk.now(),
        lines=[SentLine(goes.to, "到一楼大厅警戒", goes.arrive_by, goes.line.id)],
        left_out={one.line.id: "已有人在场" for one in found.orders if one is not goes},
    )  # fmt: skip


def recall_package(walk):
    for line in walk.package.lines.exclude(order=None):
        orders.move_order(
            order_id=line.order_id, reach=walk.reach("county1.duty"), verb=OrderVerb.RECALL, now=walk.now(), note="人数减少"
        )  # fmt: skip


def draft_upward(kind):
    def act(walk):
        report = upward.draft_report(
            incident_id=walk.incident.pk, reach=walk.reach("county1.duty"), kind=kind, recipients=("示例市司法局",),
            now=walk.now(),
        )  # fmt: skip
        missing = dict.fromkeys(gaps(report.fields), "人员平稳")
        if missing:
            upward.revise_report(
                report_id=report.pk, reach=walk.reach("county1.duty"), fields=missing, now=walk.now()
            )
        walk.upward = report

    act.__name__ = f"draft_{kind}_report"
    return act


def ask_upward(walk):
    upward_signing.ask_for_signature(
        report_id=walk.upward.pk, reach=walk.reach("county1.duty"), now=walk.now()
    )


def sign_upward(walk):
    upward_signing.sign_report(
        report_id=walk.upward.pk, reach=walk.reach("city.director"), credential=PASSWORD, now=walk.now()
    )


def send_upward(walk):
    upward_sending.send_report(
        report_id=walk.upward.pk, reach=walk.reach("county1.duty"), channel="fax", now=walk.now()
    )


def receive_upward(walk):
    for delivery in walk.upward.deliveries.all():
        upward_sending.record_receipt(
            report_id=walk.upward.pk, reach=walk.reach("county1.duty"), receiver="总值班室", now=walk.now(),
            recipient=delivery.recipient or delivery.title_zh,
        )  # fmt: skip


def end_response(walk):
    responses.end_response(
        response_id=walk.response.pk, reach=walk.reach("city.director"), reason="人员离开", credential=PASSWORD,
        now=walk.now(),
    )  # fmt: skip


def measure(walk):
    """What is done on which law, what is said publicly, which recording there is."""
    about = {"incident_id": walk.incident.pk, "reach": walk.reach("county1.duty"), "now": walk.now()}
    measures.take_measure(stated=measures.Stated("分区接待", "突发事件应对法"), **about)
    walk.statement = statements.draft_statement(text="工作人员正在逐一答复。", **about)
    walk.evidence = evidence.enter_evidence(what="大厅录像", kept=evidence.Kept("后勤股", "机房"), **about)


def say(walk):
    about = {"statement_id": walk.statement.pk, "now": walk.now()}
    statements.move_statement(reach=walk.reach("county1.leader"), verb="approve", **about)
    statements.move_statement(reach=walk.reach("county1.duty"), verb="release", place="网站", **about)
    evidence.hand_on_evidence(
        item_id=walk.evidence.pk, kept=evidence.Kept("城关派出所", "证物室", "需要"),
        reach=walk.reach("county1.duty"), now=walk.now(),
    )  # fmt: skip


def order(walk):
    walk.order = orders.issue_order(
        incident_id=walk.incident.pk, reach=walk.reach("county1.duty"), task="到一楼大厅对话",
        target=orders.read_target("squad:dialogue@C1"), arrive_by=None, now=walk.now(),
    )  # fmt: skip


def move(username, verb):
    def act(walk):
        orders.move_order(
            order_id=walk.order.pk, reach=walk.reach(username), verb=verb, now=walk.now(), note="已处理"
        )

    act.__name__ = verb
    return act


def receive(walk):
    """A joint command centre orders help for what is on the board already: it is tied to that at once."""
    asked = linkage.Asked(
        centre="联动中心", outside_number="LD-1", nature="纠纷", place="大厅", asked="派调解员"
    )
    walk.linkage, _ = linkage.receive_order(
        reach=walk.reach("county1.leader"),
        unit=walk.units["C1"],
        asked=asked,
        via=Via.HAND,
        now=walk.now(),
        drill=walk.incident.drill,
    )
    linkage.tie_order(incident_id=walk.incident.pk, **_linked(walk))


def report_for_duty(walk):
    linkage.report_for_duty(to="指挥长", **_linked(walk))


def tell_centre(walk):
    """It does not get through at first."""
    about = {"way": "phone", "reach": walk.reach("county1.duty"), "now": walk.now()}
    for kind in ("progress", "final"):
        report = reporting.report_on_order(
            order_id=walk.linkage.pk, kind=kind, text="已化解", failed="占线", **about
        )
        reporting.try_again(report_id=report.pk, **about)
        reporting.record_receipt(report_id=report.pk, reach=about["reach"], receipt="77", now=about["now"])


def _linked(walk):
    return {"order_id": walk.linkage.pk, "reach": walk.reach("county1.duty"), "now": walk.now()}


def call_in(walk):
    about = {"reach": walk.reach("county1.duty"), "now": walk.now()}
    walk.call, *walk.called = attendance.notify_units(
        incident_id=walk.incident.pk, kind="department", units=["住建局", "人社局"], way="phone", **about
    )
    attendance.decide_route(
        incident_id=walk.incident.pk, route="single_unit", who="住建局", reason="单一事项", **about
    )
    walk.offer = attendance.offer_reception(
        incident_id=walk.incident.pk, place="接待室", begins_at=walk.now() + timedelta(hours=1), **about
    )


def come(walk):
    about = {"reach": walk.reach("county1.duty"), "now": walk.now()}
    attendance.move_call(call_id=walk.call.pk, verb="arrive", said="局长", **about)
    attendance.answer_offer(offer_id=walk.offer.pk, verb="let-pass", **about)
    for other in walk.called:
        attendance.move_call(call_id=other.pk, verb="stand-down", said="无需到场", **about)


def hand_over(walk):
    given = handing_over.Given(what="秩序", to_whom="所长", agency_kind="police", agency="派出所")
    walk.handed = handing_over.hand_over(
        incident_id=walk.incident.pk, given=given, reach=walk.reach("county1.duty"), now=walk.now()
    )


def hear(walk):
    handing_over.note_answer(
        handed_id=walk.handed.pk,
        verb="taken",
        answer="已派",
        reach=walk.reach("county1.duty"),
        now=walk.now(),
    )


def adjust(walk):
    said = proposals.Statement(level="orange", reason="人数减少")
    earlier, walk.warning = (
        walk.warning,
        proposals.adjust_warning(
            warning_id=walk.warning.pk, reach=walk.reach("county1.duty"), statement=said, now=walk.now()
        ),
    )
    sign(walk)
    assert earlier.pk != walk.warning.pk


def go_over(walk):
    """A newer version of the plan is in force; a leader lets the incident go over to it."""
    text = (settings.BASE_DIR / "plans/library/city-justice-bureau.yaml").read_text()
    text = text.replace("version: 2\n", "version: 3\n", 1).replace("between: [21, 50]", "between: [21, 80]")
    newer = load_plan(text=text.replace("gte: 51", "gte: 81"), actor=None, now=walk.now(), put_in_force=True)
    switch_plan(
        incident_id=walk.incident.pk, reach=walk.reach("county1.director"), to=newer.ref, reason="新版施行",
        credential=PASSWORD, now=walk.now(),
    )  # fmt: skip
    assert Incident.objects.get(pk=walk.incident.pk).proposed_level == "orange"


def lift(walk):
    signing.lift_warning(
        warning_id=walk.warning.pk,
        reach=walk.reach("city.director"),
        reason="人员已离开",
        credential=PASSWORD,
        now=walk.now(),
    )


def close(walk):
    incidents.close_incident(
        incident_id=walk.incident.pk,
        reach=walk.reach("county1.duty"),
        summary="已逐条登记",
        answers=answered(walk.incident, walk.now()),
        now=walk.now(),
    )


def reopen(walk):
    incidents.reopen_incident(
        incident_id=walk.incident.pk, reach=walk.reach("county1.duty"), reason="又来了", now=walk.now()
    )
    assert Incident.objects.get(pk=walk.incident.pk).is_open


ACTS = [
    report, take, observe, check, share, share_with_a_liaison, propose, hand_back, revise, escalate, sign, call, send_report,
    respond, measure, say, register, contact, order,
    move("county1.squad.dialogue", OrderVerb.ACKNOWLEDGE), move("county1.squad.dialogue", OrderVerb.DEPART),
    move("county1.squad.dialogue", OrderVerb.ARRIVE), move("county1.duty", OrderVerb.CONFIRM_ARRIVAL),
    receive, report_for_duty, call_in, come, hand_over, hear, tell_centre, adjust,
    change_response, send_package, recall_package,
    draft_upward("initial"), ask_upward, sign_upward, send_upward, receive_upward,
    draft_upward("final"), sign_upward, send_upward, settle, move("county1.squad.dialogue", OrderVerb.COMPLETE),
    end_response, go_over, lift, close, reopen,
]  # fmt: skip
