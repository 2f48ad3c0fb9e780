"""In which order partners are phoned. Plain values in and out."""

from collections.abc import Iterable
from typing import Protocol, TypeVar

from resources.partners.choices import PartnerKind

#: Life first: the order of the choices is the order of the list.
_ORDER = {kind: place for place, kind in enumerate(PartnerKind.values)}


class _Listed(Protocol):
    kind: str
    name: str
    unit_path: str


Listed = TypeVar("Listed", bound=_Listed)


def in_order_of_calling(partners: Iterable[Listed]) -> list[Listed]:
    """By kind; of one kind the nearest first (the deeper its unit), then by name."""
    return sorted(partners, key=lambda one: (_ORDER[one.kind], -len(one.unit_path), one.name))
