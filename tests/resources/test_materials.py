"""The stock ledger and the plans' kits: what a movement does, what is wanting, and who may say so."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from django.conf import settings
from django.db import IntegrityError, connection, transaction

from accounts.models import Post
from accounts.scope import reach_of
from common.dates.local_time import day_of
from common.errors import Invalid, NotAllowed, NotFound, Refused, Stale, WrongState
from duty.shifts.choices import ItemKind
from duty.shifts.queries import what_passes
from duty.shifts.reading import readable
from journal.models import Entry
from journal.numbering import number_new
from journal.record import content_of
from plans.checks.documents import check as check_plan
from plans.document.kits import kits_of
from plans.document.strict_yaml import read
from resources.materials import actions, queries, rules
from resources.materials.choices import Fault, Movement
from resources.materials.models import KitCheck, KitCheckLine, Material, MaterialMovement
from resources.materials.rules import Stock

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("verb", "quantity", "expected"),
    [
        ("received", 3, Stock(8, 2)), ("issued", 5, Stock(0, 7)), ("issued", 6, None), ("returned", 2, Stock(7, 0)),
        ("returned", 3, None), ("consumed", 2, Stock(5, 0)), ("consumed", 3, None), ("written_off", 5, Stock(0, 2)),
        ("written_off", 6, None),
    ],
)  # fmt: skip
def test_what_a_movement_does(verb, quantity, expected):
    assert rules.after(Stock(5, 2), verb, quantity) == expected


def test_every_movement_has_an_effect():
    assert set(rules.EFFECTS) == set(Movement)


@pytest.mark.parametrize(
    ("on_hand", "minimum", "expires", "fault"),
    [
        (0, 0, None, None), (0, 1, None, Fault.MISSING), (1, 2, None, Fault.SHORT), (2, 2, None, None),
        (2, 2, 0, None), (2, 2, -1, Fault.EXPIRED), (1, 2, -1, Fault.EXPIRED), (0, 1, -1, Fault.MISSING),
        (0, 0, -1, None),
    ],
)  # fmt: skip
def test_what_is_wrong_with_an_item(on_hand, minimum, expires, fault):
    expires_on = None if expires is None else TODAY + timedelta(days=expires)

    assert rules.fault_of(on_hand=on_hand, minimum=minimum, expires_on=expires_on, today=TODAY) == fault


@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("city-justice-bureau", {"support": 7}),
        ("unit-petition-reception", {"first_aid": 2, "reception_room": 2}),
    ],
)
def test_the_kits_of_the_library(name, count):
    text = (settings.BASE_DIR / f"plans/library/{name}.yaml").read_text()

    assert {kit.id: len(kit.items) for kit in kits_of(read(text).value)} == count


def test_a_kit_that_lists_an_item_twice_is_found():
    text = (settings.BASE_DIR / "plans/library/city-justice-bureau.yaml").read_text()
    twice = text.replace("{id: lights, zh: 照明, en: Lights}", "{id: board, zh: 照明, en: Lights}")

    assert [one.path for one in check_plan(twice).problems if one.path.startswith("kits")] == [
        "kits[0].items[2].id"
    ]


@pytest.fixture
def add(plan, units, reach, now):
    """add("C1", name="AED", kit_item="support/aed") → an item the county's duty room began."""

    def act(unit="C1", *, name="AED", minimum=2, kit_item="support/aed", expires_on=None, by="county1.duty"):
        return actions.add_material(
            reach=reach(by), unit=units[unit], name=name, measure="台", place="一楼值班室", minimum=minimum,
            kit_item=kit_item, expires_on=expires_on, now=now,
        )  # fmt: skip

    return act


@pytest.fixture
def item(add):
    return add()


@pytest.fixture
def move(item, reach, now):
    def act(verb, quantity=1, *, of=None, by="county1.duty", note="保障专班", **more):
        return actions.move_material(
            reach=reach(by),
            material_id=(of or item).pk,
            verb=verb,
            quantity=quantity,
            note=note,
            now=now,
            **more,
        )

    return act


