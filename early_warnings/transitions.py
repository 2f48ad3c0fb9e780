"""What every action on a warning stands on: lock, check, save, record.

The incident is locked before its warning, in every action: no circle, no deadlock, and what is true of the
two together (one in force, one pending) is decided under one lock.
"""

from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.scope import Reach
from clocks.actions import Recorded, record_with_clocks
from common import revisions, states
from common.errors import Invalid
from common.states import Transition
from common.text.personal_data import unsigned_personal_data_in
from early_warnings import rules
from early_warnings.models import EarlyWarning
from incidents import transitions
from incidents.models import Incident
from incidents.transitions import lock_incident


def read(warning_id: int, *, lock: bool = False) -> EarlyWarning:
    rows = EarlyWarning.objects.select_for_update(of=("self",)) if lock else EarlyWarning.objects
    return rows.select_related(
        "unit",
        "plan",
        "incident",
        "adjusted_from",
        "drafted_by",
        "proposed_by",
        "signed_by",
        "signed_post__unit",
    ).get(pk=warning_id)


def lock(warning_id: int) -> EarlyWarning:
    """Lock the warning's incident, then the warning."""
    incident = lock_incident(EarlyWarning.objects.values_list("incident_id", flat=True).get(pk=warning_id))
    warning = read(warning_id, lock=True)
    warning.incident = incident
    return warning


def check_move(warning: EarlyWarning, verb: str) -> Transition:
    return states.check_move(warning, rules.TRANSITIONS, verb, lambda: _wrong_state(warning))


def move(warning: EarlyWarning, verb: str) -> Transition:
    return states.move(warning, rules.TRANSITIONS, verb, lambda: _wrong_state(warning))


def _wrong_state(warning: EarlyWarning) -> str:
    return _(
        "Nothing was changed: warning %(number)s is “%(state)s”. Reload the page to see where it stands."
    ) % {"number": warning.number, "state": warning.get_state_display()}


def check_rev(warning: EarlyWarning, rev: int | None) -> None:
    sentence = _(
        "Warning %(number)s was not changed: somebody changed it after you opened the page. Look again, then repeat."
    )
    revisions.check_rev(warning, rev, sentence % {"number": warning.number})


def check_open(incident: Incident) -> None:
    transitions.check_open(
        incident,
        _(
            "Nothing was changed: incident %(number)s is no longer open. Reopen it first, or report a new one."
        ),
    )


#: What a refusal calls each field.
_FIELDS = {
    "reason": gettext_lazy("reason"),
    "matter": gettext_lazy("matter"),
    "area": gettext_lazy("area"),
    "measures": gettext_lazy("measures"),
    "return_reason": gettext_lazy("reason"),
    "lift_reason": gettext_lazy("reason"),
    "remark": gettext_lazy("remark"),
    "note": gettext_lazy("note"),
}


def check_text(field: str, text: str, *, may_be_empty: bool = False) -> None:
    """A text is there, and holds no number that belongs to a person: it is pushed to many, and kept."""
    if not may_be_empty and not text.strip():
        raise bad_field(field, "text_missing", _("Say it in a sentence."))
    if found := unsigned_personal_data_in(text):
        raise bad_field(field, "personal_data", _("Take out what looks like an identity, phone or card number: %(text)s") % {"text": found[0].text})  # fmt: skip


def bad_field(field: str, code: str, sentence: str) -> Invalid:
    name = _FIELDS.get(field) or _("level")
    return Invalid(
        code,
        _("Nothing was saved: the field “%(field)s” is not in order. %(sentence)s")
        % {"field": name, "sentence": sentence},
        fields={field: [sentence]},
    )


def shown_of(warning: EarlyWarning) -> dict:
    """What the timeline shows of a warning."""
    return {
        "number": warning.number,
        "level": warning.level,
        "reason": warning.reason,
        "matter": warning.matter,
    }


def record_entry(
    warning: EarlyWarning,
    kind: str,
    reach: Reach | None,
    *,
    at: datetime,
    post: str = "",
    content: dict | None = None,
) -> Recorded:
    """The entry and the clocks that start with it. `reach` None: the system itself acts."""
    if reach and not post:
        post = reach.title_for("incident.view", warning.unit_path)
    return record_with_clocks(
        kind,
        subject=warning.key,
        thread=warning.thread,
        unit=warning.unit,
        actor=reach.user if reach else None,
        post=post,
        at=at,
        level=warning.level,
        plan=warning.plan.ref,
        drill=warning.drill,
        content=content,
    )
