"""An expert who has an account here is called like staff: a notice in the product, beside the telephone."""

from datetime import datetime

from notices.actions import queue_notices
from notices.choices import ORDER, Channel
from notices.occasions import Occasion
from notices.recipients import Recipient
from notices.relevance import validity
from notices.sending.message_templates import DRILL_MARK, Message
from resources.experts.models import ExpertCall

CALLED = "expert.called"


def tell_called(call: ExpertCall, *, now: datetime) -> None:
    """Nobody is told of a call to an adviser without an account: they are telephoned."""
    incident, person = call.incident, call.expert.account
    if person is None:
        return
    mark = DRILL_MARK if incident.drill else {"zh": "", "en": ""}
    queue_notices(
        Occasion(CALLED, call.key, incident.unit, incident.key, incident.drill),
        Message(
            f"{mark['zh']}请您就事件 {incident.number} 提供专家意见：{call.question}"[:300],
            f"{mark['en']}You are called as an expert for incident {incident.number}: {call.question}"[:300],
        ),
        recipients=[Recipient(person, call.expert.title)],
        channels=[Channel.APP, Channel.SMS],
        priority=ORDER,
        now=now,
    )


def _waiting(asked: set[int], now: datetime) -> set[int]:
    """Until they have answered, or somebody has said what became of the call."""
    return set(ExpertCall.objects.live().filter(pk__in=asked).values_list("pk", flat=True))


#: Purpose → what says how long it lasts.
LASTING: dict[str, validity.Check] = {CALLED: validity.while_live(_waiting)}
