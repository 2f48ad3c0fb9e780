"""What the form of a response begins with, from the warning in force and from what the plan found."""

from early_warnings.models import EarlyWarning
from early_warnings.proposals.drafting import first_reason
from early_warnings.rules import STANDING
from incidents.models import Incident

#: As long as the field it fills in.
_LONGEST_REASON = 500


def first_texts(incident: Incident) -> dict[str, str]:
    """Form field → what it begins with: the plan's reasons clause by clause, and the measures that were signed."""
    standing = EarlyWarning.objects.filter(incident=incident, state__in=STANDING).order_by("-pk").first()
    found = {"reason": first_reason(incident)[:_LONGEST_REASON]}
    return {**found, "measures": standing.measures} if standing else found
