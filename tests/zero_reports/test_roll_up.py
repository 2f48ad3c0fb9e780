"""Level by level: what is confirmed equals counting from scratch, and nothing moves under somebody's feet."""

import io
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import Unit
from accounts.scope import reach_of
from common.documents.official_documents import Heading
from common.errors import Invalid, NotAllowed, NotFound, Refused, WrongState
from journal.models import Entry
from zero_reports.filing.actions import Item, file_report
from zero_reports.filing.models import ReportItem, ZeroReport
from zero_reports.rollups.actions import confirm_roll_up, return_down
from zero_reports.rollups.documents import year_paper
from zero_reports.rollups.models import RollUp
from zero_reports.rollups.queries import Year, draft
from zero_reports.rounds.actions import open_rounds
from zero_reports.rounds.rules import Counts

pytestmark = pytest.mark.django_db


@pytest.fixture
def up(cast, units, now, today):
    """up("T11", "town11.head") → confirms the unit's summary of today."""

    def _up(code, username, *, at=None, **words):
        at = at or now
        return confirm_roll_up(
            reach=reach_of(cast[username], at), unit=units[code], period=today, now=at, **words
        )

    return _up


@pytest.fixture
def down(cast, units, now, today):
    def _down(code, username, reason="数字有误"):
        reach = reach_of(cast[username], now)
        return return_down(reach=reach, unit=units[code], period=today, reason=reason, now=now)

    return _down


def test_a_township_confirms_itself_and_its_villages(up, file, units):
    file("village111.informant", "V111", items=[("land", 2), ("labour", 1)])
    file("town11.clerk", "T11")

    made = up("T11", "town11.head", note="平稳")

    assert made.counts == Counts(expected=2, received=2, nil=1, with_items=1, late=0)
    assert made.classes == {"labour": 1, "land": 2}
    assert made.number == "T11〔2026〕零报 1 号"
    entry = Entry.objects.filter(kind="roll_up.confirmed").get()
    assert (entry.unit_id, entry.actor.username) == (units["T11"].pk, "town11.head")


def test_a_county_builds_on_what_its_townships_confirmed(up, file, units, today):
    up("T11", "town11.head")
    up("T12", "town12.head")
    # After the township has confirmed: the county's figures wait until it confirms again.
    file("village111.informant", "V111")

    found = draft(units["C1"], today)
    made = up("C1", "county1.duty")

    assert [(part.unit.code, part.basis, part.has_drifted) for part in found.parts] == [
        ("C1", "own", False),
        ("T11", "confirmed", True),
        ("T12", "confirmed", False),
    ]
    assert made.received == 0


def test_without_the_townships_a_county_goes_up_only_with_a_reason(up):
    up("T11", "town11.head")

    with pytest.raises(WrongState) as refused:
        up("C1", "county1.duty")
    made = up("C1", "county1.duty", reason="T12 停电")

    assert (refused.value.code, refused.value.extra) == ("units_not_confirmed", {"open": ["T12"]})
    assert made.reason == "T12 停电"
    assert [line["basis"] for line in made.lines] == ["own", "confirmed", "counted"]


def test_the_same_again_is_the_same_paper_and_a_change_is_a_version(up, file):
    first = up("T11", "town11.head")
    again = up("T11", "town11.head")
    file("village111.informant", "V111")
    second = up("T11", "town11.head")

    assert again.pk == first.pk
    assert (second.version, second.number, second.received) == (2, first.number, 1)
    assert RollUp.objects.filter(current=True).count() == 1


def test_what_the_level_above_built_upon_does_not_move(up, down, file):
    up("T11", "town11.head")
    up("C1", "county1.duty", reason="先报")
    file("village111.informant", "V111")

    for attempt in (lambda: up("T11", "town11.head"), lambda: down("T11", "county1.duty")):
        with pytest.raises(WrongState) as refused:
            attempt()
        assert refused.value.code == "already_gone_up"

    down("C1", "city.duty")
    down("T11", "county1.duty")
    assert up("T11", "town11.head").version == 2


