"""Late until the lock; afterwards only by an exception of the level above."""

import pytest
from django.db import IntegrityError, transaction

from accounts.scope import reach_of
from common.dates.local_time import LOCAL
from common.dates.periods import parse
from common.errors import Invalid, NotAllowed, NotFound, WrongState
from journal.models import Entry
from journal.record import content_of
from tests.zero_reports.test_cadence import line
from zero_reports.counts.queries import summary
from zero_reports.filing.models import ZeroReport
from zero_reports.lock import rules
from zero_reports.lock.models import LockException
from zero_reports.rollups.actions import return_down
from zero_reports.rollups.queries import draft, has_drifted
from zero_reports.rounds.actions import fix_rounds, open_rounds
from zero_reports.rounds.cadence import from_clocks, locks_by_tier
from zero_reports.rounds.models import Round

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("confirmed", "timed", "now", "since"),
    [
        (None, None, 20, None),
        (18, None, 20, 18),
        (10, None, 17, None),
        (10, None, 18, 17),
        (None, 19, 20, 19),
        (None, 19, 19, None),
        (18, 19, 20, 18),
    ],
)
def test_the_lock_comes_with_the_confirmation_or_the_plans_time_never_before_the_cutoff(
    oclock, confirmed, timed, now, since
):
    at = lambda hour: oclock(f"{hour}:00") if hour else None  # noqa: E731

    assert rules.locked_since(
        due_at=at(17), confirmed_at=at(confirmed), lock_at=at(timed), now=at(now)
    ) == at(since)


def test_late_is_taken_until_the_level_above_confirms(file, oclock, locked, units):
    with pytest.raises(WrongState) as refused:
        file("village111.informant", "V111", at=oclock("18:01"))

    assert refused.value.code == "period_locked"
    assert str(units["T11"]) in str(refused.value)
    assert not ZeroReport.objects.exists()
    assert file("village121.informant", "V121", at=oclock("18:01")).is_late


def test_a_confirmation_before_the_cutoff_locks_nobody_out(file, oclock, up):
    up("T11", "town11.head", "10:00")

    assert file("village111.informant", "V111", at=oclock("17:30")).on_time
    with pytest.raises(WrongState):
        file("town11.clerk", "V111", at=oclock("17:31"), items=[("land", 1)])


def test_a_correction_is_locked_too_but_the_same_answer_has_its_receipt(file, oclock, up):
    first = file("village111.informant", "V111", at=oclock("09:00"))
    up("T11", "town11.head", "18:00")

    with pytest.raises(WrongState, match=r".") as refused:
        file("village111.informant", "V111", at=oclock("18:01"), items=[("land", 1)])
    again = file("village111.informant", "V111", at=oclock("18:02"))

    assert refused.value.code == "period_locked"
    assert again.pk == first.pk


def test_returning_the_summary_opens_the_period(file, oclock, locked, cast, units, today):
    return_down(
        reach=reach_of(cast["county1.duty"], oclock("18:10")), unit=units["T11"], period=today,
        reason="漏一村", now=oclock("18:10"),
    )  # fmt: skip

    assert file("village111.informant", "V111", at=oclock("18:11")).exception is None


def test_an_exception_opens_it_once_for_this_unit_and_is_journaled(file, oclock, locked, allow, cast, units):
    made = allow("town11.head", "V111")

    report = file("village111.informant", "V111", at=oclock("18:40"))

    assert (report.exception, report.is_late) == (made, True)
    made.refresh_from_db()
    assert made.used_at == oclock("18:40")
    entry = Entry.objects.get(kind="zero_report.exception_granted")
    assert (entry.actor, entry.unit, entry.subject) == (
        cast["town11.head"],
        units["V111"],
        f"zero_report:{units['V111'].pk}/2026-11-22",
    )
    assert content_of(entry) == {
        "period": "2026-11-22",
        "reason": "村里停电",
        "until": oclock("20:30").isoformat(),
        "once": True,
    }
    received = Entry.objects.get(kind="zero_report.received")
    assert content_of(received)["exception"] == "村里停电"
    with pytest.raises(WrongState):
        file("village111.informant", "V111", at=oclock("18:41"), items=[("land", 1)])


