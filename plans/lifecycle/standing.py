"""The clock rules that hold whatever plan an incident follows: those of the statutes in force."""

from datetime import datetime
from functools import cache

from clocks import rulebook
from clocks.rulebook import Rulebook
from plans.document import statute
from plans.document.clock_rules import clock_rules
from plans.document.sections import clocks_of
from plans.lifecycle import queries


def statutory_rules(at: datetime) -> list[Rulebook]:
    """One rulebook per statute: of the version in force, else of the one that ships with the product."""
    loaded = queries.overlays(at)
    books = [rulebook.rules_for(version.ref) for version in loaded]
    if statute.shipped()["id"] not in {version.plan.plan_id for version in loaded}:
        books.append(_shipped())
    return books


@cache
def _shipped() -> Rulebook:
    document = statute.shipped()
    ref = f"{document['id']}@{document['version']}"
    return rulebook.book_of(clock_rules(clocks_of(document), ref))
