"""Texts the product drafts: the upward report and the first measures, from what the incident and its plan say.

Official papers are in Chinese whatever language the page is in; who sends one reads it first.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.utils.translation import get_language

from common.dates.local_time import LOCAL
from common.drills import marked
from early_warnings.models import EarlyWarning
from incidents.models import Incident
from incidents.serializers import shown_reasons
from plans.document.life_safety import checklist_of
from plans.document.sections import categories_of
from plans.document.words import Words
from plans.engine.evaluation import level_of
from plans.engine.facts import Facts
from plans.lifecycle.citations import cited

#: As long as the field that it fills in.
_LONGEST_REASON = 2000


def text_for(warning: EarlyWarning, recipient: str) -> str:
    """The first report: time, place, course, present state, measures, whom to ask (never a person's name)."""
    incident = warning.incident
    level = level_of(warning.plan.document, warning.level).words.zh
    lines = [
        marked(f"{recipient}：", warning.drill, "zh"),
        f"现将{incident.unit.name}一起涉法涉诉信访事件报告如下（{level}预警 {warning.number}，事件 {incident.number}）。",
        f"一、时间：{_time(incident.happened_at or incident.known_at)}；知悉时间：{_time(incident.known_at)}。",
        f"二、地点：{incident.place}。",
        f"三、事件：{_sentence(incident.what or warning.matter)}",
        f"四、现场情况：{'；'.join(_facts(incident)) or '待续报'}。",
        f"五、预警：{_time(warning.signed_at)}由{_issuer(warning)}签发{level}预警。事项：{_sentence(warning.matter)}",
        f"六、已采取和拟采取的措施：\n{warning.measures}",
        f"七、联系：{_contact(warning)}。后续情况续报。",
    ]
    return "\n".join(lines)


def first_measures(incident: Incident) -> str:
    """Life safety and the plan's first actions, as measures to begin with; the drafter changes them."""
    return numbered((line.in_plan or line.item).words for line in checklist_of(incident.plan.document))


def first_reason(incident: Incident) -> str:
    """What the plan found for the level it proposes, a line each with its clause: a reason to begin with, in the
    reader's language; the drafter changes it."""
    found = shown_reasons(get_language() or "", incident)
    mine = [one for one in found if one["level"] == incident.proposed_level and not one["again"]]
    return "\n".join(_found(one) for one in mine)[:_LONGEST_REASON]


def _found(reason: Mapping[str, str]) -> str:
    said = " → ".join(filter(None, (reason["rule"], reason["found"])))
    return f"{said} ({cited(reason['citation'])})" if reason["citation"] else said


def numbered(items: Iterable[Words]) -> str:
    language = get_language()
    return "\n".join(f"{n}. {item.in_language(language)}" for n, item in enumerate(items, start=1))


def kind_of_event(warning: EarlyWarning) -> Words | None:
    """The plan's words for the kind of event, if one was given."""
    for category in categories_of(warning.plan.document):
        if category.id == warning.category:
            return category.words
    return None


def _facts(incident: Incident) -> list[str]:
    described = Facts.from_dict(incident.facts).described()
    return [f"{name.zh}：{value.zh}" for name, value in described]


def _sentence(text: str) -> str:
    """With its full stop: people leave it out, an official paper does not."""
    text = text.strip()
    return text if text.endswith(("。", "！", "？", "…", ".", "!", "?")) else f"{text}。"


def _issuer(warning: EarlyWarning) -> str:
    post = warning.signed_post
    return f"{post.unit.name}{post.title}" if post else ""


def _contact(warning: EarlyWarning) -> str:
    unit = warning.signed_post.unit if warning.signed_post else warning.unit
    return " ".join(filter(None, [f"{unit.name}值班室", unit.phone]))


def _time(at: datetime | None) -> str:
    return f"{at.astimezone(LOCAL):%Y年%m月%d日%H时%M分}" if at else ""