def last(kind):
    return Entry.objects.filter(kind=kind).latest("pk")


# --- the ledger ------------------------------------------------------------------------------------------------


def test_the_ledger_is_appended_and_the_balance_follows(item, move, alarm, cast, now):
    incident = alarm()
    move("received", 5, note="")
    move("issued", 3, incident=incident, squad="support", note="")
    move("returned", 1)
    move("consumed", 2)
    move("written_off", 1, note="电池过期")

    item.refresh_from_db()
    assert item.stock == Stock(2, 0)
    rows = [(row.verb, row.quantity, row.on_hand_after, row.out_after) for row in item.movements.all()]
    assert rows == [
        ("received", 5, 5, 0), ("issued", 3, 2, 3), ("returned", 1, 3, 2), ("consumed", 2, 3, 0), ("written_off", 1, 2, 0),
    ]  # fmt: skip
    issued = item.movements.get(verb="issued")
    assert (issued.incident, issued.squad, issued.by, issued.at) == (
        incident,
        "support",
        cast["county1.duty"],
        now,
    )
    entry = last("material.moved")
    assert (entry.subject, entry.audience) == (item.key, "report")
    assert content_of(entry) == {
        "what": "AED", "verb": "written_off", "quantity": 1, "on_hand": 2, "out": 0, "incident": "", "squad": "",
        "note": "电池过期",
    }  # fmt: skip


@pytest.mark.parametrize(("language", "said"), [("zh-hans", "发放 2 台"), ("en", "Issued 2 台")])
def test_what_leaves_for_an_incident_stands_on_its_timeline(item, move, alarm, signed_in, language, said):
    incident = alarm(unit="T11")
    move("received", 3)
    move("issued", 2, incident=incident, note="一楼大厅")
    number_new()

    entry = last("material.used")
    assert (entry.thread, entry.unit, entry.audience) == (incident.key, incident.unit, "incident")
    assert Entry.objects.filter(kind="material.used").count() == 1
    page = signed_in("town11.clerk", language).get(f"/incidents/{incident.number}/").content.decode()
    assert said in page
    assert "一楼大厅" in page


@pytest.mark.parametrize(
    ("verb", "quantity"), [("issued", 3), ("written_off", 3), ("returned", 1), ("consumed", 1)]
)
def test_more_than_there_is_does_not_move(item, move, verb, quantity):
    move("received", 2)

    with pytest.raises(WrongState) as refused:
        move(verb, quantity)

    assert (refused.value.code, refused.value.extra) == ("not_so_much", {"on_hand": 2, "out": 0})
    assert item.movements.count() == 1


@pytest.mark.parametrize("quantity", [0, -1, actions.MOST + 1])
def test_a_quantity_is_a_number_of_things(move, quantity):
    with pytest.raises(Invalid) as refused:
        move("received", quantity)
    assert refused.value.code == "quantity_not_in_order"


@pytest.mark.parametrize("verb", ["issued", "written_off"])
def test_what_leaves_says_where_to_or_why(move, alarm, verb):
    move("received", 2)
    with pytest.raises(Invalid) as refused:
        move(verb, note="")
    assert refused.value.code == "note_missing"
    if verb == "written_off":
        with pytest.raises(Invalid):
            move(verb, note="", incident=alarm())


def test_a_text_with_a_number_is_refused(move, add):
    with pytest.raises(Invalid):
        move("received", note="13800138000")
    with pytest.raises(Invalid):
        add(name="联系 13800138000", kit_item="")


@pytest.mark.parametrize(
    "username", ["county2.duty", "village111.informant", "county1.squad.support", "city.audit"]
)
def test_who_does_not_keep_the_stock_moves_nothing(move, add, item, reach, now, username):
    with pytest.raises(NotAllowed):
        move("received", by=username)
    with pytest.raises(NotAllowed):
        add(by=username)
    with pytest.raises(NotAllowed):
        actions.end_material(reach=reach(username), material_id=item.pk, now=now)
    assert not MaterialMovement.objects.exists()


