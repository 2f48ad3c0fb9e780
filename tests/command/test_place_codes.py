"""The code shown at a place is the other side of an arrival: typed by who comes, never by who can see it."""

import re
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from command.links.actions import links_for
from command.orders.actions import issue_order, move_order, read_target
from command.orders.choices import OrderState as S
from command.orders.choices import OrderVerb as V
from command.orders.models import OrderStep
from command.place_codes import rules
from command.place_codes.actions import TooManyTries, confirm_by_code, show_code, withdraw_code
from command.place_codes.models import PlaceCode
from common.errors import Invalid, NotAllowed, Stale, WrongState
from journal.models import Entry
from notices.models import Notice

MINUTE = timedelta(minutes=1)
SQUAD = "county1.squad.dialogue"


@pytest.fixture
def incident_(alarm, wall_clock):
    return alarm(place="一楼大厅")


@pytest.fixture
def order(incident_, reach, now):
    made = issue_order(
        incident_id=incident_.pk,
        reach=reach("county1.duty"),
        target=read_target("squad:dialogue@C1"),
        task="到一楼大厅对话",
        now=now,
    )
    for verb in (V.ACKNOWLEDGE, V.DEPART):
        made = move_order(order_id=made.pk, reach=reach(SQUAD), verb=verb, now=now)
    return made


@pytest.fixture
def code(incident_, reach, now):
    return show_code(incident_id=incident_.pk, reach=reach("county1.duty"), now=now)


@pytest.fixture
def typed(order, reach, now):
    def act(digits, who=SQUAD, at=None, **more):
        return confirm_by_code(
            order_id=order.pk, reach=reach(who), code=digits, now=at or now + MINUTE, **more
        )

    return act


def wrong_for(code):
    return f"{(int(rules.code_of(code.seed)) + 1) % 10**6:06}"


def test_who_types_it_on_the_way_has_arrived_and_is_confirmed(order, code, typed, now):
    done = typed(rules.code_of(code.seed))

    assert done.state == S.ARRIVAL_CONFIRMED
    steps = OrderStep.objects.filter(order=order).values_list("verb", "by__username", "place", "on_behalf")
    assert list(steps)[-2:] == [
        (V.ARRIVE, SQUAD, "", False),
        (V.CONFIRM_ARRIVAL, SQUAD, "一楼大厅", False),
    ]
    entry = Entry.objects.get(kind="order.arrival_confirmed", subject=order.key)
    assert (entry.at, entry.actor.username) == (now + MINUTE, SQUAD)


def test_who_has_said_that_they_are_there_is_confirmed_by_it(order, code, typed, reach, now):
    move_order(order_id=order.pk, reach=reach(SQUAD), verb=V.ARRIVE, now=now)

    assert typed(rules.code_of(code.seed)).state == S.ARRIVAL_CONFIRMED


@pytest.mark.parametrize("write", [
    lambda c: f"{c[:3]} {c[3:]}", lambda c: f"{c[:3]}-{c[3:]}", lambda c: f" {c} ",
    lambda c: c.translate({ord(d): ord(d) + 0xFEE0 for d in "0123456789"}),
])  # fmt: skip
def test_it_is_read_as_people_write_it(code, typed, write):
    assert typed(write(rules.code_of(code.seed))).state == S.ARRIVAL_CONFIRMED


@pytest.mark.parametrize("text", ["", "12345", "1234567", "12345x", "１２３４５"])
def test_what_is_not_six_digits_is_no_code(code, typed, text):
    with pytest.raises(Invalid) as refused:
        typed(text)
    assert "code" in refused.value.fields


def test_a_wrong_code_counts_and_the_duty_room_hears_of_the_fifth(order, code, typed):
    for n in range(5):
        assert not Notice.objects.filter(purpose="place_code.wrong").exists(), n
        with pytest.raises(Invalid):
            typed(wrong_for(code))

    code.refresh_from_db()
    order.refresh_from_db()
    assert (code.wrong_tries, order.state) == (5, S.UNDER_WAY)
    assert Entry.objects.filter(kind="place_code.wrong").count() == 5
    heard = Notice.objects.filter(purpose="place_code.wrong")
    assert {one.recipient.username for one in heard} == {"county1.duty"}
    assert order.number in heard[0].text_zh
    with pytest.raises(TooManyTries):
        typed(rules.code_of(code.seed))
    assert typed(rules.code_of(code.seed), at=code.issued_at + 7 * MINUTE).state == S.ARRIVAL_CONFIRMED


def test_a_place_of_another_incident_confirms_nothing(alarm, typed, reach, now):
    elsewhere = show_code(incident_id=alarm().pk, reach=reach("county1.duty"), now=now)

    with pytest.raises(Invalid):
        typed(rules.code_of(elsewhere.seed))


def test_it_lives_for_two_hours(code, typed, now):
    with pytest.raises(Invalid):
        typed(rules.code_of(code.seed), at=now + rules.LASTS + timedelta(seconds=1))
    assert typed(rules.code_of(code.seed), at=now + rules.LASTS).state == S.ARRIVAL_CONFIRMED


