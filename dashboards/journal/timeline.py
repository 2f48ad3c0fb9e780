"""Journal entries in words: what a person reads in a timeline and an auditor in the journal."""

from collections.abc import Iterable

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from command.orders.targets import in_words
from incidents.choices import MarkOutcome
from incidents.reporting import addressee, waited
from incidents.serializers import said_once
from journal.keys import key
from journal.kinds import KINDS
from journal.models import Entry
from journal.record import NOT_SENT, content_of
from plans.document.life_safety import checklist_of
from plans.document.sections import squads_of
from plans.engine.facts import Facts
from plans.lifecycle.citations import cited

#: Content worth reading aloud, in this order; the rest stays in the record.
_SPOKEN = (
    "who",
    "what",
    "task",
    "place",
    "title",
    "with",
    "into",
    "from",
    "to",
    "text",
    "note",
    "reason",
    "summary",
)
#: To whom a request for a signature climbs (`warning.escalated`).
_ASKED_NEXT = {
    "deputy": gettext_lazy("to the standing deputy"),
    "next_higher": gettext_lazy("to the next higher signatory"),
}
_BAD = (
    "clock.breached",
    "notice.failed",
    "clock.effect_failed",
    "order.declined",
    "engine.alarmed",
    "response.refused",
    "roll_call.help",
    "roll_call.silent",
    "measure.refused",
)


def rows(entries: Iterable[Entry], plan=None) -> list[dict]:
    """Entries as templates/_timeline.html shows them."""
    return [_row(entry, plan) for entry in entries]


def _row(entry: Entry, plan) -> dict:
    content = content_of(entry)
    return {
        "key": key("entry", entry.pk),
        "number": entry.number,
        "at": entry.at,
        "recorded_at": entry.recorded_at if (entry.recorded_at - entry.at).total_seconds() > 60 else None,
        "title": title_of(entry.kind),
        "text": text_of(content, plan),
        "reasons": reasons_of(content),
        "who": _who(entry, content),
        "level": entry.level if entry.kind in _SHOWS_LEVEL else "",
        "plan": plan,
        "proposed": entry.kind in _PROPOSES,
        "look": "bad" if entry.kind in _BAD else "",
        "drill": entry.drill,
    }


_PROPOSES = ("incident.reported", "incident.level_proposed", "warning.proposed")
_SHOWS_LEVEL = ("incident.reported", "incident.level_proposed", "incident.level_set", "warning.proposed",
                "warning.signed", "warning.adjusted")  # fmt: skip


def title_of(kind: str) -> str:
    known = KINDS.get(kind)
    if known is None:
        return kind
    return known.en if _english() else known.zh


def text_of(content: dict, plan=None) -> str:
    """The telling parts of an entry's content, in one line."""
    if content.get("to") in _ASKED_NEXT:
        content = {**content, "to": _ASKED_NEXT[content["to"]]}
    if isinstance(content.get("to"), str):
        content = {**content, "to": in_words(content["to"])}
    if plan and "@" in str(content.get("to", "")):
        content = {**content, "to": _squad_in_words(content["to"], plan)}
    parts = [
        str(content[name])
        for name in _SPOKEN
        if content.get(name) and not isinstance(content[name], dict | list)
    ]
    if title := (_english() and content.get("title_en")) or content.get("title_zh"):
        parts.insert(0, title)
    if facts := content.get("facts"):
        said = Facts.from_dict(facts).described()
        parts += [
            f"{fact.in_language(get_language())} {value.in_language(get_language())}" for fact, value in said
        ]
    if isinstance(orders := content.get("orders"), list):
        parts += [
            ", ".join(orders),
            *(f"{one['id']} – {one['reason']}" for one in content.get("left_out", ())),
        ]
    if content.get(NOT_SENT):
        parts.append(_("drill: would have been sent, was not"))
    if content.get("plan_after"):
        parts.insert(0, _switched(content))
    if elsewhere := addressee.recorded_as_text(content):
        parts.append(elsewhere)
    if late := waited.recorded_as_text(content):
        parts.append(late)
    if content.get("item"):
        outcome = MarkOutcome(content["outcome"]).label if content.get("outcome") else ""
        parts.insert(0, f"{_item_in_words(content, plan)} {outcome}".strip())
    return (" · " if _english() else "；").join(parts)


def reasons_of(content: dict) -> list[dict]:
    """Why a level was proposed, as it was written down then: limb, fact and citation."""
    language = "en" if _english() else "zh"
    found = content.get("reasons") or ()
    return [
        said_once(reason[language]) for reason in found if isinstance(reason, dict) and language in reason
    ]


def _switched(content: dict) -> str:
    """From which plan version to which, and what became of the time limits that ran."""
    counts = content.get("counts", {})
    clocks = _("time limits: %(goes_on)s go on, %(set_anew)s set anew, %(ends)s ended") % {
        name: counts.get(name, 0) for name in ("goes_on", "set_anew", "ends")
    }
    return f"{cited(content.get('plan_before', ''))} → {cited(content['plan_after'])} ({clocks})"


def _item_in_words(content: dict, plan) -> str:
    """What was ticked off: as it was asked, else the line of the checklist; its id where the plan is not at hand."""
    if asked := content.get("asked_en" if _english() else "asked_zh"):
        return asked
    found = next((line for line in checklist_of(plan or {}) if content["item"] in line.ids), None)
    return found.item.words.in_language(get_language()) if found else content["item"]


def _squad_in_words(target: str, plan) -> str:
    """ "dialogue@C1" → the plan's own name of the squad, and the unit's code."""
    squad_id, _at, code = target.partition("@")
    words = next((squad.words for squad in squads_of(plan) if squad.id == squad_id), None)
    return f"{words.in_language(get_language())} {code}" if words else target


def _who(entry: Entry, content: dict) -> str:
    who = " ".join(part for part in (entry.post, entry.actor_name) if part) or _("The system")
    return f"{who} ({_('on behalf')})" if content.get("on_behalf") else who


def _english() -> bool:
    return (get_language() or "").startswith("en")
