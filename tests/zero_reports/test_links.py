"""One-tap links: a tap files nil once; everything else is refused and counts nothing."""

from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.test import Client

from accounts.models import Unit
from accounts.scope import reach_of
from common.dates.periods import parse
from common.errors import NotAllowed, NotFound, WrongState
from journal.models import Entry
from journal.record import content_of
from zero_reports.counts.matrix import matrix
from zero_reports.filing.models import ZeroReport
from zero_reports.links import rules, tokens
from zero_reports.links.actions import issue_for_reminder, issue_link, revoke_links, use_link
from zero_reports.links.models import OneTapLink

pytestmark = pytest.mark.django_db


@pytest.fixture
def link(cast, units, now, today):
    """link("V111") → a token for today's report, made by the township's clerk."""

    def _link(code="V111", *, username="town11.clerk", at=None, period=today):
        at = at or now
        return issue_link(reach=reach_of(cast[username], at), unit=units[code], period=period, now=at)

    return _link


@pytest.fixture
def phone(now):
    """phone(at=…) → a browser without a session, a cookie or a script, at that time."""
    travels = []

    def _phone(at=now):
        travel = time_machine.travel(at, tick=False)
        travel.start()
        travels.append(travel)
        return Client(enforce_csrf_checks=True)

    yield _phone
    for travel in reversed(travels):
        travel.stop()


def test_one_tap_files_nil_in_nobodys_name_and_is_marked(link, cast, units, now, today):
    token = link()

    report = use_link(token=token, now=now)

    assert (report.unit, report.answer, report.via, report.on_time) == (units["V111"], "nil", "link", True)
    assert (report.filed_by, report.post, report.on_behalf) == (None, "", False)
    entry = Entry.objects.get(kind="zero_report.received")
    assert entry.actor is None
    said = content_of(entry)
    assert (said["via"], said["link"]) == ("link", report.link.pk)
    issued = Entry.objects.get(kind="zero_report.link_issued")
    assert (issued.actor, issued.unit, issued.subject) == (cast["town11.clerk"], units["V111"], entry.subject)
    (_town, village) = matrix(units["T11"], [today], now).rows
    assert village.cells[0].by_link


def test_only_a_hash_is_kept(link):
    token = link()

    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM zero_reports_onetaplink")
        stored = str(cursor.fetchall())
    nonce = token.split(".")[0]
    assert nonce not in stored
    assert not any(nonce in entry.body for entry in Entry.objects.all())


def test_opening_the_page_files_nothing_however_often(link, phone):
    address = f"/r/{link()}/"
    browser = phone()

    for method in (browser.get, browser.head, browser.options, browser.put, browser.delete):
        method(address)
    page = browser.get(address)

    assert not ZeroReport.objects.exists()
    assert page.content.decode().count('<form method="post"') == 2  # the button, and the choice of language
    assert page["Cache-Control"] == "no-store"
    assert page["Referrer-Policy"] == "no-referrer"


@pytest.mark.parametrize(
    ("language", "said"), [("zh-hans", "无情况，报送"), ("en", "Nothing to report – send")]
)
def test_a_tap_without_cookie_script_or_session(link, phone, language, said):
    address = f"/r/{link()}/"
    browser = phone()
    browser.cookies["language"] = language

    page = browser.get(address).content.decode()
    done = Client(enforce_csrf_checks=True).post(address)
    receipt = browser.get(address).content.decode()

    assert said in page
    assert "2026-11-22" in page
    assert (done.status_code, done["Location"]) == (303, address)
    assert "R-V111-20261122-1" in receipt
    assert "data-refusal" not in receipt


def test_a_second_tap_is_refused_and_names_the_receipt(link, phone):
    address = f"/r/{link()}/"
    browser = phone()
    browser.post(address)

    again = browser.post(address)

    assert again.status_code == 409
    assert "R-V111-20261122-1" in again.content.decode()
    assert ZeroReport.objects.count() == 1


def test_a_unit_that_has_answered_is_not_overwritten(link, phone, file):
    address = f"/r/{link()}/"
    file("village111.informant", "V111", items=[("land", 1)])

    refused = phone().post(address)

    assert (refused.status_code, ZeroReport.objects.get().answer) == (409, "items")
    assert OneTapLink.objects.get().used_at is None


