"""The duty to answer, so that every room has something in it: receptions, a leader case, a team and its visit, who answers
for each unit. County 2 follows plan 004 for these weeks; the counter is county 1's, where most visitors look first.
"""

from collections.abc import Iterator
from datetime import datetime, time, timedelta

from accounts.choices import PostKind
from accounts.models import Post, Unit, User
from accounts.posts.actions import appoint_person
from accounts.scope import Reach, reach_of
from cases.demands.actions import register_demand
from cases.demands.answering import promise_answer
from cases.demands.choices import DemandOrigin, PassedOn, Told
from cases.leader_cases import actions as leader_cases
from cases.leader_cases.models import LeaderCase
from cases.receptions import actions as receptions
from cases.receptions import counter
from cases.receptions.choices import ReceptionOutcome
from cases.receptions.counter import Arrival
from cases.receptions.points import Point
from common.dates.local_time import LOCAL, day_of
from duty.responsibles.actions import Named, take_in
from duty.responsibles.choices import Part
from plans.document.campaigns import Term
from plans.lifecycle.actions import put_plan_in_force
from plans.lifecycle.models import PlanVersion
from rosters.months.actions import set_rotation
from supervision.corrections import actions as corrections
from supervision.teams.actions import Makeup, set_up_team
from supervision.visits.actions import Seen, record_visit, send_form
from supervision.visits.choices import LookedAt

CAMPAIGN = "cn-jintan-campaign-004"
#: So long the campaign of county 2 lasts.
DAYS = 60
#: Receiving leaders take turns on these days of the week, at the county's counter.
DAYS_OF_RECEPTION, OPEN, CLOSED = "135", time(9), time(11, 30)
RECEPTION_ROOM = "一楼群众接待室"
#: For the leader case: 五定 and 三包, in words a bureau would use.
PLAN = {
    "measures": "核对工程款支付凭证，约谈项目部，逐人核算工资",
    "team": "分管副局长、对话专班、法律援助中心",
    "quality": "书面答复送达，协议履行完毕，无反复",
    "investigate": "法律援助中心查清欠付数额",
    "handle": "分管副局长协调住建部门督促支付",
    "settle": "司法所回访协议履行情况",
}


def seed(people: dict[str, User], now: datetime) -> None:
    _responsibles(people, now)
    _at_the_counter(people, now)
    _campaign(now)
    _leader_case(people, now)
    _visit(people, now)


def _reach(people: dict[str, User], login: str, at: datetime) -> Reach:
    return reach_of(people[login], at)


def _responsibles(people: dict[str, User], now: datetime) -> None:
    """Three who answer for each unit, who reports, and the stand-in (plan 004 §四3)."""
    lines = [(unit, _named(unit, people)) for unit in Unit.objects.order_by("path")]
    take_in(reach=_reach(people, "city.director", now), lines=lines, now=now)


def _named(unit: Unit, people: dict[str, User]) -> Named:
    number = unit.code[1:]
    town = f"town{number[:2]}"
    logins = {
        "city": ["city.director", "city.deputy", "city.duty", "city.duty", "city.leader"],
        "county": [f"county{number}.{one}" for one in ("director", "deputy", "duty", "duty", "leader")],
        "township": [f"{town}.head", f"{town}.head", f"{town}.clerk", f"{town}.clerk", f"{town}.head"],
        "village": [f"{town}.head", f"{town}.clerk", f"village{number}.informant", f"village{number}.informant", f"{town}.clerk"],
    }[unit.tier]  # fmt: skip
    return {part: people[login] for part, login in zip(Part.values, logins, strict=True)}


def seat_receiving_leaders(people: dict[str, User], now: datetime) -> None:
    """Two leaders take turns at the county's counter on Mondays, Wednesdays and Fridays; today one is there. Before the
    rosters are drafted."""
    unit = Unit.objects.get(code="C1")
    post = Post.objects.create(
        unit=unit, kind=PostKind.RECEIVING_LEADER, title="接访领导", title_en="Receiving leader"
    )
    pair = [people["county1.director"], people["county1.deputy"]]
    for person in pair:
        appoint_person(person=person, post=post, actor=None, now=now)
    today = day_of(now)
    set_rotation(
        reach=_reach(people, "county1.leader", now), post=post, people=pair, first_day=today, hand_over=OPEN, day_ends=CLOSED,
        weekdays="".join(sorted({*DAYS_OF_RECEPTION, str(today.isoweekday())})), now=now,
    )  # fmt: skip


