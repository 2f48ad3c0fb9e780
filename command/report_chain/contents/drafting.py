"""The eight parts of a report, drafted from the incident and its timeline. A follow-up says only what is new.

Official papers are in Chinese whatever language the page is in; who signs one reads it first. No person is named: what
people typed of an event went through the same looking-over as everything else.
Source: linkage plan §4.2 (the eight parts); Emergency Response Law art. 61 (true, in time, nothing left out).
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from command.report_chain.choices import ReportField, ReportKind
from command.report_chain.models import UpwardReport
from common.dates.local_time import LOCAL, day_of
from common.drills import marked
from incidents.choices import MarkOutcome
from incidents.models import Incident
from journal.kinds import KINDS
from journal.models import Entry
from journal.record import content_of
from plans.document.life_safety import checklist_of
from plans.document.sections import squads_of
from plans.engine.evaluation import Document, levels_of
from plans.engine.facts import FACTS, Facts, value_in_words

#: What happened there: the course. Every other entry that is told upward is something we did: the measures.
_COURSE = (
    "incident.reported",
    "incident.observed",
    "incident.linked",
    "incident.level_set",
    "incident.reopened",
)
#: Our own bookkeeping; nobody above is told of it.
_INWARD = (
    "clock.", "notice.", "upward_report.", "superior_report.", "personal_data.", "incident.level_proposed",
    "incident.shared", "incident.unshared", "incident.discovered", "incident.plan_switched", "warning.drafted",
    "warning.proposed", "warning.returned", "warning.withdrawn", "warning.signoff_escalated",
    "warning.pushed_to_platform", "statement.drafted", "statement.revised", "statement.approved",
    "statement.discarded", "measure.withdrawn", "linkage.queued", "linkage.report_failed", "linkage.duty_delivered",
    "linkage.receipt_recorded", "exchange.",
)  # fmt: skip
#: A request for approval is told while it waits; what became of it says the same and more.
_ASKED = "measure.asked"
_ANSWERED = ("measure.approved", "measure.refused", "measure.withdrawn", "measure.taken")
#: The telling parts of an entry, in this order.
_SPOKEN = ("what", "task", "text", "note", "reason", "summary")

KIND_NAMES = {ReportKind.INITIAL: "初报", ReportKind.CONTINUED: "续报", ReportKind.FINAL: "终报"}
_DRILL = "本报告为演练内容，不是真实事件。"
_TO_FOLLOW = "结果续报。"


class Told(NamedTuple):
    """What the report before this one said, and how far it went."""

    as_of: datetime
    upto_entry: int
    picture: Mapping[str, Any]


def picture_of(incident: Incident) -> dict[str, Any]:
    """What is known now, as it is kept with a report to be compared later."""
    return {
        "place": incident.place,
        "what": incident.what,
        #: Signed; what is only proposed is told as such.
        "level": incident.level or incident.ended_level,
        "proposed_level": incident.proposed_level,
        "facts": incident.facts,
    }


def title_of(picture: Mapping[str, Any], unit: str, kind: str, ordinal: int, *, drill: bool) -> str:
    """The title on paper, from what was known when it was drafted: 关于一楼大厅要求退费一事的续报（第2次）."""
    place = "" if picture.get("place") == unit else picture.get("place", "")
    about = f"{place}{picture.get('what', '')[:40]}" or f"{unit}突发事件"
    count = f"（第{ordinal}次）" if ordinal else ""
    return marked(f"关于{about.rstrip('。，；')}一事的{KIND_NAMES[ReportKind(kind)]}{count}", drill, "zh")


def title_on_paper(report: UpwardReport) -> str:
    return title_of(report.facts, report.unit.name, report.kind, report.ordinal, drill=report.drill)


def draft(
    incident: Incident, kind: str, entries: Iterable[Entry], told: Told | None, now: datetime
) -> dict[str, str]:
    """The eight parts. `entries`: the incident's, in order; those that `told` covers are left out.

    What the record does not say is left empty, for a person to write: nothing is claimed that nobody noted.
    """
    new = [entry for entry in entries if told is None or entry.pk > told.upto_entry]
    document = incident.plan.document
    course = _lines(new, document, now, is_course=True)
    measures = _lines(new, document, now, is_course=False)
    return {
        ReportField.TIME: _time(incident, kind, told, now),
        ReportField.PLACE: _place(incident),
        ReportField.COURSE: course or "自上次报告以来无新的情况。",
        ReportField.RESULT: _result(incident, kind),
        ReportField.SITUATION: _situation(incident, document, told),
        ReportField.MEASURES: measures or ("自上次报告以来无新的措施。" if told else ""),
        ReportField.CONTACT: f"{incident.unit.name}值班室",
        ReportField.OTHER: "\n".join([*_told_with_warnings(new, now), *([_DRILL] if incident.drill else [])]),
    }


def _told_with_warnings(entries: Iterable[Entry], now: datetime) -> Iterable[str]:
    """Whom a signed warning told at once, before this report."""
    for entry in entries:
        if entry.kind == "superior_report.delivered":
            at = written(entry.at, short=day_of(entry.at) == day_of(now))
            yield f"{at}，已随预警先行报告{content_of(entry).get('title', '')}。"


def _place(incident: Incident) -> str:
    """The unit and where exactly; people often write the unit's name there as well."""
    unit, place = incident.unit.name, incident.exact_place
    return place if place.startswith(unit) else f"{unit} {place}".strip()


