"""Codes of units, squads and usernames: what does not fit is refused at every door, what is stored takes no page down."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse

from accounts.models import Post, Unit, User
from accounts.people.actions import open_person
from accounts.posts.actions import create_unit, post_in
from accounts.queries import open_unit, user_named
from common.errors import Invalid
from incidents.reporting.actions import Alarm, report_incident
from plans.engine.facts import Facts
from tests.accounts.conftest import sign_in
from tests.accounts.test_routes import CALM

pytestmark = pytest.mark.django_db

BAD = ["320/11", "..", "V21?x=1", "V 21", "村一"]


def write(sql: str, values: list[str]) -> None:
    """Past the models."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


# --- refused at the doors ------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", BAD)
def test_an_import_refuses_a_code_that_cannot_stand_in_an_address(cast, tmp_path, code):
    file = tmp_path / "units.csv"
    file.write_text(f"code,name,tier,parent_code\n{code},一村,village,T11\n", encoding="utf-8")
    err = StringIO()

    with pytest.raises(CommandError):
        call_command("import_units", str(file), apply=True, stdout=StringIO(), stderr=err)

    assert "units.csv:2:" in err.getvalue()
    assert code in err.getvalue()


@pytest.mark.parametrize("code", BAD)
def test_an_action_refuses_it(cast, units, now, code):
    with pytest.raises(Invalid) as refusal:
        create_unit(code=code, name="村", tier="village", parent=units["T11"], actor=None, now=now)

    assert refusal.value.code == "unit_code_does_not_fit"


@pytest.mark.parametrize("code", BAD)
def test_the_form_about_units_refuses_it(cast, signed_in, code):
    data = {
        "olds": "V111", "day": "2027-01-01", "reason": "撤并", "code_1": code, "name_1": "新村",
        "credential": "x",
    }  # fmt: skip

    page = signed_in("city.sysadmin").post("/account/units/change/", data)

    assert page.status_code == 422
    assert "code_1" in page.context["form"].errors


@pytest.mark.parametrize("code", BAD)
def test_the_database_refuses_it(cast, code):
    with pytest.raises(IntegrityError, match="unit_code_fits_an_address"), transaction.atomic():
        write("UPDATE accounts_unit SET code = %s WHERE code = 'V111'", [code])


@pytest.mark.parametrize("squad", ["a/b", "..", "对话"])
def test_a_squads_name_is_refused_by_action_and_database(cast, units, squad):
    with pytest.raises(Invalid):
        post_in(unit=units["C1"], kind="squad", squad=squad)
    with pytest.raises(IntegrityError, match="squad_fits_an_address"), transaction.atomic():
        write("UPDATE accounts_post SET squad = %s WHERE squad = 'dialogue'", [squad])


@pytest.mark.parametrize("name", ["a/b", "..", "a b", "a?b"])
def test_a_username_is_refused_by_action_and_database(cast, now, name):
    with pytest.raises(Invalid):
        open_person(username=name, name="李", phone="", actor=None, now=now)
    with pytest.raises(IntegrityError, match="username_fits_an_address"), transaction.atomic():
        write("UPDATE accounts_user SET username = %s WHERE username = 'county1.duty'", [name])


# --- one form, however it is typed ---------------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["ｔ１１", "t11", " T11\u3000", "T1\u200b1"])
def test_a_unit_is_found_however_its_code_is_typed(cast, signed_in, typed):
    assert open_unit(typed).code == "T11"
    page = signed_in("county1.duty").get(
        "/api/v1/zero-reports/summary/", {"unit": typed, "period": "2026-11-22"}
    )
    assert page.status_code == 200
    assert page.json()["unit"] == "T11"


