"""Ledgers: one mechanism for every list, its workbook and its volume of a year; nothing a reader may not see."""

import io
from datetime import timedelta

import pytest
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import override

from common.dates.local_time import day_of
from common.documents.workbooks import read_rows
from common.errors import Invalid, NotAllowed, NotFound
from dashboards.ledgers import documents, queries
from dashboards.ledgers.columns import Sayings
from dashboards.ledgers.ledgers import BY_SLUG, LEDGERS
from dashboards.ledgers.queries import Asked, read_asked, rows_of
from incidents.models import Incident
from supervision.inquiries.models import Inquiry
from tests.early_warnings.conftest import passwords
from tests.incidents.conftest import alarm
from tests.marks.exercise import Exercise, play
from tests.supervision.conftest import campaign, makeup, team
from tests.supervision.test_inquiries import cause, county_rules, given, inquiry
from tests.supervision.test_visits import correct, correction, record
from works import running
from works.models import Work

__all__ = [
    "alarm", "campaign", "cause", "correct", "correction", "county_rules", "given", "inquiry", "makeup", "passwords",
    "record", "team",
]  # fmt: skip


@pytest.fixture
def full(passwords, plan, reach, units, cast, now):
    """Something in nearly every ledger, by the acts of the live walk."""
    walk = Exercise(reach, units, lambda: now)
    return play(walk, drill=False)


def table_of(response):
    content = b"".join(response.streaming_content)
    upload = io.BytesIO(content)
    upload.size = len(content)
    return read_rows(upload)


@pytest.mark.django_db
@pytest.mark.slow
def test_every_ledger_opens_and_writes_what_it_shows(client, cast, full, reach, now, wall_clock):
    client.force_login(cast["city.director"])
    client.cookies["language"] = "en"
    held = {one.slug for one in LEDGERS if rows_of(reach("city.director"), one, Asked(), now).exists()}
    assert {"incidents", "warnings", "responses", "orders", "linkage", "time-limits"} <= held

    for slug, ledger in BY_SLUG.items():
        page = client.get(f"/ledgers/{slug}/")
        rows = table_of(client.get(f"/ledgers/{slug}/?format=xlsx"))
        year = client.get(f"/ledgers/{slug}/2026/")

        assert page.status_code == year.status_code == 200, slug
        heads = next(row.cells for row in rows if row.cells[0] == "No.")
        with override("en"):
            assert heads[1:] == tuple(str(column.head) for column in ledger.columns), slug
        written = sum(row.cells[0].isdigit() for row in rows)
        assert page.content.decode().count("<tr>") == (written + 1 if written else 0), slug
        assert bool(written) == (slug in held), slug


@pytest.mark.django_db
@pytest.mark.slow
def test_a_drill_stands_in_no_ledger(passwords, reach, units, plan, cast, now):
    before = {one.slug: rows_of(reach("city.director"), one, Asked(), now).count() for one in LEDGERS}
    play(Exercise(reach, units, lambda: now))

    after = {one.slug: rows_of(reach("city.director"), one, Asked(), now).count() for one in LEDGERS}
    assert after == before


@pytest.mark.django_db
@pytest.mark.slow
def test_nobody_reads_what_is_not_theirs(full, reach, now):
    for username in ("town12.head", "county1.squad.dialogue", "village111.informant"):
        seen = reach(username)
        for ledger in LEDGERS:
            if not seen.has(ledger.verb):
                with pytest.raises(NotFound):
                    queries.get_ledger(seen, ledger.slug)
            else:
                assert not rows_of(seen, ledger, Asked(), now).exists(), (username, ledger.slug)


@pytest.mark.django_db
def test_the_page_of_all_lists_what_the_reader_may_open(client, cast, plan, wall_clock):
    client.force_login(cast["county1.duty"])
    client.cookies["language"] = "zh-hans"
    text = client.get("/ledgers/").content.decode()
    listed = [ledger.slug for ledger in LEDGERS if f'href="/ledgers/{ledger.slug}/"' in text]
    assert listed == [ledger.slug for ledger in LEDGERS if ledger.slug != "inquiries"]
    client.force_login(cast["county1.squad.dialogue"])
    text = client.get("/ledgers/").content.decode()
    assert 'href="/ledgers/materials/"' in text
    assert 'href="/ledgers/incidents/"' not in text
    client.force_login(cast["city.secadmin"])
    assert client.get("/ledgers/").status_code == 403


