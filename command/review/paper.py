"""An approved review as an official paper, in Chinese whatever language the page is in."""

from django.http import HttpResponse
from django.utils import translation
from django.utils.translation import gettext as _

from command.improvements.models import Improvement
from command.review import queries
from command.review.choices import Phase, ReviewState
from command.review.key_times import Moment, thawed
from command.review.models import Review
from common.dates.local_time import LOCAL, day_of
from common.documents.official_documents import Block, Heading, Paper, Paragraph, Table, as_text, respond
from common.errors import WrongState
from incidents.models import Incident
from plans.lifecycle.citations import cited

_PHASES = {Phase.BEFORE: "事前", Phase.DURING: "事中", Phase.AFTER: "事后"}


def paper_of(review: Review) -> Paper:
    """Course, key times, the questions with their answers, what was learned and who does it by when.

    Raises WrongState before it is approved.
    """
    if review.state != ReviewState.APPROVED or review.approved_at is None:
        raise WrongState(
            "not_approved",
            _("No paper was made: review %(number)s is not approved. Have it approved first.")
            % {"number": review.reference},
        )
    incident = review.incident
    with translation.override("zh-hans"):
        return Paper(
            issuer=incident.unit.name,
            number=review.reference,
            title=f"关于{incident.place}事件处置的复盘报告",
            body=tuple(_body(review, incident)),
            signed=f"{incident.unit.name}（{review.issuer_post}批准）",
            dated=day_of(review.approved_at),
            notes=_notes(review, incident),
            drill=incident.drill,
        )


def respond_with(review: Review, kind: str) -> HttpResponse:
    paper = paper_of(review)
    with translation.override("zh-hans"):
        return respond(paper, kind, name=review.reference)


def text_of(review: Review) -> str:
    return as_text(paper_of(review))


def _body(review: Review, incident: Incident) -> list[Block]:
    found: list[Block] = [Heading("一、事件经过和原因"), *_paragraphs(review.course), Heading("二、关键时点")]
    found += [_times(thawed(review.times)), Heading("三、逐项回顾")]
    for phase, words in _PHASES.items():
        for row in queries.answers_of(review):
            if row.phase == phase:
                cite = f"（{cited(row.cite)}）" if row.cite else ""
                found += [Paragraph(f"{words}·{row.title_zh}{cite}"), *_paragraphs(row.answer)]
    if review.good:
        found += [Heading("四、做得好的方面"), *_paragraphs(review.good)]
    found += [Heading(f"{'五' if review.good else '四'}、教训和整改"), *_paragraphs(review.lessons)]
    if rows := list(
        Improvement.objects.filter(source=incident.key, set_at__lte=review.approved_at)
        .with_names()
        .order_by("pk")
    ):
        found.append(
            Table(
                ("整改内容", "责任人", "期限"),
                tuple((row.text, row.owner, f"{day_of(row.due_at)}") for row in rows),
                (5, 3, 2),
            )
        )
    return found


def _paragraphs(text: str) -> list[Paragraph]:
    return [Paragraph(line) for line in text.splitlines() if line.strip()]


def _times(moments: list[Moment]) -> Table:
    rows = tuple(
        (
            str(one.which.label),
            f"{one.at.astimezone(LOCAL):%m-%d %H:%M}" if one.at else "—",
            str(one.minutes) if one.minutes is not None else "—",
            f"{one.title}（{cited(one.cite)}）" if one.title and one.cite else one.title or "—",
            str(one.kept.label),
        )
        for one in moments
    )
    return Table(("时点", "时间", "用时（分钟）", "时限", "结果"), rows, (5, 3, 3, 6, 3), figures=(2,))


def _notes(review: Review, incident: Incident) -> tuple[str, ...]:
    drill = ("演练：本报告不是真实事件。",) if incident.drill else ()
    return (*drill, f"事件编号 {incident.number}。用时自得知事件起计算。")
