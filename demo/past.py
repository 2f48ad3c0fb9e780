"""The demo bureau's last week: what was reported each day, and one incident from the alarm to its close.

Played by the real actions at the moments at which they would have happened, so that the matrix, the pictures over
time, the proof sheet and the measured promise have something true to show.
"""

from datetime import datetime, time, timedelta

from accounts.models import Unit, User
from accounts.scope import reach_of
from accounts.sign_in.passwords import quick_hash, random_password
from cases.demands import actions as demands
from cases.demands.answering import promise_answer
from cases.demands.choices import DemandOrigin, Told
from command.activation import actions as responses
from command.destruction import actions as destruction
from command.destruction import gathered
from command.destruction.rules import code_of, digest
from command.evidence import actions as evidence
from command.measures import actions as measures
from command.orders import actions as orders
from command.orders.choices import OrderVerb
from command.report_chain import actions as reports
from command.report_chain import sending as reports_sending
from command.report_chain import signing as reports_signing
from command.statements import actions as statements
from command.statements.choices import StatementVerb
from common.dates.local_time import LOCAL, day_of
from common.dates.periods import DAILY, period_of
from early_warnings.choices import CallOutcome
from early_warnings.outgoing import superior_reports
from early_warnings.proposals import actions as proposals
from early_warnings.signing import actions as signing
from incidents import actions as incidents
from incidents.checklist.actions import mark_item
from incidents.checklist.queries import open_lines
from incidents.reporting.actions import Alarm, report_incident
from notices.actions import acknowledge_about, acknowledge_notice
from notices.choices import ON_SCREEN
from notices.models import Notice
from notices.sending import outbox
from plans.engine.facts import Facts
from zero_reports.filing.actions import Item, file_report
from zero_reports.filing.choices import Answer
from zero_reports.rounds.actions import fix_rounds, open_rounds

DAYS = 7
#: What came to the county's counter, so many days ago.
COUNTER = {6: "公证费用退还的办理时间", 4: "法律援助申请的审查结果", 1: "调解协议的履行督促"}
#: What the county told them: an answer within so many working days.
PROMISED = 10
#: The incident happened so many days ago.
INCIDENT = 3
#: After the last cut-off of a day.
EVENING = time(18, 30)
#: Of every so many answers one is late, is missing, or says what there was.
LATE, SILENT, SAID = 23, 17, 29
#: Whom the county told of it.
ABOVE = "江州市信访局"
STATEMENT = "今天上午有群众到一楼大厅反映调解事项，工作人员正在逐条登记并答复。需要咨询的，请到一楼接待室。"
#: Lines of the incident's checklist that were not needed; the others were done.
CHECKED = {"call_120": ("not_needed", "秩序平稳，无人身危险")}
ITEMS = (
    Item("labour", 2, "工地欠薪，已引导至法律援助窗口"),
    Item("environment", 1, "施工噪声扰民，当日调解"),
    Item("land", 1, "补偿款发放时间咨询"),
)


def begin_of(now: datetime) -> datetime:
    """When the demo bureau came to be."""
    return _at(now, DAYS, time(8))


def seed(people: dict[str, User], now: datetime) -> None:
    for ago in range(DAYS, 0, -1):
        _reports(people, now, ago)
        if ago in COUNTER:
            _at_the_counter(people, _at(now, ago, time(9, 40)), COUNTER[ago])
        if ago == INCIDENT:
            _Incident(people, _at(now, ago, time(10, 12))).play()
        fix_rounds(now=_at(now, ago, EVENING))


def _at(now: datetime, ago: int, clock: time) -> datetime:
    return datetime.combine(day_of(now) - timedelta(days=ago), clock, LOCAL)


def _reports(people: dict[str, User], now: datetime, ago: int) -> None:
    """Everybody is asked every day; most answer in time, a few late or not at all, on different days."""
    opened = _at(now, ago, time(8, 30))
    open_rounds(now=opened)
    period = period_of(DAILY, day_of(opened))
    for number, unit in enumerate(Unit.objects.order_by("path")):
        turn = number + 5 * ago
        if turn % SILENT == 0 or unit.tier == "city":
            continue
        at = _at(now, ago, time(18, 10) if turn % LATE == 0 else time(15, turn % 60))
        items = [ITEMS[turn % len(ITEMS)]] if turn % SAID == 0 else []
        answer = Answer.ITEMS if items else Answer.NIL
        reach = reach_of(_reporter(people, unit), at)
        file_report(reach=reach, unit=unit, period=period, answer=answer, items=items, now=at)


