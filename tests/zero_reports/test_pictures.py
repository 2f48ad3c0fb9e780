"""Over time, zeros that are asked about, burden, three numbers: questions with exact answers, never a ranking."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from accounts.models import Appointment, Unit
from cases.matters.actions import assign_matter, file_matter, register_matter, work_on
from cases.matters.models import Matter
from cases.official_forms.actions import begin_form
from cases.official_forms.models import OfficialForm
from cases.reconciliation import queries as agreement
from common.dates.local_time import day_of
from common.dates.periods import DAILY, Period, parse
from common.errors import Invalid, NotAllowed, NotFound
from dashboards.statistics import burden
from dashboards.statistics.history import history
from incidents.actions import retract_incident
from incidents.reporting.actions import Alarm, report_incident
from journal.numbering import number_new
from plans.engine.facts import Facts
from zero_reports.counts.tallies import fold
from zero_reports.filing.models import FilingTime, ReportItem
from zero_reports.filing.times import note_time, seconds_since, stamp
from zero_reports.questions import contradictions
from zero_reports.questions.models import ZeroReply
from zero_reports.rollups.actions import confirm_roll_up
from zero_reports.rollups.models import RollUp
from zero_reports.rounds.actions import fix_rounds, open_rounds

pytestmark = pytest.mark.django_db

NOVEMBER = date(2026, 11, 1)


# --- over time -----------------------------------------------------------------------------------------------


@pytest.fixture
def two_days(cast, units, file, now):
    """Friday: V111 in time, T11 late, the rest silent. Saturday: nobody answers."""
    Unit.objects.update(valid_from=None)
    Appointment.objects.update(valid_from=now - timedelta(days=30))
    friday = now - timedelta(days=2)
    open_rounds(now=friday)
    file("village111.informant", "V111", at=friday, period=parse("2026-11-20"))
    file("town11.clerk", "T11", at=friday + timedelta(hours=9), period=parse("2026-11-20"))
    fix_rounds(now=friday + timedelta(hours=10))
    open_rounds(now=now - timedelta(days=1))
    fix_rounds(now=now - timedelta(hours=12))
    number_new()
    while fold():
        pass
    return [Period(DAILY, date(2026, 11, day)) for day in (19, 20, 21)]


def figures(line) -> list:
    return [c and (c.expected, c.received, c.late) for c in line.counts]


def test_the_line_of_a_unit_is_itself_with_everything_below(two_days, units):
    found = history(units["T11"], two_days)

    assert figures(found.whole) == [None, (2, 2, 1), (2, 0, 0)]
    assert [(line.code, figures(line)) for line in found.units] == [("V111", [None, (1, 1, 0), (1, 0, 0)])]


def test_tiers_add_up_to_the_whole(two_days, units):
    found = history(units["C1"], two_days)

    assert [(line.code, figures(line)[1]) for line in found.tiers] == [
        ("county", (1, 0, 0)),
        ("township", (2, 1, 1)),
        ("village", (2, 1, 0)),
    ]
    assert figures(found.whole)[1] == (5, 2, 1)


def test_a_picture_costs_the_same_for_any_number_of_units(
    two_days, units, now, django_assert_max_num_queries
):
    from accounts.posts.actions import create_unit

    for many in (1, 3):
        for number in range(many):
            create_unit(
                code=f"W{many}{number}", name="新村", tier="village", parent=units["T11"], actor=None, now=now
            )
        with django_assert_max_num_queries(8):
            history(units["C1"], two_days)


# --- zeros that are asked about --------------------------------------------------------------------------------


@pytest.fixture
def seen(cast, units, plan, reach, now):
    """seen("county1.duty", hours=-1) → an incident in V111 recorded now by that person, known that many hours from nine."""

    def _seen(username, *, hours, recorded=4, **more):
        at = now + timedelta(hours=recorded)
        alarm = Alarm(
            unit=units["V111"], place="村口", what="聚集", facts=Facts(), client_id=f"{username}{hours}",
            known_at=now + timedelta(hours=hours), **more,
        )  # fmt: skip
        return report_incident(reach=reach(username, at), alarm=alarm, now=at)[0]

    return _seen


def asked(reach, units, now, username="county1.duty"):
    at = now + timedelta(hours=5)
    found = contradictions.zeros_of(reach(username, at), [units["T11"], units["V111"]], at)
    return [(one.unit.code, one.zeros, len(one.questions)) for one in found]


def test_a_zero_is_asked_about_where_it_had_already_happened(seen, file, reach, units, now):
    file("village111.informant", "V111")
    seen("county1.duty", hours=-1)

    assert asked(reach, units, now) == [("V111", 1, 1)]


@pytest.mark.parametrize(
    ("username", "hours", "more"),
    [
        ("county1.duty", 1, {}),  # it became known only after the zero
        ("county1.duty", 0, {}),  # at the very moment
        ("county1.duty", -10, {}),  # the day before
        ("village111.informant", -1, {}),  # the unit itself said so
        ("county1.duty", -1, {"drill": True}),
    ],
)
def test_nothing_is_asked_where_the_unit_could_not_know_or_said_so_itself(
    seen, file, reach, units, now, username, hours, more
):
    file("village111.informant", "V111")
    seen(username, hours=hours, **more)

    assert asked(reach, units, now) == [("V111", 1, 0)]


def test_false_alarms_and_corrected_zeros_are_not_asked_about(seen, file, reach, units, now):
    file("village111.informant", "V111")
    incident = seen("county1.duty", hours=-1)
    later = now + timedelta(hours=5)

    retract_incident(incident_id=incident.pk, reach=reach("county1.duty", later), now=later)
    assert asked(reach, units, now) == [("V111", 1, 0)]
    file("village111.informant", "V111", at=later, items=[("land", 1)])
    assert asked(reach, units, now) == []


def test_the_unit_answers_and_nobody_else(seen, file, reach, units, now):
    report, incident = file("village111.informant", "V111"), seen("county1.duty", hours=-1)
    at = now + timedelta(hours=5)
    given = {"report": report, "incident": incident, "reason": "later", "now": at}

    with pytest.raises(NotAllowed):
        contradictions.reply(reach=reach("city.audit", at), **given)
    with pytest.raises(Invalid):
        contradictions.reply(reach=reach("village111.informant", at), **{**given, "reason": "x"})
    with pytest.raises(Invalid):
        contradictions.reply(reach=reach("village111.informant", at), **given, note="13812345678")
    contradictions.reply(reach=reach("village111.informant", at), **given)
    contradictions.reply(reach=reach("village111.informant", at), **given, note="晚间得知")

    assert [(r.reason, r.note) for r in ZeroReply.objects.all()] == [("later", "晚间得知")]


def test_what_is_not_asked_is_not_answered(seen, file, reach, units, now):
    report, incident = file("village111.informant", "V111"), seen("county1.duty", hours=1)
    at = now + timedelta(hours=5)

    with pytest.raises(NotFound):
        contradictions.reply(
            reach=reach("village111.informant", at), report=report, incident=incident, reason="later", now=at
        )


def test_the_list_follows_the_tree_whatever_the_numbers(seen, file, reach, units, now):
    file("village111.informant", "V111")
    file("town11.clerk", "T11")
    seen("county1.duty", hours=-1)

    assert asked(reach, units, now) == [("T11", 1, 0), ("V111", 1, 1)]


def test_the_page_asks_and_takes_the_answer(noon, seen, file, now):
    report, incident = file("village111.informant", "V111"), seen("county1.duty", hours=-1, recorded=1)
    client = noon("village111.informant")

    page = client.get("/reports/zeros/").content.decode()
    given = {"receipt": report.receipt, "incident": incident.number, "reason": "elsewhere"}
    answer = client.post("/reports/zeros/", given)

    assert incident.number in page
    assert answer.status_code == 303
    assert ZeroReply.objects.get().reason == "elsewhere"
    assert noon("county2.duty").post("/reports/zeros/", given).status_code == 404
    assert incident.number not in noon("county2.duty").get("/reports/zeros/").content.decode()


# --- burden --------------------------------------------------------------------------------------------------


def test_the_mark_of_an_opened_form_tells_the_seconds_and_cannot_be_forged(now):
    mark = stamp(now)

    assert seconds_since(mark, now + timedelta(seconds=42)) == 42
    assert seconds_since(mark, now + timedelta(hours=2, seconds=1)) is None
    assert seconds_since(mark, now - timedelta(seconds=1)) is None
    assert seconds_since(mark[:-1] + "x", now) is None
    assert seconds_since("", now) is None


def test_burden_counts_asks_seconds_and_what_was_not_asked_twice(two_days, seen, file, units, reach, now):
    incident = seen("village111.informant", hours=-1, recorded=0)
    report = file("village111.informant", "V111", items=[("", 1, "", incident.number)])
    note_time(report, stamp(now), now + timedelta(seconds=30))

    found = {b.unit.code: b for b in burden.burdens(units["T11"], NOVEMBER, now + timedelta(hours=10))}

    village = found["V111"]
    assert (village.asks, village.filed, village.seconds, village.measured, village.avoided) == (
        3,
        2,
        30,
        1,
        1,
    )
    assert (found["T11"].filed, found["T11"].seconds) == (1, None)
    assert list(found) == ["T11", "V111"]


def test_a_report_filed_from_the_page_is_measured(noon, cast):
    import re

    client = noon("village111.informant")
    page = client.get("/report/").content.decode()
    mark = re.search(r'name="opened" value="([^"]+)"', page)[1]

    client.post("/report/V111/2026-11-22/", {"answer": "nil", "opened": mark})

    assert FilingTime.objects.get().seconds == 0


# --- three numbers -------------------------------------------------------------------------------------------


def test_a_gap_comes_with_its_reason_and_closes_when_all_is_on_file(file, reach, units, now):
    duty = reach("county1.duty")
    file("village111.informant", "V111", items=[("land", 2, "甲"), ("land", 1, "乙")])
    first, _second = ReportItem.objects.order_by("pk")

    def numbers():
        (row,) = agreement.agreements(duty, units["C1"], NOVEMBER)
        return row.unit.code, row.reported, row.registered, row.filed, len(row.reasons), row.agrees

    assert numbers() == ("T11", 3, 0, 0, 1, False)
    matter = register_matter(reach=duty, item_id=first.pk, now=now)
    assert numbers() == ("T11", 3, 2, 0, 2, False)
    assign_matter(reach=duty, matter_id=matter.pk, lead=units["T11"], now=now)
    work_on(reach=duty, matter_id=matter.pk, verb="follow", note="已办", now=now)
    file_matter(reach=duty, matter_id=matter.pk, result="已化解", file_number="1", now=now)
    assert numbers() == ("T11", 3, 2, 2, 1, False)
    file("village111.informant", "V111", items=[("land", 2, "甲")])
    assert numbers() == ("T11", 2, 2, 2, 0, True)
    file("village111.informant", "V111", items=[("land", 5, "丙")])
    assert numbers() == ("T11", 5, 2, 2, 2, False)


# --- pages ---------------------------------------------------------------------------------------------------

PAGES = ["/reports/history/", "/reports/history/?cadence=weekly", "/reports/zeros/", "/reports/burden/",
         "/reports/agreement/", "/report/matrix/?show=gaps"]  # fmt: skip


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("address", PAGES)
def test_the_pages_open(noon, two_days, address, language):
    client = noon("county1.duty")
    client.cookies["language"] = language

    assert client.get(address).status_code == 200


@pytest.mark.parametrize("address", PAGES)
def test_the_pages_keep_to_the_scope(noon, cast, address):
    mark = "&" if "?" in address else "?"

    assert noon("county2.duty").get(f"{address}{mark}unit=T11").status_code == 404
    assert noon("county1.squad.dialogue").get(address).status_code == 403


@pytest.mark.parametrize("month", ["2026-13", "x", "0000-01", "9999-12", "2026-11'--"])
def test_a_strange_month_is_this_month_or_an_empty_one(noon, cast, month):
    for page in ("burden", "agreement"):
        assert noon("county1.duty").get(f"/reports/{page}/", {"month": month}).status_code == 200


def test_the_matrix_as_a_workbook(noon, two_days):
    import io

    from openpyxl import load_workbook

    answer = noon("county1.duty").get("/report/matrix/workbook/?unit=T11&period=2026-11-20&show=late")

    rows = list(load_workbook(io.BytesIO(answer.content)).active.iter_rows(values_only=True))
    assert [row[1] for row in rows[1:]] == ["T11"]
    assert (rows[1][21], rows[1][22]) == ("迟报", "未报")
    assert noon("county2.duty").get("/report/matrix/workbook/?unit=T11").status_code == 404


# --- what the database refuses ---------------------------------------------------------------------------------


@pytest.fixture
def filled(file, seen, units, reach, now, today):
    """One row of each table of this part."""
    duty, at = reach("county1.duty"), now + timedelta(hours=5)
    report, incident = file("village111.informant", "V111"), seen("county1.duty", hours=-1)
    contradictions.reply(
        reach=reach("village111.informant", at), report=report, incident=incident, reason="later", now=at
    )
    note_time(report, stamp(now), now)
    file("town11.clerk", "T11", items=[("land", 1)])
    matter = register_matter(reach=duty, item_id=ReportItem.objects.get().pk, now=now)
    begin_form(reach=duty, kind="F4", unit=matter.unit, day=day_of(now), now=now, matter=matter)
    begin_form(reach=duty, kind="F1", unit=units["C1"], day=day_of(now), now=now)
    confirm_roll_up(reach=reach("town11.head"), unit=units["T11"], period=today, now=now)


#: Constraint → the table, which row, and the change it refuses; None = the same row once more.
BROKEN = {
    "a_roll_up_adds_up": (RollUp, {}, {"nil": 7}),
    "a_return_has_time_person_and_reason": (RollUp, {}, {"state": "returned"}),
    "one_roll_up_per_version": (RollUp, {}, {"current": False}),
    "one_roll_up_per_unit_and_period": (RollUp, {}, {"version": 9}),
    "a_matter_counts_something": (Matter, {}, {"count": 0}),
    "a_filed_matter_has_result_and_file": (Matter, {}, {"state": "filed"}),
    "an_assigned_matter_has_a_lead": (Matter, {}, {"state": "assigned"}),
    "mediation_ends_after_acceptance": (Matter, {}, {"mediation_ended_at": "2026-11-22T09:00:00+08:00"}),
    "one_form_per_matter_and_kind": (OfficialForm, {"kind": "F4"}, {"number": "x"}),
    "one_statistics_form_per_month": (OfficialForm, {"kind": "F1"}, {"number": "x"}),
    "a_sent_form_has_time_and_person": (OfficialForm, {"kind": "F1"}, {"state": "sent"}),
    "at_most_two_hours": (FilingTime, {}, {"seconds": 7201}),
    "one_reply_per_zero_and_incident": (ZeroReply, {}, {"reason": "elsewhere"}),
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_must_always_hold_is_held_by_the_database(filled, name):
    model, which, change = BROKEN[name]
    row = model.objects.get(**which)
    is_unique = name.startswith("one_")

    with pytest.raises(IntegrityError) as error, transaction.atomic():
        if is_unique:
            for field, value in change.items():
                setattr(row, field, value)
            row.pk = None
            row.save(force_insert=True)
        else:
            model.objects.filter(pk=row.pk).update(**change)

    assert name in str(error.value) or is_unique
