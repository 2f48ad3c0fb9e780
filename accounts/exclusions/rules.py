"""Whom an accusation and a recusal keep out. Plain values in and out.

Source: Petition Work Regulations art. 28(3) (who has an interest recuses), art. 30(3) (material of an accusation is
not passed to the person or unit accused).
"""

from collections.abc import Collection

#: Whoever holds one of these over the unit complained of from above it handles the accusation.
HANDLING = ("report.view", "incident.view")


def is_shut_out(accused: str, held: Collection[str], handling: Collection[str]) -> bool:
    """Whether an accusation against the unit at path `accused` is kept from somebody.

    `held`: paths of the units in which they hold a post; `handling`: paths over which a post lets them handle it.
    A post in the unit complained of, or below it, shuts out; a post strictly above it that handles it lets in again.
    A post beside it does not: who sits in both is of the unit complained of.
    """
    within = any(path.startswith(accused) for path in held)
    above = any(accused.startswith(path) and accused != path for path in handling)
    return within and not above


def is_below(path: str, accused: Collection[str]) -> bool:
    """Whether the unit at `path` is one of those complained of, or below one."""
    return any(path.startswith(one) for one in accused)
