"""From a verb at a door to its action."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from accounts.scope import Reach
from supervision.visits import actions
from supervision.visits.choices import VisitVerb as V
from supervision.visits.models import Visit

#: What each verb takes of what a door hands in.
_TAKES: dict[str, tuple[Callable[..., Visit], tuple[str, ...]]] = {
    V.SEND_FORM: (actions.send_form, ()),
    V.READ: (actions.confirm_reading, ()),
    V.ANSWER: (actions.answer_visit, ("answer",)),
}


def act_on(
    visit: Visit, verb: str, *, reach: Reach, now: datetime, rev: int | None = None, **given: Any
) -> Visit:
    action, takes = _TAKES[verb]
    return action(visit_id=visit.pk, reach=reach, now=now, rev=rev, **{name: given[name] for name in takes})
