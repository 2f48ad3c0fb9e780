"""A browser with no page open is told what the desktop would show, and nobody counts as told by it."""

import json
import time
from datetime import timedelta
from io import StringIO

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from accounts.models import OpenSession, PushDevice
from accounts.people import actions as people
from accounts.push import actions, rules
from common.errors import Invalid, NotFound, WrongState
from dashboards.desktop_notices import desktop_notices
from journal.models import Entry
from journal.record import content_of
from notices.actions import acknowledge_notice
from notices.channels.health import PROVIDERS
from notices.models import Callout, Notice, PushMessage
from notices.push import sending
from notices.push.rules import FRESH, KEPT_FOR, STANDING
from notices.push.sealing import sealed
from notices.reading.queries import to_call_by_hand, waiting_count
from tests.accounts.conftest import PASSWORD, sign_in, with_password
from tests.push_service import Browser, PushService, unpacked

__all__ = ["with_password"]

pytestmark = pytest.mark.usefixtures("plan")


@pytest.fixture(scope="module")
def keys():
    out = StringIO()
    call_command("make_push_key", stdout=out)
    return dict(line.split("=") for line in out.getvalue().splitlines())


@pytest.fixture(scope="module")
def _service(tmp_path_factory, keys):
    service = PushService(tmp_path_factory.mktemp("push"), keys["WEB_PUSH_PUBLIC_KEY"])
    yield service
    service.close()


@pytest.fixture
def service(_service, keys, settings, monkeypatch):
    """A push service that the operator lists, and the switch on."""
    for name, value in keys.items():
        setattr(settings, name, value)
    settings.WEB_PUSH_CONTACT = "mailto:duty@example.gov"
    settings.WEB_PUSH_HOSTS = [_service.host, "127.0.0.1"]
    settings.NOTICE_LEASE_SECONDS = 5.0
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(_service.certificate))
    monkeypatch.setattr(PROVIDERS, "_poor_until", {})
    monkeypatch.setattr(PROVIDERS, "_failures", {})
    _service.mode, _service.retry_after = "ok", ""
    _service.taken.clear()
    _service.asked.clear()
    _service.browsers.clear()
    return _service


@pytest.fixture
def start():
    """Before any alarm: a device is told of what comes after it was registered."""
    return timezone.now() - timedelta(minutes=1)


@pytest.fixture
def device(service, cast, start):
    def register(username="county1.duty", name="one", at=start, session=None):
        given = service.subscription(name)
        return actions.register_device(
            person=cast[username], device="Mozilla/5.0", session=session, now=at, **given
        )

    return register


@pytest.fixture
def event(alarm, device):
    device()
    return alarm("county1.leader", what="两名村民拉横幅", place="二楼走廊", at=timezone.now(), headcount=2)


def turn(seconds=0.0):
    sending.send_due(timezone.now() + timedelta(seconds=seconds))


def states():
    return list(PushMessage.objects.order_by("pk").values_list("kind", "state", "last_error"))


# --- what is said ------------------------------------------------------------------------------------------


def test_it_says_what_the_desktop_would_sealed_and_signed(service, event, cast):
    turn()

    (pushed,) = service.taken
    (shown,) = desktop_notices(reach_now(cast["county1.duty"]), timezone.now())
    assert pushed.text == shown._asdict()
    assert pushed.text["title"].endswith(f"（建议） {event.number}")
    assert pushed.text["body"] == f"新警情 · {event.unit}"
    assert not any(word in json.dumps(pushed.text, ensure_ascii=False) for word in ("村民", "走廊"))
    assert 0 < pushed.ttl <= FRESH.total_seconds()
    assert pushed.urgency in ("high", "normal")
    assert len(pushed.topic) == 32
    assert pushed.claims["aud"] == f"https://{service.host}"
    assert pushed.claims["sub"] == "mailto:duty@example.gov"
    assert 0 < pushed.claims["exp"] - time.time() <= 24 * 3600
    assert states() == [("tell", "sent", "")]
    turn()
    assert len(service.taken) == 1


def reach_now(person):
    from accounts.scope import reach_of

    return reach_of(person, timezone.now())


def test_in_the_language_of_its_reader(service, cast, alarm, device):
    cast["county1.duty"].language = "en"
    cast["county1.duty"].save()
    device()
    event = alarm("county1.leader", at=timezone.now(), headcount=2)

    turn()

    assert service.taken[0].text["body"].startswith("New alarm · ")
    assert str(event.number) in service.taken[0].text["title"]


