"""Who recuses whom, and who ends it. Each check raises with the reason."""

from django.utils.translation import gettext as _

from accounts.exclusions.choices import Ground
from accounts.exclusions.models import Exclusion
from accounts.exclusions.things import Thing
from accounts.models import User
from accounts.scope import Reach
from common.errors import NotAllowed


def check_can_recuse(reach: Reach, thing: Thing, person: User | None = None) -> None:
    """Everybody themself; others are recused by leaders of a unit that works on it, or of one above."""
    if (person and person.pk == reach.user.pk) or any(
        reach.holds("recusal.order", path) for path in thing.paths
    ):
        return
    raise NotAllowed(
        "not_allowed",
        _(
            "Nobody was recused from %(number)s: leaders of the unit in charge, or of one above, recuse others. You can "
            "recuse yourself."
        )
        % {"number": thing.number},
    )


def check_can_end(reach: Reach, row: Exclusion) -> None:
    """A leader of the unit that was in charge, or of one above; never who is kept out, nor somebody it is closed to."""
    may = reach.holds("recusal.order", row.charge_path) and row.subject not in reach.closed
    if row.person_id == reach.user.pk or not may:
        raise NotAllowed(
            "not_allowed",
            _(
                "Nothing was ended for %(number)s: another leader of the unit in charge, or of one above, does that."
            )
            % {"number": row.number},
        )


def grounds_to_end(row: Exclusion) -> bool:
    """An accusation ends with the demand or matter that holds it; on its own only a recusal does."""
    return row.ground == Ground.RECUSAL
