"""The directory of partners: who keeps it, who looks it up, in which order they are phoned."""

from types import SimpleNamespace

import pytest
from django.db import IntegrityError, transaction

from common.dates.local_time import day_of
from common.errors import Invalid, NotAllowed, NotFound, Stale, WrongState
from journal.models import Entry
from journal.record import content_of
from resources.partners import actions, queries, rules
from resources.partners.choices import PartnerKind
from resources.partners.models import Partner


def listed(kind, name="甲", path="0001/"):
    return SimpleNamespace(kind=kind, name=name, unit_path=path)


def test_who_saves_lives_is_phoned_first():
    given = [listed(kind) for kind in reversed(PartnerKind.values)]

    assert [one.kind for one in rules.in_order_of_calling(given)] == PartnerKind.values
    assert PartnerKind.values[:3] == ["ambulance", "fire", "police"]


def test_of_one_kind_the_nearest_is_phoned_first():
    far, near = listed("police", "乙", "0001/"), listed("police", "甲", "0001/0002/")
    twin = listed("police", "丙", "0001/0002/")

    assert rules.in_order_of_calling([far, twin, near]) == [twin, near, far]


@pytest.fixture
def add(units, reach, now):
    """add("C1", "police", "县公安局") → a partner that the county's duty room listed."""

    def act(unit="C1", kind="police", name="县公安局", phone="0500-1100110", note="", by="county1.duty"):
        return actions.add_partner(
            reach=reach(by), unit=units[unit], kind=kind, name=name, phone=phone, note=note, now=now
        )

    return act


@pytest.fixture
def partner(add):
    return add()


@pytest.fixture
def given(partner, reach, now):
    return {"reach": reach("county1.duty"), "partner_id": partner.pk, "now": now}


def last(kind):
    return Entry.objects.filter(kind=kind).latest("pk")


def test_a_partner_is_added_with_an_entry_without_its_number(partner, units, now):
    entry = last("partner.added")

    assert (partner.unit, partner.unit_path, partner.added_at) == (units["C1"], units["C1"].path, now)
    assert (entry.subject, entry.unit, entry.audience) == (partner.key, units["C1"], "report")
    assert content_of(entry) == {"what": "县公安局", "partner": "police"}
    assert "1100110" not in entry.body


def test_the_same_name_is_listed_once(add, partner, reach, now):
    with pytest.raises(WrongState) as refused:
        add()
    assert refused.value.code == "partner_listed"

    other = add(name="县交警大队")
    with pytest.raises(WrongState):
        actions.change_partner(
            reach=reach("county1.duty"), partner_id=other.pk, now=now,
            kind="police", name="县公安局", phone="122", note="",
        )  # fmt: skip
    add(unit="T11")


def test_one_listed_partner_per_name(partner):
    partner.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        partner.save(force_insert=True)
    partner.ended_at = partner.added_at
    partner.save(force_insert=True)


@pytest.mark.parametrize(
    ("field", "name"), [("phone", "a_partner_can_be_phoned"), ("name", "a_partner_can_be_phoned")]
)
def test_a_partner_can_be_phoned(partner, field, name):
    with pytest.raises(IntegrityError), transaction.atomic():
        Partner.objects.filter(pk=partner.pk).update(**{field: ""})


def test_a_checked_partner_says_by_whom(partner, now):
    with pytest.raises(IntegrityError), transaction.atomic():
        Partner.objects.filter(pk=partner.pk).update(checked_at=now)


def test_another_number_has_to_be_checked_anew(given, partner, cast, now):
    actions.check_partner(**given)
    partner.refresh_from_db()
    assert (partner.checked_at, partner.checked_by) == (now, cast["county1.duty"])
    assert last("partner.checked").subject == partner.key
    same = {"kind": "police", "name": "县公安局"}

    actions.change_partner(**given, **same, phone="0500-1100110", note="到场维持秩序")
    partner.refresh_from_db()
    assert (partner.note, partner.checked_at) == ("到场维持秩序", now)

    actions.change_partner(**given, **same, phone="110", note="到场维持秩序")
    partner.refresh_from_db()
    assert (partner.phone, partner.checked_at, partner.checked_by) == ("110", None, None)
    assert content_of(last("partner.changed"))["fields"] == ["phone"]