def _at_the_counter(people: dict[str, User], at: datetime, point: str) -> None:
    """A demand, and the promise that was made with it."""
    desk, unit = reach_of(people["county1.duty"], at), Unit.objects.get(code="C1")
    demand = demands.register_demand(reach=desk, unit=unit, origin=DemandOrigin.COUNTER, point=point, now=at)
    promise_answer(
        reach=desk,
        demand_id=demand.pk,
        days=PROMISED,
        told_how=Told.IN_PERSON,
        now=at + timedelta(minutes=12),
    )


def _reporter(people: dict[str, User], unit: Unit) -> User:
    """Who files for this unit, by the pattern of the usernames."""
    prefix, login = {
        "county": ("county", "duty"),
        "township": ("town", "clerk"),
        "village": ("village", "informant"),
    }[unit.tier]
    return people[f"{prefix}{unit.code[1:]}.{login}"]


class _Incident:
    """A dozen people about a mediation: yellow, signed by the county director, over before lunch."""

    def __init__(self, people: dict[str, User], begun: datetime):
        self.people, self.now = people, begun

    def play(self) -> None:
        incident = self._reported()
        self._after(70)
        incidents.take_over(incident_id=incident.pk, reach=self._reach("duty"), now=self.now)
        self._checked(incident)
        warning, password = self._signed(incident)
        self._heard(warning)
        self._told_upward(incident, "initial", "已派员到场，正在对话。", password)
        response = self._responded(incident, password)
        self._ordered(incident)
        self._written_down(incident)
        self._after(46 * 60)
        responses.end_response(
            response_id=response.pk,
            reach=self._reach("director"),
            reason="诉求登记完毕，人员有序离开",
            credential=password,
            now=self.now,
        )
        self._after(60)
        signing.lift_warning(
            warning_id=warning.pk,
            reach=self._reach("director"),
            reason="诉求已逐条登记，人员已离开",
            credential=password,
            now=self.now,
        )
        self._told_upward(incident, "final", "诉求已逐条登记，人员已离开，无伤亡。", password)
        self._after(120)
        self._all_seen(warning)
        incidents.close_incident(
            incident_id=incident.pk,
            reach=self._reach("duty"),
            summary="对话专班接待，诉求逐条登记，十个工作日内书面答复",
            now=self.now,
        )
        self._after(15 * 60)
        incident.refresh_from_db()
        destruction.issue_certificate(
            incident_id=incident.pk,
            reach=self._reach("director"),
            list_code=code_of(digest(gathered.of(incident))),
            kept={},
            credential=password,
            now=self.now,
        )

    def _checked(self, incident) -> None:
        """Every line answered on the way, so that closing has nothing left to ask."""
        for line in open_lines(incident):
            outcome, note = CHECKED.get(line.item.id, ("done", ""))
            duty = self._reach("duty")
            mark_item(
                incident_id=incident.pk,
                reach=duty,
                item=line.item.id,
                outcome=outcome,
                note=note,
                now=self.now,
            )

    def _after(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)

    def _reach(self, login: str):
        return reach_of(self.people[f"county1.{login}"], self.now)

    def _reported(self):
        alarm = Alarm(
            unit=Unit.objects.get(code="T11"),
            place="城关镇司法所一楼",
            what="十余人到场，对调解协议有异议",
            facts=Facts.from_dict({"headcount": {"low": 12, "high": 18}, "acts": ["banner"]}),
            client_id="demo-past",
        )
        clerk = reach_of(self.people["town11.clerk"], self.now)
        return report_incident(reach=clerk, alarm=alarm, now=self.now)[0]

    def _signed(self, incident):
        """The password is of this moment only: the list of accounts gets another one."""
        self._after(95)
        level = incident.proposed_level
        statement = proposals.Statement(level=level, reason="十余人聚集并拉横幅，情绪可控")
        warning = proposals.propose_new_warning(
            incident_id=incident.pk, reach=self._reach("duty"), statement=statement, now=self.now
        )
        self._after(110)
        director, password = self.people["county1.director"], random_password()
        director.password = quick_hash(password)
        director.save(update_fields=["password"])
        signing.sign_warning(
            warning_id=warning.pk, reach=self._reach("director"), credential=password, now=self.now
        )
        outbox.send_due(self.now)
        return warning, password

    def _heard(self, warning) -> None:
        """Those who were told say so one after the other; the first responder is telephoned."""
        for username in ("county1.duty", "county1.leader", "city.duty", "city.leader", "county1.responder"):
            self._after(14)
            acknowledge_about(subject=warning.key, actor=self.people[username], now=self.now)
        superior_reports.record_call(
            warning_id=warning.pk,
            reach=self._reach("duty"),
            person=self.people["county1.responder"],
            outcome=CallOutcome.ANSWERED,
            note="",
            now=self.now,
        )

    def _told_upward(self, incident, kind: str, result: str, password: str) -> None:
        """A report of the chain: telephoned, signed, sent and received. The plan names nobody above for yellow."""
        self._after(40)
        report = reports.draft_report(
            incident_id=incident.pk, reach=self._reach("duty"), kind=kind, recipients=[ABOVE], now=self.now
        )
        about = {"report_id": report.pk}
        duty = self._reach("duty")
        reports_sending.record_telephone_report(**about, reach=duty, told_whom="值班室", now=self.now)
        reports.revise_report(**about, reach=duty, fields={"result": result}, now=self.now)
        self._after(200)
        reports_signing.sign_report(**about, reach=self._reach("director"), credential=password, now=self.now)
        self._after(30)
        reports_sending.send_report(**about, reach=self._reach("duty"), channel="intranet", now=self.now)
        self._after(300)
        reports_sending.record_receipt(**about, reach=self._reach("duty"), receiver="值班室", now=self.now)

    def _all_seen(self, warning) -> None:
        """Nobody's list of today begins with what was over days ago."""
        outbox.send_due(self.now)
        for notice in Notice.objects.filter(thread=warning.thread, state__in=ON_SCREEN):
            acknowledge_notice(notice_id=notice.pk, actor=notice.recipient, now=self.now)

    def _responded(self, incident, password):
        """The director starts the plan's response with the same credential; the command post forms itself."""
        self._after(20)
        return responses.propose_response(
            incident_id=incident.pk,
            reach=self._reach("director"),
            statement=responses.Statement(
                reason="人数较多，需对话专班到场",
                measures="分区接待，逐条登记诉求",
                level=incident.proposed_level,
            ),
            credential=password,
            now=self.now,
        )

    def _written_down(self, incident) -> None:
        """What was done and on which law, what was said publicly, which recording there is and who keeps it."""
        about = {"incident_id": incident.pk, "reach": self._reach("duty")}
        measures.take_measure(
            stated=measures.Stated(
                "一楼大厅分区接待，腾出通道",
                "突发事件应对法第七十三条",
                touches_rights=True,
                proportionality="只限通道两米，其余区域照常开放",
            ),
            now=self.now,
            **about,
        )
        statement = statements.draft_statement(text=STATEMENT, now=self.now, **about)
        for seconds, login, verb in (
            (180, "leader", StatementVerb.APPROVE),
            (120, "duty", StatementVerb.RELEASE),
        ):
            self._after(seconds)
            statements.move_statement(
                statement_id=statement.pk, reach=self._reach(login), verb=verb, place="局官方网站、大厅公告栏",
                now=self.now,
            )  # fmt: skip
        evidence.enter_evidence(
            what="一楼大厅录像（全程）", kept=evidence.Kept("后勤股", "机房录像机"), now=self.now, **about
        )

    def _ordered(self, incident) -> None:
        order = orders.issue_order(
            incident_id=incident.pk,
            reach=self._reach("duty"),
            task="到城关镇司法所对话，逐条登记诉求",
            target=orders.read_target("squad:dialogue@C1"),
            arrive_by=None,
            now=self.now,
        )
        for seconds, login, verb in (
            (40, "squad.dialogue", OrderVerb.ACKNOWLEDGE),
            (150, "squad.dialogue", OrderVerb.DEPART),
            (660, "squad.dialogue", OrderVerb.ARRIVE),
            (60, "duty", OrderVerb.CONFIRM_ARRIVAL),
            (1500, "squad.dialogue", OrderVerb.COMPLETE),
        ):
            self._after(seconds)
            reach = self._reach(login)
            orders.move_order(order_id=order.pk, reach=reach, verb=verb, now=self.now, note="已处理")
