"""A composed query finds what the ORM's own finds, for every value and number of values."""

from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import Exists, F, OuterRef, Q, Window
from django.db.models.functions import RowNumber
from django.test.utils import CaptureQueriesContext

from accounts.models import Appointment, Post, Unit
from common.database.composed import Composed

pytestmark = pytest.mark.usefixtures("cast")


def below(paths, kinds, now):
    condition = Q(pk__in=[])
    for path in paths:
        condition |= Q(unit__path__under=path)
    held = Appointment.objects.filter(post=OuterRef("pk"), valid_from__lte=now)
    return (
        Post.objects.filter(condition, kind__in=kinds)
        .annotate(is_held=Exists(held), place=Window(RowNumber(), "unit_id", order_by="pk"))
        .filter(place__lte=3)
        .select_related("unit")
        .prefetch_related("appointments")
        .order_by("-pk")
    )


def seen(rows):
    return [
        (row.pk, row.title, row.unit.name, row.is_held, [a.valid_from for a in row.appointments.all()])
        for row in rows
    ]


def test_it_finds_the_same_for_every_value(now):
    composed = Composed(below)
    paths = list(Unit.objects.order_by("path").values_list("path", flat=True))
    questions = [
        (tuple(paths[start : start + many]), kinds, moment)
        for start in range(len(paths))
        for many in (0, 1, 2)
        for kinds in (("duty_officer",), ("director", "clerk"))
        for moment in (now, now - timedelta(days=4000))
    ]

    for question in questions:
        assert seen(composed(*question)) == seen(below(*question))


def test_it_is_composed_once_for_each_number_of_values(now):
    made = []

    def make(*values):
        made.append(values)
        return below(*values)

    composed = Composed(make)
    for paths in (("0001/",), ("0002/",), ("0001/", "0002/"), ("0003/", "0004/")):
        composed(paths, ("clerk",), now)

    assert len(made) == 2


def test_values_lists_and_the_rows_prefetched_come_too():
    names = Composed(lambda tier: Unit.objects.filter(tier=tier).order_by("path").values_list("code", "name"))

    for tier in ("county", "township", "nothing"):
        assert names(tier) == list(
            Unit.objects.filter(tier=tier).order_by("path").values_list("code", "name")
        )


def test_it_makes_one_statement_and_one_for_what_is_prefetched(now):
    composed = Composed(below)
    composed(("0001/",), ("duty_officer",), now)  # PostgreSQL prepares it
    with CaptureQueriesContext(connection) as asked:
        for _ in range(3):
            composed(("0001/",), ("duty_officer",), now)

    assert len(asked) == 6


def test_a_query_that_can_find_nothing_asks_nothing(now):
    composed = Composed(below)
    with CaptureQueriesContext(connection) as asked:
        assert composed((), ("clerk",), now) == []

    assert not asked.captured_queries


def test_a_value_that_is_not_in_the_query_is_an_error():
    composed = Composed(lambda name: Unit.objects.filter(name="all" if name else ""))

    with pytest.raises(ValueError, match="value 1 is not in the query"):
        composed("x")


def test_what_is_no_value_is_refused():
    with pytest.raises(TypeError):
        Composed(lambda value: Unit.objects.filter(name=value))(F("code"))