def _time(incident: Incident, kind: str, told: Told | None, now: datetime) -> str:
    if told is not None and kind == ReportKind.CONTINUED:
        return f"{written(told.as_of)}至{written(now)}（上次报告之后）。"
    known = f"{written(incident.known_at)}知悉，{written(incident.recorded_at)}登记"
    happened = f"{written(incident.happened_at)}发生，" if incident.happened_at else ""
    return f"{happened}{known}。"


def _result(incident: Incident, kind: str) -> str:
    """Casualties where they were reported; how it ended is for a person to say."""
    hurt = Facts.from_dict(incident.facts).given.get("casualties")
    said = f"伤亡情况：{value_in_words('casualties', hurt).zh}。" if hurt else ""
    return said if kind == ReportKind.FINAL else f"{said}{_TO_FOLLOW}"


def _situation(incident: Incident, document: Document, told: Told | None) -> str:
    picture = picture_of(incident)
    if told is None:
        said = [f"{name.zh}：{value.zh}" for name, value in Facts.from_dict(incident.facts).described()]
        return f"{'；'.join([_level(incident, document), *said])}。"
    changes = list(_changes(picture, told.picture, document))
    return f"{'；'.join(changes)}。" if changes else "与上次报告相比无变化。"


def _level(incident: Incident, document: Document) -> str:
    if incident.level:
        return f"现为{level_words(document, incident.level)}预警"
    if incident.proposed_level:
        return f"系统建议等级{level_words(document, incident.proposed_level)}（未签发）"
    return "未定级"


def _changes(now: Mapping, before: Mapping, document: Document) -> Iterable[str]:
    """What has become different: place, level, each fact."""
    if now["place"] != before.get("place"):
        yield f"地点：{now['place']}"
    if now["level"] != before.get("level"):
        yield f"等级：{_change('level', now, before, document)}"
    elif not now["level"] and now["proposed_level"] != before.get("proposed_level"):
        yield f"系统建议等级（未签发）：{_change('proposed_level', now, before, document)}"
    known = Facts.from_dict(now["facts"]).given
    told = Facts.from_dict(before.get("facts", {})).given
    for name in FACTS:
        if name in known and known[name] != told.get(name):
            was = f"{value_in_words(name, told[name]).zh}→" if name in told else ""
            yield f"{FACTS[name].words.zh}：{was}{value_in_words(name, known[name]).zh}"