def test_an_old_page_moves_nothing(item, move):
    move("received", rev=item.rev)
    with pytest.raises(Stale):
        move("received", rev=item.rev)


def test_an_item_is_kept_until_all_of_it_is_gone(item, move, reach, now):
    def end():
        return actions.end_material(reach=reach("county1.duty"), material_id=item.pk, now=now)

    move("received", 1)
    move("issued", 1)
    with pytest.raises(WrongState) as refused:
        end()
    assert refused.value.code == "stock_left"
    move("consumed", 1)

    end(), end()

    assert Entry.objects.filter(kind="material.ended").count() == 1
    with pytest.raises(WrongState) as refused:
        move("received", 1)
    assert refused.value.code == "material_ended"
    assert list(queries.materials(reach("county1.duty"))) == []


def test_who_changes_an_item_keeps_it(item, reach, cast, now):
    def change(**more):
        given = {
            "name": "AED",
            "measure": "台",
            "place": "一楼值班室",
            "minimum": 2,
            "kit_item": "support/aed",
            **more,
        }
        return actions.change_material(reach=reach("county1.director"), material_id=item.pk, now=now, **given)

    assert item.keeper == cast["county1.duty"]
    change(minimum=1, kit_item="")

    item.refresh_from_db()
    assert (item.minimum, item.kit, item.kit_item, item.keeper) == (1, "", "", cast["county1.director"])
    assert set(content_of(last("material.changed"))["fields"]) == {"minimum", "kit", "kit_item", "keeper"}
    before = Entry.objects.count()
    change(minimum=1, kit_item="")
    assert Entry.objects.count() == before
    with pytest.raises(Invalid) as refused:
        change(kit_item="support/tank")
    assert refused.value.code == "unknown_kit_item"


def test_a_township_looks_up_its_countys_stock_and_a_neighbour_none(item, add, reach):
    of_town = add("T11", name="雨衣", kit_item="")

    assert list(queries.materials(reach("town11.clerk"))) == [item, of_town]
    assert list(queries.materials(reach("county2.duty"))) == []
    with pytest.raises(NotFound):
        queries.get_material(reach("county2.duty"), item.pk)


def test_what_is_wanting_is_the_same_in_sql(add, move, reach, now):
    today = day_of(now)
    for number, (stock, minimum, expires) in enumerate(
        [
            (0, 0, None),
            (0, 1, None),
            (1, 2, None),
            (2, 2, today),
            (2, 2, today - timedelta(days=1)),
            (0, 0, today),
        ]
    ):
        one = add(name=f"物资{number}", minimum=minimum, kit_item="", expires_on=expires)
        if stock:
            move("received", stock, of=one)
    rows = Material.objects.all()

    assert set(rows.wanting(today)) == {one for one in rows if one.fault(today)}
    assert set(queries.materials(reach("county1.duty"), only_wanting_at=now)) == set(rows.wanting(today))


# --- constraints and races -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("of_a_kit_and_its_item", {"kit": ""}),
        ("an_ended_item_is_all_gone", {"ended_at": "2026-11-22T00:00Z", "on_hand": 1}),
    ],
)
def test_the_database_holds_the_stock(item, name, change):
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        Material.objects.filter(pk=item.pk).update(**change)


def test_stock_is_never_negative(item):
    for column in ("on_hand", "out"):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"UPDATE resources_material SET {connection.ops.quote_name(column)} = -1")


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("a_movement_moves_something", {"verb": "received", "quantity": 0}),
        ("what_is_written_off_says_why", {"verb": "written_off", "quantity": 1}),
        ("what_is_issued_goes_somewhere", {"verb": "issued", "quantity": 1}),
    ],
)
def test_the_database_holds_the_ledger(item, cast, now, name, given):
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        MaterialMovement.objects.create(
            material=item, on_hand_after=0, out_after=0, at=now, by=cast["county1.duty"], **given
        )


