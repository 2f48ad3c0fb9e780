"""How long the reasons to tell of an incident last. Asked before anything is sent, and by whoever ends one."""

from collections.abc import Iterable
from datetime import datetime

from incidents import rules
from incidents.models import Incident
from notices.relevance import validity


def still_open(asked: set[int], now: datetime) -> set[int]:
    return set(Incident.objects.open().filter(pk__in=asked).values_list("pk", flat=True))


def still_in_danger(asked: set[int], now: datetime) -> set[int]:
    """Those where people are in danger. What was said of one that is part of another now is true while that other
    goes on in danger: merging ends no alarm."""
    survivors = survivors_of(asked)
    found = Incident.objects.open().filter(pk__in=set(survivors.values())).only("pk", "facts")
    in_danger = {one.pk for one in found if rules.needs_life_safety(one.facts)}
    return {pk for pk, survivor in survivors.items() if survivor in in_danger}


def survivors_of(asked: Iterable[int]) -> dict[int, int]:
    """Incident → the one it has become a part of, itself where it is none. One query per link of the chain."""
    ends = {pk: pk for pk in asked}
    while True:
        links = dict(
            Incident.objects.filter(pk__in=set(ends.values()), merged_into__isnull=False).values_list(
                "pk", "merged_into"
            )
        )
        if not links:
            return ends
        ends = {pk: links.get(end, end) for pk, end in ends.items()}


def family(incident: Incident) -> list[Incident]:
    """The incident and all that have become a part of it."""
    found, fresh = [incident], [incident.pk]
    while fresh:
        parts = list(Incident.objects.filter(merged_into__in=fresh).order_by("pk"))
        found += parts
        fresh = [part.pk for part in parts]
    return found


while_open = validity.while_live(still_open)
while_in_danger = validity.while_live(still_in_danger)
