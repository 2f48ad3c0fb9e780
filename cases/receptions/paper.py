"""The receipt that is handed over at the counter, in Chinese whatever language the page is in. It names nobody."""

from datetime import datetime

from django.http import HttpResponse
from django.utils import translation

from cases.receptions.models import Reception, ReceptionPoint
from common.dates.local_time import LOCAL, day_of
from common.documents.official_documents import Block, Fields, Paper, Paragraph, Table, respond
from common.errors import WrongState


def paper_of(reception: Reception, now: datetime) -> Paper:
    """When and where, how many, each confirmed point with its number and by when it is answered."""
    points = list(
        reception.points.exclude(confirmed_at=None).select_related("demand__lead_unit").order_by("place")
    )
    if reception.begun_at is None:
        raise WrongState("not_begun", _not_begun(reception))
    with translation.override("zh-hans"):
        return Paper(
            issuer=reception.unit.name,
            number=reception.number,
            title="来访事项登记回执",
            body=tuple(_body(reception, points)),
            signed=reception.unit.name,
            dated=day_of(now),
            notes=_notes(points),
            drill=reception.drill,
        )


def respond_with(reception: Reception, kind: str, now: datetime) -> HttpResponse:
    paper = paper_of(reception, now)
    with translation.override("zh-hans"):
        return respond(paper, kind, name=reception.number)


def _not_begun(reception: Reception) -> str:
    return translation.gettext(
        "No receipt was made: nobody has come to %(number)s yet. Note first that they have come."
    ) % {"number": reception.number}


def _body(reception: Reception, points: list[ReceptionPoint]) -> list[Block]:
    assert reception.begun_at is not None
    rows = [
        ("接访时间", f"{reception.begun_at.astimezone(LOCAL):%Y-%m-%d %H:%M}"),
        ("接访地点", reception.place),
        ("到场人数", str(reception.came)),
    ]
    if reception.representatives:
        rows.append(("推选代表", f"{reception.representatives}人"))
    if reception.evidence:
        rows.append(("出示、提交的材料", reception.evidence))
    if reception.recording_told:
        rows.append(("录音录像", "已事先告知"))
    found: list[Block] = [Fields(tuple(rows))]
    if points:
        found.append(
            Table(("序号", "诉求要点（已逐条复述确认）", "编号", "责任单位", "答复期限"),
                  tuple(_row(n, point) for n, point in enumerate(points, start=1)), (1, 6, 5, 4, 3))
        )  # fmt: skip
    else:
        found.append(Paragraph("本次来访未登记诉求。"))
    found.append(Paragraph("接访人（签名）：　　　　　　　　来访人（签名）："))
    return found


def _row(n: int, point: ReceptionPoint) -> tuple[str, ...]:
    demand = point.demand
    if demand is None:
        return (str(n), point.point, "演练，未登记", "—", "—")
    due = f"{day_of(demand.due)}" if demand.due else "—"
    return (str(n), point.point, demand.number, demand.lead_unit.name, due)


def _notes(points: list[ReceptionPoint]) -> tuple[str, ...]:
    notices = sorted(
        {one.demand.receipt_number for one in points if one.demand and one.demand.receipt_number}
    )
    waits = any(one.demand and one.demand.accepted_at is None for one in points)
    return (
        *((f"已当场书面告知，文号：{'、'.join(notices)}。",) if notices else ()),
        *(("是否受理，自收到之日起15日内书面告知。",) if waits else ()),
        "凭编号查询办理情况。本回执及登记信息不含来访人姓名、证件号码和电话。",
    )