def test_a_change_that_changes_nothing_leaves_no_entry(given, partner):
    actions.change_partner(**given, kind="police", name="县公安局", phone="0500-1100110", note="")

    assert not Entry.objects.filter(kind="partner.changed").exists()
    assert Partner.objects.get().rev == partner.rev


def test_what_is_off_the_list_is_not_changed_and_its_record_stays(given, partner, reach, now):
    actions.end_partner(**given)
    actions.end_partner(**given)

    assert Entry.objects.filter(kind="partner.ended").count() == 1
    assert list(queries.partners(reach("county1.duty"))) == []
    assert queries.get_partner(reach("county1.duty"), partner.pk).ended_at == now
    with pytest.raises(WrongState) as refused:
        actions.check_partner(**given)
    assert refused.value.code == "partner_ended"


def test_an_old_page_changes_nothing(given, partner):
    actions.check_partner(**given, rev=partner.rev)

    with pytest.raises(Stale):
        actions.end_partner(**given, rev=partner.rev)
    assert Partner.objects.get().is_listed


@pytest.mark.parametrize(
    "username", ["county2.duty", "village111.informant", "county1.squad.dialogue", "city.audit"]
)
def test_who_does_not_keep_the_unit_changes_nothing(given, add, username, reach):
    with pytest.raises(NotAllowed):
        add(name="县消防救援大队", by=username)
    for act in (actions.check_partner, actions.end_partner):
        with pytest.raises(NotAllowed):
            act(**given | {"reach": reach(username)})
    assert not Entry.objects.filter(kind__in=["partner.checked", "partner.ended"]).exists()


def test_a_text_with_a_number_of_a_person_is_refused(add):
    with pytest.raises(Invalid) as refused:
        add(note="找张三 13800138000")

    assert (refused.value.code, list(refused.value.fields)) == ("personal_data", ["note"])
    assert not Partner.objects.exists()


def test_a_unit_that_has_ended_gets_no_partner(add, units, now):
    units["T11"].valid_from, units["T11"].valid_to = None, day_of(now)
    units["T11"].save()

    with pytest.raises(Invalid) as refused:
        add(unit="T11")
    assert refused.value.code == "unit_closed"


def test_a_township_looks_up_its_countys_and_no_neighbours(add, reach):
    of_city, of_county, of_town = add("C0", by="city.duty"), add("C1"), add("T11")
    add("C2", by="county2.duty")

    assert list(queries.partners(reach("town11.clerk"))) == [of_city, of_county, of_town]
    assert list(queries.partners(reach("town12.head"))) == [of_city, of_county]
    assert list(queries.partners(reach("county1.squad.dialogue"))) == [of_city, of_county, of_town]
    assert list(queries.partners(reach("city.secadmin"))) == []
    with pytest.raises(NotFound):
        queries.get_partner(reach("county2.duty"), of_county.pk)


def test_an_incident_is_served_by_its_unit_and_those_above(add, units, django_assert_num_queries):
    county, town, city = add("C1"), add("T11"), add("C0", by="city.duty")
    ambulance = add("C0", "ambulance", "市急救中心", "120", by="city.duty")
    add("C2", by="county2.duty")
    add("T12")

    with django_assert_num_queries(1):
        found = queries.partners_serving(units["T11"])
        assert [one.unit.code for one in found] == ["C0", "T11", "C1", "C0"]
    assert found == [ambulance, town, county, city]


# --- doors -----------------------------------------------------------------------------------------------------


NEW = {"kind": "fire", "name": "县消防救援大队", "phone": "119", "unit": "C1", "note": "火情、攀爬"}


@pytest.mark.parametrize(("language", "word"), [("zh-hans", "消防救援"), ("en", "Fire and rescue")])
def test_the_pages_add_check_change_and_end(signed_in, language, word):
    browser = signed_in("county1.duty", language)
    assert browser.get("/partners/new/").status_code == 200

    assert browser.post("/partners/new/", NEW).status_code == 303
    made = Partner.objects.get()
    assert word in browser.get("/partners/").content.decode()
    page = browser.get(f"/partners/{made.pk}/").content.decode()
    assert 'href="tel:119"' in page
    assert f'name="rev" value="{made.rev}"' in page

    assert browser.post(f"/partners/{made.pk}/check/", {"rev": made.rev}).status_code == 303
    changed = browser.post(f"/partners/{made.pk}/", {**NEW, "name": "县消防站", "rev": made.rev + 1})
    assert changed.status_code == 303
    made.refresh_from_db()
    assert (made.name, made.checked_by.username, made.rev) == ("县消防站", "county1.duty", 3)
    assert browser.post(f"/partners/{made.pk}/end/", {"rev": made.rev}).status_code == 303
    assert "县消防站" not in browser.get("/partners/").content.decode()
    assert browser.post(f"/partners/{made.pk}/burn/").status_code == 404


