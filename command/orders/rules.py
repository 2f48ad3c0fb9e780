"""What follows from what in an order's life. Plain values in and out.

issued ─▶ acknowledged ─▶ under way ─▶ arrived ─▶ arrival confirmed ─▶ completed
declined: by the recipient, until arrival.   recalled: by the sender, until completion.
"""

from command.orders.choices import OrderState as S
from command.orders.choices import OrderVerb as V

#: state → verb → next state. What is not listed cannot happen.
TRANSITIONS: dict[str, dict[str, str]] = {
    S.ISSUED: {V.ACKNOWLEDGE: S.ACKNOWLEDGED, V.DECLINE: S.DECLINED, V.RECALL: S.RECALLED},
    S.ACKNOWLEDGED: {V.DEPART: S.UNDER_WAY, V.DECLINE: S.DECLINED, V.RECALL: S.RECALLED},
    S.UNDER_WAY: {V.ARRIVE: S.ARRIVED, V.DECLINE: S.DECLINED, V.RECALL: S.RECALLED},
    S.ARRIVED: {V.CONFIRM_ARRIVAL: S.ARRIVAL_CONFIRMED, V.RECALL: S.RECALLED},
    S.ARRIVAL_CONFIRMED: {V.COMPLETE: S.COMPLETED, V.RECALL: S.RECALLED},
    S.COMPLETED: {},
    S.DECLINED: {},
    S.RECALLED: {},
}

#: Whose move each verb is: the recipient answers, the sender directs, the spot confirms.
RECIPIENT = (V.ACKNOWLEDGE, V.DEPART, V.ARRIVE, V.COMPLETE, V.DECLINE)
SENDER = (V.RECALL,)
SPOT = (V.CONFIRM_ARRIVAL,)

#: Verbs that end the matter badly enough to owe a reason.
NEEDS_REASON = (V.DECLINE, V.RECALL)

LIVE = tuple(state for state, verbs in TRANSITIONS.items() if verbs)

#: The path an order takes when all goes well, for the steps on its card.
STEPS = (S.ISSUED, S.ACKNOWLEDGED, S.UNDER_WAY, S.ARRIVED, S.ARRIVAL_CONFIRMED, S.COMPLETED)

#: verb → the journal kind that records it.
KINDS = {
    V.ACKNOWLEDGE: "order.acknowledged",
    V.DEPART: "order.under_way",
    V.ARRIVE: "order.arrived",
    V.CONFIRM_ARRIVAL: "order.arrival_confirmed",
    V.COMPLETE: "order.completed",
    V.DECLINE: "order.declined",
    V.RECALL: "order.recalled",
}


def next_state(state: str, verb: str) -> str | None:
    """The state after `verb`, or None where the verb does not apply."""
    return TRANSITIONS[state].get(verb)