def test_an_example_of_the_standard_gives_its_bytes():
    """RFC 8291, Appendix A."""
    browser = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
    own = ec.derive_private_key(
        int.from_bytes(unpacked("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw")), ec.SECP256R1()
    )

    made = sealed(
        b"When I grow up, I want to be a watermelon",
        unpacked(browser),
        unpacked("BTBZMqHH6r4Tts7J_aSIgg"),
        own=own,
        salt=unpacked("DGv6ra1nlYgDCS1FRnbzlw"),
        padded=0,
    )

    assert made == unpacked(
        "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7"
        "A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
    )


def test_how_long_it_is_tells_the_push_service_nothing():
    browser = Browser()
    bodies = [sealed(text, browser.point, browser.secret) for text in (b"{}", b"x" * 900)]

    assert len(bodies[0]) == len(bodies[1])
    assert [browser.read(body) for body in bodies] == [b"{}", b"x" * 900]


def test_who_did_it_themselves_is_told_nothing(service, alarm, device):
    device()
    alarm("county1.duty", at=timezone.now(), headcount=2)

    turn()

    assert service.taken == []
    assert {state for _kind, state, _why in states()} <= {"cancelled"}


def test_rights_are_those_of_the_moment_it_leaves(service, event, cast):
    sending.queue_new(timezone.now())
    with transaction.atomic():
        from notices.relevance.ending import end_notices

        end_notices(subject=event.key, purpose="incident.reported", now=timezone.now())

    turn()

    assert service.taken == []


def test_what_was_confirmed_meanwhile_does_not_leave(service, event, cast):
    sending.queue_new(timezone.now())
    for notice in Notice.objects.filter(recipient=cast["county1.duty"], channel="app"):
        acknowledge_notice(notice_id=notice.pk, actor=cast["county1.duty"], now=timezone.now())

    turn()

    assert service.taken == []
    assert states()[0][1] == "cancelled"


def test_what_is_over_or_confirmed_is_taken_back_once(service, event, cast):
    turn()
    for notice in Notice.objects.filter(recipient=cast["county1.duty"], channel="app"):
        acknowledge_notice(notice_id=notice.pk, actor=cast["county1.duty"], now=timezone.now())

    turn()
    turn()

    told, over = service.taken
    assert over.text == {
        "id": told.text["id"],
        "tag": told.text["tag"],
        "body": "本机无需再处理此事。",
        "over": True,
    }
    # The same topic: what the device has not fetched yet never comes.
    assert over.topic == told.topic
    assert over.ttl > STANDING.total_seconds() - 60


def test_what_is_told_anew_of_the_same_thing_is_not_taken_back(service, event, cast):
    turn()
    first = Notice.objects.get(recipient=cast["county1.duty"], channel="app", subject=event.key)
    Notice.objects.filter(pk=first.pk).update(state="cancelled")
    first.pk, first.purpose, first.dedupe, first.queued_at = (
        None,
        "incident.graver.2",
        "graver",
        timezone.now(),
    )
    first.save()

    turn()

    assert [one.text.get("over", False) for one in service.taken] == [False, False]
    assert service.taken[1].text["body"].startswith("事态加重")
    assert len({one.topic for one in service.taken}) == 1


def test_an_apple_device_is_not_told_that_it_is_over(event, cast, service):
    turn()
    PushDevice.objects.update(host="web.push.apple.com")
    for notice in Notice.objects.filter(recipient=cast["county1.duty"], channel="app"):
        acknowledge_notice(notice_id=notice.pk, actor=cast["county1.duty"], now=timezone.now())

    turn()

    assert [kind for kind, _state, _why in states()] == ["tell"]


def test_what_is_older_than_the_device_or_than_ten_minutes_is_not_told(service, alarm, device, cast):
    device(at=timezone.now() + timedelta(minutes=1))
    alarm("county1.leader", at=timezone.now(), headcount=2)
    turn()
    turn(seconds=FRESH.total_seconds() + 1)

    assert PushMessage.objects.count() == 0


# --- when the push service fails ---------------------------------------------------------------------------


@pytest.mark.parametrize("status", [404, 410])
def test_a_subscription_that_is_gone_ends(service, event, status):
    service.mode = status

    turn()

    assert not PushDevice.objects.exists()
    assert not PushMessage.objects.exists()
    ended = Entry.objects.get(kind="push.switched_off")
    assert content_of(ended) == {"host": service.host, "why": "gone"}
    assert ended.actor_id is None


