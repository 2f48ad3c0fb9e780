"""The acts on one inquiry, by the word of their address: alike on the page and over the API."""

from collections.abc import Callable

from supervision.inquiries import actions, forms
from supervision.inquiries.choices import InquiryVerb as V
from supervision.inquiries.models import Inquiry

#: Word of the address → form of the page, body of the API, action.
ACTS: dict[str, tuple[type, type, Callable[..., Inquiry]]] = {
    V.HEAR: (forms.StatementForm, forms.StatementSerializer, actions.note_statement),
    V.REPORT: (forms.ReportForm, forms.ReportSerializer, actions.submit_report),
    V.DECIDE: (forms.DecisionForm, forms.DecisionSerializer, actions.issue_decision),
    V.DELIVER: (forms.DeliverForm, forms.DeliverSerializer, actions.deliver_decision),
    V.ERASE: (forms.EraseForm, forms.EraseSerializer, actions.erase_contents),
}