@pytest.mark.django_db(transaction=True)
@pytest.mark.slow
def test_of_many_who_take_the_last_ones_only_so_many_get_one(add, move, cast, now):
    item = add()
    move("received", 3, of=item)

    def take(_number):
        try:
            actions.move_material(
                reach=reach_of(cast["county1.duty"], now), material_id=item.pk, verb="issued", quantity=1,
                note="保障专班", now=now,
            )  # fmt: skip
            return "moved"
        except Refused as refused:
            return refused.code
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        answers = sorted(pool.map(take, range(10)))

    item.refresh_from_db()
    assert answers == ["moved"] * 3 + ["not_so_much"] * 7
    assert (item.stock, item.movements.count()) == (Stock(0, 3), 4)


# --- kits ------------------------------------------------------------------------------------------------------


@pytest.fixture
def kit(plan, units, now):
    return queries.kit_named(units["C1"], "support", now)


@pytest.fixture
def check(plan, units, reach, now):
    def act(by="county1.duty", at=None, **answers):
        items = ("vehicles", "board", "lights", "loudhailers", "rain_gear", "epidemic_kit", "aed")
        return actions.check_kit(
            reach=reach(by), unit=units["C1"], kit_id="support", answers={**dict.fromkeys(items, "there"), **answers},
            note="", now=at or now,
        )  # fmt: skip

    return act


def missing(kit, unit, at):
    return {one.item.id: one.fault for one in queries.missing_for(kit, unit, at)}


def test_a_kit_nobody_has_gone_through_is_not_relied_on(kit, units, now):
    assert missing(kit, units["C1"], now) == {item.id: Fault.UNCHECKED for item in kit.items}


def test_what_the_last_check_found_counts_until_the_next(kit, check, units, now):
    check(rain_gear="missing", epidemic_kit="expired")
    assert missing(kit, units["C1"], now) == {"rain_gear": Fault.MISSING, "epidemic_kit": Fault.EXPIRED}
    assert missing(kit, units["C2"], now)["rain_gear"] == Fault.UNCHECKED

    later = now + timedelta(days=1)
    check(at=later)

    assert missing(kit, units["C1"], later) == {}
    assert missing(kit, units["C1"], now) == {"rain_gear": Fault.MISSING, "epidemic_kit": Fault.EXPIRED}


def test_what_is_in_the_stock_speaks_for_itself(kit, check, add, move, units, now):
    check()
    today = day_of(now)
    old = add(expires_on=today)
    assert missing(kit, units["C1"], now) == {"aed": Fault.MISSING}
    move("received", 1, of=old)
    assert missing(kit, units["C1"], now) == {"aed": Fault.SHORT}
    move("received", 1, of=old)
    assert missing(kit, units["C1"], now) == {}
    assert missing(kit, units["C1"], now + timedelta(days=1)) == {"aed": Fault.EXPIRED}

    move("received", 2, of=add(name="AED二号", expires_on=today + timedelta(days=400)))

    assert missing(kit, units["C1"], now + timedelta(days=1)) == {}


def test_asking_changes_nothing_and_takes_few_queries(
    kit, check, item, units, now, django_assert_max_num_queries
):
    check()
    before = Entry.objects.count()

    with django_assert_max_num_queries(4):
        queries.missing_for(kit, units["C1"], now)
    assert Entry.objects.count() == before


def test_a_check_answers_every_item_and_leaves_an_entry(check, units, reach, now):
    made = check(aed="missing")

    assert made.lines.count() == 7
    entry = last("kit.checked")
    assert (entry.unit, content_of(entry)["items"], content_of(entry)["lacking"]) == (units["C1"], 7, 1)
    for answers in (
        {"aed": "there"},
        {**{line.kit_item: "there" for line in made.lines.all()}, "aed": "perhaps"},
    ):
        with pytest.raises(Invalid) as refused:
            actions.check_kit(
                reach=reach("county1.duty"),
                unit=units["C1"],
                kit_id="support",
                answers=answers,
                note="",
                now=now,
            )
        assert refused.value.code == "kit_not_answered"
    with pytest.raises(NotAllowed):
        check(by="county1.squad.support")
    with pytest.raises(NotFound):
        actions.check_kit(
            reach=reach("county1.duty"), unit=units["C1"], kit_id="x", answers={}, note="", now=now
        )
    assert KitCheck.objects.count() == 1


