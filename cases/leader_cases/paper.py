"""The closing report of a leader case: drafted from its record, and as an official paper. In Chinese, whoever reads."""

from collections.abc import Iterator

from django.http import HttpResponse
from django.utils import translation
from django.utils.translation import gettext as _

from cases.leader_cases import queries
from cases.leader_cases.choices import CaseState, CaseVerb
from cases.leader_cases.models import LeaderCase, LeaderCaseStep
from common.dates.local_time import day_of
from common.documents.official_documents import Block, Fields, Heading, Paper, Paragraph, Table, respond
from common.errors import WrongState
from plans.lifecycle.citations import cited

#: What is told in the course of a case; its report and what follows are told elsewhere in it.
_COURSE = (
    CaseVerb.ACCEPT, CaseVerb.START, CaseVerb.CHANGE_LEADER, CaseVerb.PROGRESS, CaseVerb.VISIT, CaseVerb.MEETING,
    CaseVerb.EXTEND,
)  # fmt: skip
_LONGEST = 4000


def draft_of(case: LeaderCase) -> str:
    """What the record says, as a text to go on from: why it is a case, plan, course, demands."""
    with translation.override("zh-hans"):
        return "\n".join(_lines(case))[:_LONGEST]


def _lines(case: LeaderCase) -> Iterator[str]:
    yield "一、基本情况"
    yield f"{case.point}（{case.about}）"
    for reason in case.reasons.all():
        because = "；".join(one.zh for one in reason.because)
        yield f"列入情形：{reason.title_zh}（{cited(reason.cite)}）{because and f'，{because}'}"
    yield "二、方案"
    yield from (f"{label}：{value}" for label, value in _plan(case) if value)
    yield "三、办理经过"
    for step in _course(case):
        yield f"{day_of(step.at)} {step.get_verb_display()}：{step.note}".rstrip("：")
    if demands := list(queries.demands_of(case)):
        yield "四、诉求办理情况"
        for demand in demands:
            said = demand.get_outcome_display() if demand.outcome else "尚未答复"
            yield f"{demand.number} {demand.point}：{said}{demand.reply_number and f'（{demand.reply_number}）'}"
    yield f"{'五' if demands else '四'}、办理结果"


def _course(case: LeaderCase) -> list[LeaderCaseStep]:
    return list(case.steps.filter(verb__in=_COURSE))


def _plan(case: LeaderCase) -> list[tuple[str, str]]:
    return [
        ("包案领导", case.leader_post),
        ("措施", case.measures),
        ("人员", "；".join(part for part in (case.team, "、".join(map(str, case.team_units.all()))) if part)),
        ("时间", str(case.due_date or "")),
        ("质量", case.quality),
        ("包调查", case.investigate),
        ("包处理", case.handle),
        ("包稳定", case.settle),
    ]


def paper_of(case: LeaderCase) -> Paper:
    """The report as handed in, who checked it and how the party was told. Raises WrongState before it is handed in."""
    if not case.report:
        raise WrongState(
            "no_report",
            _("No paper was made: the closing report of %(number)s is not handed in. Hand it in first.")
            % {"number": case.number},
        )
    with translation.override("zh-hans"):
        checked = case.state in (CaseState.CHECKED, CaseState.TOLD, CaseState.CLOSED)
        return Paper(
            issuer=case.unit.name,
            number=case.number,
            title="领导包案结案报告",
            body=tuple(_body(case)),
            signed=f"{case.unit.name}（{case.leader_post}）",
            dated=day_of(case.checked_at or case.reported_at) if checked and case.checked_at else None,
            notes=() if checked else ("草稿：未经审核。",),
        )


def respond_with(case: LeaderCase, kind: str) -> HttpResponse:
    paper = paper_of(case)
    with translation.override("zh-hans"):
        return respond(paper, kind, name=case.number)


def _body(case: LeaderCase) -> Iterator[Block]:
    yield Fields(tuple((label, value or "—") for label, value in _plan(case)))
    for line in case.report.splitlines():
        if line.strip():
            yield (
                Heading(line.strip())
                if line.strip()[1:2] == "、" and len(line.strip()) < 20
                else Paragraph(line)
            )
    yield Heading("时限、审核和告知")
    rows = [
        (clock.title_zh, f"{day_of(clock.started_at)}", f"{day_of(clock.due_at)}" if clock.due_at else "—",
         f"延长{clock.extended}日" if clock.extended else "—")
        for clock in queries.clocks_of(case)
    ]  # fmt: skip
    if rows:
        yield Table(("时限", "起", "止", "延长"), tuple(rows), (5, 3, 3, 3))
    yield Fields(
        (
            ("审核", f"{case.checked_post} {day_of(case.checked_at)}" if case.checked_at else "—"),
            ("书面告知", f"{case.reply_number} {case.get_told_how_display()} {day_of(case.told_at)}" if case.told_at else "—"),
        )
    )  # fmt: skip
