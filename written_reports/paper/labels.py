"""A written report's figures and lines in the reader's language: for pages, papers and the API's readers."""

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.models import in_reader_language
from cases.hotline.classes import class_words as hotline_words
from written_reports import rules
from written_reports.choices import SlotState
from zero_reports.rollups.queries import class_words

_LOOKS = {
    SlotState.NOT_BEGUN: "off",
    SlotState.DRAFT: "wait",
    SlotState.OVERDUE: "bad",
    SlotState.HANDED_IN: "ok",
    SlotState.LATE: "wait",
    SlotState.RECEIVED: "ok",
}


def state_look(state: SlotState) -> str:
    return _LOOKS[state]


def data_rows(data: dict) -> list[tuple[str, str]]:
    """Label and figure, in order."""
    zeros, matters = data["zero_reports"], data["matters"]
    classes = class_words(data["classes"])
    more: list[tuple[str, str]] = []
    # A report that was handed in before these were counted has none of them.
    if demands := data.get("demands"):
        words = _(
            "registered %(registered)d, replied to %(replied)d, open %(open)d, of them overdue %(overdue)d"
        )
        more.append((pgettext("written report", "Demands"), words % demands))
    if calls := data.get("hotline"):
        said = [(hotline_words(name), many) for name, many in calls.items()]
        more.append((_("12345 hotline (imported)"), _listed(said)))
    incidents = [(in_reader_language(one["zh"], one["en"]), one["count"]) for one in data["incidents"]]
    return [
        (
            _("Zero-reports"),
            _("asked %(expected)d, answered %(received)d (late %(late)d), not answered %(missing)d") % zeros,
        ),
        (_("Matters reported"), _listed(classes)),
        (
            _("Matters worked on"),
            _("registered %(registered)d, filed %(filed)d, still open %(open)d") % matters,
        ),
        *more,
        (_("Incidents by level"), _listed(incidents)),
        *([(_("Time limits met"), str(data["met"]))] if "met" in data else []),
        (_("Time limits missed"), str(data["breached"])),
    ]


def _listed(counted: list[tuple[str, int]]) -> str:
    return "; ".join(f"{word} {many}" for word, many in counted) or "0"


def line_heads(line_kind: str) -> tuple[str, ...]:
    heads = {
        "class": _("Class"),
        "what": _("What it is about"),
        "measure": _("Proposed measure"),
        "responsible": _("Responsible unit"),
        "deadline": _("Deadline"),
    }
    return tuple(heads[name] for name in rules.fields_of(line_kind))


def line_cells(line: dict, line_kind: str) -> tuple[str, ...]:
    words = {"class": class_words({line["class"]: 0})[0][0]} if line.get("class") else {}
    return tuple(str({**line, **words}.get(name) or "–") for name in rules.fields_of(line_kind))
