"""What stands on the one-page brief (专报) of an incident: drafted from its timeline, short enough for one sheet.

Official papers are in Chinese whatever language the page is in. No person is named, who signed is their post. What was
typed of the event went through the same looking-over as everything else. Source of the parts: linkage plan §4.2.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from clocks.models import Clock
from command.report_chain.choices import ReportField, ReportKind
from command.report_chain.contents.drafting import draft, level_words, written
from common.dates.local_time import day_of
from early_warnings.choices import State as Warned
from early_warnings.models import EarlyWarning
from early_warnings.rules import STANDING
from incidents.models import Incident
from journal.models import Entry
from plans.engine.facts import Facts

#: Decisions and what they set in motion. Receipts, ticks and bookkeeping are the timeline's.
KEY_KINDS = frozenset({
    "incident.taken", "incident.life_safety_alerted", "incident.closed", "incident.reopened",
    "warning.signed", "warning.adjusted", "warning.lifted", "response.started", "response.changed", "response.ended",
    "order.issued", "order.arrived", "order.arrival_confirmed", "order.completed", "order.declined",
    "measure.taken", "partner.handed_over", "partner.answered", "statement.released", "superior_report.sent",
    "linkage.report_sent",
})  # fmt: skip
#: Lines of what was done, of them the first ones: how it began, then what is newest.
MOST_LINES, FIRST_LINES = 8, 2
#: Characters of a line of what was done, and of each part: what fits one sheet at its longest.
LINE, WHAT, PLACE, PEOPLE, LEVEL, ASKED = 34, 68, 34, 102, 68, 102


class Known(NamedTuple):
    """What the brief is drafted from."""

    warnings: Sequence[EarlyWarning]
    entries: Sequence[Entry]
    clocks: Sequence[Clock]
    orders_under_way: int
    open_demands: int


def parts_of(incident: Incident, known: Known, now: datetime) -> list[tuple[str, str]]:
    """Label → text, in their order; each cut to its share of the sheet."""
    said = draft(incident, ReportKind.INITIAL, _key_entries(known.entries), None, now)
    return [
        ("情况", cut(incident.what or "一键报警，尚无文字说明", WHAT)),
        ("时间", _when(incident, now)),
        ("地点", cut(said[ReportField.PLACE], PLACE)),
        ("人员与危险", cut(_people(incident), PEOPLE)),
        ("等级与签发", cut(_level(incident, known.warnings, now), LEVEL)),
        ("已采取措施", "\n".join(chosen(said[ReportField.MEASURES].splitlines())) or "尚无记录。"),
        ("请示与下一步", cut(_asked(incident, known, now), ASKED)),
    ]


def cut(text: str, most: int) -> str:
    """The text, on one line, with a sign where it goes on."""
    text = " ".join(text.split())
    return text if len(text) <= most else f"{text[: most - 1]}…"


def chosen(lines: Sequence[str]) -> list[str]:
    """How it began and what is newest; how many stand between."""
    if len(lines) <= MOST_LINES:
        return [cut(line, LINE) for line in lines]
    last = MOST_LINES - FIRST_LINES - 1
    between = f"（其间另有{len(lines) - FIRST_LINES - last}项，见时间线）"
    return [cut(line, LINE) for line in (*lines[:FIRST_LINES], between, *lines[-last:])]


def _key_entries(entries: Sequence[Entry]) -> list[Entry]:
    return [entry for entry in entries if entry.kind in KEY_KINDS]


def _when(incident: Incident, now: datetime) -> str:
    happened = f"{written(incident.happened_at)}发生，" if incident.happened_at else ""
    return f"{happened}{written(incident.known_at)}知悉；截至{_short(now, now)}。"


def _people(incident: Incident) -> str:
    facts = [f"{name.zh}：{value.zh}" for name, value in Facts.from_dict(incident.facts).described()]
    return f"{'；'.join(facts)}。" if facts else "人数和危险尚不清楚。"


def _level(incident: Incident, warnings: Sequence[EarlyWarning], now: datetime) -> str:
    document = incident.plan.document
    for warning in warnings:
        if warning.state in STANDING or warning.state == Warned.LIFTED:
            assert warning.signed_at is not None  # signed_states_bear_a_signature
            over = f"，{_short(warning.lifted_at, now)}解除" if warning.lifted_at else ""
            signed = f"{_short(warning.signed_at, now)}由{warning.signed_post}签发"
            return f"{level_words(document, warning.level)}预警（{warning.number}），{signed}{over}。"
    if incident.proposed_level:
        return f"系统建议{level_words(document, incident.proposed_level)}预警，尚未签发。"
    return "未定级。"


def _asked(incident: Incident, known: Known, now: datetime) -> str:
    """What waits, and for whom; the nearest time limit."""
    if not incident.is_open:
        return f"事件已结束。{incident.summary}"
    document, said = incident.plan.document, []
    for warning in known.warnings:
        if warning.state == Warned.PROPOSED:
            level = level_words(document, warning.level)
            said.append(f"拟发{level}预警，请{warning.signatory_post or warning.signatory_title}签发")
    if known.orders_under_way:
        said.append(f"{known.orders_under_way}条指令正在执行")
    running = [
        (clock.due_at, clock.pk, clock.title_zh)
        for clock in known.clocks
        if clock.is_running and clock.due_at
    ]
    for due_at, _pk, title in sorted(running)[:2]:
        said.append(f"{_short(due_at, now)}前：{title}{'（已超时）' if due_at < now else ''}")
    if known.open_demands:
        said.append(f"{known.open_demands}件诉求待答复")
    return f"{'；'.join(said)}。情况续报。" if said else "继续处置，情况续报。"


def _short(at: datetime, now: datetime) -> str:
    return written(at, short=day_of(at) == day_of(now))