def test_one_for_several_uses_ends_at_its_end(file, oclock, locked, allow):
    allow("town11.head", "V111", once=False)

    file("village111.informant", "V111", at=oclock("18:40"))
    file("village111.informant", "V111", at=oclock("20:30"), items=[("land", 1)])
    with pytest.raises(WrongState):
        file("village111.informant", "V111", at=oclock("20:31"))


def test_a_later_exception_takes_the_place_of_the_one_before(file, oclock, locked, allow):
    allow("town11.head", "V111", hours=72)
    allow("county1.duty", "V111", at="18:35", hours=2)

    assert list(LockException.objects.order_by("pk").values_list("current", flat=True)) == [False, True]
    with pytest.raises(WrongState):
        file("village111.informant", "V111", at=oclock("20:36"))


def test_a_summary_confirmed_already_shows_the_difference_and_is_confirmed_again(
    file, oclock, locked, allow, up, units, today
):
    allow("town11.head", "V111")
    file("village111.informant", "V111", at=oclock("18:40"))

    assert has_drifted(locked, draft(units["T11"], today))
    second = up("T11", "town11.head", "19:00")

    assert (second.version, second.number, second.received, second.late) == (2, locked.number, 1, 1)


def test_the_denominator_stands(file, oclock, now, up, allow, units, today, cast):
    open_rounds(now=now)
    fix_rounds(now=oclock("17:31"))
    up("T11", "town11.head", "18:00")
    before = summary(units["C0"], today).counts
    allow("town11.head", "V111")
    file("village111.informant", "V111", at=oclock("18:40"))

    after = summary(units["C0"], today).counts

    assert (after.expected, after.received) == (before.expected, before.received + 1)


@pytest.mark.parametrize(
    ("username", "error"),
    [
        ("village111.informant", NotAllowed),
        ("town11.clerk", NotAllowed),
        ("city.audit", NotAllowed),
        ("town12.head", NotFound),
        ("county2.duty", NotFound),
        ("city.sysadmin", NotFound),
    ],
)
def test_who_may_not_grant(locked, allow, username, error):
    with pytest.raises(error):
        allow(username, "V111")

    assert not LockException.objects.exists()


def test_nobody_opens_a_period_for_the_own_unit(up, allow):
    up("T11", "town11.head", "18:00")
    up("C1", "county1.duty", "18:05", reason="T12 未报")

    with pytest.raises(NotAllowed):
        allow("town11.head", "T11")
    assert allow("county1.duty", "T11").unit.code == "T11"


@pytest.mark.parametrize(
    ("terms", "code"),
    [
        ({"reason": "  "}, "reason_missing"),
        ({"reason": "电话 13812345678"}, "personal_data"),
        ({"hours": 0}, "bad_end"),
        ({"hours": -1}, "bad_end"),
        ({"hours": 73}, "bad_end"),
    ],
)
def test_an_exception_has_a_reason_and_an_end(locked, allow, terms, code):
    with pytest.raises(Invalid) as refused:
        allow("town11.head", "V111", **terms)

    assert refused.value.code == code


def test_what_is_not_locked_needs_none(allow):
    with pytest.raises(WrongState) as refused:
        allow("town11.head", "V111")

    assert refused.value.code == "not_locked"


@pytest.mark.parametrize(
    ("lock", "at"),
    [("PT2H", "2026-11-22 19:30"), ("P1D", "2026-11-23 23:59"), ("2WD", "2026-11-24 23:59"), ("", None)],
)
def test_a_plan_may_lock_by_time(db, lock, at):
    """A duration as everywhere in plans; 2WD counts by the State Council's calendar."""
    found = locks_by_tier(from_clocks([line(lock=lock)]), parse("2026-11-22"))

    assert (found["village"].astimezone(LOCAL).strftime("%Y-%m-%d %H:%M") if found else None) == at


def test_a_round_keeps_the_lock_its_plan_gave(file, now, oclock):
    (over,) = open_rounds(now=now)
    Round.objects.filter(pk=over.pk).update(locks={"village": oclock("19:00").isoformat()})

    assert file("village111.informant", "V111", at=oclock("19:00")).is_late
    with pytest.raises(WrongState):
        file("village121.informant", "V121", at=oclock("19:01"))


