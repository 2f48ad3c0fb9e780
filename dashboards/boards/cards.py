"""What stands on a board beside the rows themselves: the clocks of each card, how many more are like it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from clocks.models import Clock
from incidents.models import Incident

#: The most urgent time limits of an incident; its page has the others.
CLOCKS_SHOWN = 3


class IncidentCard(NamedTuple):
    incident: Incident
    clocks: Sequence[Clock]
    #: How many alike are not shown; on the last of those that are.
    more_alike: int


def incident_cards(rows: Sequence[Incident], clocks: Mapping[str, Sequence[Clock]]) -> list[IncidentCard]:
    """Cards of rows from `incidents.queries.board_of`; the alike stand together there."""
    shown = Counter(_kind(row) for row in rows)
    last = {_kind(row): row.pk for row in rows}
    return [
        IncidentCard(
            row,
            clocks.get(row.key, ())[:CLOCKS_SHOWN],
            row.alike - shown[_kind(row)] if last[_kind(row)] == row.pk else 0,
        )
        for row in rows
    ]


def _kind(row: Incident) -> tuple:
    return (row.unit_id, row.alone, row.proposed_level, row.state, row.is_overdue, row.drill)
