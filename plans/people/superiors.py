"""The name on paper of whoever is told above: the plan's words, or what a unit works under locally."""

from accounts.models import Unit
from accounts.unit_lines.queries import with_local_superior
from plans.document.sections import Role
from plans.document.words import Words

#: Kind of a role that means the local superior of the unit, whoever that is.
LOCAL = "local"


def name_of(role: Role, unit: Unit) -> Words:
    """Of the local line the authority that the unit, or the nearest above it, names; its words where none does."""
    if role.kind != LOCAL:
        return role.words
    named = with_local_superior(unit)
    return Words(named.local_superior, "") if named else role.words
