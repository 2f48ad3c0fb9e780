"""What the texts of a step begin with: what is on record, in the reader's language, to be changed by whoever sends it.

Nothing is stated as done that is not recorded, and no number that only somebody on the spot knows.
"""

from collections.abc import Sequence

from django.utils.text import capfirst
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from command.orders.choices import OrderState
from command.orders.models import Order
from command.orders.prefilled import known_facts
from common.dates.local_time import LOCAL
from incidents.models import Incident
from plans.engine.evaluation import level_of


def close_summary(incident: Incident, orders: Sequence[Order]) -> str:
    """When and where, what was known at the end, the highest level signed, and the orders."""
    language = get_language() or ""
    said = [
        _("Known %(at)s: %(place)s.")
        % {"at": f"{incident.known_at.astimezone(LOCAL):%Y-%m-%d %H:%M}", "place": incident.place},
    ]
    if known := known_facts(incident):
        said.append(_("%(known)s.") % {"known": capfirst(known)})
    if incident.highest_level:
        level = level_of(incident.plan.document, incident.highest_level).words.in_language(language)
        said.append(_("Highest level signed: %(level)s.") % {"level": level})
    if orders:
        done = sum(one.state == OrderState.COMPLETED for one in orders)
        said.append(_("Orders: %(many)s, completed: %(done)s.") % {"many": len(orders), "done": done})
    return ("" if language.startswith("zh") else " ").join(said)