@pytest.mark.django_db
def test_a_reader_without_ledgers_is_told(reach):
    with pytest.raises(NotAllowed):
        queries.open_ledgers(reach("city.secadmin"))


@pytest.mark.django_db
def test_visits_and_what_they_found_are_read_by_who_sees_the_unit(correction, reach, now):
    for slug, row in (("visits", correction.visit), ("corrections", correction)):
        for username in ("county1.director", "town11.head", "city.audit"):
            assert list(rows_of(reach(username), BY_SLUG[slug], Asked(), now)) == [row], (slug, username)
        assert not rows_of(reach("county2.director"), BY_SLUG[slug], Asked(), now).exists()
    ((_row, address, cells),) = queries.lines([correction.visit], BY_SLUG["visits"])
    assert address == f"/supervision/visits/{correction.visit.number}/"
    assert correction.visit.found in cells


@pytest.mark.django_db
def test_the_ledger_of_inquiries_keeps_their_rights_and_names_nobody(
    inquiry, units, client, cast, reach, now, wall_clock
):
    ledger = BY_SLUG["inquiries"]
    for username in ("county1.director", "city.director", "city.audit"):
        asked = Asked(units["T11"], state="started", kind="A3")
        assert list(rows_of(reach(username), ledger, asked, now)) == [inquiry], username
    for username in ("county1.duty", "town11.head"):
        with pytest.raises(NotFound):
            queries.get_ledger(reach(username), "inquiries")
    Inquiry.objects.filter(pk=inquiry.pk).update(post=reach("county1.director").posts[0].post_id)
    assert not rows_of(reach("county1.director"), ledger, Asked(), now).exists()

    client.force_login(cast["city.director"])
    (line,) = [
        row.cells for row in table_of(client.get("/ledgers/inquiries/?format=xlsx")) if row.cells[0] == "1"
    ]
    assert inquiry.number in line
    told = " ".join(line)
    assert inquiry.reason not in told
    assert not [word for word in (inquiry.investigator, inquiry.decider, inquiry.post) if str(word) in told]


@pytest.mark.django_db
def test_days_unit_and_state_filter_and_the_file_says_so(client, cast, alarm, wall_clock, now, units):
    old, new = alarm(unit="T11", what="旧的"), alarm(unit="C1", what="新的")
    Incident.objects.filter(pk=old.pk).update(
        recorded_at=now - timedelta(days=40), known_at=now - timedelta(days=40)
    )
    client.force_login(cast["county1.duty"])
    client.cookies["language"] = "en"

    first = f"{now - timedelta(days=1):%Y-%m-%d}"
    rows = table_of(client.get(f"/ledgers/incidents/?format=xlsx&from={first}&unit=C1&state=reported"))
    text = " ".join(row.cells[0] for row in rows)

    assert [row.cells[1] for row in rows if row.cells[0].isdigit()] == [new.number]
    assert f"From: {first}" in text
    assert "State: Reported" in text
    assert str(units["C1"].name_en or units["C1"].name) in text or "C1" in text
    assert client.get("/ledgers/incidents/?unit=C2").status_code == 404
    town = client.get("/ledgers/incidents/?unit=T11").content.decode()
    assert old.number in town
    assert new.number not in town


@pytest.mark.django_db
def test_an_address_that_cannot_be_read_filters_nothing(reach, now):
    given = QueryDict("from=yesterday&state=lost&kind=x")
    assert read_asked(reach("county1.duty"), BY_SLUG["incidents"], given, now) == Asked()


@pytest.mark.django_db
def test_the_last_day_ends_at_midnight_in_beijing(alarm, reach, now):
    event = alarm()
    edge = now.replace(hour=15, minute=59, second=59)  # 23:59:59 there
    Incident.objects.filter(pk=event.pk).update(recorded_at=edge)
    ledger, mine = BY_SLUG["incidents"], reach("county1.duty")
    day = day_of(edge)

    assert list(rows_of(mine, ledger, Asked(first=day, last=day), now)) == [event]
    Incident.objects.filter(pk=event.pk).update(recorded_at=edge + timedelta(seconds=1))
    assert not rows_of(mine, ledger, Asked(first=day, last=day), now).exists()


