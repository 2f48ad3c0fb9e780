"""What follows from what in an order's life. Plain values in and out.

issued ─▶ acknowledged ─▶ under way ─▶ arrived ─▶ arrival confirmed ─▶ completed
declined: by the recipient, until arrival.   recalled: by the sender, until completion.
stood down: by itself, while nobody has answered, once enough others have.
"""

from command.orders.choices import OrderState as S
from command.orders.choices import OrderVerb as V
from common.states import NOBODY, NOTHING, StateTable, Transition

#: The recipient answers, the sender directs, somebody else on the spot confirms.
RECIPIENT, SENDER, SPOT, SYSTEM = "recipient", "sender", "spot", "system"
_BEFORE_ARRIVAL = (S.ISSUED, S.ACKNOWLEDGED, S.UNDER_WAY)

TRANSITIONS = StateTable(
    turns={
        S.ISSUED: RECIPIENT,
        S.ACKNOWLEDGED: RECIPIENT,
        S.UNDER_WAY: RECIPIENT,
        S.ARRIVED: SPOT,
        S.ARRIVAL_CONFIRMED: RECIPIENT,
        S.COMPLETED: NOBODY,
        S.DECLINED: NOBODY,
        S.RECALLED: NOBODY,
        S.STOOD_DOWN: NOBODY,
    },
    rows=[
        Transition(
            "issue", (NOTHING,), S.ISSUED, "order.issued", by=SENDER,
            tells={"order.issued": "everybody who can answer it"},
        ),
        Transition(V.ACKNOWLEDGE, (S.ISSUED,), S.ACKNOWLEDGED, "order.acknowledged", by=RECIPIENT),
        Transition(V.DEPART, (S.ACKNOWLEDGED,), S.UNDER_WAY, "order.under_way", by=RECIPIENT),
        Transition(V.ARRIVE, (S.UNDER_WAY,), S.ARRIVED, "order.arrived", by=RECIPIENT),
        Transition(
            V.CONFIRM_ARRIVAL, (S.ARRIVED,), S.ARRIVAL_CONFIRMED, "order.arrival_confirmed", by=SPOT,
        ),
        Transition(V.COMPLETE, (S.ARRIVAL_CONFIRMED,), S.COMPLETED, "order.completed", by=RECIPIENT),
        Transition(V.DECLINE, _BEFORE_ARRIVAL, S.DECLINED, "order.declined", by=RECIPIENT),
        Transition(
            V.RECALL, (*_BEFORE_ARRIVAL, S.ARRIVED, S.ARRIVAL_CONFIRMED), S.RECALLED, "order.recalled",
            by=SENDER, tells={"order.recalled": "who was told of the order"},
        ),
        Transition(
            V.STAND_DOWN, (S.ISSUED,), S.STOOD_DOWN, "order.stood_down",
            by=SYSTEM, tells={"order.stood_down": "who was told of the order"},
        ),
    ],
)  # fmt: skip

LIVE = TRANSITIONS.live

#: Whoever said that they come, and has not said since that they cannot.
COMING = (S.ACKNOWLEDGED, S.UNDER_WAY, S.ARRIVED, S.ARRIVAL_CONFIRMED, S.COMPLETED)

#: Whoever is on the way or says that they are there types the code of the place; it stands for both.
CODE_AT = (S.UNDER_WAY, S.ARRIVED)

#: Verbs that end the matter badly enough to owe a reason.
NEEDS_REASON = (V.DECLINE, V.RECALL)

#: The path an order takes when all goes well, for the steps on its card.
STEPS = (S.ISSUED, S.ACKNOWLEDGED, S.UNDER_WAY, S.ARRIVED, S.ARRIVAL_CONFIRMED, S.COMPLETED)
