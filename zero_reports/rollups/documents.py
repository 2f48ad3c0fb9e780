"""A roll-up, and a year of them, as official papers."""

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.models import Unit, in_reader_language
from common.dates.local_time import day_of
from common.documents.official_documents import Block, Heading, Paper, Paragraph, Table
from zero_reports.rollups.choices import Basis
from zero_reports.rollups.models import RollUp
from zero_reports.rollups.queries import Year, class_words
from zero_reports.rounds.rules import Counts


def roll_up_paper(found: RollUp) -> Paper:
    """One confirmed period: overview, unit by unit, matters by class, the unit's own words."""
    body: list[Block] = [
        Heading(_("1. Overview")),
        Paragraph(overview(found.counts)),
        Heading(_("2. By unit")),
        _lines(found),
        Heading(_("3. Matters reported")),
        _matters(found.classes),
    ]
    if found.note:
        body += [Heading(_("4. Analysis, judgement and outlook")), Paragraph(found.note)]
    notes = (
        [_("Version %(n)d; earlier versions are kept.") % {"n": found.version}] if found.version > 1 else []
    )
    if found.reason:
        notes.append(_("Went up before every unit had confirmed: %(reason)s") % {"reason": found.reason})
    return Paper(
        issuer=str(found.unit),
        number=found.number,
        title=_("Summary of zero-reports for %(period)s") % {"period": found.period},
        to=str(found.unit.parent) if found.unit.parent else "",
        body=tuple(body),
        signed=str(found.unit),
        dated=day_of(found.confirmed_at),
        notes=tuple(notes),
    )


def overview(counts: Counts) -> str:
    """The figures as a sentence."""
    return _(
        "Asked: %(expected)d. Answered: %(received)d, of these nothing to report %(nil)d, something to report "
        "%(with_items)d; late %(late)d; not answered %(missing)d. Completeness %(complete)s, timeliness %(timely)s."
    ) % {
        **counts._asdict(),
        "missing": counts.missing,
        "complete": per_cent(counts.completeness),
        "timely": per_cent(counts.timeliness),
    }


def per_cent(share: float | None) -> str:
    return "–" if share is None else f"{share:.1f}%"


def _lines(found: RollUp) -> Table:
    words = dict(Basis.choices)
    rows = tuple(
        (
            in_reader_language(line["name"], line["name_en"]),
            *_figures(Counts(*line["counts"])),
            str(words.get(line["basis"], line["basis"])),
        )
        for line in found.lines
    )
    headings = (_("Unit"), *_headings(), _("Rests on"))
    return Table(headings, rows, widths=(5, 2, 2, 2, 2, 2, 2, 4), figures=(1, 2, 3, 4, 5, 6))


def _headings() -> tuple[str, ...]:
    return (_("Asked"), pgettext("report", "Answered"), _("Nothing"), _("Something"), _("Late"), _("Silent"))


def _figures(counts: Counts) -> tuple[str, ...]:
    some = (counts.expected, counts.received, counts.nil, counts.with_items, counts.late, counts.missing)
    return tuple(str(one) for one in some)


def _matters(classes: dict[str, int]) -> Block:
    if not classes:
        return Paragraph(_("No matter was reported."))
    rows = tuple((word, str(many)) for word, many in class_words(classes))
    return Table((_("Class"), _("Number")), rows, widths=(4, 1), figures=(1,))


def year_paper(volume: Year) -> Paper:
    """Everything a unit confirmed in a year, bound: a table of its papers, month by month."""
    body: list[Block] = [
        Paragraph(overview(volume.counts)),
        Heading(_("Matters reported")),
        _matters(volume.classes),
    ]
    for year, month in sorted({found.period.filed_in for found in volume.roll_ups}):
        some = [found for found in volume.roll_ups if found.period.filed_in == (year, month)]
        body += [Heading(f"{year}-{month:02d}"), _contents(some)]
        body += [
            Paragraph(_("%(period)s: %(note)s") % {"period": found.period, "note": found.note})
            for found in some
            if found.note
        ]
    return Paper(
        issuer=str(volume.unit),
        title=_("Volume of zero-report summaries %(year)d") % {"year": volume.year},
        body=tuple(body),
        signed=str(volume.unit),
        dated=day_of(volume.roll_ups[-1].confirmed_at),
    )


def _contents(some: list[RollUp]) -> Table:
    rows = tuple((str(found.period), found.number, *_figures(found.counts)) for found in some)
    headings = (_("Period"), _("Document"), *_headings())
    return Table(headings, rows, widths=(3, 6, 2, 2, 2, 2, 2, 2), figures=(2, 3, 4, 5, 6, 7))


def file_name(unit: Unit, period: object) -> str:
    return f"{unit.code}-{period}"