def test_a_renewed_code_and_a_withdrawn_one_are_worth_nothing(incident_, code, typed, reach, now):
    fresh = show_code(incident_id=incident_.pk, reach=reach("county1.duty"), now=now)
    with pytest.raises(Invalid):
        typed(rules.code_of(code.seed))

    withdraw_code(incident_id=incident_.pk, code_id=fresh.pk, reach=reach("county1.duty"), now=now)
    with pytest.raises(Invalid):
        typed(rules.code_of(fresh.seed))
    with pytest.raises(WrongState):
        withdraw_code(incident_id=incident_.pk, code_id=fresh.pk, reach=reach("county1.duty"), now=now)
    assert set(Entry.objects.filter(kind__startswith="place_code").values_list("kind", flat=True)) == {
        "place_code.shown", "place_code.withdrawn", "place_code.wrong",
    }  # fmt: skip


def test_two_gates_have_two_codes_and_the_step_says_which(incident_, order, code, typed, reach, now):
    gate = show_code(incident_id=incident_.pk, reach=reach("county1.duty"), place="北门", now=now)
    typed(rules.code_of(gate.seed))

    assert PlaceCode.objects.live(now).count() == 2
    assert OrderStep.objects.get(order=order, verb=V.CONFIRM_ARRIVAL).place == "北门"


def test_only_the_desk_shows_and_only_the_recipient_types(incident_, code, typed, reach, now):
    with pytest.raises(NotAllowed):
        show_code(incident_id=incident_.pk, reach=reach(SQUAD), now=now)
    for who in ("county1.duty", "county1.squad.perimeter"):
        with pytest.raises(NotAllowed):
            typed(rules.code_of(code.seed), who)


def test_who_can_see_the_code_does_not_confirm_themselves_by_it(incident_, code, reach, now):
    """The duty room may be sent somewhere too; it reads the code off its own screen."""
    mine = issue_order(
        incident_id=incident_.pk, reach=reach("county1.duty"), target=read_target("person:county1.duty"),
        task="到现场", now=now,
    )  # fmt: skip
    for verb in (V.ACKNOWLEDGE, V.DEPART):
        move_order(order_id=mine.pk, reach=reach("county1.duty"), verb=verb, now=now)

    with pytest.raises(NotAllowed) as refused:
        confirm_by_code(order_id=mine.pk, reach=reach("county1.duty"), code=rules.code_of(code.seed), now=now)
    assert refused.value.code == "arrival_needs_a_second_person"


@pytest.mark.parametrize("verb", [V.ACKNOWLEDGE, V.COMPLETE])
def test_who_has_not_set_out_or_is_done_types_nothing(order, code, typed, reach, now, verb):
    state = S.ACKNOWLEDGED if verb == V.ACKNOWLEDGE else S.COMPLETED
    more = {} if verb == V.ACKNOWLEDGE else {"ended_at": now}
    type(order).objects.filter(pk=order.pk).update(state=state, **more)

    with pytest.raises(WrongState):
        typed(rules.code_of(code.seed))


def test_an_old_page_confirms_nothing(order, code, typed):
    with pytest.raises(Stale):
        typed(rules.code_of(code.seed), rev=order.rev - 1)


def test_it_ends_with_the_incident(incident_, code, reach, now):
    closed = {
        "state": "closed",
        "closed_at": now,
        "closed_by": reach("county1.director").user,
        "summary": "已平息",
    }
    type(incident_).objects.filter(pk=incident_.pk).update(**closed)

    assert not PlaceCode.objects.live(now).exists()
    with pytest.raises(WrongState):
        show_code(incident_id=incident_.pk, reach=reach("county1.duty"), now=now)


def test_no_row_and_no_entry_holds_the_digits(code, typed):
    digits = rules.code_of(code.seed)
    typed(digits)

    rows = [*PlaceCode.objects.values_list(), *Entry.objects.values_list("body", flat=True)]
    assert not [row for row in rows if digits in str(row)]


def test_other_seeds_have_other_codes(settings, code):
    import uuid

    codes = [rules.code_of(uuid.UUID(int=n)) for n in range(2000)]
    assert all(re.fullmatch(r"\d{6}", one) for one in codes)
    assert len(set(codes)) > 1990
    before = rules.code_of(code.seed)
    settings.SECRET_KEY = "another"
    assert rules.code_of(code.seed) != before


def test_the_page_shows_it_to_the_desk_and_to_nobody_else(incident_, order, code, client, cast):
    address = f"/incidents/{incident_.number}/place-codes/"
    client.force_login(cast["county1.duty"])
    page = client.get(address)
    assert rules.shown(rules.code_of(code.seed)) in page.content.decode()
    assert page["Cache-Control"] == "no-store"
    assert f'href="{address}"' in client.get(f"/incidents/{incident_.number}/").content.decode()

    client.force_login(cast[SQUAD])
    assert client.get(address).status_code == 403
    assert f'href="{address}"' not in client.get(f"/incidents/{incident_.number}/").content.decode()
    client.force_login(cast["county2.duty"])
    assert client.get(address).status_code == 404