def test_keys_that_lie_on_no_curve_end_it(service, event):
    PushDevice.objects.update(p256dh="")
    row = PushDevice.objects.get()
    row.p256dh = "BAAA" + "A" * 83
    row.save()

    turn()

    assert not PushDevice.objects.exists()
    assert service.asked == []


@pytest.mark.parametrize("status", [500, 503, 302])
def test_another_failure_is_tried_again_and_nobody_is_led_elsewhere(service, event, status):
    service.mode = status
    turn()
    assert states() == [("tell", "queued", f"the push service answered {status}")]

    service.mode = "ok"
    turn(seconds=60)

    assert [kind_and_state[:2] for kind_and_state in states()] == [("tell", "sent")]
    assert "/elsewhere" not in service.asked


def test_patience_that_is_asked_for_is_given(service, event):
    service.mode, service.retry_after = 429, "40"
    turn()

    row = PushMessage.objects.get()
    assert row.visible_at >= timezone.now() + timedelta(seconds=35)
    assert PROVIDERS.is_poor(service.host)
    turn(seconds=30)
    assert len(service.asked) == 1


@pytest.mark.parametrize("status", [400, 403, 413])
def test_a_refusal_is_final_and_the_device_stays(service, event, status):
    service.mode = status

    turn()

    assert states() == [("tell", "failed", f"the push service refused it ({status})")]
    assert PushDevice.objects.exists()


def test_what_hangs_is_given_up_when_it_is_of_no_use_any_more(service, event, settings):
    settings.NOTICE_LEASE_SECONDS = 1.0
    service.mode = "hang"
    began = time.monotonic()
    turn()
    assert time.monotonic() - began < 4
    assert states()[0][1:] == ("queued", "ReadTimeout")

    turn(seconds=FRESH.total_seconds() + 5)

    assert states() == [("tell", "failed", "ReadTimeout")]
    service.release.set()
    service.release.clear()


def test_a_service_that_fails_is_left_alone_for_a_minute(service, event):
    service.mode = 500
    for wait in (0, 20, 40):
        turn(seconds=wait)
    assert len(service.asked) == 3

    turn(seconds=90)

    assert len(service.asked) == 3


def test_what_cannot_be_described_is_tried_and_set_aside(service, event, monkeypatch):
    def raises(*_given):
        raise RuntimeError("broken")

    monkeypatch.setattr("notices.push.contents._told", raises)
    for step in range(5):
        turn(seconds=60 * step)

    assert states() == [("tell", "failed", "RuntimeError")]
    assert service.asked == []


def test_a_claim_is_ours_alone(event, service):
    sending.queue_new(timezone.now())
    lease = timedelta(seconds=30)

    first, second = (sending.claim(5, lease, timezone.now()) for _again in range(2))

    assert (len(first), second) == (1, [])


# --- nobody relies on it -----------------------------------------------------------------------------------


def test_nobody_counts_as_told_by_it(service, event, cast):
    before = list(Notice.objects.order_by("pk").values_list("pk", "state", "delivered_at", "channel"))
    entries = Entry.objects.count()

    turn()

    assert len(service.taken) == 1
    assert list(Notice.objects.order_by("pk").values_list("pk", "state", "delivered_at", "channel")) == before
    assert Entry.objects.count() == entries
    assert waiting_count(timezone.now(), timedelta()) == Notice.objects.open().filter(priority__lte=3).count()
    assert not to_call_by_hand(reach_now(cast["county1.duty"])).exists()
    assert not Callout.objects.filter(answered_at__isnull=False).exists()


def test_off_nothing_is_asked_of_the_database(db, django_assert_num_queries, settings):
    settings.WEB_PUSH_KEY = ""

    with django_assert_num_queries(0):
        assert sending.send_due(timezone.now()) == 0


def test_rows_are_forgotten_after_a_week_and_devices_after_a_month(service, event, alarm, cast):
    turn()
    PushMessage.objects.update(queued_at=timezone.now() - KEPT_FOR, visible_at=timezone.now())
    old = PushMessage.objects.get().pk
    alarm("county1.leader", at=timezone.now(), headcount=3)

    turn()

    assert not PushMessage.objects.filter(pk=old).exists()
    PushDevice.objects.update(renewed_at=timezone.now() - rules.KEPT_FOR)
    alarm("county1.leader", at=timezone.now(), headcount=4)
    turn()
    assert not PushDevice.objects.exists()


# --- who may be called: the addresses come from browsers ------------------------------------------------------


