"""Pages of rosters, shifts, downtime packs and readiness: what they show, refuse and keep; and the API beside them."""

import io
import re
from datetime import date, datetime, timedelta

import pytest
from icalendar import Calendar

from accounts.models import User
from common.dates.local_time import LOCAL
from common.documents import workbooks
from duty.shifts import actions, handovers
from duty.shifts.models import DowntimePack, Handover
from rosters.models import FeedKey, Roster, Shift
from rosters.months import feeds, workbook_import
from rosters.overrides import swaps
from tests.live.replay import assert_replay_shows
from tests.rosters.conftest import refused

DAY = timedelta(days=1)


@pytest.fixture
def today(draft, plan, reach, tuesday):
    """A roster in force around the present moment, as doors read the present themselves."""
    from rosters.months.actions import publish_roster

    roster = draft(date(2026, 11, 20), date(2026, 11, 30))
    return publish_roster(reach=reach("county1.leader"), roster_id=roster.pk, now=tuesday, reason="补录本周")


@pytest.fixture
def tuesday(wall_clock):
    """Tuesday 2026-11-24, 08:31: the officer's shift has begun; doors see this time."""
    moment = datetime(2026, 11, 24, 8, 31, tzinfo=LOCAL)
    wall_clock.move_to(moment)
    return moment


PAGES = ["/rosters/", "/rosters/?month=2026-11", "/rosters/mine/", "/readiness/", "/readiness/?at=2026-11-25T02:00", "/papers/", "/readiness/number/", "/rosters/import/"]  # fmt: skip


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("page", PAGES)
def test_every_page_opens_in_both_languages(today, signed_in, page, language):
    browser = signed_in("county1.leader2")
    browser.cookies["language"] = language

    answer = browser.get(page)

    assert answer.status_code == 200
    assert "csrfmiddlewaretoken" in answer.content.decode()


HOSTILE = [
    "month=9999-99",
    "month=%00",
    "unit=C1&month=' OR 1=1",
    "at=not-a-time",
    "at=2026-13-45T99:99",
    "unit=%E6%97%A0",
]


@pytest.mark.parametrize("query", HOSTILE)
@pytest.mark.parametrize("page", ["/rosters/", "/readiness/", "/papers/"])
def test_a_strange_address_is_a_calm_answer(today, signed_in, page, query):
    calm = (400,) if "%00" in query else (200, 404)
    assert signed_in("county1.leader").get(f"{page}?{query}").status_code in calm


STRANGERS = ["/rosters/?unit=C1", "/rosters/{roster}/", "/rosters/shifts/{shift}/change/", "/rosters/shifts/{shift}/swap/", "/handovers/{handover}/", "/papers/?unit=C1", "/papers/{paper}/pack.pdf", "/readiness/?unit=C1", "/rosters/sheet/?unit=C1", "/rosters/import/?unit=C1", "/api/v1/rosters/on-duty/?unit=C1", "/api/v1/rosters/C1/"]  # fmt: skip


def test_the_neighbour_finds_nothing_and_the_own_bureau_does(today, signed_in, tuesday):
    actions.begin_due(tuesday)
    shift = Shift.objects.in_force().filter(person__username="county1.duty2", starts_at__gt=tuesday).first()
    ids = {
        "roster": today.pk,
        "shift": shift.pk,
        "handover": Handover.objects.get(incoming__post__kind="duty_officer").pk,
        "paper": DowntimePack.objects.get().pk,
    }

    answers = {url: signed_in("county2.duty").get(url.format(**ids)).status_code for url in STRANGERS}

    assert set(answers.values()) == {404}, answers
    assert signed_in("county1.leader").get(f"/rosters/{today.pk}/").status_code == 200


def test_publishing_with_a_gap_is_refused_beside_the_field_and_keeps_the_page(today, draft, signed_in):
    roster = draft(date(2026, 12, 1), date(2026, 12, 7))
    browser = signed_in("county1.leader")
    shift = roster.shifts.first()
    assert browser.post(f"/rosters/shifts/{shift.pk}/assign/", {"person": ""}).status_code == 303

    refused_page = browser.post(f"/rosters/{roster.pk}/publish/", {"reason": "好"})

    assert refused_page.status_code == 422
    html = refused_page.content.decode()
    assert "人数不足" in html
    assert "error-summary" in html
    assert browser.post(f"/rosters/{roster.pk}/publish/", {"reason": "领导顶班"}).status_code == 303
    roster.refresh_from_db()
    assert roster.reason == "领导顶班"


def test_a_draft_is_not_shown_to_who_only_reads(today, draft, signed_in):
    roster = draft(date(2026, 12, 1), date(2026, 12, 7))

    assert signed_in("county1.squad.dialogue").get(f"/rosters/{roster.pk}/").status_code == 404
    assert signed_in("county1.squad.dialogue").get(f"/rosters/{today.pk}/").status_code == 200


