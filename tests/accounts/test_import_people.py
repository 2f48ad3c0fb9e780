"""import_people, first_admin and seed_demo: accounts made by a command."""

import csv
import stat
from datetime import datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from accounts.models import Appointment, Unit, User
from accounts.queries import holders
from common.dates.local_time import LOCAL
from journal.models import Entry
from journal.record import content_of
from tests.accounts.conftest import sign_in

pytestmark = pytest.mark.django_db

HEADER = "username,name,phone,unit_code,post_kind,post_title,squad,from,to"
GOOD = [
    "t11.new,李文书,0500-8311001,T11,clerk,第二文书,,,",
    "c1.both,王主任,13800000001,C1,petition_director,,,,",
    "c1.both,王主任,13800000001,C1,squad,对话专班副组长,dialogue,2026-12-01,2026-12-31",
]


@pytest.fixture
def run(cast, wall_clock, tmp_path):
    def call(lines, apply=False, **options):
        file = tmp_path / "people.csv"
        file.write_text("\n".join([HEADER, *lines]) + "\n", encoding="utf-8")
        out, err = StringIO(), StringIO()
        options = {"passwords": tmp_path / "passwords.csv", **options}
        try:
            call_command("import_people", str(file), apply=apply, stdout=out, stderr=err, **options)
        except CommandError as refusal:
            refusal.add_note(err.getvalue())
            raise
        return out.getvalue()

    return call


def test_a_dry_run_shows_and_writes_nothing(run):
    shown = run(GOOD)

    assert "+ t11.new  李文书  T11  clerk  第二文书" in shown
    assert "+ c1.both  王主任  C1  squad  对话专班副组长" in shown
    assert not User.objects.filter(username="t11.new").exists()


def test_new_people_can_sign_in_with_their_one_time_password(run, units, tmp_path, now):
    run(GOOD, apply=True)

    file = tmp_path / "passwords.csv"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    rows = {row["username"]: row for row in csv.DictReader(file.open(encoding="utf-8"))}
    assert set(rows) == {"t11.new", "c1.both"}
    assert rows["t11.new"]["good_until"] == "2026-12-06 09:00"
    browser = Client()
    assert sign_in(browser, "t11.new", rows["t11.new"]["one_time_password"]).status_code == 302
    assert browser.get("/account/directory/")["Location"].startswith("/account/password/")
    december = Appointment.objects.get(post__squad="dialogue", person__username="c1.both")
    assert december.valid_from == datetime(2026, 12, 1, tzinfo=LOCAL)
    assert december.post.title == "对话专班副组长"
    assert content_of(Entry.objects.get(kind="person.imported"))["accounts"] == 2


def test_a_second_import_changes_nothing(run, tmp_path):
    run(GOOD, apply=True)
    (tmp_path / "passwords.csv").unlink()

    shown = run(GOOD, apply=True)

    assert Appointment.objects.filter(person__username="c1.both").count() == 2
    assert "3" in shown
    assert not (tmp_path / "passwords.csv").exists()


@pytest.mark.control(2)
@pytest.mark.parametrize(
    ("lines", "number"),
    [
        ([",李,1,T11,clerk,,,,"], 2),
        (["x,,1,T11,clerk,,,,"], 2),
        (["two words,李,,T11,clerk,,,,"], 2),
        (["x,李,<b>,T11,clerk,,,,"], 2),
        (["x,李,,T99,clerk,,,,"], 2),
        (["x,李,,T11,boss,,,,"], 2),
        (["x,李,,T11,squad,,,,"], 2),
        (["x,李,,T11,clerk,,dialogue,,"], 2),
        (["x,李,,T11,clerk,,,22.11.2026,"], 2),
        (["x,李,,T11,clerk,,,2026-12-02,2026-12-01"], 2),
        (["x,李,,T11,clerk,,,,2026-11-01"], 2),
        (["county1.duty,别人,,C1,clerk,,,,"], 2),
        (["x,李,,T11,clerk,,,,", "x,王,,T12,clerk,,,,"], 3),
        (["x,李,,T11,clerk,,,,", "x,李,,T11,clerk,,,,"], 3),
        (["x,李,,C0,auditor,,,,", "x,李,,C0,sysadmin,,,,"], 3),
        (["city.audit,郑明,,C0,secadmin,,,,"], 2),
    ],
)
def test_what_is_refused_with_its_line(run, lines, number):
    before = User.objects.count()

    with pytest.raises(CommandError) as refusal:
        run(lines, apply=True)

    assert f"people.csv:{number}:" in refusal.value.__notes__[0]
    assert User.objects.count() == before


def test_a_disabled_account_is_not_appointed(run, cast):
    User.objects.filter(username="county1.duty").update(is_active=False)

    with pytest.raises(CommandError):
        run(["county1.duty,何雨,,C1,clerk,,,,"], apply=True)


def test_nobody_is_created_whose_password_cannot_be_kept(run, tmp_path):
    with pytest.raises(OSError):
        run(GOOD, apply=True, passwords=tmp_path / "nowhere" / "passwords.csv")

    assert not User.objects.filter(username="t11.new").exists()


# --- first_admin -------------------------------------------------------------------------------------------


def first_admin(username="root"):
    out = StringIO()
    call_command("first_admin", username, stdout=out, stderr=StringIO())
    return out.getvalue().strip()


@pytest.fixture
def bare(wall_clock, db):
    """A bureau with units and nobody in it."""
    return Unit.objects.create(code="C0", name="江州市司法局", tier="city", path="0001/")