@pytest.mark.control(49)
@pytest.mark.parametrize(
    "endpoint",
    [
        "http://fcm.googleapis.com/x",
        "https://fcm.googleapis.com.evil.example/x",
        "https://evil.example/fcm.googleapis.com",
        "https://fcm.googleapis.com@evil.example/x",
        "https://fcm.googleapis.com:8443/x",
        "https://notify.windows.com/x",
        "https://evilnotify.windows.com/x",
        "https://127.0.0.1/x",
        "https://[::1]/x",
        "https://169.254.169.254/latest/meta-data",
        "https://10.0.0.1/x",
        "https://fcm.googleapis.com\\@evil.example/x",
        "https://fcm.googleapis.com#@evil.example/x",
        "https://fcm.googleapis.com/x\r\nHost: evil",
        "https://ｆcm.googleapis.com/x",
        "https://fcm.googleapis.com/" + "x" * 1024,
        "ftp://fcm.googleapis.com/x",
        "",
    ],
)
def test_a_host_that_nobody_listed_is_refused(keys, cast, now, settings, endpoint):
    settings.WEB_PUSH_KEY = keys["WEB_PUSH_KEY"]

    with pytest.raises(Invalid) as refused:
        actions.register_device(
            person=cast["county1.duty"],
            endpoint=endpoint,
            device="",
            session=None,
            now=now,
            **Browser().keys(),
        )

    assert refused.value.code == "push_host_not_listed"
    assert not PushDevice.objects.exists()


@pytest.mark.parametrize(
    "endpoint",
    [
        "https://fcm.googleapis.com/fcm/send/abc",
        "https://FCM.googleapis.com:443/wp/abc",
        "https://updates.push.services.mozilla.com/wpush/v2/gAAAA",
        "https://wns2-par02p.notify.windows.com/w/?token=BQYA",
        "https://web.push.apple.com/QGuQ",
    ],
)
def test_the_services_of_the_browsers_people_use_are_listed(settings, endpoint):
    assert rules.is_listed(rules.host_of(endpoint), settings.WEB_PUSH_HOSTS)


@pytest.mark.control(49)
def test_a_listed_name_that_leads_inside_is_not_called(service, event, settings):
    """127.0.0.1 is listed by its port only as a name: the address itself is not."""
    settings.WEB_PUSH_HOSTS = [service.host]

    turn()

    assert service.asked == []
    assert states()[0][1] == "queued"


@pytest.mark.control(49)
def test_a_host_that_was_taken_off_the_list_is_not_called(service, event, settings):
    settings.WEB_PUSH_HOSTS = []

    turn()

    assert service.asked == []
    assert states() == [("tell", "failed", "the push service is not listed")]


@pytest.mark.parametrize("keys_given", [{"p256dh": "AAAA", "auth": "AAAA"}, {"p256dh": "", "auth": "é"}])
def test_keys_that_are_none_are_refused(service, cast, now, keys_given):
    given = {**service.subscription(), **keys_given}

    with pytest.raises(Invalid) as refused:
        actions.register_device(person=cast["county1.duty"], device="", session=None, now=now, **given)

    assert refused.value.code == "push_keys_unreadable"


# --- devices -----------------------------------------------------------------------------------------------


def test_five_devices_and_no_more(device, cast, start):
    for name in range(rules.MOST):
        device(name=str(name))
    device(name="0")

    with pytest.raises(WrongState) as refused:
        device(name="another")

    assert refused.value.code == "too_many_devices"
    assert PushDevice.objects.count() == rules.MOST


def test_a_browser_that_was_somebody_elses_is_theirs_no_longer(device, cast):
    device("county1.duty")
    device("county1.leader")

    assert [row.person for row in PushDevice.objects.all()] == [cast["county1.leader"]]


@pytest.mark.control(54)
def test_address_and_keys_are_sealed(device, service):
    from django.db import connection

    device()
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM accounts_pushdevice")
        dumped = str(cursor.fetchall())

    given = service.subscription()
    assert not any(text in dumped for text in given.values())


@pytest.fixture
def on_two_devices(service, with_password):
    """The same person, signed in and told at two browsers."""
    with_password("county1.duty")
    browsers = []
    for name in ("here", "there"):
        browser = Client()
        sign_in(browser, "county1.duty")
        assert browser.post("/account/push/", service.subscription(name)).status_code == 201
        browsers.append(browser)
    return browsers


def test_signing_out_on_a_device_ends_it_and_growing_old_does_not(on_two_devices, cast):
    here, there = on_two_devices

    here.post("/account/logout/")

    assert PushDevice.objects.count() == 1
    OpenSession.objects.update(seen_at=timezone.now() - timedelta(days=1))
    assert there.get("/account/me/").status_code == 302
    row = PushDevice.objects.get()
    assert (row.session_id, row.person) == (None, cast["county1.duty"])


