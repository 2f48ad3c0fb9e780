"""The acts on one demand, by the word of their address: alike on the page and over the API."""

from collections.abc import Callable
from typing import Any

from accounts.scope import Reach
from cases.demands import actions, answering, forms, terms
from cases.demands.models import Demand

Given = dict[str, Any]


def _approved(given: Given, reach: Reach) -> Given:
    return {**given, "approved_by": forms.person_named(given.get("approved_by", ""))}


def _to(given: Given, reach: Reach) -> Given:
    return _reason_as_note({**given, "to": forms.to_pass_on_to(reach, given["to"], "to")}, reach)


def _reason_as_note(given: Given, reach: Reach) -> Given:
    return {"note": given["reason"], **{name: value for name, value in given.items() if name != "reason"}}


def _number(given: Given, reach: Reach) -> Given:
    return {"note": given["note"], "office_number": given["external_number"]}


def _same(given: Given, reach: Reach) -> Given:
    return given


#: Word of the address → body, action, what the body becomes.
ACTS: dict[str, tuple[type, Callable[..., Demand], Callable[[Given, Reach], Given]]] = {
    "steps": (forms.DemandStepSerializer, answering.note_step, _same),
    "notice": (forms.NoticeSerializer, answering.give_notice, _same),
    "promise": (forms.PromiseSerializer, answering.promise_answer, _same),
    "reply": (forms.ReplySerializer, answering.issue_reply, _same),
    "deliver": (forms.DeliverSerializer, answering.deliver_reply, _same),
    "extend": (forms.ExtendSerializer, terms.extend_demand, _approved),
    "pause": (forms.PauseSerializer, terms.pause_demand, _approved),
    "resume": (forms.ReasonSerializer, terms.resume_demand, _same),
    "transfer": (forms.TransferSerializer, actions.transfer_demand, _to),
    "accusation": (forms.AccusationSerializer, actions.hide_accusation, forms.accusation_of),
    "object": (forms.ReasonSerializer, actions.object_to_transfer, _reason_as_note),
    "review": (forms.DemandStepSerializer, answering.note_step, _same),
    "close": (forms.DemandCloseSerializer, answering.close_demand, _number),
}