def test_a_rotation_is_saved_in_the_order_of_the_places(colleagues, posts, signed_in, cast):
    browser = signed_in("county1.duty")
    post = posts["duty_officer"]
    form = {
        "first_day": "2026-12-01",
        "hand_over": "08:30",
        "days_each": "1",
        "minimum": "1",
        "confirm_minutes": "5",
        "test_channel": "sms",
    }
    places = {f"place_{cast['county1.duty3'].pk}": "1", f"place_{cast['county1.duty'].pk}": "2"}

    assert browser.post(f"/rosters/posts/{post.pk}/", form | places).status_code == 303
    assert [m.person.username for m in post.rotation.members.all()] == ["county1.duty3", "county1.duty"]

    nobody = browser.post(f"/rosters/posts/{post.pk}/", form)
    assert nobody.status_code == 422
    assert "2026-12-01" in nobody.content.decode()


def test_my_duty_confirms_hands_over_and_follows_live(today, signed_in, tuesday, reach):
    officer = signed_in("county1.duty")
    shift = Shift.objects.at(tuesday).get(post__kind="duty_officer")
    officer = signed_in(shift.person.username)
    pressed = lambda: officer.post(f"/rosters/shifts/{shift.pk}/confirm/", {"idempotency_key": "k"})  # noqa: E731

    sent = assert_replay_shows(officer, "/rosters/mine/", lambda: actions.begin_due(tuesday))
    sent += assert_replay_shows(officer, "/rosters/mine/", pressed)
    sent += assert_replay_shows(signed_in("county1.leader"), "/rosters/", lambda: _swap(reach, tuesday))

    assert sent
    shift.refresh_from_db()
    assert shift.confirmed_at == tuesday
    handover = Handover.objects.select_related("outgoing__person").get(incoming__post__kind="duty_officer")
    outgoing = handover.outgoing.person.username
    page = f"/handovers/{handover.pk}/"
    assert assert_replay_shows(
        officer, page, lambda: signed_in(outgoing).post(f"{page}give/", {"note": "无"})
    )
    items = [str(pk) for pk in handover.items.values_list("pk", flat=True)]
    assert assert_replay_shows(officer, page, lambda: officer.post(f"{page}take/", {"item": items}))
    handover.refresh_from_db()
    assert handover.taken_by.username == shift.person.username


def _swap(reach, now):
    shift = Shift.objects.in_force().filter(post__kind="duty_officer", starts_at__gt=now).first()
    other = (
        User.objects.get(username="county1.duty")
        if shift.person.username != "county1.duty"
        else User.objects.get(username="county1.duty2")
    )
    swap = swaps.propose_swap(reach=reach(shift.person.username), shift_id=shift.pk, other=other, now=now)
    swaps.move_swap(reach=reach(other.username), swap_id=swap.pk, verb="accept", now=now)
    swaps.move_swap(reach=reach("county1.leader"), swap_id=swap.pk, verb="approve", now=now)


@pytest.mark.parametrize(("page", "most"), [("/rosters/", 24), ("/rosters/mine/", 22), ("/readiness/", 24)])
def test_pages_ask_few_queries(today, signed_in, page, most, django_assert_max_num_queries):
    browser = signed_in("county1.leader2")
    browser.get(page)

    with django_assert_max_num_queries(most):
        browser.get(page)


def test_a_pack_is_downloaded_by_who_may_look_people_up(
    today, signed_in, tuesday, settings, tmp_path, monkeypatch
):
    from duty.shifts import downtime_packs

    settings.DATA_DIR = tmp_path
    monkeypatch.setattr(downtime_packs.official_documents, "as_pdf", lambda _paper: b"%PDF-1.7 pack")
    actions.begin_due(tuesday)
    pack = DowntimePack.objects.get()
    assert signed_in("county1.leader").get(f"/papers/{pack.pk}/pack.pdf").status_code == 409
    downtime_packs.write_waiting(tuesday)

    answer = signed_in("county1.leader").get(f"/papers/{pack.pk}/pack.pdf")

    assert answer.content == b"%PDF-1.7 pack"
    assert answer["Cache-Control"] == "no-store"
    assert signed_in("county1.squad.dialogue").get(f"/papers/{pack.pk}/pack.pdf").status_code == 404