def test_one_answer_per_kit_item(check):
    line = check().lines.first()
    with pytest.raises(IntegrityError), transaction.atomic():
        KitCheckLine.objects.create(check_of=line.check_of, kit_item=line.kit_item, answer="there")


def test_a_shift_hands_over_what_is_wanting(item, add, units, reach, now):
    add("C2", by="county2.duty")
    post = Post.objects.get(unit=units["C1"], kind="duty_officer")

    passing = [one for one in what_passes(post, now) if one.kind == ItemKind.MATERIAL]

    assert [(one.subject, one.title_zh, one.title_en) for one in passing] == [
        (item.key, "AED：缺失（一楼值班室）", "AED: Missing (一楼值班室)")
    ]
    assert readable(reach("county1.squad.dialogue"), passing) == passing
    assert readable(reach("city.secadmin"), passing) == []


def test_a_unit_about_to_end_is_told_of_its_stock(item, move, units):
    assert queries.stock_at([units["C1"].path]).many == 0
    move("received", 1)

    assert queries.stock_at([units["C1"].path]).many == 1
    assert queries.stock_at([units["C2"].path]).many == 0
    assert queries.stock_at([]).many == 0


# --- doors -----------------------------------------------------------------------------------------------------


NEW = {
    "name": "雨衣", "measure": "件", "unit": "C1", "place": "库房", "minimum": "10", "expires_on": "", "kit_item": "support/rain_gear",
}  # fmt: skip


@pytest.mark.parametrize(("language", "word"), [("zh-hans", "低于最低数量"), ("en", "Less than the minimum")])
def test_the_pages_add_move_change_and_end(plan, signed_in, alarm, language, word):
    browser, incident = signed_in("county1.duty", language), alarm()
    assert "support/rain_gear" in browser.get("/materials/new/").content.decode()
    assert browser.post("/materials/new/", NEW).status_code == 303
    made = Material.objects.get()
    page = f"/materials/{made.pk}/"

    given = {"verb": "received", "quantity": "4", "incident": "", "squad": "", "note": "", "rev": made.rev}
    assert browser.post(f"{page}move/", given).status_code == 303
    issued = {**given, "verb": "issued", "quantity": "1", "incident": incident.number, "rev": ""}
    assert browser.post(f"{page}move/", issued).status_code == 303
    assert incident.number in browser.get(page).content.decode()
    listed = browser.get("/materials/?wanting=on").content.decode()
    assert word in listed
    assert (
        browser.post(f"{page}move/", {**given, "verb": "issued", "quantity": "9", "rev": ""}).status_code
        == 422
    )
    assert browser.post(f"{page}move/", {**issued, "incident": "C9-1"}).status_code == 422
    assert browser.post(page, {**NEW, "minimum": "2"}).status_code == 303
    assert word not in browser.get("/materials/").content.decode()
    assert browser.post(f"{page}end/").status_code == 409
    for verb, quantity in (("returned", 1), ("written_off", 4)):
        assert (
            browser.post(
                f"{page}move/", {**given, "verb": verb, "quantity": quantity, "note": "坏", "rev": ""}
            ).status_code
            == 303
        )
    assert browser.post(f"{page}end/").status_code == 303
    assert "雨衣" not in browser.get("/materials/").content.decode()


@pytest.mark.parametrize(("language", "word"), [("zh-hans", "照明"), ("en", "Lights")])
def test_a_kit_is_gone_through_on_its_page(plan, signed_in, language, word):
    browser = signed_in("county1.duty", language)
    assert word in browser.get("/materials/kits/C1/").content.decode()
    page = browser.get("/materials/kits/C1/support/").content.decode()
    assert word in page
    items = ("vehicles", "board", "lights", "loudhailers", "rain_gear", "epidemic_kit", "aed")
    given = {f"item-{item}": "there" for item in items}

    assert browser.post("/materials/kits/C1/support/", {**given, "item-aed": ""}).status_code == 422
    assert browser.post("/materials/kits/C1/support/", {**given, "item-aed": "missing"}).status_code == 303
    assert KitCheckLine.objects.get(kit_item="aed").answer == "missing"
    assert browser.get("/materials/kits/C1/other/").status_code == 404
    assert signed_in("county1.squad.support").get("/materials/kits/C1/").status_code == 200
    assert signed_in("county1.squad.support").get("/materials/kits/C1/support/").status_code == 403
    assert signed_in("county2.duty").get("/materials/kits/C1/").status_code == 404


