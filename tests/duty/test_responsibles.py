"""Who answers for a unit, and the grid of what each unit must have."""

import io
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.utils.translation import override
from openpyxl import Workbook

from accounts.contacts.actions import marks_of
from accounts.contacts.models import VerifiedNumber
from accounts.models import Appointment, Post
from common.errors import Invalid, NotAllowed
from duty.responsibles import actions, queries, workbook
from duty.responsibles.choices import Lack, Part, Show
from duty.responsibles.models import Responsible
from journal.models import Entry
from rosters.models import Shift
from tests.states import nothing_written

pytestmark = pytest.mark.django_db


@pytest.fixture
def name(reach, cast, units, now):
    def of(who="town11.head", unit="T11", at=now, **named):
        people = {part: cast[one] if one else None for part, one in named.items()}
        return actions.name_responsibles(reach=reach(who, at), unit=units[unit], named=people, now=at)

    return of


@pytest.fixture
def row(reach, units, now):
    def of(unit="T11", at=now):
        (found,) = queries.grid(reach("county1.director"), [units[unit]], at)
        return found

    return of


FIVE = {
    "first": "town11.head", "main": "county1.deputy", "direct": "town11.clerk", "reporter": "town11.clerk",
    "stand_in": "town11.head",
}  # fmt: skip


def test_a_units_leader_names_who_answers_for_it(name, row, units):
    named = name(**FIVE)

    assert {part: one.person.username for part, one in named.items()} == FIVE
    entry = Entry.objects.get(kind="responsible.named")
    assert (entry.unit, entry.actor.username) == (units["T11"], "town11.head")
    assert [row().cells[part].lack for part in Part.values] == [Lack.NONE] * 5


def test_another_person_takes_the_part_and_the_one_before_stays_on_record(name, now):
    name(**FIVE)
    name(direct="town11.head", at=now + timedelta(hours=1))
    name("county1.director", main=None, at=now + timedelta(hours=2))
    with nothing_written():
        name(direct="town11.head")

    rows = (
        Responsible.objects.filter(part="direct").order_by("pk").values_list("person__username", "ended_at")
    )
    assert list(rows) == [("town11.clerk", now + timedelta(hours=1)), ("town11.head", None)]
    assert not Responsible.objects.filter(part="main", ended_at=None).exists()


@pytest.mark.parametrize(
    "who", ["town11.clerk", "town12.head", "county1.duty", "village111.informant", "city.audit"]
)
def test_nobody_else_does(who, name):
    with pytest.raises(NotAllowed), nothing_written():
        name(who, **FIVE)


def test_only_people_with_a_post_there_or_above_and_nobody_is_their_own_stand_in(name):
    for stranger in ("town12.head", "county2.director", "village111.informant"):
        with pytest.raises(Invalid) as refused:
            name(direct=stranger)
        assert refused.value.code == "not_there"
    with pytest.raises(Invalid) as refused:
        name(reporter="town11.clerk", stand_in="town11.clerk")
    assert refused.value.code == "own_stand_in"
    name(reporter="town11.clerk")
    with pytest.raises(Invalid):
        name(stand_in="town11.clerk")


def test_who_leaves_shows_as_a_gap(name, row, cast, now):
    name(**FIVE)
    Appointment.objects.filter(person=cast["town11.clerk"]).update(valid_to=now + timedelta(days=1))

    assert row().cells["direct"].lack == Lack.NONE
    later = row(at=now + timedelta(days=2))
    assert [later.cells[part].lack for part in ("direct", "reporter", "first")] == [
        Lack.LEFT,
        Lack.LEFT,
        Lack.NONE,
    ]
    cast["town11.head"].is_active = False
    cast["town11.head"].save()
    assert row().cells["first"].lack == Lack.LEFT


def test_roster_plan_and_telephones(plan, name, row, cast, units, now):
    assert (row().cells["roster"].lack, row("C1").cells["roster"].lack) == (Lack.NOT_NEEDED, Lack.MISSING)
    assert (row().cells["plan"].lack, row().cells["phones"].lack) == (Lack.NONE, Lack.NOBODY)
    with override("zh-hans"):
        # A person reads the plan's title, a program its id.
        assert row().cells["plan"][1:] == (f"{plan.plan.title}（第 {plan.version} 版）", plan.ref)
    post = Post.objects.get(unit=units["C1"], kind="duty_officer")
    span = timedelta(hours=6)
    Shift.objects.create(
        post=post, person=cast["county1.duty"], starts_at=now - span, ends_at=now + span, in_force=True
    )
    assert row("C1").cells["roster"] == queries.Cell(Lack.NONE, "何雨")

    name(first="town11.head", reporter="town11.clerk")
    assert row().cells["phones"] == queries.Cell(Lack.MISSING, "0/2")
    for one in ("town11.head", "town11.clerk"):
        (mark, *_older) = marks_of(cast[one].phone)
        VerifiedNumber.objects.create(person=cast[one], mark=mark, proof="code", at=now)
    assert row().cells["phones"] == queries.Cell(Lack.NONE, "2/2")