@pytest.mark.parametrize(("language", "optional"), [("zh-hans", "（选填）"), ("en", "(optional)")])
def test_the_reason_is_not_called_optional_where_it_is_owed(today, draft, signed_in, language, optional):
    roster = draft(date(2026, 12, 1), date(2026, 12, 7))
    browser = signed_in("county1.leader")
    browser.cookies["language"] = language
    browser.post(f"/rosters/shifts/{roster.shifts.first().pk}/assign/", {"person": ""})

    page = browser.get(f"/rosters/{roster.pk}/").content.decode()

    form = re.search(r'<form[^>]*id="publish".*?</form>', page, re.DOTALL)[0]
    assert 'name="reason"' in form
    assert optional not in form
    assert " required" not in form


# --- the API -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("at", "officer", "by"),
    [
        ("2026-11-24T12:00:00+08:00", "county1.duty3", "roster"),
        ("2026-11-24 12:00", "county1.duty3", "roster"),
        ("2027-06-01T00:00:00Z", None, "post"),
        ("2026-11-23T12:00:00+08:00", "county1.duty2", "roster"),
    ],
)
def test_on_duty_answers_for_any_moment(today, signed_in, at, officer, by):
    answer = signed_in("village111.informant").get("/api/v1/rosters/on-duty/", {"unit": "C1", "at": at})
    assert answer.status_code == 404
    answer = (
        signed_in("county1.squad.dialogue").get("/api/v1/rosters/on-duty/", {"unit": "C1", "at": at}).json()
    )

    found = [duty for duty in answer["on_duty"] if duty["tier"] == "duty_officer"]
    assert {duty["by"] for duty in found} == {by}
    if officer:
        assert [duty["username"] for duty in found] == [officer]
    assert "phone" not in str(answer)


@pytest.mark.parametrize("at", ["gestern", "2026-99-01", "2026-11-24T25:00"])
def test_a_moment_that_is_none_is_422(today, signed_in, at):
    answer = signed_in("county1.duty").get("/api/v1/rosters/on-duty/", {"unit": "C1", "at": at})

    assert answer.status_code == 422
    assert answer.json()["code"] == "bad_moment"


def test_the_month_and_the_confirmation_over_the_api(today, signed_in, tuesday):
    actions.begin_due(tuesday)
    shift = Shift.objects.at(tuesday).get(post__kind="duty_officer")
    browser = signed_in(shift.person.username)

    month = browser.get("/api/v1/rosters/C1/", {"month": "2026-11"}).json()
    path, json = f"/api/v1/shifts/{shift.pk}/confirm/", {"content_type": "application/json", "data": {}}
    confirmed = browser.post(path, headers={"Idempotency-Key": "c1"}, **json)
    stranger = signed_in("county1.leader").post(path, headers={"Idempotency-Key": "c2"}, **json)

    assert len([line for line in month["shifts"] if line["tier"] == "duty_officer"]) == 9
    assert confirmed.json()["confirmed_at"] is not None
    assert stranger.status_code == 403


# --- feeds and workbooks -----------------------------------------------------------------------------------


def test_a_feed_is_read_with_its_key_only_and_shows_what_was_cancelled(
    today, reach, units, client, signed_in, tuesday
):
    token = feeds.issue(reach=reach("county1.squad.dialogue"), unit=units["C1"], now=tuesday)
    _swap(reach, tuesday)

    answer = client.get("/api/v1/rosters/C1.ics", {"token": token})

    calendar = Calendar.from_ical(answer.content)
    events = calendar.walk("VEVENT")
    assert answer["Content-Type"].startswith("text/calendar")
    assert calendar.walk("VTIMEZONE")
    assert {str(event["STATUS"]) for event in events} == {"CONFIRMED", "CANCELLED"}
    assert all(event["DTEND"].dt - event["DTSTART"].dt == DAY for event in events)
    assert len({str(event["UID"]) for event in events}) == len(events)
    assert "1391111" not in answer.content.decode()
    assert max(len(line) for line in answer.content.split(b"\r\n")) <= 75
    for wrong in ("", "x" * 32, token[:-1]):
        assert client.get("/api/v1/rosters/C1.ics", {"token": wrong}).status_code == 403
    assert client.get("/api/v1/rosters/C2.ics", {"token": token}).status_code == 403
    key = FeedKey.objects.get()
    feeds.revoke(reach=reach("county1.leader"), feed_id=key.pk, now=tuesday)
    assert client.get("/api/v1/rosters/C1.ics", {"token": token}).status_code == 200
    feeds.revoke(reach=reach("county1.squad.dialogue"), feed_id=key.pk, now=tuesday)
    assert client.get("/api/v1/rosters/C1.ics", {"token": token}).status_code == 403