@pytest.mark.parametrize(
    "change",
    ["twice", "no reason", "no end", "used before", "used after", "by nobody", "before it was", "used then"],
)
def test_the_database_keeps_exceptions_in_order(locked, allow, oclock, cast, change):
    """one_exception_per_unit_and_period, an_exception_has_a_reason_and_an_end, an_exception_is_used_while_it_stands,
    an_exception_is_withdrawn_by_somebody, a_withdrawn_exception_is_not_used"""
    head = cast["town11.head"]
    made = allow("town11.head", "V111")
    changes = {
        "twice": {},
        "no reason": {"reason": ""},
        "no end": {"until": made.granted_at},
        "used before": {"used_at": oclock("18:00")},
        "used after": {"used_at": oclock("23:00")},
        "by nobody": {"withdrawn_at": oclock("18:40")},
        "before it was": {"withdrawn_at": oclock("18:00"), "withdrawn_by": head},
        "used then": {"withdrawn_at": oclock("18:40"), "withdrawn_by": head, "used_at": oclock("18:41")},
    }[change]
    if change == "twice":
        made.pk = None

    with pytest.raises(IntegrityError), transaction.atomic():
        if made.pk is None:
            made.save(force_insert=True)
        LockException.objects.update(**changes)


# --- pages -------------------------------------------------------------------------------------------------------

ADDRESS = "/report/V111/2026-11-22/"


@pytest.mark.parametrize(
    ("language", "locked_word", "ask"),
    [("zh-hans", "已锁定", "申请例外"), ("en", "Locked.", "grant an exception")],
)
def test_the_unit_reads_how_to_ask_and_the_level_above_has_the_form(
    evening, locked, language, locked_word, ask
):
    village, town = evening("village111.informant"), evening("town11.head")
    for one in (village, town):
        one.cookies["language"] = language

    page = village.get(ADDRESS).content.decode()
    own = village.get("/report/").content.decode()

    for said in (page, own):
        assert locked_word in said
        assert ask in said
        assert 'value="nil"' not in said
    assert "exception/" not in page
    assert ADDRESS + "exception/" in town.get(ADDRESS).content.decode()


def test_granted_on_the_page_seen_and_used_by_the_unit(evening, locked):
    town, village = evening("town11.head"), evening("village111.informant")
    assert village.post(ADDRESS, {"answer": "nil"}).status_code == 409

    done = town.post(ADDRESS + "exception/", {"reason": "停电 <b>", "hours": "2", "idempotency_key": "k"})
    again = town.post(ADDRESS + "exception/", {"reason": "停电 <b>", "hours": "2", "idempotency_key": "k"})

    assert (done.status_code, again.status_code, LockException.objects.count()) == (303, 303, 1)
    page = village.get(ADDRESS).content.decode()
    assert "停电 &lt;b&gt;" in page
    assert 'value="nil"' in page
    assert village.post(ADDRESS, {"answer": "nil"}).status_code == 303
    assert "停电 &lt;b&gt;" in village.get(ADDRESS).content.decode()


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ({"reason": "", "hours": "2"}, 422),
        ({"reason": "停电", "hours": "9"}, 422),
        ({"reason": "找 13812345678", "hours": "2"}, 422),
    ],
)
def test_a_refused_grant_keeps_what_was_typed(evening, locked, given, status):
    page = evening("town11.head").post(ADDRESS + "exception/", given)

    assert page.status_code == status
    assert given["reason"] in page.content.decode()
    assert not LockException.objects.exists()


def test_a_locked_form_of_items_keeps_what_was_typed(evening, locked):
    row = {"items.0.class": "land", "items.0.count": "2", "items.0.note": "两户有异议"}

    page = evening("village111.informant").post(ADDRESS + "items/", row)

    assert page.status_code == 409
    assert "两户有异议" in page.content.decode()


@pytest.mark.parametrize("username", ["county2.duty", "village121.informant", "county1.squad.dialogue"])
def test_outside_the_scope_there_is_no_such_page(evening, locked, username):
    assert evening(username).post(ADDRESS + "exception/", {"reason": "x", "hours": "2"}).status_code == 404