def test_the_pages_act(incident_, order, client, cast, reach):
    address = f"/incidents/{incident_.number}/place-codes/"
    client.force_login(cast["county1.duty"])
    assert client.post(address, {"place": "北门", "idempotency_key": "a"}).status_code == 303
    assert client.post(address, {"place": "", "idempotency_key": "b"}).status_code == 422
    code = PlaceCode.objects.get()

    client.force_login(cast[SQUAD])
    mine = client.get(f"/incidents/{incident_.number}/")
    assert f"/orders/{order.number}/code/" in mine.content.decode()
    there = f"/orders/{order.number}/code/"
    assert client.post(there, {"code": wrong_for(code), "idempotency_key": "c"}).status_code == 422
    code.refresh_from_db()
    assert code.wrong_tries == 1, "counted although the request was rolled back"
    assert client.post(there, {"code": rules.code_of(code.seed), "idempotency_key": "d"}).status_code == 303
    order.refresh_from_db()
    assert order.state == S.ARRIVAL_CONFIRMED

    client.force_login(cast["county1.duty"])
    assert re.search(
        r"(code of|凭码：)\s*北门", client.get(f"/incidents/{incident_.number}/").content.decode()
    )
    assert client.post(f"{address}{code.pk}/withdraw/", {"idempotency_key": "e"}).status_code == 303
    assert client.post(f"{address}{code.pk + 1}/withdraw/", {"idempotency_key": "f"}).status_code == 404


def test_through_the_link_in_the_message(order, code, settings, now):
    settings.SITE_URL, settings.REMINDER_LINKS = "https://icd.example", True
    notice = Notice.objects.get(purpose="order.issued", subject=order.key, channel="app")
    address = re.search(r"https://icd\.example(/r/\S+)", links_for([notice], now)[notice.pk])[1]
    page = Client().get(address).content.decode()
    token = re.search(r'name="page" value="([^"]+)"', page)[1]
    assert 'name="code"' in page

    given = {"verb": "code", "page": token}
    assert Client().post(address, given | {"code": wrong_for(code)}).status_code == 422
    assert Client().post(address, given | {"code": rules.code_of(code.seed)}).status_code == 303
    order.refresh_from_db()
    assert order.state == S.ARRIVAL_CONFIRMED
    assert OrderStep.objects.get(order=order, verb=V.CONFIRM_ARRIVAL).by_link is True


def test_over_the_api(incident_, order, client, cast):
    codes, about = f"/api/v1/incidents/{incident_.number}/place-codes/", {"content_type": "application/json"}
    client.force_login(cast["county1.duty"])
    made = client.post(codes, {"place": "北门"}, **about, headers={"Idempotency-Key": "a"})
    assert made.status_code == 201, made.content
    assert "code" not in made.json()
    (shown,) = client.get(codes).json()["results"]

    there = f"/api/v1/orders/{order.number}/code/"
    assert (
        client.post(there, {"code": shown["code"]}, **about, headers={"Idempotency-Key": "b"}).status_code
        == 403
    )
    client.force_login(cast[SQUAD])
    assert client.get(codes).status_code == 403
    wrong = client.post(there, {"code": "x"}, **about, headers={"Idempotency-Key": "c"})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "wrong_place_code")
    done = client.post(there, {"code": shown["code"]}, **about, headers={"Idempotency-Key": "d"})
    assert (done.status_code, done.json()["state"]) == (200, S.ARRIVAL_CONFIRMED)
    assert done.json()["steps"][-1]["place"] == "北门"
    client.force_login(cast["county1.duty"])
    assert client.delete(f"{codes}{shown['id']}/").json()["results"] == []
    client.force_login(cast["county2.duty"])
    assert client.get(codes).status_code == 404


def test_in_a_drill_what_is_told_says_so(reach, code, typed, order):
    type(order).objects.filter(pk=order.pk).update(drill=True)
    for _n in range(5):
        with pytest.raises(Invalid):
            typed(wrong_for(code))

    assert "演练" in Notice.objects.filter(purpose="place_code.wrong").first().text_zh


@pytest.mark.parametrize("change", [
    {"place": ""}, {"expires_at": "now"}, {"ended_at": "now"},
])  # fmt: skip
def test_the_database_keeps_what_must_always_hold(code, now, change):
    """a_place_code_says_where, a_place_code_expires_after_it_is_issued, an_ended_place_code_names_who"""
    change = {name: now if value == "now" else value for name, value in change.items()}
    with pytest.raises(IntegrityError), transaction.atomic():
        PlaceCode.objects.update(**change)


def test_one_code_per_incident_and_place(code):
    code.pk, code.seed = None, "00000000-0000-0000-0000-000000000001"
    with pytest.raises(IntegrityError), transaction.atomic():
        code.save(force_insert=True)
