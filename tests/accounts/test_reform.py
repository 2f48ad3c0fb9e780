"""Units end, split and merge on a day to come; what was before stays as it was."""

from datetime import date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import Appointment, Post, Reform, Succession, Unit
from accounts.reform import rules, waiting
from accounts.reform.actions import cancel_reform, carry_out, carry_out_due, plan_reform
from accounts.reform.ground import New
from accounts.reform.queries import preview, reforms, successors
from accounts.reform.waiting import Waiting
from common.dates.local_time import LOCAL, day_of
from common.errors import Invalid, NotAllowed, WrongState
from journal.models import Entry

pytestmark = pytest.mark.django_db

TOMORROW = date(2026, 11, 23)
#: Just after midnight of that day.
NIGHT = datetime(2026, 11, 23, 0, 0, 10, tzinfo=LOCAL)


@pytest.fixture
def plan_it(reach, units, now):
    """plan_it("V111", into=[New(…)]) → the planned change, by the city's system administrator."""

    def _plan(*codes, into=(), day=TOMORROW, by="city.sysadmin", at=None, suffix="", reason="撤村并居"):
        return plan_reform(
            reach=reach(by, at), olds=[units[code] for code in codes], news=list(into), day=day, reason=reason,
            suffix=suffix, now=at or now,
        )  # fmt: skip

    return _plan


def test_a_split_happens_on_its_day_and_not_before(plan_it, units, now):
    plan_it("V111", into=[New("V118", "东村"), New("V119", "西村", "West")])
    assert carry_out_due(now) == 0
    assert Unit.objects.get(code="V111").valid_to is None

    assert carry_out_due(NIGHT) == 1

    old = Unit.objects.get(code="V111")
    assert old.valid_to == TOMORROW
    assert [(unit.code, unit.parent, unit.valid_from, unit.tier) for unit in successors(old)] == [
        ("V118", units["T11"], TOMORROW, "village"), ("V119", units["T11"], TOMORROW, "village"),
    ]  # fmt: skip
    assert carry_out_due(NIGHT) == 0, "once"
    kinds = Entry.objects.filter(at=NIGHT).order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == ["unit.created", "unit.created", "unit.closed", "reform.carried_out"]


def test_a_merger_takes_what_stands_below_along(plan_it, units):
    plan_it("T11", "T12", into=[New("T19", "新镇")], suffix="-27")
    carry_out_due(NIGHT)

    new = Unit.objects.get(code="T19")
    assert [unit.code for unit in Unit.objects.filter(parent=new).order_by("path")] == ["V111-27", "V121-27"]
    assert Unit.objects.filter(valid_to=TOMORROW).count() == 4
    assert successors(units["T11"]) == successors(units["T12"]) == [new]
    assert [unit.code for unit in successors(units["V121"])] == ["V121-27"]


def test_a_closing_ends_what_stands_below_too(plan_it, units):
    plan_it("T11")
    carry_out_due(NIGHT)

    assert {unit.code for unit in Unit.objects.filter(valid_to=TOMORROW)} == {"T11", "V111"}
    assert successors(units["T11"]) == []


def test_the_chairs_are_made_empty_and_nobody_is_moved(plan_it, units):
    before = set(Appointment.objects.values_list("pk", "post_id", "valid_to"))
    plan_it("V111", into=[New("V118", "东村")])
    carry_out_due(NIGHT)

    chairs = lambda unit: set(Post.objects.filter(unit=unit).values_list("kind", "squad", "title"))  # noqa: E731
    new = Unit.objects.get(code="V118")
    assert chairs(new) == chairs(units["V111"]) != set()
    assert not Appointment.objects.filter(post__unit=new).exists()
    assert set(Appointment.objects.values_list("pk", "post_id", "valid_to")) == before


def test_a_place_can_change(plan_it, units):
    plan_it("V111", into=[New("V128", "迁村", parent="T12")])
    carry_out_due(NIGHT)
    assert Unit.objects.get(code="V128").parent == units["T12"]


@pytest.mark.parametrize(
    ("codes", "into", "more", "code"),
    [
        ([], [], {}, "nothing_ends"),
        (["V111"], [], {"day": date(2026, 11, 22)}, "day_has_begun"),
        (["V111"], [], {"day": date(2027, 12, 1)}, "day_too_far"),
        (["V111", "T12"], [New("X", "x")], {}, "different_tiers"),
        (["V111"], [New("V121", "x")], {}, "code_taken"),
        (["V111"], [New("X", "x"), New("X", "y")], {}, "code_taken"),
        (["T11"], [New("X", "x")], {}, "suffix_missing"),
        (["T11"], [New("X", "x")], {"suffix": "x" * 40}, "code_taken"),
        (["V111"], [New("X", "x", parent="V121")], {}, "no_such_parent"),
        (["V111"], [New("X", "x", parent="nowhere")], {}, "no_such_parent"),
        (["T11"], [New("X", "x", parent="T11")], {"suffix": "-1"}, "no_such_parent"),
    ],
)
def test_what_is_not_possible_is_refused_and_nothing_is_planned(plan_it, codes, into, more, code):
    with pytest.raises(Invalid) as refused:
        plan_it(*codes, into=into, **more)
    assert refused.value.code == code
    assert not Reform.objects.exists()