@pytest.mark.parametrize(
    "spoil",
    [
        lambda token: "x" + token,
        lambda token: token[:-1],
        lambda token: token.split(".")[0],
        lambda token: tokens.SECRETS.new(),
        lambda token: "x" * 5000,
        lambda token: "%00",
        lambda token: "'; DROP TABLE zero_reports_zeroreport; --",
    ],
)
def test_a_forged_or_broken_token_opens_nothing(link, phone, spoil):
    address = f"/r/{spoil(link())}/"
    closed = 400 if "%00" in address else 404

    for method in ("get", "post"):
        assert getattr(phone(), method)(address).status_code == closed
    assert not ZeroReport.objects.exists()


def test_guessing_is_slowed_down_and_genuine_links_still_work(link, phone):
    genuine = f"/r/{link()}/"
    browser = phone()

    answers = {browser.post("/r/abc.def/").status_code for _ in range(22)}

    assert answers == {404, 429}
    assert browser.post(genuine).status_code == 303


@pytest.mark.parametrize(
    ("later", "code"),
    [(timedelta(hours=14, minutes=59), ""), (timedelta(hours=15, seconds=1), "link_expired")],
)
def test_a_link_of_today_answers_no_other_day(link, now, later, code):
    """Until midnight it is late; in the morning it is of the wrong day."""
    token = link()

    if not code:
        assert use_link(token=token, now=now + later).is_late
        return
    with pytest.raises(WrongState) as refused:
        use_link(token=token, now=now + later)
    assert refused.value.code == code
    assert not ZeroReport.objects.exists()


def test_revoked(link, phone, cast, units, now, today):
    addresses = [f"/r/{link()}/" for _ in range(2)]

    assert (
        revoke_links(reach=reach_of(cast["town11.head"], now), unit=units["V111"], period=today, now=now) == 2
    )
    assert (
        revoke_links(reach=reach_of(cast["town11.head"], now), unit=units["V111"], period=today, now=now) == 0
    )

    for address in addresses:
        page = phone().post(address)
        assert page.status_code == 409
        assert 'data-code="link_revoked"' in page.content.decode()
    assert not ZeroReport.objects.exists()
    assert len(content_of(Entry.objects.get(kind="zero_report.link_revoked"))["links"]) == 2


def test_a_unit_closed_meanwhile(link, phone, units, today):
    address = f"/r/{link()}/"
    Unit.objects.filter(code="V111").update(valid_from=None, valid_to=today.day)

    refused = phone().post(address)

    assert refused.status_code == 409
    assert OneTapLink.objects.get().used_at is None


def test_a_locked_period(link, now, cast, units, today, oclock):
    from zero_reports.rollups.actions import confirm_roll_up

    token = link()
    late = oclock("18:00")
    confirm_roll_up(reach=reach_of(cast["town11.head"], late), unit=units["T11"], period=today, now=late)

    with pytest.raises(WrongState) as refused:
        use_link(token=token, now=oclock("18:01"))
    assert refused.value.code == "period_locked"
    with pytest.raises(WrongState):
        link(at=oclock("18:01"))


@pytest.mark.parametrize(
    ("username", "code", "error"),
    [
        ("village111.informant", "V111", NotAllowed),
        ("town11.clerk", "T11", NotAllowed),
        ("city.audit", "V111", NotAllowed),
        ("town12.clerk", "V111", NotFound),
        ("county2.duty", "V111", NotFound),
        ("city.sysadmin", "V111", NotFound),
    ],
)
def test_who_may_not_issue_or_revoke(link, cast, units, now, today, username, code, error):
    with pytest.raises(error):
        link(code, username=username)
    with pytest.raises(error):
        revoke_links(reach=reach_of(cast[username], now), unit=units[code], period=today, now=now)

    assert not OneTapLink.objects.exists()


@pytest.mark.parametrize("username", ["town11.clerk", "county1.duty", "city.duty"])
def test_the_level_above_issues(link, username):
    assert tokens.SECRETS.is_ours(link(username=username))


def test_a_duty_officer_issues_for_the_own_unit(link):
    assert tokens.SECRETS.is_ours(link("C1", username="county1.duty"))