def test_an_own_feed_ends_with_the_account_and_a_new_key_ends_the_old_one(today, signed_in, client, cast):
    browser = signed_in("county1.duty2")
    browser.post("/rosters/feeds/", {"idempotency_key": "1"})
    first = re.search(r"token=([\w-]+)", browser.get("/rosters/mine/").content.decode())[1]
    assert "token=" not in browser.get("/rosters/mine/").content.decode()
    path = "/api/v1/rosters/people/county1.duty2.ics"

    events = Calendar.from_ical(client.get(path, {"token": first}).content).walk("VEVENT")
    assert len(events) == Shift.objects.in_force().filter(person=cast["county1.duty2"]).count()
    browser.post("/rosters/feeds/", {"idempotency_key": "2"})
    second = re.search(r"token=([\w-]+)", browser.get("/rosters/mine/").content.decode())[1]
    assert client.get(path, {"token": first}).status_code == 403
    assert client.get("/api/v1/rosters/people/county1.duty.ics", {"token": second}).status_code == 403
    User.objects.filter(pk=cast["county1.duty2"].pk).update(is_active=False)
    assert client.get(path, {"token": second}).status_code == 403


def test_a_workbook_goes_out_and_comes_in_again(today, signed_in, units, reach, tuesday):
    browser = signed_in("county1.leader")
    out = browser.get("/rosters/sheet/?unit=C1&month=2026-11")
    before = Roster.objects.count()

    looked = browser.post("/rosters/import/?unit=C1", {"file": _file(out.content), "act": "look"})
    assert looked.status_code == 200
    assert "全部无误" in looked.content.decode()
    assert Roster.objects.count() == before

    taken = browser.post("/rosters/import/?unit=C1", {"file": _file(out.content), "act": "apply"})
    assert taken.status_code == 303
    made = Roster.objects.order_by("pk").last()
    assert made.is_draft
    values = ("post_id", "person_id", "starts_at", "ends_at", "is_night", "is_off_day")
    wanted = today.shifts.in_force().filter(starts_at__lt=datetime(2026, 12, 1, tzinfo=LOCAL))
    assert set(made.shifts.values_list(*values)) == set(wanted.values_list(*values))


def _file(content):
    found = io.BytesIO(content)
    found.name, found.size = "roster.xlsx", len(content)
    return found


LINE = ("县局值班员", "", "county1.duty", "2026-12-01 08:30", "2026-12-02 08:30", "")
LINES = [LINE, ("门卫", *LINE[1:]), (*LINE[:2], "nobody", *LINE[3:]), (*LINE[:3], "2026-12-03 08:30", *LINE[4:]), (*LINE[:3], "明天", *LINE[4:]), (*LINE[:5], "nobody")]  # fmt: skip


def test_a_workbook_with_a_wrong_line_changes_nothing_and_names_it(today, units, reach, now):
    lines = workbook_import.read(
        _file(workbooks.as_xlsx(workbooks.Sheet("t", workbook_import.COLUMNS, LINES))), units["C1"]
    )

    assert [bool(line.problem) for line in lines] == [False, True, True, True, True, True]
    with refused("lines_not_in_order"):
        workbook_import.take_in(reach=reach("county1.leader"), unit=units["C1"], lines=lines, now=now)
    assert not Roster.objects.filter(state="draft").exists()


BAD = [b"", b"PK\x03\x04 not a workbook", b"<xml/>", b"x" * 2_000_000, workbooks.as_xlsx(workbooks.Sheet("t", ("a", "b"), [("1", "2")])), workbooks.as_xlsx(workbooks.Sheet("t", workbook_import.COLUMNS, []))]  # fmt: skip


@pytest.mark.parametrize("content", BAD, ids=range(len(BAD)))
def test_what_is_no_roster_is_refused_on_the_page(today, signed_in, content):
    answer = signed_in("county1.leader").post(
        "/rosters/import/?unit=C1", {"file": _file(content), "act": "apply"}
    )

    assert answer.status_code == 422
    assert not Roster.objects.filter(state="draft").exists()


def test_text_that_looks_like_a_formula_goes_out_as_text(today, cast):
    User.objects.filter(username="county1.duty").update(name="=cmd|calc")
    from openpyxl import load_workbook

    shifts = Shift.objects.in_force().filter(person=cast["county1.duty"]).for_lists()[:1]
    content = workbooks.as_xlsx(workbook_import.sheet_of(shifts, title="t"))

    cell = load_workbook(io.BytesIO(content)).active["B2"]
    assert (cell.value, cell.data_type, cell.quotePrefix) == ("=cmd|calc", "s", True)


def test_handing_over_from_the_page_needs_the_right_person(today, signed_in, tuesday, reach):
    actions.begin_due(tuesday)
    handover = Handover.objects.get(incoming__post__kind="duty_officer")

    answer = signed_in("county1.squad.dialogue").post(f"/handovers/{handover.pk}/give/", {})

    assert answer.status_code == 403
    assert handovers.may_give(reach("county1.leader"), handover)