def test_only_the_system_administrator_of_both_places_may(plan_it):
    for person in ("city.director", "city.secadmin", "county1.director"):
        with pytest.raises(NotAllowed):
            plan_it("V111", by=person)
    assert not Reform.objects.exists()


def test_a_unit_is_planned_for_once(plan_it):
    plan_it("V111")
    with pytest.raises(Invalid) as refused:
        plan_it("V111", into=[New("V118", "东村")])
    assert refused.value.code == "planned_already"


@pytest.mark.parametrize("other", ["T11", "V111"])
def test_nothing_is_planned_above_or_below_what_is_planned(plan_it, other):
    plan_it("T11" if other == "V111" else "V111")
    with pytest.raises(Invalid) as refused:
        plan_it(other)
    assert refused.value.code == "planned_already"


def test_what_ended_meanwhile_does_not_end_again(plan_it, units):
    planned = plan_it("V111", into=[New("V118", "东村")])
    Unit.objects.filter(pk=units["V111"].pk).update(valid_to=date(2026, 11, 22), valid_from=date(2026, 11, 1))
    assert carry_out_due(NIGHT) == 0
    planned.refresh_from_db()
    assert (planned.state, Unit.objects.get(code="V111").valid_to) == ("failed", date(2026, 11, 22))


def test_nothing_begins_below_a_unit_that_ended_meanwhile(plan_it, units):
    planned = plan_it("V111", into=[New("V118", "东村")])
    Unit.objects.filter(pk=units["T11"].pk).update(valid_to=date(2026, 11, 23), valid_from=date(2026, 11, 1))
    assert carry_out_due(NIGHT) == 0
    planned.refresh_from_db()
    assert planned.state == "failed"
    assert "T11" in planned.note


def test_a_unit_that_has_ended_ends_no_more(plan_it, units):
    plan_it("V111")
    carry_out_due(NIGHT)
    units["V111"].refresh_from_db()
    with pytest.raises(Invalid) as refused:
        plan_it("V111", day=date(2026, 11, 25), at=NIGHT)
    assert refused.value.code == "ended_already"


def test_a_change_can_be_cancelled_until_its_day(plan_it, reach, now):
    planned = plan_it("V111")
    cancel_reform(reach=reach("city.sysadmin"), reform_id=planned.pk, now=now)
    assert carry_out_due(NIGHT) == 0
    assert Unit.objects.get(code="V111").valid_to is None
    with pytest.raises(WrongState):
        cancel_reform(reach=reach("city.sysadmin"), reform_id=planned.pk, now=now)


def test_what_has_become_impossible_says_why_and_holds_up_no_other(plan_it, units, now, reach):
    doomed = plan_it("V111", into=[New("V118", "东村")])
    plan_it("V121", into=[New("V128", "北村")])
    Unit.objects.filter(pk=units["V211"].pk).update(code="V118")

    assert carry_out_due(NIGHT) == 1

    doomed.refresh_from_db()
    assert (doomed.state, doomed.settled_at) == ("failed", NIGHT)
    assert "V118" in doomed.note
    assert Unit.objects.get(code="V111").valid_to is None
    assert [one.reform.pk for one in reforms(reach("city.sysadmin")) if one.may_be_cancelled] == [doomed.pk]


def test_a_missed_day_is_made_up_for(plan_it):
    plan_it("V111")
    assert carry_out_due(NIGHT + timedelta(days=3)) == 1
    assert Unit.objects.get(code="V111").valid_to == TOMORROW


def test_a_second_process_finds_it_done(plan_it):
    planned = plan_it("V111", into=[New("V118", "东村")])
    assert [carry_out(planned.pk, NIGHT), carry_out(planned.pk, NIGHT)] == [1, 0]


def test_the_preview_names_what_stays_and_who_is_appointed_anew(units, now, monkeypatch):
    counts = [lambda paths: Waiting("open things", len(paths)), lambda _: Waiting("none", 0)]
    monkeypatch.setattr(waiting, "OPEN", counts)
    found = preview([units["T11"]], now)
    assert [unit.code for unit in found.goes_along] == ["V111"]
    assert {one.person.username for one in found.appointments} >= {"town11.clerk", "village111.informant"}
    assert found.waiting == [("open things", 1)]


