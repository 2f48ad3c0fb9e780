"""Yesterday in county 3, where the linkage plan is in force: an order of the joint command centre, answered in full."""

from datetime import datetime, time, timedelta

from accounts.models import Unit, User
from accounts.scope import reach_of
from command.handing_over.actions import Given, hand_over, note_answer
from command.handing_over.choices import HandingVerb
from command.linkage import actions, reporting
from command.linkage.actions import Asked
from command.linkage.choices import ReportKind, Via, Way
from common.dates.local_time import LOCAL, day_of
from incidents.actions import close_incident
from incidents.checklist.actions import mark_item
from incidents.checklist.queries import open_lines
from incidents.models import Incident
from resources.partners.choices import PartnerKind
from resources.partners.queries import partners_serving

CENTRE = "社会应急联动指挥中心"


def seed(people: dict[str, User], now: datetime) -> None:
    at = datetime.combine(day_of(now) - timedelta(days=1), time(14, 20), LOCAL)
    asked = Asked(
        centre=CENTRE,
        outside_number="LD-2026-0087",
        nature="突发矛盾纠纷",
        place="东湖花园售楼处",
        asked="派调解员到场，协助处理延期交房争议",
        received_at=at,
        arrive_by=at + timedelta(minutes=30),
        report_to="现场指挥长",
    )
    duty = people["county3.duty"]
    unit = Unit.objects.get(code="C3")
    order, _is_new = actions.receive_order(
        reach=reach_of(duty, at), unit=unit, asked=asked, via=Via.HAND, now=at + timedelta(minutes=2)
    )

    def about(minutes: int) -> dict:
        then = at + timedelta(minutes=minutes)
        return {"order_id": order.pk, "reach": reach_of(duty, then), "now": then}

    incident = actions.open_incident(**about(4)).incident
    assert incident is not None
    actions.report_for_duty(to="现场指挥长", note="两名调解员", **about(24))
    _hand_over(incident, unit, about(35))
    _send(ReportKind.PROGRESS, "调解员已到场，双方同意坐下来谈。", about(40), receipt="值班长")
    report = _send(
        ReportKind.FEEDBACK, "双方达成延期补偿意向，人员已离开。", about(130), failed="传真无人接收"
    )
    reporting.try_again(
        report_id=report.pk,
        reach=reach_of(duty, at),
        way=Way.PHONE,
        receipt="值班长",
        now=at + timedelta(minutes=140),
    )
    actions.complete_order(**about(145))
    _send(
        ReportKind.FINAL,
        "书面报告：争议经过、处置措施、达成的意向和后续安排。",
        about(200),
        receipt="LD-2026-0087-回",
    )

    over = at + timedelta(minutes=205)
    for line in open_lines(incident):
        mark_item(
            incident_id=incident.pk, reach=reach_of(duty, over), item=line.item.id, outcome="done", note="", now=over
        )  # fmt: skip
    close_incident(
        incident_id=incident.pk,
        reach=reach_of(duty, over),
        summary="达成延期补偿意向，已书面报告联动中心",
        now=over,
    )


def _hand_over(incident: Incident, unit: Unit, about: dict) -> None:
    """The road in front of the place is the police's."""
    police = next(partner for partner in partners_serving(unit) if partner.kind == PartnerKind.POLICE)
    asked = {"reach": about["reach"], "now": about["now"]}
    handed = hand_over(
        incident_id=incident.pk,
        given=Given(partner=police, what="售楼处门前道路秩序", to_whom="值班长", way=Way.PHONE),
        **asked,
    )
    note_answer(handed_id=handed.pk, verb=HandingVerb.TAKEN, answer="已派两名民警到场", **asked)


def _send(kind: str, text: str, about: dict, **more: str):
    way = Way.FAX if more.get("failed") else Way.PHONE
    return reporting.report_on_order(kind=kind, text=text, way=way, **more, **about)