def test_a_unit_of_the_same_code_in_small_or_wide_letters_is_the_same_unit(cast, units, now, tmp_path):
    file = tmp_path / "units.csv"
    file.write_text("code,name,tier,parent_code\nｔ１１,城关镇新司法所,township,c1\n", encoding="utf-8")

    call_command("import_units", str(file), apply=True, stdout=StringIO())

    assert Unit.objects.filter(name="城关镇新司法所").get().pk == units["T11"].pk
    with pytest.raises(IntegrityError), transaction.atomic():
        create_unit(code="t11", name="又一个", tier="township", parent=units["C1"], actor=None, now=now)


def test_a_wide_username_is_kept_at_normal_width_and_signs_in_either_way(cast, wall_clock, now):
    person, password = open_person(username="ｌｉ．ｗｅｎ\u200b", name="李文", phone="", actor=None, now=now)

    assert person.username == "li.wen"
    assert sign_in(Client(), "ＬＩ．ｗｅｎ", password).status_code == 302
    assert user_named("Li.Wen").pk == person.pk
    with pytest.raises(Invalid) as refusal:
        open_person(username="ＬＩ.WEN", name="李", phone="", actor=None, now=now)
    assert refusal.value.code == "username_taken"


def test_a_squad_is_ordered_by_its_name_in_any_case(cast, units):
    post = post_in(unit=units["C1"], kind="squad", squad="Ｄialogue")

    assert post.squad == "dialogue"
    assert Post.objects.filter(unit=units["C1"], squad="DIALOGUE").exists()


# --- what is stored all the same takes nothing down ----------------------------------------------------------


def put_in_by_hand(table: str, column: str, before: str, after: str, constraint: str) -> None:
    """A row older than the rule, or written past it."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {constraint}")
        else:
            cursor.execute("PRAGMA ignore_check_constraints = ON")
        cursor.execute(f"UPDATE {table} SET {column} = %s WHERE {column} = %s", [after, before])
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA ignore_check_constraints = OFF")


PAGES = [
    "/duty/", "/command/", "/incidents/", "/report/", "/report/missing/", "/report/table/", "/report/matrix/",
    "/report/matrix/?cadence=weekly", "/reports/matters/", "/reports/history/", "/reports/zeros/",
    "/reports/burden/", "/reports/agreement/", "/reports/roll-up/", "/reports/written/", "/rosters/",
    "/rosters/mine/", "/readiness/", "/papers/", "/alarm/", "/api/v1/incidents/", "/api/v1/orders/",
    "/account/directory/", "/reports/forms/", "/early-warnings/", "/plans/",
]  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("code", ["320/11", "..", "V2?x=1 \u200b#%2F"])
def test_one_bad_code_takes_no_page_down(plan, units, signed_in, reach, now, code):
    put_in_by_hand("accounts_unit", "code", "T11", code, "unit_code_fits_an_address")
    bad = Unit.objects.get(pk=units["T11"].pk)
    alarm = Alarm(
        unit=bad, place="大厅", what="来访", client_id="b1", facts=Facts.from_dict({"headcount": 60})
    )
    incident, _new = report_incident(reach=reach("town11.clerk"), alarm=alarm, now=now)

    down = {}
    for username in ("county1.duty", "town11.clerk"):
        browser = signed_in(username)
        browser.raise_request_exception = False
        for page in PAGES:
            status = browser.get(page).status_code
            if status not in CALM:
                down[username, page] = status
    browser = signed_in("county1.duty")
    assert down == {}
    assert browser.get(reverse("incident", args=[incident.number])).status_code == 200
    answer = browser.get(reverse("api:incident", args=[incident.number]))
    assert json.loads(answer.content)["number"] == incident.number


def test_one_bad_username_takes_no_page_down(plan, cast, signed_in):
    put_in_by_hand("accounts_user", "username", "county1.duty", "a/b?", "username_fits_an_address")
    assert User.objects.filter(username="a/b?").exists()

    for username in ("county1.director", "city.secadmin", "county1.duty"):
        browser = signed_in(username)
        for page in (
            "/rosters/",
            "/rosters/mine/",
            "/account/people/",
            "/account/directory/",
            "/account/me/",
            "/duty/",
        ):
            assert browser.get(page).status_code in CALM, (username, page)