def test_a_return_keeps_who_and_why(up, down):
    up("T11", "town11.head")

    with pytest.raises(Invalid):
        down("T11", "county1.duty", reason="  ")
    found = down("T11", "county1.duty", reason="漏一村")

    assert (found.state, found.return_reason, found.returned_by.username) == (
        "returned",
        "漏一村",
        "county1.duty",
    )
    with pytest.raises(WrongState):
        down("T11", "county1.duty")


@pytest.mark.parametrize(
    ("username", "error"),
    [
        ("county1.duty", NotAllowed),
        ("town11.clerk", NotAllowed),
        ("village111.informant", NotFound),
        ("county2.duty", NotFound),
        ("county1.squad.dialogue", NotFound),
        ("town12.head", NotFound),
    ],
)
def test_nobody_confirms_in_the_place_of_a_unit(up, username, error):
    with pytest.raises(error):
        up("T11", username)


@pytest.mark.parametrize("username", ["county2.duty", "town11.clerk", "town12.head"])
def test_who_may_not_return(up, down, username):
    up("T11", "town11.head")

    with pytest.raises((NotAllowed, NotFound)):
        down("T11", username)


@pytest.mark.parametrize("words", [{"note": "张三 13812345678"}, {"reason": "找 13812345678"}])
def test_a_summary_names_no_people(up, words):
    with pytest.raises(Refused) as refused:
        up("T12", "town12.head", **words)

    assert refused.value.code == "personal_data"


def test_nothing_to_confirm_for_a_day_that_has_not_begun(cast, units, now, today):
    with pytest.raises(WrongState) as refused:
        confirm_roll_up(
            reach=reach_of(cast["town11.head"], now), unit=units["T11"], period=today.shifted(1), now=now
        )

    assert refused.value.code == "nothing_to_confirm"


@pytest.mark.parametrize("change", [{"received": 99}, {"nil": 1}, {"late": 1}, {"state": "returned"}])
def test_the_database_keeps_a_roll_up_in_order(up, change):
    made = up("T11", "town11.head")

    with pytest.raises(IntegrityError), transaction.atomic():
        RollUp.objects.filter(pk=made.pk).update(**change)


def test_a_draft_costs_the_same_for_any_number_of_units(
    units, today, now, django_assert_max_num_queries, file
):
    from accounts.posts.actions import create_unit

    for many in (1, 3, 12):
        for number in range(many):
            code = f"W{many}-{number}"
            create_unit(code=code, name="新村", tier="village", parent=units["T11"], actor=None, now=now)
        with django_assert_max_num_queries(14):
            draft(Unit.objects.get(code="T11"), today)


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["V111", "V121", "T11", "T12", "C1"]),
        st.sampled_from(["nil", "land", "labour"]),
        st.integers(0, 10),
    ),
    max_size=12,
)
FILERS = {"V111": "village111.informant", "V121": "village121.informant", "T11": "town11.clerk",
          "T12": "town12.clerk", "C1": "county1.duty"}  # fmt: skip


@pytest.mark.slow
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS, opened=st.booleans())
def test_confirmed_from_below_the_top_equals_counting_every_report(cast, units, now, today, steps, opened):
    with transaction.atomic():
        if opened:
            open_rounds(now=now)
        for code, answer, hours in steps:
            at = now + timedelta(hours=hours)
            items = [] if answer == "nil" else [Item(answer, hours + 1)]
            file_report(
                reach=reach_of(cast[FILERS[code]], at), unit=units[code], period=today, now=at, items=items,
                answer="items" if items else "nil",
            )  # fmt: skip
        late = now + timedelta(hours=11)
        made = {
            code: confirm_roll_up(reach=reach_of(cast[who], late), unit=units[code], period=today, now=late)
            for code, who in (("T11", "town11.head"), ("T12", "town12.head"), ("C1", "county1.director"))
        }

        for code, found in made.items():
            assert found.counts == _count_from_scratch(units[code], today), code
            assert found.classes == _classes_from_scratch(units[code], today), code
            assert 0 <= (found.counts.timeliness or 0) <= (found.counts.completeness or 0) <= 100
        transaction.set_rollback(True)


