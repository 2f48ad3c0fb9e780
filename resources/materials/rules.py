"""What a movement does to the stock, and what is wrong with it. Plain values in and out.

on hand: what lies in the store. out: what was issued and is not back, nor used up.
"""

from datetime import date
from typing import NamedTuple

from resources.materials.choices import Fault
from resources.materials.choices import Movement as M


class Effect(NamedTuple):
    """How many times its quantity a movement adds to what is on hand, and to what is out."""

    on_hand: int
    out: int


#: Source: district plan §5.4 (a person named for it issues and registers).
EFFECTS = {
    M.RECEIVED: Effect(1, 0),
    M.ISSUED: Effect(-1, 1),
    M.RETURNED: Effect(1, -1),
    M.CONSUMED: Effect(0, -1),
    M.WRITTEN_OFF: Effect(-1, 0),
}

#: To whom it went, or why it is gone, has to be said.
NEEDS_NOTE = (M.ISSUED, M.WRITTEN_OFF)


class Stock(NamedTuple):
    on_hand: int
    out: int


def after(stock: Stock, verb: str, quantity: int) -> Stock | None:
    """The stock after a movement; None where there is not so much on hand, or not so much out."""
    effect = EFFECTS[M(verb)]
    new = Stock(stock.on_hand + effect.on_hand * quantity, stock.out + effect.out * quantity)
    return new if min(new) >= 0 else None


def fault_of(*, on_hand: int, minimum: int, expires_on: date | None, today: date) -> Fault | None:
    """The worst that is wrong. The last day of use is still in time; exactly the minimum is enough.

    Nothing on hand is missing where a minimum is set, and wrong by no rule where none is.
    """
    if minimum and not on_hand:
        return Fault.MISSING
    if on_hand and expires_on is not None and expires_on < today:
        return Fault.EXPIRED
    return Fault.SHORT if on_hand < minimum else None


def is_usable(*, on_hand: int, expires_on: date | None, today: date) -> bool:
    """Whether there is any of it and its date has not passed."""
    return on_hand > 0 and (expires_on is None or expires_on >= today)
