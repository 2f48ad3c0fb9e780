"""A table handed in again: it says what it does, field by field, and does what it said."""

import time
from datetime import datetime
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from accounts.models import Appointment, Unit, User
from common.dates.local_time import LOCAL
from journal.models import Entry
from journal.record import content_of
from tests.accounts.test_import_people import GOOD, HEADER

pytestmark = pytest.mark.django_db

DIALOGUE = "c1.both,王主任,{phone},C1,squad,对话专班副组长,dialogue,2026-12-01,{to}"


@pytest.fixture
def run(cast, wall_clock, tmp_path):
    def call(lines, apply=True, header=HEADER, encoding="utf-8"):
        file = tmp_path / "people.csv"
        file.write_text("\n".join([header, *lines]) + "\n", encoding=encoding)
        out, err = StringIO(), StringIO()
        try:
            call_command(
                "import_people", str(file), apply=apply, passwords=tmp_path / "p.csv", stdout=out, stderr=err
            )
        except CommandError as refusal:
            raise AssertionError(err.getvalue() + str(refusal)) from None
        return out.getvalue()

    return call


def test_a_new_telephone_is_shown_and_written(run):
    run(GOOD)
    line = "c1.both,王主任,13800000002,C1,petition_director,,,,"

    shown = run([line], apply=False)

    assert "~ c1.both  王主任  phone: …0001 → …0002" in shown
    assert User.objects.get(username="c1.both").phone == "13800000001"
    run([line])
    assert User.objects.get(username="c1.both").phone == "13800000002"
    assert content_of(Entry.objects.filter(kind="person.changed").latest("pk"))["fields"] == ["phone"]


def test_a_new_end_is_shown_and_written(run):
    run(GOOD)

    shown = run([DIALOGUE.format(phone="13800000001", to="2027-03-31")])

    assert "to: 2026-12-31 → 2027-03-31" in shown
    held = Appointment.objects.get(person__username="c1.both", post__squad="dialogue")
    assert held.valid_to == datetime(2027, 3, 31, tzinfo=LOCAL)
    assert Entry.objects.filter(kind="appointment.changed").count() == 1


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (DIALOGUE.format(phone="", to=""), "2026-12-31"),
        ("c1.both,王主任,,C1,squad,对话专班副组长,dialogue,2026-12-15,2026-12-31", "2026-12-01"),
    ],
)
def test_what_an_import_leaves_as_it_is_it_says_with_its_reason(run, line, why):
    run(GOOD)
    before = list(Appointment.objects.order_by("pk").values())

    shown = run([line])

    assert "! 第 2 行" in shown
    assert why in shown
    assert list(Appointment.objects.order_by("pk").values()) == before


def test_an_empty_telephone_takes_none_away(run):
    run(GOOD)

    run(["c1.both,王主任,,C1,petition_director,,,,"])

    assert User.objects.get(username="c1.both").phone == "13800000001"


def test_a_second_term_is_a_new_appointment(run):
    run(GOOD)

    run(["c1.both,王主任,,C1,squad,对话专班副组长,dialogue,2027-02-01,2027-02-28"])

    terms = Appointment.objects.filter(person__username="c1.both", post__squad="dialogue")
    assert terms.count() == 2


def test_the_end_of_a_term_does_not_reach_into_the_next_one(run):
    run([*GOOD, "c1.both,王主任,13800000001,C1,squad,对话专班副组长,dialogue,2027-02-01,2027-02-28"])

    with pytest.raises(AssertionError, match="people.csv:2:"):
        run([DIALOGUE.format(phone="13800000001", to="2027-02-10")], apply=False)


def test_the_same_table_again_changes_nothing(run):
    run(GOOD)
    before = [list(model.objects.order_by("pk").values()) for model in (User, Appointment)]

    assert "!" not in run(GOOD)
    assert [list(model.objects.order_by("pk").values()) for model in (User, Appointment)] == before


def test_headings_in_chinese_wide_letters_and_gb18030(run, tmp_path):
    header = "岗位类别,账号,姓名,电话,单位编码,岗位名称,专班,任职开始,任职结束"
    run(
        ["文书,ｔ１１．ｘｉｎ,　李文书,０５００－８３１１００１,ｔ１１,,,2026/12/1,2026年12月31日"],
        header=header,
        encoding="gb18030",
    )

    person = User.objects.get(username="t11.xin")
    assert (person.name, person.phone) == ("李文书", "0500-8311001")
    held = person.appointments.get()
    assert (held.post.unit.code, held.post.kind) == ("T11", "clerk")
    assert held.valid_from == datetime(2026, 12, 1, tzinfo=LOCAL)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("x.y,李,1.38E+10,T11,clerk,,,,", "1.38E+10"),
        ("x.y,李,,T11,clerk,,,1.12.2026,", "1.12.2026"),
        ("x.y,李,,T11,clerk,,,,,又一格", "引号"),
        ("..,李,,T11,clerk,,,,", "username"),
        ("county1.duty,别人,,C1,clerk,,,,", "别人"),
        ("COUNTY1.DUTY,别人,,C1,clerk,,,,", "别人"),
    ],
)
def test_what_cannot_be_right_is_said_with_line_and_column(run, line, said):
    with pytest.raises(AssertionError) as refusal:
        run([line], apply=False)

    assert "people.csv:2:" in str(refusal.value)
    assert said in str(refusal.value)


def test_a_unit_with_two_posts_of_a_kind_is_asked_about_before_anything_is_written(run, units):
    run(["a.a,甲,,T11,clerk,第一文书,,,", "b.b,乙,,T11,clerk,第二文书,,,"])

    with pytest.raises(AssertionError, match="第一文书"):
        run(["c.c,丙,,T11,clerk,,,,"], apply=False)


def test_5000_units_are_imported_in_seconds(cast, tmp_path):
    file = tmp_path / "units.csv"
    lines = "".join(f"X{n},第{n}村,village,T11\n" for n in range(5000))
    file.write_text("code,name,tier,parent_code\n" + lines, encoding="utf-8")
    started = time.process_time()

    call_command("import_units", str(file), apply=True, stdout=StringIO())

    assert Unit.objects.filter(code__startswith="X").count() == 5000
    assert time.process_time() - started < 10
