"""How long a reason to tell somebody of supervision lasts, by purpose."""

from notices.relevance.validity import Check, always, while_live
from supervision.corrections.queries import still_asked, still_open, still_reported
from supervision.corrections.rules import NOT_EXTENDED, OVERDUE, SENT_BACK, SET, TO_EXTEND, TO_VERIFY
from supervision.visits.queries import still_to_answer
from supervision.visits.rules import ANSWERED, TO_ANSWER

_open = while_live(still_open)
LASTING: dict[str, Check] = {
    TO_ANSWER: while_live(still_to_answer),
    ANSWERED: always,
    SET: _open,
    SENT_BACK: _open,
    OVERDUE: _open,
    TO_VERIFY: while_live(still_reported),
    TO_EXTEND: while_live(still_asked),
    NOT_EXTENDED: always,
}