def _at_the_counter(people: dict[str, User], now: datetime) -> None:
    """One reception is over, with its points on the way; one is booked for tomorrow morning."""
    desk, unit = _reach(people, "county1.duty", now), Unit.objects.get(code="C1")
    came = min(now, datetime.combine(day_of(now), time(9, 20), LOCAL))
    done = counter.receive_people(
        reach=desk, unit=unit, place=RECEPTION_ROOM, about="工地工资支付",
        arrival=Arrival(5, is_group=True, representatives=2, recording_told=True, evidence="工资结算单复印件两份"),
        points=[
            Point("项目部说明欠付工资的数额和支付时间", confirmed=True),
            Point("法律援助申请尽快受理", confirmed=True),
        ],
        receivers=[people["county1.director"]], now=came,
    )  # fmt: skip
    counter.hand_over_notice(reach=desk, reception_id=done.pk, number="接字2026第1号", now=came)
    counter.end_reception(
        reach=desk, reception_id=done.pk, outcome=ReceptionOutcome.PASSED_ON,
        result="两条诉求转法律援助中心和住建部门，十个工作日内书面答复", now=came,
    )  # fmt: skip
    receptions.book_reception(
        reach=desk, unit=unit, place=RECEPTION_ROOM, about="公证费用退还",
        scheduled_at=datetime.combine(day_of(now) + timedelta(days=1), time(10), LOCAL),
        expected=2, receivers=[people["county1.deputy"]], now=now,
    )  # fmt: skip


def _campaign(now: datetime) -> None:
    version = PlanVersion.objects.get(plan__plan_id=CAMPAIGN)
    term = Term(valid_from=day_of(now), valid_to=day_of(now) + timedelta(days=DAYS))
    put_plan_in_force(version_id=version.pk, actor=None, now=now, term=term, reason="演示数据")


def _leader_case(people: dict[str, User], now: datetime) -> None:
    """A demand with a promise, passed on by the government above: its trigger proposes the case, and a leader has it."""
    desk, unit = _reach(people, "county2.duty", now), Unit.objects.get(code="C2")
    demand = register_demand(
        reach=desk, unit=unit, origin=DemandOrigin.TRANSFER, passed_on=PassedOn.GOVERNMENT, point="工业园项目工资拖欠，请督促支付",
        office_number="XF-DEMO-0001", now=now,
    )  # fmt: skip
    promise_answer(reach=desk, demand_id=demand.pk, days=5, told_how=Told.BY_PHONE, now=now)
    case = LeaderCase.objects.get(demand=demand)
    leaders = _reach(people, "county2.director", now)
    leader_cases.accept_case(reach=leaders, case_id=case.pk, leader=people["county2.deputy"], now=now)
    leader_cases.start_case(
        reach=_reach(people, "county2.deputy", now), case_id=case.pk,
        plan=leader_cases.Plan(**PLAN, due_date=day_of(now) + timedelta(days=45)), now=now,
    )  # fmt: skip


def _visit(people: dict[str, User], now: datetime) -> None:
    """A team of county 2 went to a township; form F8 is sent, and a danger it found is set to be put right."""
    leaders = _reach(people, "county2.director", now)
    county, town = Unit.objects.get(code="C2"), Unit.objects.get(code="T21")
    team = set_up_team(
        reach=leaders, unit=county, now=now,
        makeup=Makeup("第一督查组", people["county2.deputy"], [people["county2.petition"]], list(_towns(county))),
    )  # fmt: skip
    own = _reach(people, "county2.deputy", now)
    visit = record_visit(
        team_id=team.pk, reach=own, unit=town, now=now,
        seen=Seen(
            visited_on=day_of(now), villages=2, came="司法所所长、文书", topics=[LookedAt.PETITIONS, LookedAt.DUTIES],
            looked_at="排查台账、零报告签收、值班记录", found="台账齐全，值班室应急物资未按清单配齐",
            said="两日内补齐物资并报县局", responsible="司法所所长",
        ),
    )  # fmt: skip
    send_form(visit_id=visit.pk, reach=own, now=now)
    corrections.set_correction(
        visit_id=visit.pk, reach=own, danger="值班室应急物资未按清单配齐", measures="按清单补齐并登记有效期",
        responsible="司法所所长", due_date=day_of(now) + timedelta(days=7), now=now,
    )  # fmt: skip


def _towns(county: Unit) -> Iterator[Unit]:
    yield from Unit.objects.filter(parent=county, tier="township").order_by("path")
