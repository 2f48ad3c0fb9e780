"""The link in an order's message answers that order and nothing else, without signing in, and cannot be misused."""

import re
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from command.links import tokens
from command.links.actions import links_for, revoke_links
from command.links.models import OrderLink
from command.orders.actions import issue_order, move_order, read_target
from command.orders.choices import OrderVerb as V
from command.orders.models import Order, OrderStep
from common.errors import NotAllowed
from journal.models import Entry
from notices.models import Notice

MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def linked(settings):
    settings.SITE_URL, settings.REMINDER_LINKS = "https://icd.example", True


@pytest.fixture
def order(alarm, reach, now, wall_clock):
    return issue_order(
        incident_id=alarm(place="一楼大厅").pk,
        reach=reach("county1.duty"),
        target=read_target("squad:dialogue@C1"),
        task="到一楼大厅对话",
        now=now,
    )


@pytest.fixture
def address(order, now):
    notice = Notice.objects.get(purpose="order.issued", subject=order.key, channel="app")
    return re.search(r"https://icd\.example(/r/\S+)", links_for([notice], now)[notice.pk])[1]


def page_of(address, client=None):
    return (client or Client()).get(address)


def token_in(page):
    return re.search(r'name="page" value="([^"]+)"', page.content.decode())[1]


def tap(address, verb, page=None, **more):
    page = page if page is not None else token_in(page_of(address))
    return Client(enforce_csrf_checks=True).post(address, {"verb": verb, "page": page, **more})


def test_the_whole_way_by_link_is_recorded_as_such(order, address, reach, now):
    for verb in (V.ACKNOWLEDGE, V.DEPART, V.ARRIVE):
        assert tap(address, verb).status_code == 303
    move_order(order_id=order.pk, reach=reach("county1.duty"), verb=V.CONFIRM_ARRIVAL, now=now + MINUTE)
    assert tap(address, V.COMPLETE).status_code == 303

    steps = OrderStep.objects.filter(order=order)
    assert [(step.by.username, step.by_link) for step in steps if step.verb != V.CONFIRM_ARRIVAL] == [
        ("county1.squad.dialogue", True)
    ] * 4
    assert steps.get(verb=V.CONFIRM_ARRIVAL).by_link is False
    assert (
        Entry.objects.get(kind="order.acknowledged", subject=order.key).actor.username
        == "county1.squad.dialogue"
    )


def test_the_page_shows_its_order_alone_without_script_cookie_or_session(order, address):
    page = page_of(address)

    said = page.content.decode()
    assert order.task in said
    assert order.incident.place in said
    assert order.incident.number not in said
    assert "<script" not in said
    assert not page.cookies.get("sessionid")
    assert len(page.content) < 3000
    assert (page["Cache-Control"], page["Referrer-Policy"]) == ("no-store", "no-referrer")


def test_a_look_answers_nothing_and_neither_does_a_post_without_its_page(order, address):
    page_of(address)
    Client().head(address)
    assert tap(address, V.ACKNOWLEDGE, page="").status_code == 409
    assert tap(address, V.ACKNOWLEDGE, page="1:1").status_code == 409

    assert not OrderStep.objects.exists()


def test_a_page_sent_again_answers_nothing_more(order, address):
    page = token_in(page_of(address))
    tap(address, V.ACKNOWLEDGE, page)

    assert tap(address, V.DEPART, page).status_code in (409, 412)
    assert OrderStep.objects.count() == 1


def test_declining_needs_its_reason(order, address):
    assert tap(address, V.DECLINE).status_code == 422
    assert tap(address, V.DECLINE, note="车坏了").status_code == 303
    assert OrderStep.objects.get().note == "车坏了"


@pytest.mark.parametrize("verb", [V.CONFIRM_ARRIVAL, V.RECALL, V.STAND_DOWN, "", "x"])
def test_it_opens_the_recipients_own_acts_alone(order, address, verb):
    assert tap(address, verb, note="x").status_code == 409
    assert not OrderStep.objects.exists()