def test_without_units_there_is_no_first_administrator(wall_clock, db):
    with pytest.raises(CommandError, match="import_units"):
        first_admin()
    assert not User.objects.exists()


@pytest.mark.control(1)
def test_the_first_administrators_password_works_for_24_hours(bare, wall_clock):
    password = first_admin()
    person = User.objects.get()
    assert [h.person for h in holders(unit=bare, kind="secadmin", now=timezone.now())] == [person]

    wall_clock.shift(timedelta(hours=23, minutes=59))
    assert sign_in(Client(), "root", password).status_code == 302
    wall_clock.shift(timedelta(minutes=1))
    assert sign_in(Client(), "root", password).status_code == 422


@pytest.mark.control(1)
def test_a_password_that_ran_out_unused_is_made_again_for_the_same_person_only(bare, wall_clock):
    first = first_admin()

    again = first_admin()

    assert first != again
    assert User.objects.count() == 1
    with pytest.raises(CommandError):
        first_admin("another")


@pytest.mark.control(1)
def test_an_administrator_with_an_own_password_is_not_reset_from_the_console(bare, wall_clock):
    first_admin()
    User.objects.update(one_time_until=None)

    with pytest.raises(CommandError):
        first_admin()


# --- seed_demo ---------------------------------------------------------------------------------------------


@pytest.fixture
def seeded(db, settings, tmp_path):
    settings.DATA_DIR = tmp_path
    call_command("seed_demo", stdout=StringIO())
    with (tmp_path / "demo-accounts.csv").open(encoding="utf-8") as file:
        return {row["username"]: row for row in csv.DictReader(file)}


PROMISED = [
    "city.director", "city.deputy", "city.duty", "city.audit", "city.sysadmin", "city.secadmin",
    "county1.director", "county1.duty", "county1.squad.dialogue", "county1.squad.perimeter", "town11.head",
    "town11.clerk", "village111.informant", "county2.director", "county2.duty",
]  # fmt: skip


@pytest.mark.slow
def test_the_demo_bureau(seeded, tmp_path):
    file = tmp_path / "demo-accounts.csv"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert file.read_text(encoding="utf-8").splitlines()[0] == "username,password,post,unit"
    assert set(PROMISED) <= set(seeded)
    assert len({row["password"] for row in seeded.values()}) == len(seeded) == 139
    tiers = list(Unit.objects.values_list("tier", flat=True))
    assert [tiers.count(tier) for tier in ("city", "county", "township", "village")] == [1, 3, 12, 60]
    assert sign_in(Client(), "county1.duty", seeded["county1.duty"]["password"]).status_code == 302
    with pytest.raises(CommandError):
        call_command("seed_demo")

    now = timezone.now()
    county1, town11, town12 = (Unit.objects.get(code=code) for code in ("C1", "T11", "T12"))
    names = lambda unit, kind: [h.person.username for h in holders(unit=unit, kind=kind, now=now)]  # noqa: E731
    assert names(county1, "director") == ["county1.director", "county1.deputy"]
    assert names(town11, "office_head") == ["town11.head", "town11.clerk"]
    assert names(town12, "office_head") == ["town12.head", "town11.head"]


@pytest.mark.control(1)
def test_there_is_no_password_in_the_repository_or_the_journal(seeded):
    written = "".join(Entry.objects.values_list("body", flat=True))
    written += "".join(
        path.read_text(errors="ignore") for path in Path(__file__).parents[2].glob("demo/**/*.py")
    )

    assert not any(row["password"] in written for row in seeded.values())


def test_a_column_for_mail_may_be_there(cast, wall_clock, tmp_path):
    file = tmp_path / "people.csv"
    line = "t11.new,李文书,0500-8311001,T11,clerk,第二文书,,,"
    file.write_text(f"{HEADER},email\n{line},li@example.invalid\n", encoding="utf-8")
    call_command("import_people", str(file), apply=True, passwords=tmp_path / "p.csv", stdout=StringIO())

    assert User.objects.get(username="t11.new").email == "li@example.invalid"


def test_a_column_for_the_chat_service_may_be_there_under_either_name(cast, wall_clock, tmp_path):
    for name, given in (("chat_id", "li.si"), ("企业微信账号", "li.si2")):
        file = tmp_path / "people.csv"
        file.write_text(f"{HEADER},{name}\nt11.new,李文书,,T11,clerk,第二文书,,,,{given}\n", encoding="utf-8")
        call_command(
            "import_people", str(file), apply=True, passwords=tmp_path / f"{name}.csv", stdout=StringIO()
        )
        assert User.objects.get(username="t11.new").chat_id == given


@pytest.mark.parametrize("given", ["@all", "a|b"])
def test_what_is_no_single_person_in_the_column_is_an_objection(cast, wall_clock, tmp_path, given):
    file = tmp_path / "people.csv"
    file.write_text(f"{HEADER},chat_id\nt11.new,李文书,,T11,clerk,,,,,{given}\n", encoding="utf-8")
    with pytest.raises(CommandError):
        call_command("import_people", str(file), stdout=StringIO(), stderr=StringIO())


def test_what_is_no_address_in_the_column_is_an_objection(cast, wall_clock, tmp_path):
    file = tmp_path / "people.csv"
    file.write_text(f"{HEADER},email\nt11.new,李文书,,T11,clerk,,,,,li at example\n", encoding="utf-8")
    err = StringIO()

    with pytest.raises(CommandError):
        call_command("import_people", str(file), apply=True, stdout=StringIO(), stderr=err)
    assert "li at example" in err.getvalue()