def test_an_own_password_ends_every_other_device(on_two_devices, cast, now):
    here, _there = on_two_devices
    grown_old = PushDevice.objects.create(
        person=cast["county1.duty"], mark="old", host="x", registered_at=now, renewed_at=now
    )
    new = "Wq8-another-long-one-77"

    answer = here.post("/account/password/", {"oldpassword": PASSWORD, "password1": new, "password2": new})

    assert answer.status_code in (302, 303)
    (row,) = PushDevice.objects.all()
    assert row.session_id == int(here.session["open_session"])
    assert row.pk != grown_old.pk


@pytest.mark.parametrize("act", ["end_sessions", "reset_password", "disable_person", "end_own_session"])
def test_what_ends_a_persons_sessions_ends_their_devices(on_two_devices, cast, reach, now, act):
    person = cast["county1.duty"]
    PushDevice.objects.create(person=person, mark="old", host="x", registered_at=now, renewed_at=now)

    if act == "end_own_session":
        here, _there = on_two_devices
        people.end_own_session(user=person, session_id=here.session["open_session"], now=now)
    else:
        more = {"reason": "left"} if act == "disable_person" else {}
        getattr(people, act)(reach=reach("city.secadmin"), person_id=person.pk, now=now, **more)

    assert PushDevice.objects.count() == (2 if act == "end_own_session" else 0)


def test_the_door_says_why_not_and_ends_what_the_browser_names(service, signed_in, settings, cast):
    browser = signed_in("county1.duty", "en")
    given = service.subscription()
    refused = browser.post("/account/push/", {**given, "endpoint": "https://evil.example/x"})
    assert (refused.status_code, refused.json()["code"]) == (422, "push_host_not_listed")
    assert "evil.example" in refused.json()["message"]

    browser.post("/account/push/", given)
    assert browser.post("/account/push/", {**given, "off": "1"}).status_code == 200
    assert not PushDevice.objects.exists()

    settings.WEB_PUSH_KEY = ""
    assert browser.post("/account/push/", given).json()["code"] == "push_is_off"


def test_the_own_page_lists_and_ends_them(service, signed_in, device, cast):
    device()
    other = device("county1.leader", name="other")
    browser = signed_in("county1.duty", "en")
    page = browser.get("/account/me/").content.decode()
    assert "Told with no page open" in page
    assert service.host in page

    mine = PushDevice.objects.get(person=cast["county1.duty"])
    assert browser.post(f"/account/push/{other.pk}/end/").status_code == 404
    assert browser.post(f"/account/push/{mine.pk}/end/").status_code == 303

    assert [row.person for row in PushDevice.objects.all()] == [cast["county1.leader"]]
    assert content_of(Entry.objects.get(kind="push.switched_off"))["why"] == "own"
    with pytest.raises(NotFound):
        actions.end_own_device(person=cast["county1.duty"], device_id=mine.pk, now=timezone.now())


def test_without_it_no_page_speaks_of_it(signed_in, settings):
    settings.WEB_PUSH_KEY = ""
    browser = signed_in("county1.duty", "en")

    assert "Told with no page open" not in browser.get("/account/me/").content.decode()
    assert '"push": null' in browser.get("/duty/").content.decode()
    check = browser.get("/check/").content.decode()
    assert "This installation tells no device while no page is open" in check
    assert 'data-check="push" data-switched-off' in check


def test_with_it_live_pages_carry_the_key(service, signed_in, keys):
    page = signed_in("county1.duty").get("/duty/").content.decode()

    assert f'"key": "{keys["WEB_PUSH_PUBLIC_KEY"]}"' in page
    assert keys["WEB_PUSH_KEY"] not in page
    check = signed_in("county1.duty").get("/check/").content.decode()
    assert 'data-check="push" data-switched-off' not in check


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        # SQLite names the columns of a unique constraint, not the constraint.
        ("a_device_is_told_once|unique|UNIQUE", {"kind": "tell"}),
        ("a_sent_push_has_its_time", {"kind": "take_back", "state": "sent"}),
    ],
)
def test_rows_that_cannot_be(event, service, name, fields):
    sending.queue_new(timezone.now())
    known = PushMessage.objects.get()
    now = timezone.now()

    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        PushMessage.objects.create(
            device=known.device, notice=known.notice, queued_at=now, visible_at=now, expires_at=now, **fields
        )