def test_who_may_not_see_the_incident_does_not_read_its_number_in_the_ledger(signed_in, item, move, alarm):
    incident = alarm()
    move("received", 1)
    move("issued", 1, incident=incident)

    for username, is_seen in (
        ("county1.director", True),
        ("town12.head", False),
        ("county1.squad.dialogue", False),
    ):
        browser = signed_in(username)
        page = browser.get(f"/materials/{item.pk}/").content.decode()
        assert (incident.number in page) is is_seen, username
        told = browser.get(f"/api/v1/materials/{item.pk}/movements/").json()["results"]
        assert [row["incident"] for row in told] == [incident.number if is_seen else None, None]


def test_a_reader_sees_no_form_and_a_neighbour_no_item(signed_in, item):
    page = signed_in("village111.informant").get(f"/materials/{item.pk}/").content.decode()

    assert "AED" in page
    assert "data-once" not in page.split("<main")[1]
    assert signed_in("county2.duty").get(f"/materials/{item.pk}/").status_code == 404
    assert signed_in("city.secadmin").get("/materials/").status_code == 403


@pytest.mark.parametrize("rows", [1, 3])
def test_the_pages_ask_few_queries_however_many(signed_in, add, move, django_assert_max_num_queries, rows):
    for number in range(rows):
        one = add(name=f"物资{number}", kit_item="")
        move("received", 1, of=one)
        move("issued", 1, of=one)
    browser = signed_in("county1.duty")
    browser.get("/materials/")

    with django_assert_max_num_queries(6):
        browser.get("/materials/")
    with django_assert_max_num_queries(9):
        browser.get(f"/materials/{one.pk}/")


def test_the_api_lists_moves_and_says_what_a_kit_lacks(signed_in, item, alarm):
    browser, number = signed_in("county1.duty"), alarm().number
    address = f"/api/v1/materials/{item.pk}/"

    def send(body, key, **headers):
        return browser.post(
            f"{address}movements/",
            body,
            content_type="application/json",
            headers={"Idempotency-Key": key, **headers},
        )

    first = send({"verb": "received", "quantity": 1}, "k1", **{"If-Match": '"1"'})
    assert (first.status_code, first["ETag"], first.json()["on_hand_after"]) == (201, '"2"', 1)
    assert send({"verb": "received", "quantity": 1}, "k1", **{"If-Match": '"1"'}).json() == first.json()
    assert send({"verb": "received", "quantity": 1}, "k2", **{"If-Match": '"1"'}).status_code == 412
    issued = send({"verb": "issued", "quantity": 1, "incident": number}, "k3")
    assert issued.json()["material"]["out"] == 1
    refused = send({"verb": "issued", "quantity": 1, "incident": number}, "k4")
    assert (refused.status_code, refused.json()["code"], refused.json()["on_hand"]) == (409, "not_so_much", 0)

    assert [row["verb"] for row in browser.get(f"{address}movements/").json()["results"]] == [
        "issued",
        "received",
    ]
    (listed,) = browser.get("/api/v1/materials/?unit=C1&wanting=true").json()["results"]
    assert (listed["fault"], listed["keeper"], listed["kit"]) == ("missing", "county1.duty", "support")
    assert browser.get("/api/v1/materials/?kit=other").json()["results"] == []
    assert browser.get(address)["ETag"] == '"3"'
    (kit,) = browser.get("/api/v1/kits/C1/").json()["kits"]
    assert {one["id"]: one["fault"] for one in kit["items"]}["aed"] == "missing"
    assert signed_in("county2.duty").get(address).status_code == 404
