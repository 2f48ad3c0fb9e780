"""What every act on a response stands on: lock, check, record. The incident is locked before its response."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.scope import Reach
from clocks.actions import Recorded, record_with_clocks
from command.activation import rules
from command.activation.choices import DecisionState
from command.activation.models import Decision, Response
from common import revisions, states
from common.errors import Invalid, WrongState
from common.states import Transition
from common.text.personal_data import unsigned_personal_data_in
from incidents.models import Incident
from incidents.transitions import lock_incident


def read(response_id: int, *, lock: bool = False) -> Response:
    rows = Response.objects.select_for_update(of=("self",)) if lock else Response.objects
    return rows.select_related("unit", "plan", "incident").get(pk=response_id)


def lock(response_id: int) -> Response:
    """Lock the response's incident, then the response."""
    incident = lock_incident(Response.objects.values_list("incident_id", flat=True).get(pk=response_id))
    response = read(response_id, lock=True)
    response.incident = incident
    return response


def pending(response: Response) -> Decision | None:
    """The decision that is asked for, with the response as the caller holds it."""
    found = (
        response.decisions.filter(state=DecisionState.PROPOSED)
        .select_related("proposed_by", "signed_post__unit")
        .first()
    )
    if found is not None:
        found.response = response
    return found


def the_pending(response: Response) -> Decision:
    found = pending(response)
    if found is None:
        raise WrongState(
            "nothing_to_decide",
            _("Nothing was changed on %(number)s: no decision is asked for any more. Load the page again.")
            % {"number": response.number},
        )
    return found


def check_no_other(response: Response) -> None:
    if pending(response) is not None:
        raise WrongState(
            "decision_pending",
            _(
                "Nothing was proposed for %(number)s: another decision about it waits for its signature. Sign, refuse or withdraw that one first."
            )
            % {"number": response.number},
        )


def check_move(response: Response, verb: str) -> Transition:
    return states.check_move(response, rules.RESPONSES, verb, lambda: _wrong_state(response))


def move(response: Response, verb: str) -> Transition:
    return states.move(response, rules.RESPONSES, verb, lambda: _wrong_state(response))


def move_decision(decision: Decision, verb: str) -> Transition:
    return states.move(decision, rules.DECISIONS, verb)


def _wrong_state(response: Response) -> str:
    return _(
        "Nothing was changed: response %(number)s is “%(state)s”. Load the page again to see where it stands."
    ) % {"number": response.number, "state": response.get_state_display()}


def check_rev(response: Response, rev: int | None) -> None:
    sentence = _(
        "Response %(number)s was not changed: somebody changed it after you opened the page. Look again, then repeat."
    )
    revisions.check_rev(response, rev, sentence % {"number": response.number})


#: What a refusal calls each field.
_FIELDS = {
    "matter": gettext_lazy("matter"),
    "measures": gettext_lazy("measures"),
    "reason": gettext_lazy("reason"),
    "level": gettext_lazy("level"),
    "grade": gettext_lazy("how grave the event is"),
    "expected_until": gettext_lazy("expected until"),
    "note": gettext_lazy("note"),
    "told": gettext_lazy("who was told"),
    "told_at": gettext_lazy("told at"),
    "answer": gettext_lazy("answer"),
}


def check_text(field: str, text: str, *, may_be_empty: bool = False) -> None:
    """A text is there, and holds no number that belongs to a person: it is shown to many, and kept."""
    if not may_be_empty and not text.strip():
        raise bad_field(field, "text_missing", _("Say it in a sentence."))
    if found := unsigned_personal_data_in(text):
        raise bad_field(
            field,
            "personal_data",
            _("Take out what looks like an identity, phone or card number: %(text)s")
            % {"text": found[0].text},
        )


def bad_field(field: str, code: str, sentence: str) -> Invalid:
    return Invalid(
        code,
        _("Nothing was saved: the field “%(field)s” is not in order. %(sentence)s")
        % {"field": _FIELDS[field], "sentence": sentence},
        fields={field: [sentence]},
    )


def record_entry(
    response: Response,
    kind: str,
    reach: Reach | None,
    *,
    at: datetime,
    post: str = "",
    content: dict[str, Any] | None = None,
    subject: str = "",
    plan: str = "",
) -> Recorded:
    """The entry and the clocks that follow it. `subject`: a duty of the response; `reach` None: the system acts."""
    if reach and not post:
        post = reach.title_for("incident.view", response.unit_path)
    return record_with_clocks(
        kind,
        subject=subject or response.key,
        thread=response.thread,
        unit=response.unit,
        actor=reach.user if reach else None,
        post=post,
        at=at,
        level=response.level,
        plan=plan or response.plan.ref,
        drill=response.drill,
        content={"number": response.number, **(content or {})},
    )


def check_open(incident: Incident) -> None:
    if not incident.is_open:
        raise WrongState(
            "incident_not_open",
            _("Nothing was changed: incident %(number)s is no longer open. Reopen it first.")
            % {"number": incident.number},
        )