def _change(name: str, now: Mapping, before: Mapping, document: Document) -> str:
    return "→".join(level_words(document, one.get(name) or "") or "未定级" for one in (before, now))


def level_words(document: Document, level: str) -> str:
    """The level's Chinese name; its id where the plan does not know it."""
    return next((one.zh for one in levels_of(document) if one.id == level), level)


def _lines(entries: Iterable[Entry], document: Document, now: datetime, *, is_course: bool) -> str:
    """One line an entry: when, what kind of thing, what was said of it."""
    entries = list(entries)
    answered = {entry.subject for entry in entries if entry.kind in _ANSWERED}
    told = [
        entry
        for entry in entries
        if not entry.kind.startswith(_INWARD) and not (entry.kind == _ASKED and entry.subject in answered)
    ]
    chosen = [entry for entry in told if (entry.kind in _COURSE) is is_course]
    return "\n".join(_line(entry, document, now) for entry in chosen)


def _line(entry: Entry, document: Document, now: datetime) -> str:
    content, kind = content_of(entry), KINDS[entry.kind]
    said = "；".join(
        filter(
            None,
            [
                _whom(content, document),
                _checked(content, document),
                *_spoken(content),
                *_grounds(entry, content),
            ],
        )
    )
    if entry.kind.startswith("warning.") and entry.level:
        said = "；".join(filter(None, [level_words(document, entry.level), said]))
    elif entry.kind == "incident.level_set":
        said = level_words(document, entry.level) if entry.level else "解除"
    at = written(entry.at, short=day_of(entry.at) == day_of(now))
    return f"{at}，{kind.zh}{'：' if said else ''}{said}".rstrip("。") + "。"


def _spoken(content: Mapping) -> Iterable[str]:
    for name in _SPOKEN:
        if isinstance(content.get(name), str) and content[name].strip():
            yield content[name].strip().rstrip("。")
    if facts := content.get("facts"):
        described = Facts.from_dict(facts).described()
        yield "，".join(f"{name.zh} {value.zh}" for name, value in described)


def _grounds(entry: Entry, content: Mapping) -> Iterable[str]:
    """Of a measure: on which law, and by which post it was approved or refused; of what others took over: who; of a
    statement: where it was released."""
    if entry.kind.startswith("measure."):
        if basis := content.get("legal_basis"):
            yield f"依据：{basis}"
        if entry.kind in ("measure.approved", "measure.refused"):
            who = content.get("from") or entry.post
            yield f"{'批准' if entry.kind == 'measure.approved' else '不予批准'}：{who}" if who else ""
    elif entry.kind == "partner.handed_over":
        yield f"移交：{content.get('to', '')}"
    elif entry.kind == "partner.answered":
        yield f"答复单位：{content.get('from', '')}"
    elif entry.kind == "statement.released" and content.get("place"):
        yield f"发布渠道：{content['place']}"


def _whom(content: Mapping, document: Document) -> str:
    """The squad or unit that was sent. Who is sent by name stays in the record."""
    squad, is_squad, _code = str(content.get("to", "")).partition("@")
    if not is_squad:
        return ""
    return next((one.words.zh for one in squads_of(document) if one.id == squad), squad)


def _checked(content: Mapping, document: Document) -> str:
    if not content.get("item"):
        return ""
    line = next((one for one in checklist_of(document) if content["item"] in one.ids), None)
    outcome = {MarkOutcome.DONE: "已完成", MarkOutcome.NOT_NEEDED: "不需要"}.get(content.get("outcome"), "")
    return f"{(content.get('asked_zh') or (line.item.words.zh if line else content['item']))}（{outcome}）"


def written(at: datetime, *, short: bool = False) -> str:
    local = at.astimezone(LOCAL)
    if short:
        return f"{local.hour}时{local.minute:02d}分"
    return f"{local.year}年{local.month}月{local.day}日{local.hour}时{local.minute:02d}分"