def test_each_room_counts_its_own_for_the_preview():
    """Incidents, matters, stock, linkage orders."""
    words = {open_at([]).words for open_at in waiting.OPEN}
    assert len(words) == len(list(waiting.OPEN)) >= 7


@given(
    day=st.dates(date(2026, 1, 1), date(2028, 1, 1)),
    closed=st.lists(st.booleans(), max_size=3),
)
def test_a_plan_is_possible_only_for_a_day_ahead_and_open_units(day, closed):
    today = date(2026, 11, 22)
    code = rules.why_not(day=day, today=today, olds=[rules.Ending("village", one) for one in closed])
    assert (code == "") == (bool(closed) and not any(closed) and today < day <= today + rules.FURTHEST)


def test_the_database_holds_the_rows_in_order(units, now, cast):
    some = {"day": TOMORROW, "olds": [], "news": [], "planned_by": cast["city.sysadmin"], "planned_at": now}
    with pytest.raises(IntegrityError, match="a_reform_has_a_reason"), transaction.atomic():
        Reform.objects.create(reason="", **some)
    with pytest.raises(IntegrityError, match="a_settled_reform_says_when"), transaction.atomic():
        Reform.objects.create(reason="x", state="done", **some)
    Succession.objects.create(old=units["V111"], new=units["V121"], day=TOMORROW)
    with (
        pytest.raises(IntegrityError, match=r"one_succession_per_pair_of_units|UNIQUE"),
        transaction.atomic(),
    ):
        Succession.objects.create(old=units["V111"], new=units["V121"], day=TOMORROW)
    with pytest.raises(IntegrityError, match="no_unit_succeeds_itself"), transaction.atomic():
        Succession.objects.create(old=units["V111"], new=units["V111"], day=TOMORROW)


# --- pages -----------------------------------------------------------------------------------------------------


FORM = {"olds": "V111", "day": "2099-01-01", "reason": "村改居", "code_1": "V118", "name_1": "东村"}


@pytest.fixture
def ahead():
    """The pages read the real day."""
    return {**FORM, "day": (day_of(datetime.now(LOCAL)) + timedelta(days=5)).isoformat()}


def test_the_page_shows_what_it_would_mean_before_anything_is_planned(signed_in, ahead):
    browser = signed_in("city.sysadmin")
    shown = browser.post("/account/units/change/", {**ahead, "act": "preview"})
    assert shown.status_code == 200
    assert "东村 (V118)" in shown.content.decode()
    assert 'value="村改居"' in shown.content.decode()
    assert not Reform.objects.exists()


@pytest.mark.control(12)
def test_the_act_asks_who_is_sitting_there(signed_in, ahead):
    browser = signed_in("city.sysadmin")
    refused = browser.post("/account/units/change/", {**ahead, "act": "plan", "credential": "wrong"})
    assert refused.status_code == 422
    assert 'value="V118"' in refused.content.decode(), "nothing typed is lost"
    assert not Reform.objects.exists()


def test_a_change_is_planned_listed_and_cancelled(signed_in, ahead, cast):
    cast["city.sysadmin"].set_password("a long password")
    cast["city.sysadmin"].save()
    browser = signed_in("city.sysadmin")
    done = browser.post("/account/units/change/", {**ahead, "act": "plan", "credential": "a long password"})
    assert done.status_code == 302, done.content.decode()
    page = browser.get("/account/units/").content.decode()
    assert "东村 (V118)" in page
    address = f"/account/units/change/{Reform.objects.get().pk}/cancel/"
    assert browser.get(address).status_code == 200
    assert browser.post(address, {"credential": "a long password"}).status_code == 302
    assert Reform.objects.get().state == "cancelled"


def test_a_code_nobody_bears_is_refused_beside_its_field(signed_in, ahead):
    refused = signed_in("city.sysadmin").post(
        "/account/units/change/", {**ahead, "olds": "V111 V999", "act": "preview"}
    )
    assert refused.status_code == 422
    assert "V999" in refused.content.decode()


def test_a_new_unit_needs_a_name(signed_in, ahead):
    refused = signed_in("city.sysadmin").post(
        "/account/units/change/", {**ahead, "code_2": "V119", "act": "preview"}
    )
    assert refused.status_code == 422


def test_others_do_not_get_in(signed_in, ahead):
    for person in ("city.director", "city.secadmin", "village111.informant"):
        browser = signed_in(person)
        assert browser.get("/account/units/").status_code == 403
        assert browser.post("/account/units/change/", {**ahead, "act": "plan"}).status_code == 403


def test_the_list_asks_as_many_questions_for_many_units(signed_in, django_assert_max_num_queries):
    browser = signed_in("city.sysadmin")
    browser.get("/account/units/")
    with django_assert_max_num_queries(9):
        assert "V111" in browser.get("/account/units/?q=V1").content.decode()
