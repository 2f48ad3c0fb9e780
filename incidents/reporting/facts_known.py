"""What follows in rooms above from the facts of an incident, in the transaction in which they become known."""

from collections.abc import Callable
from datetime import datetime

from common.hooks import Hook
from incidents.models import Incident

#: fn(incident, now), after an alarm and after each observation.
FACTS_KNOWN: Hook[Callable[[Incident, datetime], None]] = Hook()


def follow_facts(incident: Incident, now: datetime) -> None:
    for follow in FACTS_KNOWN:
        follow(incident, now)
