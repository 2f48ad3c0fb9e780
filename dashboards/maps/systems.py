"""Which coordinates may be shown over which map. Nothing is ever converted: what differs is marked."""

from django.utils.translation import gettext_lazy as _

from incidents.choices import CoordinateSystem as C

#: A metre or less apart, which no dispatch notices; all others are apart by hundreds of metres.
_ALIKE = frozenset({C.WGS84, C.CGCS2000})

DIFFERENT = _("Different coordinate systems: the position may be off by several hundred metres")
NOT_STATED = _("Coordinate system not stated: the position may be off by several hundred metres")


def warning_between(position: str, layer: str) -> str:
    """What to say of a position in one system over a map in another; empty where they agree. "" is a map's that states
    none."""
    if position in ("", C.UNKNOWN) or not layer:
        return str(NOT_STATED)
    if position == layer or {position, layer} <= _ALIKE:
        return ""
    return str(DIFFERENT)
