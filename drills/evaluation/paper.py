"""The after-action report of a drill with its improvement plan, as an official paper."""

from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from accounts.scope import Reach
from command.improvements.queries import of_source
from common.dates.local_time import day_of
from common.documents.official_documents import Block, Fields, Heading, Paper, Paragraph, Table, official_date
from drills.choices import DrillState
from drills.conduct.models import Drill
from drills.evaluation.queries import Beside, InjectRow, Sheet, last_real, of_drill, sheet

#: Key times, as both tables of the sheet name them.
TIMES = ("taken", "first_order", "arrived", "closed")


def after_action_report(reach: Reach, drill: Drill) -> Paper:
    """What was planned, what was expected and done, how objectives were met, what is to be improved."""
    found, language = sheet(drill), get_language()
    scenario = drill.played
    title = scenario.title.in_language(language) if scenario else ""
    body: list[Block] = [
        Heading(_("1. The drill")),
        Fields(_facts(drill, found)),
        Paragraph(scenario.summary.in_language(language) if scenario else ""),
        Heading(_("2. Expected and done")),
        Paragraph(_clock_note(drill)),
        Table(
            (_("No."), pgettext("drill", "Expected"), _("Within (min)"), _("Done (min)"), _("Outcome")),
            tuple(line for row in found.rows for line in _expected(row, language)),
            widths=(2, 10, 4, 4, 4),
        ),
        Heading(_("3. Objectives")),
        Table(
            (_("Objective"), _("Met in time"), pgettext("drill", "How it went"), _("Challenges")),
            tuple(
                (
                    f"{row.objective.id} {row.objective.words.in_language(language)}",
                    f"{row.score.met}/{row.score.expected}",
                    str(row.rating.get_grade_display()) if row.rating else "–",
                    row.rating.text if row.rating else "",
                )
                for row in found.objectives
            ),
            widths=(8, 3, 5, 6),
        ),
        Heading(_("4. What evaluators saw")),
        *_remarks(found),
        Heading(_("5. Beside the last real event of this kind")),
        *_beside(of_drill(drill), last_real(reach, drill)),
        Heading(_("6. What it comes to")),
        Paragraph(drill.summary or _("The review has not ended yet.")),
        Heading(_("7. Improvement plan")),
        *_improvements(reach, drill),
    ]
    return Paper(
        issuer=str(drill.unit),
        number=drill.number,
        title=_("After-action report of a drill: %(title)s") % {"title": title},
        body=tuple(body),
        signed=str(drill.unit) if drill.state == DrillState.REVIEWED else "",
        dated=day_of(drill.reviewed_at or drill.ended_at) if drill.ended_at else None,
        notes=(_("Drill: everything in it was played."),),
        drill=True,
    )


def _facts(drill: Drill, found: Sheet) -> tuple[tuple[str, str], ...]:
    return (
        (_("Unit"), str(drill.unit)),
        (_("Day"), official_date(day_of(drill.started_at)) if drill.started_at else ""),
        (_("Speed"), _("%(n)d×") % {"n": drill.speed}),
        (_("Took part"), str(len({one.person_id for one in drill.participants.all()}))),
        (_("Met in time"), f"{found.score.met}/{found.score.expected}"),
        (pgettext("drill", "Late"), str(found.score.late)),
    )


def _clock_note(drill: Drill) -> str:
    return _(
        "Minutes are those of the scenario: real time at %(n)d times its speed, pauses left out. The time limits of the "
        "plan ran in real time and were not compressed."
    ) % {"n": drill.speed}


def _expected(row: InjectRow, language: str | None) -> list[tuple[str, ...]]:
    return [
        (
            one.expected.id,
            one.expected.words.in_language(language),
            str(one.expected.within),
            "–" if one.match.after is None else f"{one.match.after:.1f}",
            outcome(one.match.met, one.match.done is not None),
        )
        for one in row.expected
    ]


def outcome(met: bool, is_done: bool) -> str:
    if met:
        return pgettext("drill", "In time")
    return pgettext("drill", "Late") if is_done else pgettext("drill", "Not done")


def _remarks(found: Sheet) -> list[Block]:
    said = [remark for row in found.rows for remark in row.remarks] + found.remarks
    if not said:
        return [Paragraph(_("Nothing was written down."))]
    return [
        Paragraph(f"{_('Inject %(n)d') % {'n': one.number}}：{one.text}" if one.number else one.text)
        for one in said
    ]


def _beside(own: Beside | None, real: Beside | None) -> list[Block]:
    if real is None:
        return [Paragraph(_("There is no closed real event of this kind to compare with."))]
    rows = tuple(
        (str(label), _minutes(getattr(own.times, name)) if own else "–", _minutes(getattr(real.times, name)))
        for name, label in time_labels()
    )
    heads = (_("Real minutes after the report"), _("This drill"), real.incident.number)
    return [Table(heads, rows, widths=(6, 4, 6))]


def time_labels() -> list[tuple[str, str]]:
    words = (_("Taken over"), _("First order"), _("On the spot"), pgettext("drill", "Closed"))
    return list(zip(TIMES, words, strict=True))


def _minutes(value: float | None) -> str:
    return "–" if value is None else f"{value:.1f}"


def _improvements(reach: Reach, drill: Drill) -> list[Block]:
    tasks = list(of_source(reach, drill.key))
    if not tasks:
        return [Paragraph(_("Nothing was set to be improved."))]
    rows = tuple(
        (one.text, one.owner, f"{day_of(one.due_at):%Y-%m-%d}", str(one.get_state_display())) for one in tasks
    )
    return [
        Table((_("What is to be done"), _("By whom"), _("By when"), _("State")), rows, widths=(8, 5, 4, 3))
    ]
