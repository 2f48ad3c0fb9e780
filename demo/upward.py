"""What goes upward in the demo bureau: two matters, one of them under way, a demand with its clock, and a township that has confirmed yesterday."""

from datetime import datetime

from accounts.models import Unit, User
from accounts.scope import reach_of
from cases.demands.actions import take_on
from cases.demands.answering import note_step
from cases.matters.actions import assign_matter, register_matter
from cases.official_forms.actions import begin_form
from common.dates.local_time import day_of
from common.dates.periods import DAILY, period_of
from zero_reports.filing.actions import Item, file_report
from zero_reports.filing.choices import Answer
from zero_reports.filing.models import ReportItem
from zero_reports.rollups.actions import confirm_roll_up

#: Village → what it reports today. They are not among those the list of the missing shows.
REPORTED = {
    "V113": Item("labour", 3, "装修工程款拖欠，三人咨询"),
    "V123": Item("land", 1, "两户对补偿标准有异议"),
}


def seed(people: dict[str, User], now: datetime) -> None:
    today = period_of(DAILY, day_of(now))
    units = {unit.code: unit for unit in Unit.objects.filter(code__in=[*REPORTED, "T11", "C1"])}
    for code, item in REPORTED.items():
        reach = reach_of(people[f"village{code.removeprefix('V')}.informant"], now)
        file_report(reach=reach, unit=units[code], period=today, answer=Answer.ITEMS, items=[item], now=now)

    duty = reach_of(people["county1.duty"], now)
    reported = ReportItem.objects.get(report__unit=units["V113"], report__current=True)
    matter = register_matter(reach=duty, item_id=reported.pk, now=now)
    assign_matter(reach=duty, matter_id=matter.pk, lead=units["T11"], helpers=[units["C1"]], now=now)
    begin_form(reach=duty, kind="F1", unit=units["C1"], day=day_of(now), now=now)
    confirm_roll_up(
        reach=reach_of(people["town11.head"], now),
        unit=units["T11"],
        period=today.shifted(-1),
        now=now,
        note="辖区总体平稳。",
    )
    _seed_demand(people, now)


def _seed_demand(people: dict[str, User], now: datetime) -> None:
    """Where the plan for receptions is in force: a matter that is answered as a demand, within thirty days."""
    village = Unit.objects.get(code="V341")
    file_report(
        reach=reach_of(people["village341.informant"], now),
        unit=village,
        period=period_of(DAILY, day_of(now)),
        answer=Answer.ITEMS,
        items=[Item("environment", 2, "养殖场异味，两户再次反映")],
        now=now,
    )
    head = reach_of(people["town34.head"], now)
    reported = ReportItem.objects.get(report__unit=village, report__current=True)
    asked = {
        "reach": head,
        "matter_id": register_matter(reach=head, item_id=reported.pk, now=now).pk,
        "now": now,
    }
    demand = take_on(**asked, office_number="XF-2026-0117")
    note_step(
        reach=head, demand_id=demand.pk, now=now, kind="demand.contacted", note="已当面沟通，告知三十日内答复"
    )
