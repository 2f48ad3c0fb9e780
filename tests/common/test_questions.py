"""A queryset composed once answers as the queryset itself does, call for call."""

from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import BigIntegerField, CharField, Count, DateTimeField, F
from django.db.models.functions import Greatest

from accounts.models import Appointment, Unit
from accounts.scope import reach_of, reaches_of
from common.database.questions import Change, Many, Question
from common.dates.local_time import day_of
from rosters.models import Shift
from zero_reports.rounds.models import Round

pytestmark = pytest.mark.django_db

BEARING = Question(
    "test_bearing",
    lambda codes: Unit.objects.filter(code__in=codes).select_related("parent").order_by("code"),
    codes=Many(Unit._meta.get_field("code")),
)
HELD = Question(
    "test_held",
    lambda person, now: Appointment.objects.current(now).filter(person=person).order_by("pk"),
    person=BigIntegerField(),
    now=DateTimeField(),
)


def test_rows_come_as_the_queryset_gives_them(units):
    expected = list(Unit.objects.filter(code__in=["C1", "T11"]).select_related("parent").order_by("code"))
    found = BEARING(codes=["C1", "T11"])
    assert found == expected
    assert [vars(one.parent)["code"] for one in found] == [one.parent.code for one in expected]
    assert not found[0]._state.adding


def test_the_same_statement_serves_other_values(units):
    assert [unit.code for unit in BEARING(codes=["C1", "T11"])] == ["C1", "T11"]
    assert [unit.code for unit in BEARING(codes=["C2", "C0"])] == ["C0", "C2"]


def test_a_list_of_another_length_has_a_statement_of_its_own(units):
    assert [[unit.code for unit in BEARING(codes=codes)] for codes in (["C1"], [], ["C1", "C2", "T11"])] == [
        ["C1"], [], ["C1", "C2", "T11"]
    ]  # fmt: skip


def test_a_value_is_read_as_its_column_reads_it(units):
    assert [unit.code for unit in BEARING(codes=[" ｔ１１ "])] == ["T11"]


def test_what_is_stored_in_between_is_found(units):
    assert [unit.name for unit in BEARING(codes=["C1"])] != ["renamed"]
    Unit.objects.filter(code="C1").update(name="renamed")
    assert [unit.name for unit in BEARING(codes=["C1"])] == ["renamed"]


def test_nothing_that_is_empty_is_compared(units, now):
    with pytest.raises(ValueError, match="isnull"):
        HELD(person=None, now=now)


def test_moments_decide_as_in_the_queryset(cast, now):
    person = cast["county1.duty"]
    for moment in (now, now - timedelta(days=4000)):
        assert HELD(person=person.pk, now=moment) == list(
            Appointment.objects.current(moment).filter(person=person).order_by("pk")
        )


def test_plain_values_come_as_tuples_and_flat(units):
    of = {"codes": Many(CharField())}
    rows = Unit.objects.order_by("code")
    pairs = Question(
        "test_pairs", lambda codes: rows.filter(code__in=codes).values_list("code", "path"), **of
    )
    flat = Question(
        "test_flat", lambda codes: rows.filter(code__in=codes).values_list("path", flat=True), **of
    )
    expected = [(unit.code, unit.path) for unit in rows.filter(code__in=["C1", "C2"])]
    assert pairs(codes=["C2", "C1"]) == expected
    assert flat(codes=["C2", "C1"]) == [path for _code, path in expected]


def test_a_question_without_values_can_be_asked():
    assert Question("test_rounds", lambda: Round.objects.order_by("pk"))() == list(
        Round.objects.order_by("pk")
    )


@pytest.mark.parametrize("rows", [
    lambda: Unit.objects.values("code"),
    lambda: Unit.objects.annotate(below=Count("children")),
])  # fmt: skip
def test_what_cannot_be_read_alike_is_refused(rows, db):
    with pytest.raises(TypeError):
        Question("test_refused", rows)()


def test_a_change_is_the_update_of_the_queryset(units):
    rename = Change(
        "test_rename",
        lambda codes, name: (Unit.objects.filter(code__in=codes), {"name": name, "phone": F("code")}),
        codes=Many(CharField()),
        name=CharField(),
    )
    assert rename(codes=["C1", "C2"], name="both") == 2
    assert rename(codes=["nobody"], name="x") == 0
    assert sorted(Unit.objects.filter(name="both").values_list("code", "phone")) == [
        ("C1", "C1"),
        ("C2", "C2"),
    ]


def test_a_change_may_compute(units, now):
    asking = Round.objects.create(
        unit=units["C1"], cadence="daily", day=day_of(now), plan="", due={}, due_at=now, opened_at=now
    )
    later = Change(
        "test_later",
        lambda pk, at: (Round.objects.filter(pk=pk), {"due_at": Greatest(F("due_at"), at)}),
        pk=BigIntegerField(),
        at=DateTimeField(),
    )
    for at in (now + timedelta(hours=1), now - timedelta(hours=1)):
        later(pk=asking.pk, at=at)
    asking.refresh_from_db()
    assert asking.due_at == now + timedelta(hours=1)


def test_no_call_composes_again(units, monkeypatch):
    BEARING(codes=["C1"])
    monkeypatch.setattr(BEARING, "_compose", None)
    assert [unit.code for unit in BEARING(codes=["C2"])] == ["C2"]


def test_preparing_is_not_a_statement_of_the_request(units, django_assert_num_queries):
    fresh = Question("test_fresh", lambda code: Unit.objects.filter(code=code), code=CharField())
    with django_assert_num_queries(1):
        fresh(code="C1")
    with django_assert_num_queries(1):
        fresh(code="C1")


def test_a_shift_is_found_by_the_bound_of_who_composes(now):
    from rosters import rules

    assert str(Shift.objects.at(now).query) == str(Shift.objects.at(now, now - rules.LONGEST).query)


def test_one_reach_is_read_like_many(cast, now):
    for person in cast.values():
        assert reach_of(person, now).posts == reaches_of([person], now)[person.pk].posts


@pytest.mark.production
def test_a_lost_connection_is_named_as_everywhere(units):
    """The door knows a database that is away by Django's own errors, also where a statement is prepared."""
    from django.db import DatabaseError

    broken = Question("test_broken", lambda code: Unit.objects.filter(code=code), code=CharField())
    composed, _read = broken._for({"code": "C1"})
    composed._statement._prepare = "PREPARE nonsense AS SELEC"
    with pytest.raises(DatabaseError), connection.cursor() as cursor:
        composed.run(cursor, {"code": "C1"})