def _count_from_scratch(unit, period) -> Counts:
    total = Counts()
    for below in Unit.objects.filter(path__startswith=unit.path):
        total = total.plus(Counts(expected=1))
        report = ZeroReport.objects.filter(unit=below, day=period.day, current=True).first()
        if report:
            said = Counts(0, 1, report.answer == "nil", report.answer == "items", report.is_late)
            total = total.plus(said)
    return total


def _classes_from_scratch(unit, period) -> dict[str, int]:
    total: dict[str, int] = {}
    for item in ReportItem.objects.select_related("report__unit"):
        if (
            item.report.current
            and item.report.day == period.day
            and item.report.unit.path.startswith(unit.path)
        ):
            total[item.dispute_class] = total.get(item.dispute_class, 0) + item.count
    return total


# --- pages and papers ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_page_confirms_and_returns(morning, up, file, language):
    head = morning("town11.head")
    head.cookies["language"] = language
    address = "/reports/roll-up/T11/2026-11-22/"

    done = head.post(address, {"note": "平稳 <b>", "idempotency_key": "k"})
    page = head.get(address).content.decode()

    assert (done.status_code, done["Location"]) == (303, address)
    assert "T11〔2026〕零报 1 号" in page
    assert "&lt;b&gt;" in page
    duty = morning("county1.duty")
    assert duty.post(address + "return/", {"reason": "核实"}).status_code == 303
    assert "核实" in head.get(address).content.decode()


def test_a_refusal_keeps_what_was_typed(morning):
    page = morning("county1.duty").post("/reports/roll-up/C1/2026-11-22/", {"note": "本县平稳"})

    assert page.status_code == 409
    assert "本县平稳" in page.content.decode()


@pytest.mark.slow
def test_the_papers_say_what_was_confirmed(morning, up, file):
    from docx import Document

    file("village111.informant", "V111", items=[("land", 2)])
    up("T11", "town11.head", note="研判：平稳")
    client = morning("county1.duty")

    docx = client.get("/reports/roll-up/T11/2026-11-22/paper.docx")
    pdf = client.get("/reports/volume/T11/2026/volume.pdf")

    document = Document(io.BytesIO(docx.content))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    said = "\n".join([p.text for p in document.paragraphs] + cells)
    assert "T11〔2026〕零报 1 号" in said
    assert "研判：平稳" in said
    assert pdf.content.startswith(b"%PDF-")


def test_the_first_week_of_a_year_stands_under_january_in_its_volume(units):
    week = RollUp(unit=units["T11"], cadence="weekly", day=date(2025, 12, 29), year=2026, serial=1, expected=0,
                  received=0, nil=0, with_items=0, late=0, confirmed_at=datetime(2026, 1, 5, tzinfo=UTC))  # fmt: skip

    paper = year_paper(Year(units["T11"], 2026, [week], Counts(), {}))

    assert [block.text for block in paper.body if isinstance(block, Heading)][1:] == ["2026-01"]


@pytest.mark.parametrize(
    "address",
    [
        "/reports/roll-up/T11/2026-11-22/",
        "/reports/roll-up/T11/2026-11-22/paper.pdf",
        "/reports/volume/T11/2026/",
        "/reports/volume/T11/2026/volume.docx",
    ],
)
@pytest.mark.parametrize("username", ["county2.duty", "village111.informant", "county1.squad.dialogue"])
def test_what_lies_outside_the_scope_does_not_exist(morning, up, address, username):
    up("T11", "town11.head")

    assert morning(username).get(address).status_code == 404


@pytest.mark.parametrize("bad", ["paper.exe", "paper.PDF"])
def test_there_is_no_other_format(morning, up, bad):
    up("T11", "town11.head")

    assert morning("town11.head").get(f"/reports/roll-up/T11/2026-11-22/{bad}").status_code == 404