@pytest.mark.parametrize(
    "spoil",
    [
        lambda one: "x" + one,
        lambda one: one[:-1],
        lambda one: one.split(".")[0],
        lambda one: tokens.SECRETS.of_seed("y"),
    ],
)
def test_a_forged_token_opens_nothing(order, address, spoil):
    token = address.removeprefix("/r/o~").strip("/")

    assert page_of(f"/r/o~{spoil(token)}/").status_code == 404
    assert Client().post(f"/r/o~{spoil(token)}/", {"verb": "acknowledge"}).status_code == 404


def test_whoever_tries_many_is_told_to_wait(order, address):
    client = Client()
    answers = [client.post(f"/r/o~{n}.forged/", {"verb": "acknowledge"}).status_code for n in range(25)]

    assert answers[:20] == [404] * 20
    assert answers[-1] == 429
    assert tap(address, V.ACKNOWLEDGE).status_code == 303, "a genuine one is not slowed"


def test_the_page_of_another_order_does_not_fit(order, address, alarm, reach, now):
    other = issue_order(
        incident_id=alarm().pk,
        reach=reach("county1.duty"),
        target=read_target("squad:dialogue@C1"),
        task="另一件",
        now=now,
    )
    notice = Notice.objects.get(purpose="order.issued", subject=other.key, channel="app")
    theirs = re.search(r"https://icd\.example(/r/\S+)", links_for([notice], now)[notice.pk])[1]

    assert tap(address, V.ACKNOWLEDGE, token_in(page_of(theirs))).status_code == 409
    assert not OrderStep.objects.exists()


def test_it_expires(order, address, wall_clock, now):
    page = token_in(page_of(address))
    wall_clock.move_to(now + timedelta(hours=24, seconds=1))

    assert page_of(address).status_code == 409
    assert order.task not in page_of(address).content.decode()
    assert tap(address, V.ACKNOWLEDGE, page).status_code == 409


def test_a_recalled_order_is_not_answered(order, address, reach, now):
    page = token_in(page_of(address))
    move_order(order_id=order.pk, reach=reach("county1.duty"), verb=V.RECALL, note="已平息", now=now)

    assert tap(address, V.ACKNOWLEDGE, page).status_code in (409, 412)
    assert Order.objects.get().state == "recalled"


def test_who_directs_revokes_all_links_and_nobody_else(order, address, reach, now):
    with pytest.raises(NotAllowed):
        revoke_links(order_id=order.pk, reach=reach("county1.squad.dialogue"), now=now)
    assert revoke_links(order_id=order.pk, reach=reach("county1.duty"), now=now) == 1

    assert page_of(address).status_code == 409
    assert Entry.objects.filter(kind="order.links_revoked", subject=order.key).count() == 1


def test_over_the_api(order, address, client, cast):
    where = f"/api/v1/orders/{order.number}/links/"
    client.force_login(cast["county2.duty"])
    assert client.delete(where).status_code == 404
    client.force_login(cast["county1.squad.dialogue"])
    assert client.delete(where).status_code == 403
    client.force_login(cast["county1.duty"])
    assert client.delete(where).json() == {"revoked": 1}


def test_who_is_not_on_the_squad_any_more_answers_nothing(order, address, cast, now, wall_clock):
    cast["county1.squad.dialogue"].appointments.update(valid_to=now + MINUTE)
    wall_clock.move_to(now + 2 * MINUTE)

    assert page_of(address).status_code == 409
    assert order.task not in page_of(address).content.decode()


def test_the_secret_stands_nowhere(order, address):
    token = address.removeprefix("/r/o~").strip("/")

    stored = [
        *Notice.objects.values_list("text_zh", flat=True),
        *OrderLink.objects.values_list("token_hash", flat=True),
    ]
    assert not [one for one in stored if token in one]


def test_without_an_address_of_the_bureau_there_is_none(order, settings, now):
    settings.SITE_URL = ""
    assert links_for(list(Notice.objects.filter(purpose="order.issued")), now) == {}


@pytest.mark.parametrize("change", [{"expires_at": "issued"}, {"revoked_at": "now"}])
def test_the_database_keeps_what_must_always_hold(order, address, now, change):
    with pytest.raises(IntegrityError), transaction.atomic():
        OrderLink.objects.update(**dict.fromkeys(change, now))
