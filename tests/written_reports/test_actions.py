"""Written reports are kept without loss, handed in in versions, received by the level above."""

import re
from datetime import datetime, timedelta
from threading import Barrier, Thread

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.scope import reach_of
from common.dates.local_time import LOCAL, day_of
from common.dates.periods import period_of
from common.errors import Invalid, NotAllowed, NotFound, Stale, WrongState
from journal.models import Entry
from plans.lifecycle.actions import load_plan
from tests.written_reports.kit import LINE, MONTH, QUARTER, TEXTS, WEEK, text_of
from written_reports.actions import keep_draft
from written_reports.models import WrittenReport, WrittenVersion

pytestmark = pytest.mark.django_db


def test_a_draft_is_kept_and_handed_in_with_a_receipt(write, cast):
    draft = write(hand=False, texts={"analysis": "半句"}, lines=[LINE])
    assert (draft.version, draft.rev, draft.number) == (0, 1, "")

    made = write(lines=[LINE])

    assert made.receipt == "T11〔2026〕书报 1 号 / 1"
    assert (made.report.version, made.report.is_late, made.post) == (1, False, "司法所所长")
    kinds = Entry.objects.filter(subject=made.report.key).order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == ["written_report.begun", "written_report.handed_in"]


def test_the_same_words_again_are_the_version_that_is_there(write):
    first = write()

    assert write().pk == first.pk
    assert WrittenVersion.objects.count() == 1


def test_a_correction_is_a_version_under_the_same_number(write):
    first = write()
    again = write(texts={**TEXTS, "outlook": "平稳"})

    assert (again.number, again.report.number) == (2, first.report.number)
    assert WrittenVersion.objects.get(number=1).texts["outlook"] == "年底前后上升"
    assert Entry.objects.filter(kind="written_report.corrected").count() == 1


@pytest.mark.parametrize(("seconds", "late"), [(0, False), (1, True)])
def test_late_is_accepted_and_marked(write, seconds, late):
    at = datetime(2026, 11, 24, 23, 59, 59, 999999, tzinfo=LOCAL) + timedelta(seconds=seconds)
    made = write(at=at)

    assert made.report.is_late is late
    assert made.report.state(at) == ("late" if late else "handed_in")


def test_a_correction_does_not_make_a_timely_report_late(write, now):
    write()
    again = write(at=now + timedelta(days=5), texts={**TEXTS, "outlook": "平稳"})

    assert not again.report.is_late


def test_nothing_is_written_before_the_period_begins(write, cast, now):
    with pytest.raises(WrongState) as refused:
        write(period="2026-12")
    assert refused.value.code == "period_not_begun"


def test_what_is_missing_is_named_and_nothing_is_handed_in(write):
    with pytest.raises(Invalid) as refused:
        write(texts={"analysis": "x"}, lines=[{**LINE, "deadline": ""}])

    assert set(refused.value.fields) == {"texts.judgement", "texts.outlook", "lines.0.deadline"}
    assert not WrittenReport.objects.exists()


@pytest.mark.parametrize("hand", [True, False])
@pytest.mark.parametrize("where", ["texts", "lines"])
def test_personal_numbers_are_refused(write, hand, where):
    said = {"texts": {**TEXTS, "analysis": "电话13912345678"}} if where == "texts" else {
        "lines": [{**LINE, "what": "张某 139 1234 5678"}]}  # fmt: skip
    with pytest.raises(Invalid) as refused:
        write(hand=hand, **said)

    assert refused.value.code == "personal_data"
    assert not WrittenReport.objects.exists()


def test_a_day_that_does_not_exist_is_refused(write):
    with pytest.raises(Invalid) as refused:
        write(lines=[{**LINE, "deadline": "2026-11-31"}])
    assert refused.value.code == "bad_deadline"


def test_a_confirmed_receipt_locks_the_report(write, confirm):
    write()
    report = confirm()

    assert (report.received_by.username, report.received_post) == ("county1.duty", "县局值班员")
    assert confirm().received_at == report.received_at
    for hand in (True, False):
        with pytest.raises(WrongState) as refused:
            write(hand=hand, texts={**TEXTS, "outlook": "平稳"})
        assert refused.value.code == "already_received"
    assert Entry.objects.filter(kind="written_report.received").count() == 1


