"""What a drill set in motion ends with it: nothing of it stays on boards, in queues or on clocks.

What its controller may end is ended by the rooms' own acts, with the reason on the record. What only a signature
ends (a warning in force, a response) is not: then the drill does not end, and says what is open (ADR 0178).
"""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.scope import Reach
from clocks.actions import cancel_for_thread
from command.linkage.actions import withdraw_order
from command.linkage.models import LinkageOrder
from command.orders.actions import move_order
from command.orders.choices import OrderVerb
from command.orders.models import Order
from common.errors import Refused, WrongState
from drills.conduct.models import Drill
from early_warnings import rules as warning_rules
from early_warnings.choices import Verb as WarningVerb
from early_warnings.models import EarlyWarning
from early_warnings.proposals.actions import take_back
from early_warnings.transitions import lock as lock_warning
from incidents.actions import close_incident
from incidents.choices import MarkOutcome
from incidents.closing.answers import Answer
from incidents.closing.queries import questions
from incidents.models import Incident
from incidents.queries import OpenItem, still_open
from notices.relevance.ending import end_threads
from resources.experts.calls import move_call
from resources.experts.choices import CallVerb
from resources.experts.models import ExpertCall

#: Told because the drill ends: these go out.
SAYS_THE_END = ("order.recalled", "incident.stood_down", "drill.ended")

#: On the record of what is ended, in the language of the bureau.
WHY = "演练结束"


def clear(drill: Drill, reach: Reach, now: datetime) -> list[str]:
    """End everything of it. Returns the numbers of the incidents closed here; raises WrongState with what is open."""
    incidents = list(drill.incidents().select_related("unit", "plan"))
    for order in LinkageOrder.objects.filter(of_drill__drill=drill).live().order_by("pk"):
        _try(lambda order=order: withdraw_order(order_id=order.pk, reach=reach, reason=WHY, now=now))
    for incident in incidents:
        if incident.is_open:
            _end_what_can_be_ended(incident, reach, now)
    open_items = [item for incident in incidents if incident.is_open for item in still_open(incident)]
    if open_items:
        raise _held_open(drill, open_items)

    closed = [_close(incident, drill, reach, now) for incident in incidents if incident.is_open]
    orders = LinkageOrder.objects.filter(of_drill__drill=drill)
    threads = [drill.key, *(incident.key for incident in incidents), *(order.key for order in orders)]
    for thread in threads:
        cancel_for_thread(thread=thread, now=now, reason="drill ended")
    end_threads(threads, now, keeping=SAYS_THE_END)
    return closed


def _end_what_can_be_ended(incident: Incident, reach: Reach, now: datetime) -> None:
    """Orders, calls to experts, and warnings that nobody has signed."""
    for order in Order.objects.live().filter(incident=incident).order_by("pk"):
        _try(
            lambda order=order: move_order(
                order_id=order.pk, reach=reach, verb=OrderVerb.RECALL, note=WHY, now=now
            )
        )
    for call in ExpertCall.objects.live().filter(incident=incident).order_by("pk"):
        _try(
            lambda call=call: move_call(
                reach=reach, call_id=call.pk, verb=CallVerb.STAND_DOWN, note=WHY, now=now
            )
        )
    unsigned = warning_rules.TRANSITIONS[WarningVerb.WITHDRAW].at
    for warning in EarlyWarning.objects.filter(incident=incident, state__in=unsigned).order_by("pk"):
        # Of whoever drafted it: it lapses with the drill, as the drafter alone withdraws a real one.
        take_back(lock_warning(warning.pk), reach, now)


def _try(act: Callable[[], object]) -> None:
    """What is refused stays open, and is on the list that the controller gets."""
    with suppress(Refused), transaction.atomic():
        act()


def _close(incident: Incident, drill: Drill, reach: Reach, now: datetime) -> str:
    answers = {one.id: Answer(MarkOutcome.NOT_NEEDED, WHY) for one in questions(incident, now)}
    close_incident(
        incident_id=incident.pk, reach=reach, summary=f"{drill.number} {WHY}", now=now, answers=answers
    )
    return incident.number


def _held_open(drill: Drill, items: list[OpenItem]) -> WrongState:
    return WrongState(
        "still_open",
        _(
            "%(number)s was not ended: still open: %(open)s. What was signed is ended by a signature, and each of these "
            "on its own page; then end the drill."
        )
        % {"number": drill.number, "open": "; ".join(item.title for item in items)},
        open=[item._asdict() for item in items],
    )
