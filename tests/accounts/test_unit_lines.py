"""The telephone of a duty room: who may change it, what is on record, and who reads it then."""

import pytest

from accounts.models import Unit
from accounts.unit_lines.actions import set_duty_phone
from common.dates.local_time import day_of
from common.errors import NotAllowed, WrongState
from journal.models import Entry
from journal.record import content_of

pytestmark = pytest.mark.usefixtures("cast")
ADDRESS = "/account/units/C1/phone/"


def test_the_administrator_changes_it_and_the_record_has_no_number(signed_in):
    browser = signed_in("city.sysadmin", "en")

    page = browser.get(ADDRESS)
    answer = browser.post(ADDRESS, {"phone": " 0500-8100119 "})

    entry = Entry.objects.get(kind="unit.duty_phone_set")
    assert page.status_code == 200
    assert (answer.status_code, answer["Location"]) == (302, "/account/units/")
    assert Unit.objects.get(code="C1").phone == "0500-8100119"
    assert "0500-8100119" in browser.get("/account/units/").content.decode()
    assert content_of(entry)["has"] is True
    assert "8100119" not in entry.body


def test_the_same_number_again_is_no_change(reach, units, now):
    for _again in range(2):
        set_duty_phone(reach=reach("city.sysadmin"), unit_id=units["C1"].pk, phone="0500-8100119", now=now)

    assert Entry.objects.filter(kind="unit.duty_phone_set").count() == 1


def test_it_can_be_taken_away(reach, units, now):
    for phone in ("0500-8100119", ""):
        set_duty_phone(reach=reach("city.sysadmin"), unit_id=units["C1"].pk, phone=phone, now=now)

    last = Entry.objects.filter(kind="unit.duty_phone_set").latest("pk")
    assert Unit.objects.get(code="C1").phone == ""
    assert (content_of(last)["had"], content_of(last)["has"]) == (True, False)


@pytest.mark.parametrize("phone", ["张三", "12", "0500-8100119 转 8", "0" * 31])
def test_what_is_no_number_is_refused_and_stays_in_the_field(signed_in, phone):
    answer = signed_in("city.sysadmin").post(ADDRESS, {"phone": phone})

    assert answer.status_code == 422
    assert answer.context["form"]["phone"].value() == phone
    assert not Entry.objects.filter(kind="unit.duty_phone_set").exists()


@pytest.mark.parametrize("username", ["county1.director", "county1.duty", "city.secadmin", "city.audit"])
def test_nobody_else_may(signed_in, reach, units, now, username):
    assert signed_in(username).get(ADDRESS).status_code == 403
    with pytest.raises(NotAllowed):
        set_duty_phone(reach=reach(username), unit_id=units["C1"].pk, phone="119", now=now)


def test_a_unit_that_has_ended_keeps_its_own(reach, units, now, signed_in):
    Unit.objects.filter(pk=units["C2"].pk).update(valid_from=None, valid_to=day_of(now))

    with pytest.raises(WrongState):
        set_duty_phone(reach=reach("city.sysadmin"), unit_id=units["C2"].pk, phone="119", now=now)
    assert signed_in("city.sysadmin").get("/account/units/C2/phone/").status_code == 404