def test_only_what_was_read_is_received(write, confirm):
    with pytest.raises(WrongState):
        confirm()
    write()
    write(texts={**TEXTS, "outlook": "平稳"})
    with pytest.raises(Stale) as refused:
        confirm(version=1)
    assert refused.value.code == "another_version"
    assert confirm(version=2).received_at


@pytest.mark.parametrize("username", ["town11.head", "town11.clerk", "city.audit"])
def test_receipt_is_the_business_of_the_level_above(write, confirm, username):
    write()
    with pytest.raises(NotAllowed):
        confirm(username)


@pytest.mark.parametrize(
    ("username", "refusal"),
    [("city.audit", NotAllowed), ("town12.head", NotFound), ("county2.duty", NotFound), ("village111.informant", NotFound)],
)  # fmt: skip
def test_who_may_not_write_does_not(write, username, refusal):
    with pytest.raises(refusal):
        write(username)
    assert not WrittenReport.objects.exists()


def test_from_above_it_is_on_behalf(write):
    assert write("county1.duty").on_behalf
    assert not write("village111.informant", WEEK).on_behalf


def test_two_people_at_once_lose_nothing(write, slot):
    write(hand=False, texts={"analysis": "甲写的"})
    read = slot().rev
    write("town11.clerk", hand=False, texts={"analysis": "乙写的"})

    for hand in (True, False):
        with pytest.raises(Stale) as refused:
            write(hand=hand, rev=read, texts={**TEXTS, "analysis": "甲又写的"})
        assert refused.value.code == "changed_meanwhile"
    assert WrittenReport.objects.get().texts == {"analysis": "乙写的"}


@pytest.mark.django_db(transaction=True)
@pytest.mark.slow
def test_two_first_drafts_at_the_same_moment_make_one_report(write, slot, cast, now):
    start, outcomes = Barrier(2), []

    def one(username, text):
        try:
            found, reach = slot(username), reach_of(cast[username], now)
            start.wait()
            keep_draft(reach=reach, slot=found, rev=0, texts={"analysis": text}, lines=[], now=now)
            outcomes.append(text)
        except Stale as refused:
            outcomes.append(refused.code)
        finally:
            connection.close()

    threads = [Thread(target=one, args=args) for args in (("town11.head", "甲"), ("town11.clerk", "乙"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    kept = WrittenReport.objects.get().texts["analysis"]
    assert sorted(outcomes) == sorted([kept, "changed_meanwhile"])


def test_two_first_drafts_do_not_meet_unseen(write):
    write(hand=False, rev=0, texts={"analysis": "甲写的"})

    with pytest.raises(Stale):
        write("town11.clerk", hand=False, rev=0, texts={"analysis": "乙写的"})


def test_a_report_outlives_the_plan_that_asked_for_it(write, slot, units, now):
    write()
    text = re.sub(r"(?m)^version: \d+", "version: 99", text_of("unit-petition-reception.yaml")).replace(
        "stop: written_report.handed_in,\n     role: leading_group, asks: owner, written: {lines: risks, origin: proposal}",
        "role: leading_group",
    )  # fmt: skip
    load_plan(text=text, actor=None, now=now, owner=units["T11"], put_in_force=True)

    assert slot().asking is None
    assert slot().title == "月研判会"


def test_numbers_are_dense_within_unit_and_year(write):
    assert [write(clock=clock).report.serial for clock in (QUARTER, MONTH)] == [1, 2]


# --- what must always hold -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("a_handed_in_report_has_time_and_number", {"version": 0}),
        ("a_handed_in_report_has_time_and_number", {"serial": None}),
        ("a_received_report_was_handed_in", {"received_at": datetime(2026, 11, 23, tzinfo=LOCAL)}),
    ],
)
def test_the_database_holds_it(write, name, change):
    made = write()
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        WrittenReport.objects.filter(pk=made.report_id).update(**change)


#: Unique ones: one_written_report_per_ask, one_written_report_per_number, one_written_version_per_number.
def test_the_database_holds_one_of_each(write):
    made = write()
    for row, changed in (
        (WrittenReport.objects.get(), {"version": 0, "handed_in_at": None, "serial": None}),
        (WrittenReport.objects.get(), {"clock": "X"}),
        (WrittenVersion.objects.get(), {}),
    ):
        row.pk = None
        for field, value in changed.items():
            setattr(row, field, value)
        with pytest.raises(IntegrityError), transaction.atomic():
            row.save(force_insert=True)
    assert period_of("monthly", day_of(made.handed_in_at)) == made.report.period