@pytest.mark.parametrize(("period", "code"), [("2026-11-23", "period_not_begun"), ("2026-W47", "not_asked")])
def test_no_link_for_what_cannot_be_filed(link, period, code):
    with pytest.raises(WrongState) as refused:
        link(period=parse(period))

    assert refused.value.code == code


def test_only_so_many_are_open_at_once(link):
    for _ in range(rules.MOST_OPEN):
        link()

    with pytest.raises(WrongState) as refused:
        link()
    assert refused.value.code == "too_many_links"


def test_links_for_reminders_go_to_those_who_can_still_answer(cast, units, now, today, file, settings, phone):
    settings.SITE_URL = "https://icd.example"
    file("village121.informant", "V121")

    def link(code, seed):
        return issue_for_reminder(unit=units[code], period=today, seed=seed, now=now)

    address = link("V111", "one")
    assert link("V121", "two") == ""
    assert link("V111", "one") == address, "the same message says the same words"
    assert OneTapLink.objects.get().issued_by is None
    assert link("V111", "three") != address
    assert address.startswith("https://icd.example/r/")
    assert phone().post(address.removeprefix("https://icd.example")).status_code == 303


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_two_taps_at_once_make_one_report(link, now):
    from threading import Barrier, Thread

    token, start, came = link(), Barrier(2), []

    def tap():
        try:
            start.wait()
            came.append(use_link(token=token, now=now).receipt)
        except WrongState as refused:
            came.append(refused.code)
        finally:
            connection.close()

    threads = [Thread(target=tap) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(came) == ["R-V111-20261122-1", "link_used"]
    assert ZeroReport.objects.count() == 1


@pytest.mark.parametrize(
    "change",
    [
        lambda one: {"expires_at": one.issued_at},
        lambda one: {"used_at": one.issued_at},
        lambda one: {"revoked_at": one.issued_at},
    ],
    ids=["a_link_expires_after_it_is_issued", "a_used_link_has_its_report", "a_revoked_link_names_who"],
)
def test_the_database_keeps_links_in_order(link, change):
    link()
    one = OneTapLink.objects.get()

    with pytest.raises(IntegrityError), transaction.atomic():
        OneTapLink.objects.filter(pk=one.pk).update(**change(one))


@pytest.mark.parametrize("change", [{"via": "page"}, {"via": "link", "filed_by": 1}])
def test_a_person_or_a_link_filed_it(link, now, cast, change):
    """a_person_or_a_link_filed_it"""
    report = use_link(token=link(), now=now)
    change = change | ({"filed_by": cast["town11.clerk"]} if "filed_by" in change else {})

    with pytest.raises(IntegrityError), transaction.atomic():
        ZeroReport.objects.filter(pk=report.pk).update(**change)


# --- pages of the level above ------------------------------------------------------------------------------------

ADDRESS = "/report/V111/2026-11-22/"


def test_made_shown_once_used_and_marked_on_the_receipt(signed_in, phone):
    outside = phone()
    clerk = signed_in("town11.clerk")

    page = clerk.post(ADDRESS + "link/").content.decode()
    path = page.split("data-new-link>http://testserver")[1].split("<")[0]
    later = clerk.get(ADDRESS).content.decode()
    assert path not in later
    outside.post(path)
    receipt = clerk.get(ADDRESS).content.decode()

    assert "一键零报链接" in receipt
    assert "由" in receipt
    assert "link/" not in receipt
    answer = clerk.get("/api/v1/zero-reports/V111/2026-11-22/").json()
    assert (answer["via"], answer["filed_by"]) == ("link", "")
    workbook = clerk.get("/report/matrix/workbook/?unit=T11&period=2026-11-22")
    assert workbook.status_code == 200
    assert "↗" in clerk.get("/report/matrix/?unit=T11&period=2026-11-22").content.decode()


def test_revoked_on_the_page(signed_in, phone):
    phone()
    clerk = signed_in("town11.clerk")
    clerk.post(ADDRESS + "link/")

    assert clerk.post(ADDRESS + "link/revoke/").status_code == 303
    assert not OneTapLink.objects.filter(revoked_at=None).exists()


@pytest.mark.parametrize("username", ["village121.informant", "county2.duty"])
def test_outside_the_scope_there_is_no_such_page(signed_in, phone, username):
    phone()

    for path in ("link/", "link/revoke/"):
        assert signed_in(username).post(ADDRESS + path).status_code == 404