def test_without_a_plan_the_gap_shows(row):
    assert row().cells["plan"].lack == Lack.MISSING


def test_the_grid_costs_the_same_for_many_units_as_for_one(
    plan, name, reach, units, now, django_assert_max_num_queries
):
    name(**FIVE)
    name("county1.director", "T12", first="county1.director")
    leader = reach("city.director")

    for some in ([units["T11"]], queries.units_seen(leader)):
        with django_assert_max_num_queries(6):
            queries.grid(leader, some, now)
    assert len(queries.units_seen(leader)) == len(units)
    assert {unit.code for unit in queries.units_seen(reach("town11.head"))} == {"T11", "V111"}


def test_what_the_database_refuses(name, cast, now):
    row = next(iter(name(**FIVE).values()))
    with pytest.raises(IntegrityError, match="a_responsible_ends_after_being_named"), transaction.atomic():
        Responsible.objects.filter(pk=row.pk).update(ended_at=now - timedelta(hours=1))
    row.pk = None
    # one_person_per_part_of_a_unit
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)


# --- doors ---------------------------------------------------------------------------------------------------


def _book(*lines):
    book, held = Workbook(), io.BytesIO()
    book.active.append([column.label for column in workbook.COLUMNS])
    for line in lines:
        book.active.append(line)
    book.save(held)
    return SimpleUploadedFile("x.xlsx", held.getvalue())


def test_the_pages_name_filter_and_export(signed_in, cast, units, wall_clock):
    head = signed_in("town11.head", "en")

    shown = head.get("/readiness/units/").content.decode()
    assert "Nobody named" in shown
    assert head.get("/readiness/units/T11/").status_code == 200
    assert head.post("/readiness/units/T11/", {**FIVE, "stand_in": FIVE["reporter"]}).status_code == 422
    assert head.post("/readiness/units/T11/", FIVE).status_code == 303
    assert Responsible.objects.filter(ended_at=None).count() == 5
    count = lambda query: head.get(f"/readiness/units/?{query}").context["total"]  # noqa: E731
    assert (count("unit=V111"), count("tier=township"), count("unit=NONE"), count(f"show={Show.READY}")) == (
        1,
        1,
        0,
        0,
    )
    for form in ("xlsx", "pattern"):
        assert head.get(f"/readiness/units/?as={form}").headers["Content-Type"].endswith("sheet")
    assert head.get("/readiness/units/T12/").status_code == 404
    assert signed_in("town11.clerk").get("/readiness/units/").status_code == 403
    assert signed_in("city.audit").get("/readiness/units/").status_code == 200
    assert signed_in("city.audit").get("/readiness/units/file/").status_code == 404


def test_a_workbook_names_many_or_nobody(signed_in, cast, units, wall_clock):
    director = signed_in("county1.director", "en")

    def send(*lines):
        return director.post("/readiness/units/file/", {"file": _book(*lines)})

    assert director.get("/readiness/units/file/").status_code == 200
    wrong = send(["T11", "town11.head", "", "", "", ""], ["T99", "", "", "nobody", "", ""])
    assert wrong.status_code == 422
    assert "T99" in wrong.content.decode()
    assert (
        send(["T11", "town11.head", "", "", "", ""], ["C2", "county2.director", "", "", "", ""]).status_code
        == 403
    )
    assert not Responsible.objects.exists()
    assert (
        send(["T11", "town11.head", "", "", "", ""], ["T12", "", "", "town12.head", "", ""]).status_code
        == 303
    )
    assert Responsible.objects.count() == 2
    assert (
        director.post("/readiness/units/file/", {"file": SimpleUploadedFile("x.xlsx", b"no")}).status_code
        == 422
    )


def test_the_api_names_and_lists(signed_in, cast, units, wall_clock):
    head = signed_in("town11.head")

    def put(body):
        return head.put(
            "/api/v1/units/T11/responsibles/", body, content_type="application/json",
            headers={"Idempotency-Key": str(uuid4())},
        )  # fmt: skip

    assert put(FIVE).json()["named"] == FIVE
    assert put({"main": None}).json()["main"]["lack"] == "nobody"
    assert put({"main": "nobody.there"}).status_code == 422
    assert head.get("/api/v1/units/T11/responsibles/").json()["first"] == {"lack": None, "text": "丁所"}
    assert head.get("/api/v1/units/T12/responsibles/").status_code == 404
    assert [one["unit"] for one in head.get("/api/v1/unit-readiness/?show=gaps").json()["results"]] == [
        "T11",
        "V111",
    ]
