"""What becomes of numbers of people in what is typed: masked, unless this request carries a signed reason.

Doors ask and mask (accounts.intake); this is what stands behind them. The journal can never be corrected, so its
only way in masks whatever a door has let through.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from common.text.masking import Finding, masked, personal_data_in

_signed_reason: ContextVar[str] = ContextVar("signed_reason", default="")
_masking_stored: ContextVar[bool] = ContextVar("masking_stored", default=False)


def signed_reason() -> str:
    """Why numbers of people are kept in what this request says; empty: they are not."""
    return _signed_reason.get()


@contextmanager
def kept_because(reason: str) -> Iterator[None]:
    """Keep numbers of people in what is recorded inside. The caller has checked the credential of who signs it."""
    before = _signed_reason.set(reason)
    try:
        yield
    finally:
        _signed_reason.reset(before)


def is_masking_stored() -> bool:
    """Whether whoever sends this request has said that numbers in what they close are to be masked."""
    return _masking_stored.get()


@contextmanager
def mask_what_is_stored() -> Iterator[None]:
    """Mask numbers of people in what is closed inside, instead of refusing to close it."""
    before = _masking_stored.set(True)
    try:
        yield
    finally:
        _masking_stored.reset(before)


def unsigned_personal_data_in(text: str) -> list[Finding]:
    """The numbers of people in a text for which nobody has signed."""
    return [] if signed_reason() else personal_data_in(text)


def fit_to_keep(text: str) -> str:
    """The text as it may be stored: masked, unless somebody has signed for the numbers in it."""
    return text if signed_reason() else masked(text)


def findings_within(value: Any, path: str = "") -> Iterator[tuple[str, Finding]]:
    """(path, finding) for every text and number of a JSON value; paths are dotted, `items.0.note`."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from findings_within(inner, f"{path}.{name}" if path else str(name))
    elif isinstance(value, list | tuple):
        for place, inner in enumerate(value):
            yield from findings_within(inner, f"{path}.{place}")
    elif isinstance(value, str | int | float) and not isinstance(value, bool):
        for finding in personal_data_in(str(value)):
            yield path, finding


def masked_within(value: Any, mask: Callable[[str], str] = masked) -> Any:
    """A JSON value with the numbers of people in its texts masked. Not changed: the value itself where it has none.

    `mask`: what masks a text; many values that say much the same remember in it what was looked at.
    """
    if isinstance(value, dict):
        return {name: masked_within(inner, mask) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [masked_within(inner, mask) for inner in value]
    return mask(value) if isinstance(value, str) else value
