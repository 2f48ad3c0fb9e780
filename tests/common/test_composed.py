"""A composed query finds what the ORM's own finds, for every value and number of values; a change changes the same."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection
from django.db.models import Count, Exists, F, OuterRef, Q, Value, Window
from django.db.models.functions import Greatest, RowNumber
from django.test.utils import CaptureQueriesContext

from accounts.models import Appointment, Post, Unit
from accounts.reform.standing import unit_that_bore
from accounts.scope import reach_of, reaches_of
from common.database.composed import Change, Composed
from common.database.prepared_statements import Statement
from common.dates.local_time import day_of
from common.models import GivenAnswer
from common.text.codes import unit_code
from rosters import rules
from rosters.models import Shift
from zero_reports.rounds.models import Round

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


def test_neither_is_a_truth_value_or_a_list():
    named = Composed(lambda value: Unit.objects.filter(name=value))
    for value in (True, ["C1"], ("C1", True)):
        with pytest.raises(TypeError, match="cannot be put"):
            named(value)


def test_nothing_that_is_empty_is_compared(now):
    held = Composed(lambda people, now: Appointment.objects.current(now).filter(person__in=people))
    assert held((1, 2), now) == list(Appointment.objects.current(now).filter(person__in=(1, 2)))
    for people, moment in (((1, None), now), ((1, 2), None)):
        with pytest.raises(ValueError, match="is None: compare with isnull"):
            held(people, moment)


@pytest.mark.parametrize("lookup", ["contains", "icontains", "startswith"])
def test_a_text_that_the_lookup_would_escape_is_refused(lookup):
    """Its `_` and `%` would be taken for any letter."""
    with pytest.raises(ValueError, match="value 1 is not in the query as it was given"):
        Composed(lambda name: Unit.objects.filter(**{f"name__{lookup}": name}))("A_1")


def test_a_moment_that_is_computed_from_a_value_is_refused(now):
    late = Composed(lambda now: Appointment.objects.filter(valid_from__lt=now + timedelta(hours=1)))
    with pytest.raises(ValueError, match="value 1 is not in the query"):
        late(now)


def test_a_number_that_no_column_takes_is_no_empty_answer():
    """On PostgreSQL the ORM knows that a small column holds no such number."""
    stored = Composed(lambda status: GivenAnswer.objects.filter(status=status))
    if connection.vendor == "postgresql":
        with pytest.raises(ValueError, match="whatever its values"):
            stored(200)
    else:
        assert stored(200) == []


def test_a_text_may_be_made_of_several_values():
    named = Composed(lambda code, number: Unit.objects.filter(name=f"{code}:{number}:{code}"))
    Unit.objects.filter(code="C1").update(name="⟨Ｍark_1⟩:7:⟨Ｍark_1⟩")
    assert [unit.code for unit in named("⟨Ｍark_1⟩", 7)] == ["C1"]
    assert named("⟨Ｍark_1⟩", 8) == []


def test_a_code_is_compared_in_its_normal_form():
    """The column brings what it is asked for to that form, which a mark does not survive."""
    with pytest.raises(ValueError, match="value 1 is not in the query as it was given"):
        Composed(lambda code: Unit.objects.filter(code=code))("T11")
    bearing = Composed(lambda code: Unit.objects.filter(code=Value(code)))
    for typed in (" ｔ１１ ", "t11", "T11"):
        assert bearing(unit_code(typed)) == list(Unit.objects.filter(code=typed)) == [unit_that_bore(typed)]


def test_nothing_that_was_read_is_kept():
    bearing = Composed(lambda code: Unit.objects.filter(code=Value(code)))
    assert [unit.name for unit in bearing("C1")] != ["renamed"]
    Unit.objects.filter(code="C1").update(name="renamed")
    assert [unit.name for unit in bearing("C1")] == ["renamed"]


def test_rows_come_as_the_queryset_gives_them():
    def bearing(names):
        return Unit.objects.filter(name__in=names).select_related("parent").order_by("code")

    names = tuple(Unit.objects.filter(code__in=["C1", "T11"]).values_list("name", flat=True))
    found, expected = Composed(bearing)(names), list(bearing(names))
    assert found == expected
    assert [vars(one.parent)["code"] for one in found] == [one.parent.code for one in expected]
    assert not found[0]._state.adding


@pytest.mark.parametrize("rows", [
    lambda tier: Unit.objects.filter(tier=tier).order_by("path").values("code"),
    lambda tier: Unit.objects.filter(tier=tier).order_by("path").values_list("code", "path"),
    lambda tier: Unit.objects.filter(tier=tier).order_by("path").values_list("path", flat=True),
    lambda tier: Unit.objects.filter(tier=tier).annotate(below=Count("children")).order_by("path"),
])  # fmt: skip
def test_every_form_of_rows_comes(rows):
    composed = Composed(rows)
    for tier in ("county", "township"):
        assert composed(tier) == list(rows(tier))


def test_days_decide_as_in_the_queryset(now):
    asking = Round.objects.create(
        unit=Unit.objects.get(code="C1"),
        cadence="daily",
        day=day_of(now),
        plan="",
        due={},
        due_at=now,
        opened_at=now,
    )
    composed = Composed(lambda day, now: Round.objects.filter(day__gte=day, due_at__lte=now))
    assert composed(day_of(now), now) == [asking]
    assert composed(day_of(now) + timedelta(days=1), now) == []
    assert composed(day_of(now), now - timedelta(seconds=1)) == []


def test_a_query_without_values_can_be_asked():
    assert Composed(lambda: Unit.objects.order_by("pk"))() == list(Unit.objects.order_by("pk"))


def test_a_path_is_looked_up_as_everywhere():
    """LIKE on PostgreSQL, a range on SQLite: the value stands there with more around it, or twice."""
    composed = Composed(lambda path: Unit.objects.filter(path__under=path).order_by("path"))
    for path in Unit.objects.values_list("path", flat=True):
        assert composed(path) == list(Unit.objects.filter(path__under=path).order_by("path"))


def test_a_change_is_the_update_of_the_queryset():
    rename = Change(
        lambda paths, name: (Unit.objects.filter(path__in=paths), {"name": name, "phone": F("code")})
    )
    paths = tuple(Unit.objects.filter(code__in=["C1", "C2"]).values_list("path", flat=True))
    assert rename(paths, "both") == 2
    assert rename(("nowhere/",), "x") == 0
    assert rename((), "x") == 0
    assert sorted(Unit.objects.filter(name="both").values_list("code", "phone")) == [
        ("C1", "C1"),
        ("C2", "C2"),
    ]


def test_a_change_may_compute(now):
    asking = Round.objects.create(
        unit=Unit.objects.get(code="C1"),
        cadence="daily",
        day=day_of(now),
        plan="",
        due={},
        due_at=now,
        opened_at=now,
    )
    later = Change(lambda pk, at: (Round.objects.filter(pk=pk), {"due_at": Greatest(F("due_at"), at)}))
    for at in (now + timedelta(hours=1), now - timedelta(hours=1)):
        assert later(asking.pk, at) == 1
    asking.refresh_from_db()
    assert asking.due_at == now + timedelta(hours=1)


def test_a_change_writes_json(cast, now):
    answer = GivenAnswer.objects.create(
        actor=cast["county1.duty"], key="k", fingerprint="", rights="", at=now
    )
    write = Change(lambda pk, headers: (GivenAnswer.objects.filter(pk=pk), {"headers": headers}))
    for headers in ({}, {"ETag": '"3"', "地": [1, None, "⟨Ｍark_0⟩"]}):
        write(answer.pk, headers)
        assert GivenAnswer.objects.get().headers == headers


def test_a_change_with_a_value_it_would_leave_out_is_an_error():
    with pytest.raises(ValueError, match="value 2 is not in the query"):
        Change(lambda pk, name: (Unit.objects.filter(pk=pk), {"name": name.upper()}))(1, "x")


def test_preparing_is_not_a_statement_of_the_request(django_assert_num_queries):
    fresh = Composed(lambda name: Unit.objects.filter(name=name))
    rename = Change(lambda name: (Unit.objects.filter(name="nobody"), {"name": name}))
    for _ in range(2):
        with django_assert_num_queries(2):
            fresh("x")
            rename("x")


def test_a_shift_is_found_by_the_bound_of_who_composes(now):
    assert str(Shift.objects.at(now).query) == str(Shift.objects.at(now, now - rules.LONGEST).query)


def test_one_reach_is_read_like_many(cast, now):
    for person in cast.values():
        assert reach_of(person, now).posts == reaches_of([person], now)[person.pk].posts


@pytest.mark.production
@pytest.mark.parametrize("kind", [
    lambda: Composed(lambda name: Unit.objects.filter(name=name)),
    lambda: Change(lambda name: (Unit.objects.filter(name=""), {"name": name})),
])  # fmt: skip
def test_a_lost_connection_is_named_as_everywhere(kind, monkeypatch):
    """The door knows a database that is away by Django's own errors, also where a statement is prepared."""
    monkeypatch.setattr("common.database.composed.Statement", _broken)
    with pytest.raises(DatabaseError):
        kind()("x")


def _broken(name, sql):
    statement = Statement(name, sql)
    statement._prepare = "PREPARE nonsense AS SELEC"
    return statement