@pytest.mark.django_db
def test_the_volume_counts_its_months_and_numbers_its_entries(client, cast, alarm, wall_clock, now):
    first, second = alarm(what="=1+1"), alarm(what="第二件")
    Incident.objects.filter(pk=second.pk).update(
        recorded_at=now - timedelta(days=60), known_at=now - timedelta(days=60)
    )
    client.force_login(cast["county1.duty"])
    client.cookies["language"] = "en"
    page = client.get("/ledgers/incidents/2026/").content.decode()
    answer = client.get("/ledgers/incidents/2026/?format=xlsx")

    assert page.count('<td class="num">1</td>') == 2
    assert 'filename="incidents-2026.xlsx"' in answer["Content-Disposition"]
    from openpyxl import load_workbook

    book = load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    cover, entries = book.worksheets
    counted = {row[0]: row[1] for row in cover.iter_rows(values_only=True)}
    assert (counted[9], counted[11], counted["Whole year"], counted["Reported"]) == (1, 1, 2, 2)
    written = list(entries.iter_rows(values_only=True))[1:]
    assert [(row[0], row[1]) for row in written] == [(1, second.number), (2, first.number)]
    typed = entries.cell(row=3, column=6)
    assert (typed.value, typed.data_type, typed.quotePrefix) == ("=1+1", "s", True)


@pytest.mark.django_db
def test_a_file_that_would_be_cut_is_refused(alarm, reach, now, monkeypatch):
    alarm(), alarm()
    monkeypatch.setattr(documents, "MOST_ROWS", 1)
    mine, ledger = reach("county1.duty"), BY_SLUG["incidents"]
    with pytest.raises(Invalid, match="2"):
        documents.ledger_book(mine, ledger, Asked(), rows_of(mine, ledger, Asked(), now), now)


@pytest.mark.django_db
def test_a_long_one_is_made_in_the_background_and_is_the_same_file(alarm, signed_in, monkeypatch, wall_clock):
    alarm(headcount=60), alarm(headcount=70)
    browser = signed_in("county1.duty")
    at_once = table_of(browser.get("/ledgers/incidents/?format=xlsx&state=reported"))
    monkeypatch.setattr(documents, "AT_ONCE_ROWS", 1)

    assert browser.get("/ledgers/incidents/?format=xlsx&state=reported").status_code == 409
    for address in ("/ledgers/incidents/?state=reported", f"/ledgers/incidents/{2026}/"):
        assert 'method="post"' in browser.get(address).content.decode()
        answer = browser.post(address)
        assert answer.status_code == 303
        work = Work.objects.latest("pk")
        running.carry_out(work.pk, timezone.now)
        work.refresh_from_db()
        assert (work.state, work.done, work.total) == ("done", 2, 2)
        made = table_of(browser.get(f"/works/{work.pk}/file"))
        if "?" in address:
            heads = [row.cells for row in at_once if "制表" not in row.cells[0]]
            assert [row.cells for row in made][-3:] == heads[-3:]
        else:
            assert work.saved_as == f"incidents-{2026}.xlsx"


@pytest.mark.django_db
def test_a_unit_of_others_is_not_asked_for(alarm, signed_in):
    browser = signed_in("county1.duty")

    assert browser.post("/ledgers/incidents/?unit=C2").status_code == 404
    assert browser.post("/ledgers/nothing/").status_code == 404
    assert not Work.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("slug", ["incidents", "time-limits"])
@pytest.mark.parametrize("many", [1, 3])
def test_a_list_asks_the_same_however_long_it_is(alarm, reach, now, slug, many, django_assert_num_queries):
    for _one in range(many):
        alarm(headcount=60)
    ledger, mine = BY_SLUG[slug], reach("city.director")
    assert mine.threads is not None
    with django_assert_num_queries(1):
        assert len(list(queries.lines(rows_of(mine, ledger, Asked(), now), ledger))) >= many


def test_a_column_without_a_value_is_empty():
    class Row:
        incident = None

    ledger = BY_SLUG["warnings"]
    assert ledger.columns[3].value(Row(), Sayings()) is None
