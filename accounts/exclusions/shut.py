"""What is closed to whom: read together with the posts, so that it costs nothing where nothing is."""

from collections.abc import Collection, Iterable

from django.db.models import BooleanField, Exists, ExpressionWrapper, F, OuterRef, Q
from django.db.models.functions import Left, Length

from accounts.exclusions import rules
from accounts.exclusions.models import Exclusion
from common.database.paths import prefixes

#: Subject, person, path of the unit complained of.
Row = tuple[str, int | None, str]


def is_shut_out_somewhere(person: str, path: str) -> ExpressionWrapper:
    """For a row of appointments: whether anything at all may be closed to this person, or to somebody of this unit."""
    standing = Exclusion.objects.standing()
    accused = standing.filter(unit__isnull=False).alias(head=Left(OuterRef(path), Length("unit_path")))
    named = Q(Exists(standing.filter(person=OuterRef(person))))
    return ExpressionWrapper(
        named | Q(Exists(accused.filter(head=F("unit_path")))), output_field=BooleanField()
    )


def rows_about(people: Collection[int], paths: Iterable[str]) -> list[Row]:
    """The standing exclusions of these people, and of the units with these paths and those above (one query)."""
    above = {prefix for path in paths for prefix in prefixes(path)}
    rows = Exclusion.objects.standing().filter(
        Q(person__in=people) | Q(unit__isnull=False, unit_path__in=above)
    )
    return list(rows.values_list("subject", "person_id", "unit_path"))


def closed_to(person: int, held: set[str], handling: set[str], rows: Iterable[Row]) -> frozenset[str]:
    """The things that are closed to a person with posts at `held` who handles accusations at `handling`."""
    return frozenset(
        subject
        for subject, named, accused in rows
        if (named == person if named else rules.is_shut_out(accused, held, handling))
    )
