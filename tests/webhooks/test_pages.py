"""The pages of webhooks: made with the credential, the secret shown once, stopped, tried, ended; another's is not there."""

import pytest
import time_machine

from journal.models import Entry
from journal.record import content_of
from tests.accounts.conftest import PASSWORD, sign_in, text_of, with_password  # noqa: F401
from webhooks.choices import WebhookState
from webhooks.models import Delivery, Webhook

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client, with_password, now):  # noqa: F811
    with_password("county1.duty")
    with time_machine.travel(now, tick=False):
        sign_in(client, "county1.duty")
        yield client


@pytest.fixture
def form(receiver):
    return {
        "note": "城市大脑",
        "url": receiver.url,
        "groups": ["incidents"],
        "unit": "C1",
        "credential": PASSWORD,
    }


def test_a_person_makes_one_and_sees_its_secret_once(desk, form, cast, units):
    answer = desk.post("/account/webhooks/", form)

    assert answer.status_code == 201
    webhook = Webhook.objects.get()
    assert (webhook.person, webhook.groups, webhook.unit) == (cast["county1.duty"], "incidents", units["C1"])
    assert webhook.secret in text_of(answer)
    page = text_of(desk.get("/account/webhooks/"))
    assert "城市大脑" in page
    assert webhook.secret not in page
    entry = Entry.objects.get(kind="webhook.made")
    assert (entry.actor, entry.audience) == (cast["county1.duty"], "security")
    assert webhook.secret not in str(content_of(entry))
    assert webhook.url not in str(content_of(entry))


def test_secret_and_address_are_sealed_in_the_database(desk, form, django_assert_num_queries):
    from django.db import connection

    desk.post("/account/webhooks/", form)
    with connection.cursor() as cursor:
        cursor.execute("SELECT url, secret FROM webhooks_webhook")
        url, secret = cursor.fetchone()
    assert form["url"] not in url
    assert "whsec_" not in secret


@pytest.mark.control(12)
@pytest.mark.parametrize("credential", ["", "wrong"])
def test_making_one_asks_who_is_there(desk, form, credential):
    assert desk.post("/account/webhooks/", form | {"credential": credential}).status_code == 422
    assert not Webhook.objects.exists()


@pytest.mark.parametrize(
    ("field", "value"),
    [("url", "https://evil.example/"), ("groups", []), ("unit", "NOWHERE"), ("unit", "C2"), ("note", "")],
)
def test_what_is_not_in_order_is_said_beside_its_field_and_nothing_typed_is_lost(desk, form, field, value):
    answer = desk.post("/account/webhooks/", form | {field: value})

    assert answer.status_code == 422
    assert answer.context["form"].errors[field]
    if field != "note":
        assert "城市大脑" in text_of(answer)
    assert not Webhook.objects.exists()


def test_there_are_ten_and_no_more(desk, form):
    for _n in range(11):
        answer = desk.post("/account/webhooks/", form)
    assert answer.status_code == 422
    assert Webhook.objects.count() == 10


def test_without_listed_addresses_the_page_says_whom_to_ask_and_shows_no_form(desk, settings):
    settings.WEBHOOK_TARGETS = []
    answer = desk.get("/account/webhooks/")
    assert "WEBHOOK_TARGETS" in text_of(answer)
    assert 'name="url"' not in text_of(answer)


def press(desk, webhook, verb, **given):
    return desk.post(f"/account/webhooks/{webhook.pk}/{verb}/", given)


def test_it_is_tried_stopped_let_go_on_and_ended(desk, form, turn, receiver):
    desk.post("/account/webhooks/", form)
    webhook = Webhook.objects.get()

    assert press(desk, webhook, "try").status_code == 303
    turn()
    assert receiver.types() == ["webhook.trial"]

    press(desk, webhook, "stop")
    webhook.refresh_from_db()
    assert (webhook.state, webhook.stopped_because) == (WebhookState.STOPPED, "person")
    assert press(desk, webhook, "stop").status_code == 409
    assert press(desk, webhook, "try").status_code == 409

    press(desk, webhook, "go-on")
    press(desk, webhook, "try")
    press(desk, webhook, "end")
    webhook.refresh_from_db()
    assert (webhook.state, webhook.secret) == (WebhookState.ENDED, "")
    assert turn() == 0
    assert press(desk, webhook, "end").status_code == 409
    assert press(desk, webhook, "stop").status_code == 404
    assert [entry.kind for entry in Entry.objects.filter(kind__startswith="webhook.").order_by("pk")] == [
        "webhook.made", "webhook.stopped", "webhook.resumed", "webhook.ended",
    ]  # fmt: skip


def test_a_new_secret_is_shown_and_the_old_one_is_kept_for_a_day(desk, form):
    desk.post("/account/webhooks/", form)
    webhook = Webhook.objects.get()

    answer = press(desk, webhook, "secret")

    renewed = Webhook.objects.get()
    assert renewed.secret in text_of(answer)
    assert renewed.former_secret == webhook.secret != renewed.secret


def test_sent_again_from_a_number_that_is_there(desk, form, happens, turn, receiver):
    desk.post("/account/webhooks/", form)
    webhook = Webhook.objects.get()
    number = happens()
    turn()

    assert press(desk, webhook, "from", number=number).status_code == 303
    turn()
    assert receiver.numbers() == [number, number]

    refused = press(desk, webhook, "from", number=number + 1000)
    assert refused.status_code == 422
    assert str(number + 1000) in text_of(refused)
    assert press(desk, webhook, "from", number="x").status_code == 422


@pytest.mark.parametrize("verb", ["stop", "go-on", "secret", "try", "failed-again", "from", "end"])
def test_anothers_is_not_there(desk, hook, verb):
    theirs = hook("county2.duty")

    assert press(desk, theirs, verb, number=1).status_code == 404

    theirs.refresh_from_db()
    assert theirs.state == WebhookState.ACTIVE
    assert not Delivery.objects.exists()


def test_an_unknown_verb_is_no_address(desk, hook):
    assert press(desk, hook(), "nonsense").status_code == 404


def test_the_security_administrator_sees_and_ends_those_of_the_units_people(hook, signed_in, cast):
    ours = hook("county1.duty")
    admin = signed_in("city.secadmin")

    page = text_of(admin.get("/account/webhooks/area/"))
    assert "城市大脑" in page
    assert ours.secret not in page
    assert admin.post(f"/account/webhooks/{ours.pk}/stop/").status_code == 404
    assert admin.post(f"/account/webhooks/{ours.pk}/end/").status_code == 303

    ours.refresh_from_db()
    assert ours.state == WebhookState.ENDED
    assert Entry.objects.get(kind="webhook.ended").actor == cast["city.secadmin"]
    assert signed_in("county1.duty").get("/account/webhooks/area/").status_code == 403


def test_the_page_costs_the_same_with_one_and_with_ten(hook, signed_in, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    desk = signed_in("county1.duty")
    hook()
    desk.get("/account/webhooks/")
    with CaptureQueriesContext(
        connection,
    ) as one:
        desk.get("/account/webhooks/")
    for _n in range(8):
        hook()
    with CaptureQueriesContext(connection) as nine:
        desk.get("/account/webhooks/")
    assert len(nine) == len(one)
