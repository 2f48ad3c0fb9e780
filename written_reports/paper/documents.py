"""A written report as an official paper."""

from django.utils.translation import gettext as _

from common.dates.local_time import day_of
from common.documents.official_documents import Block, Fields, Heading, Paper, Paragraph, Table
from written_reports.choices import LineKind, Part
from written_reports.models import WrittenVersion
from written_reports.paper.labels import data_rows, line_cells, line_heads
from written_reports.queries import Slot

_WIDTHS = {LineKind.RISKS: (3, 6, 6, 4, 4), LineKind.IMPROVEMENTS: (9, 5, 4)}


def written_paper(slot: Slot, version: WrittenVersion) -> Paper:
    """One version as handed in: its parts in the order of the rules, then its lines."""
    report = version.report
    body: list[Block] = []
    for part in report.parts:
        body.append(Heading(_("%(n)d. %(part)s") % {"n": len(body) // 2 + 1, "part": Part(part).label}))
        if part == Part.DATA:
            body.append(Fields(tuple(data_rows(version.data))))
        else:
            body.append(Paragraph(version.texts.get(part, "")))
    if report.line_kind:
        kind = LineKind(report.line_kind)
        body.append(Heading(_("%(n)d. %(part)s") % {"n": len(body) // 2 + 1, "part": kind.label}))
        rows = tuple(line_cells(line, kind) for line in version.lines)
        body.append(
            Table(line_heads(kind), rows, widths=_WIDTHS[kind]) if rows else Paragraph(_("Nothing to list."))
        )
    return Paper(
        issuer=str(slot.unit),
        number=report.number,
        title=f"{report.title} {report.period}",
        to=str(slot.unit.parent) if slot.unit.parent else "",
        body=tuple(body),
        signed=str(slot.unit),
        dated=day_of(version.handed_in_at),
        notes=_notes(version),
    )


def _notes(version: WrittenVersion) -> tuple[str, ...]:
    notes = []
    if version.number > 1:
        notes.append(_("Version %(n)d; earlier versions are kept.") % {"n": version.number})
    if version.report.is_late:
        notes.append(_("Handed in after the cut-off."))
    return tuple(notes)


def file_name(slot: Slot) -> str:
    return f"{slot.unit.code}-{slot.clock}-{slot.period}"
