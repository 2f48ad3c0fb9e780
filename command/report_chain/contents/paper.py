"""A signed report as an official paper, in Chinese whatever language the page is in."""

from django.http import HttpResponse
from django.utils import translation
from django.utils.translation import gettext as _

from command.report_chain.choices import ReportField
from command.report_chain.contents.drafting import title_on_paper
from command.report_chain.models import UpwardReport
from common.dates.local_time import day_of
from common.documents.official_documents import Block, Heading, Paper, Paragraph, respond
from common.errors import WrongState

_FIGURES = "一二三四五六七八"
_LABELS = {
    ReportField.TIME: "时间",
    ReportField.PLACE: "地点",
    ReportField.COURSE: "经过",
    ReportField.RESULT: "结果",
    ReportField.SITUATION: "目前形势",
    ReportField.MEASURES: "已采取措施",
    ReportField.CONTACT: "负责人联系方式",
    ReportField.OTHER: "其他",
}


def paper_of(report: UpwardReport) -> Paper:
    """Title, number, recipients, the parts that say something, signature and date. Raises WrongState for a draft."""
    if report.signed_at is None or report.signed_post is None:
        raise WrongState(
            "not_signed",
            _("No paper was made: report %(number)s is not signed. Have it signed first.")
            % {"number": report.reference},
        )
    unit = report.signed_post.unit.name
    return Paper(
        issuer=unit,
        number=report.reference,
        title=title_on_paper(report),
        to="、".join(delivery.title_zh for delivery in report.deliveries.all()),
        body=tuple(_body(report)),
        signed=f"{unit}（{report.signed_post.title}签发）",
        dated=day_of(report.signed_at),
        notes=_notes(report),
        drill=report.drill,
    )


def respond_with(report: UpwardReport, kind: str) -> HttpResponse:
    paper = paper_of(report)
    with translation.override("zh-hans"):
        return respond(paper, kind, name=report.reference)


def _body(report: UpwardReport) -> list[Block]:
    said = [(field, text_of(report, field)) for field in ReportField]
    blocks: list[Block] = []
    for figure, (field, text) in zip(_FIGURES, [one for one in said if one[1]], strict=False):
        # Each line a paragraph of its own: a paragraph sets in only its first one.
        blocks += [Heading(f"{figure}、{_LABELS[field]}"), *map(Paragraph, text.splitlines())]
    return blocks


def texts_on_paper(report: UpwardReport) -> list[tuple[str, str]]:
    """(label, text) of the parts that say something, as they stand on the paper."""
    said = [(_LABELS[field], text_of(report, field)) for field in ReportField]
    return [one for one in said if one[1]]


def text_of(report: UpwardReport, field: str) -> str:
    """A part as it goes out: the contact with the office's telephone, which nobody types."""
    text = report.fields.get(field, "")
    return f"{text} {report.phone}".strip() if field == ReportField.CONTACT else text


def _notes(report: UpwardReport) -> tuple[str, ...]:
    told = [delivery for delivery in report.deliveries.all() if delivery.phoned_at]
    notes = ["演练：本报告不是真实事件。"] if report.drill else []
    if told:
        notes.append(f"已先行电话报告：{'、'.join(delivery.title_zh for delivery in told)}。")
    return (*notes, f"签名摘要 {report.signature[:16]}")