def test_a_wrong_number_or_unit_comes_back_with_a_sentence(signed_in):
    page = signed_in("county1.duty", "en").post("/partners/new/", {**NEW, "phone": "call us", "unit": "C2"})

    assert page.status_code == 422
    assert "This is no telephone number" in page.content.decode()
    assert "There is no such unit among yours" in page.content.decode()
    assert not Partner.objects.exists()


def test_a_form_sent_from_an_old_page_comes_back_filled(signed_in, partner):
    page = signed_in("county1.duty", "en").post(f"/partners/{partner.pk}/", {**NEW, "rev": 0})

    assert page.status_code == 422
    assert "somebody changed it after you opened the page" in page.content.decode()
    assert "县消防救援大队" in page.content.decode()


@pytest.mark.parametrize(
    ("username", "status"),
    [
        ("county1.squad.dialogue", 200),
        ("village111.informant", 200),
        ("city.audit", 200),
        ("city.secadmin", 403),
    ],
)
def test_who_opens_the_list(signed_in, partner, username, status):
    browser = signed_in(username)

    assert browser.get("/partners/").status_code == status
    assert browser.get("/api/v1/partners/").status_code == status
    assert browser.get("/partners/new/").status_code == 403


def test_a_reader_sees_no_button(signed_in, partner):
    page = signed_in("town11.head").get(f"/partners/{partner.pk}/").content.decode()

    assert "0500-1100110" in page
    assert "data-once" not in page.split("<main")[1]
    assert signed_in("county2.duty").get(f"/partners/{partner.pk}/").status_code == 404


def test_the_list_is_searched_by_kind_and_name(signed_in, add):
    add(), add(kind="fire", name="县消防救援大队")
    browser = signed_in("county1.duty")

    assert "县消防救援大队" not in browser.get("/partners/?kind=police").content.decode()
    found = browser.get("/partners/?q=消防").content.decode()
    assert "县消防救援大队" in found
    assert "县公安局" not in found


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_asks_few_queries_however_many_partners(signed_in, add, django_assert_max_num_queries, rows):
    for number in range(rows):
        add(name=f"县公安局{number}")
    browser = signed_in("county1.duty")
    browser.get("/partners/")

    with django_assert_max_num_queries(5):
        browser.get("/partners/")


def test_the_incident_page_says_whom_to_phone(signed_in, alarm, add):
    add()
    incident = alarm()
    browser = signed_in("county1.duty")
    browser.get(f"/incidents/{incident.number}/")

    part = browser.get(f"/incidents/{incident.number}/?part=partners").content.decode()
    assert 'href="tel:0500-1100110"' in part
    assert 'data-part="partners"' in browser.get(f"/incidents/{incident.number}/").content.decode()


def test_the_api_lists_by_kind_and_unit_and_gives_one_with_its_etag(signed_in, add):
    town, county = add("T11", "police_station", "城关派出所"), add("C1")
    browser = signed_in("county1.duty")

    assert [one["id"] for one in browser.get("/api/v1/partners/").json()["results"]] == [county.pk, town.pk]
    below = browser.get("/api/v1/partners/?unit=T11").json()["results"]
    assert below == [
        {
            "id": town.pk, "kind": "police_station", "name": "城关派出所", "phone": "0500-1100110", "unit": "T11",
            "note": "", "checked_at": None, "listed": True, "rev": 1,
        }
    ]  # fmt: skip
    assert [one["id"] for one in browser.get("/api/v1/partners/?kind=police").json()["results"]] == [
        county.pk
    ]
    assert browser.get("/api/v1/partners/?kind=army").status_code == 422

    one = browser.get(f"/api/v1/partners/{county.pk}/")
    assert (one["ETag"], one.json()["name"]) == ('"1"', "县公安局")
    assert signed_in("county2.duty").get(f"/api/v1/partners/{county.pk}/").json()["code"] == "not_found"
