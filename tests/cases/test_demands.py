"""A matter answered as a demand: its plans' clocks, the steps by hand, the reply and what it says, the closing."""

from datetime import timedelta

import pytest
import time_machine
from django.conf import settings
from django.db import IntegrityError, transaction

from cases.demands import actions, queries, rules
from cases.demands.choices import DemandOutcome
from cases.demands.models import Demand
from cases.matters import actions as matters
from cases.matters.models import MatterStep
from cases.matters.queries import matters as listed
from clocks.actions import record_with_clocks
from clocks.durations import end_of
from clocks.models import Clock
from common.dates.local_time import day_of
from common.errors import Invalid, NotAllowed, NotFound, WrongState
from journal.models import Entry
from journal.record import content_of
from zero_reports.filing.models import ReportItem

pytestmark = pytest.mark.django_db

IDENTITY = "身份证 11010519491231002X"


@pytest.fixture
def matter(file, reach, now):
    file("village111.informant", "V111", items=[("labour", 3, "工资拖欠")])
    item = ReportItem.objects.get()
    return matters.register_matter(reach=reach("county1.duty"), item_id=item.pk, now=now)


@pytest.fixture
def reception(cast, units, now):
    """Plan 002 of the library, in force in county 1 with its clocks."""
    from plans.lifecycle.actions import load_plan
    from plans.lifecycle.models import PlanVersion

    text = (settings.BASE_DIR / "plans/library/unit-petition-reception.yaml").read_text()
    version = load_plan(text=text, actor=None, now=now, owner=units["C1"])
    PlanVersion.objects.filter(pk=version.pk).update(state="in_force", in_force_from=now)
    version.refresh_from_db()
    return version


@pytest.fixture
def given(matter, reach, now):
    return {"reach": reach("county1.duty"), "matter_id": matter.pk, "now": now}


@pytest.fixture
def demand(given, reception):
    return actions.take_on(**given, office_number="XF-2026-17")


def clock_named(name="C002-10"):
    return Clock.objects.get(clock_id=name)


def test_one_act_starts_the_clocks_of_the_plan_in_force(matter, demand, now, reception):
    entry = Entry.objects.get(kind="demand.registered")

    assert (entry.subject, entry.plan, content_of(entry)["note"]) == (matter.key, reception.ref, "XF-2026-17")
    assert (clock_named().subject, clock_named().due_at) == (
        matter.key,
        end_of(day_of(now + timedelta(days=30))),
    )
    # The others run from a signed level, which a demand alone has not.
    assert list(Clock.objects.values_list("clock_id", flat=True)) == ["C002-10"]


def test_a_second_time_is_the_same_demand_with_one_entry(given, demand):
    assert actions.take_on(**given).pk == demand.pk
    assert Entry.objects.filter(kind="demand.registered").count() == 1


def test_without_such_a_plan_the_demand_is_taken_on_without_a_clock(given):
    actions.take_on(**given)

    assert Entry.objects.get(kind="demand.registered").plan == ""
    assert not Clock.objects.exists()


@pytest.mark.parametrize("kind", rules.STEPS)
def test_a_step_is_on_record_with_when_and_what(given, demand, matter, now, kind):
    happened = now - timedelta(hours=1)

    actions.note_step(**given, kind=kind, note=" 已当面说明 ", at=happened)

    entry = Entry.objects.get(kind=kind)
    assert (entry.at, entry.recorded_at, entry.subject) == (happened, now, matter.key)
    assert content_of(entry) == {"number": matter.number, "note": "已当面说明"}
    step = MatterStep.objects.get(kind=kind)
    assert (step.note, step.at) == ("已当面说明", happened)


def test_the_reply_stops_its_clock_at_the_moment_it_was_given(given, demand, now):
    given["now"] = now + timedelta(days=3)

    actions.issue_reply(**given, outcome="explained", note="已书面答复", at=now + timedelta(days=2))

    assert clock_named().stopped_at == now + timedelta(days=2)
    demand.refresh_from_db()
    assert (demand.outcome, demand.replied_at) == ("explained", now + timedelta(days=2))


def test_a_late_reply_is_late(given, demand, now):
    given["now"] = now + timedelta(days=40)

    actions.issue_reply(**given, outcome="supported", note="已书面答复")

    assert clock_named().state(given["now"]) == "breached"


@pytest.fixture
def signed(matter, given, reception, now):
    """The matter has become an incident whose red warning was signed under plan 002."""
    from incidents.models import Incident

    matters.make_incident(**given)
    incident = Incident.objects.get()
    Incident.objects.filter(pk=incident.pk).update(plan=reception, level="red")
    with transaction.atomic():
        record_with_clocks("warning.signed", subject="warning:1", thread=incident.key, unit=matter.unit,
               actor=None, at=now, level="red", plan=reception.ref)  # fmt: skip
    return incident


def test_steps_stop_the_clocks_of_the_signed_level_too(given, signed, matter, now):
    actions.take_on(**given)
    matter.refresh_from_db()
    shown = {one.clock_id for one in queries.clocks_of(matter)}
    assert shown == {"C002-6", "C002-7", "C002-8", "C002-10"}
    given["now"] = now + timedelta(hours=1)

    for kind in ("demand.first_response", "demand.progress_told", "demand.result_told"):
        actions.note_step(**given, kind=kind, note="已说明")
    actions.issue_reply(**given, outcome="supported", note="已书面答复")

    for name in ("C002-6", "C002-7", "C002-8", "C002-10"):
        assert clock_named(name).stopped_at == given["now"], name
    assert set(Entry.objects.filter(kind__startswith="demand.").values_list("thread", flat=True)) == {
        signed.key
    }


def test_a_demand_taken_on_before_the_incident_stops_its_own_clock(given, demand, signed):
    actions.issue_reply(**given, outcome="supported", note="已书面答复")

    assert clock_named().stopped_at is not None


def test_the_statutes_clocks_run_beside_and_outlive_the_demand(given, demand, matter, now):
    actions.note_step(**given, kind="petition.accepted", note="")
    assert clock_named("LP-34").subject == matter.key
    actions.issue_reply(**given, outcome="supported", note="已书面答复")
    actions.close_demand(**given, note="已办结")
    assert clock_named("LP-34").is_running

    actions.note_step(**given, kind="handling_opinion.issued", note="")

    assert not clock_named("LP-34").is_running
    assert [step.name for step in MatterStep.objects.filter(verb="statutory_step")] == [
        "受理信访事项",
        "出具处理意见",
    ]


def test_closing_needs_the_reply_on_record(given, demand):
    with pytest.raises(WrongState) as refused:
        actions.close_demand(**given, note="已办结")

    assert refused.value.code == "no_reply"
    demand.refresh_from_db()
    assert demand.is_open


def test_closing_twice_is_one_entry_and_ends_what_the_plan_counts(given, demand, now):
    # A plan may count to something else than the reply.
    Clock.objects.filter(clock_id="C002-10").update(clock_id="X-1")
    actions.issue_reply(**given, outcome="supported", note="已书面答复")
    for _ in range(2):
        actions.close_demand(**given, note="已办结")

    assert Entry.objects.filter(kind="demand.closed").count() == 1
    assert clock_named("X-1").cancelled_at == now


def test_a_closed_demand_takes_no_more_steps_of_answering(given, demand):
    actions.issue_reply(**given, outcome="supported", note="已书面答复")
    actions.close_demand(**given, note="已办结")

    with pytest.raises(WrongState) as step:
        actions.note_step(**given, kind="demand.contacted", note="又说")
    with pytest.raises(WrongState) as reply:
        actions.issue_reply(**given, outcome="explained", note="又说")

    assert {step.value.code, reply.value.code} == {"demand_closed"}


def test_a_reply_is_given_once(given, demand):
    actions.issue_reply(**given, outcome="supported", note="已书面答复")

    with pytest.raises(WrongState) as refused:
        actions.issue_reply(**given, outcome="explained", note="改口")

    assert refused.value.code == "already_replied"
    demand.refresh_from_db()
    assert demand.outcome == "supported"


@pytest.mark.parametrize(
    ("words", "field"),
    [({"outcome": "not_supported"}, "law"), ({"outcome": "troublemaker"}, "outcome"), ({"note": " "}, "note"),
     ({"note": IDENTITY}, "note"), ({"law": IDENTITY}, ""), ({"at": timedelta(minutes=10)}, "at")],
)  # fmt: skip
def test_a_reply_that_is_not_in_order_is_refused(given, demand, now, words, field):
    if "at" in words:
        words = {"at": now + words["at"]}

    with pytest.raises(Invalid) as refused:
        actions.issue_reply(**given, **{"outcome": "supported", "note": "已书面答复", **words})

    assert list(refused.value.fields) == ([field] if field else [])
    demand.refresh_from_db()
    assert demand.replied_at is None


def test_not_supported_with_the_law_is_kept(given, demand):
    actions.issue_reply(**given, outcome="not_supported", law="《信访工作条例》第三十二条", note="已书面答复")

    demand.refresh_from_db()
    assert (demand.outcome, demand.law) == (DemandOutcome.NOT_SUPPORTED, "《信访工作条例》第三十二条")


@pytest.mark.parametrize(
    ("kind", "note"),
    [("demand.contacted", ""), ("demand.contacted", IDENTITY), ("demand.reply_issued", "x"), ("warning.signed", "x"),
     ("incident.closed", "x"), ("no.such", "x"), ("petition.accepted", IDENTITY), ("demand.registered", "x")],
)  # fmt: skip
def test_a_step_that_is_not_in_order_is_refused(given, demand, kind, note):
    before = Entry.objects.count()

    with pytest.raises(Invalid):
        actions.note_step(**given, kind=kind, note=note)

    assert Entry.objects.count() == before


def test_an_office_number_that_is_somebodys_is_refused(given):
    with pytest.raises(Invalid):
        actions.take_on(**given, office_number="13812345678")

    assert not Demand.objects.exists()


@pytest.mark.parametrize("username", ["county2.duty", "village111.informant"])
def test_who_does_not_work_on_the_matter(given, reception, reach, username):
    given["reach"] = reach(username)

    with pytest.raises(NotAllowed):
        actions.take_on(**given)


@pytest.mark.parametrize("act", ["note_step", "issue_reply", "close_demand"])
def test_who_does_not_work_on_the_demand(given, demand, reach, act):
    words = {"note_step": {"kind": "demand.contacted"}, "issue_reply": {"outcome": "supported"}}.get(act, {})
    before = Entry.objects.count()

    with pytest.raises(NotAllowed):
        getattr(actions, act)(**{**given, "reach": reach("county2.duty")}, note="已说明", **words)

    assert Entry.objects.count() == before


@pytest.mark.parametrize("act", ["note_step", "issue_reply", "close_demand"])
def test_a_matter_that_is_no_demand_has_no_such_act(given, act):
    words = {"note_step": {"kind": "demand.contacted"}, "issue_reply": {"outcome": "supported"}}.get(act, {})

    with pytest.raises(NotFound):
        getattr(actions, act)(**given, note="已说明", **words)


def test_a_filed_matter_is_not_taken_on_and_an_open_demand_is_not_filed(given, demand, units):
    matters.assign_matter(**given, lead=units["T11"])
    matters.work_on(**given, verb="follow", note="已办")
    with pytest.raises(WrongState) as refused:
        matters.file_matter(**given, result="已化解", file_number="1")
    assert refused.value.code == "demand_open"

    actions.issue_reply(**given, outcome="supported", note="已书面答复")
    actions.close_demand(**given, note="已办结")
    matters.file_matter(**given, result="已化解", file_number="1")
    Demand.objects.all().delete()
    with pytest.raises(WrongState) as refused:
        actions.take_on(**given)
    assert refused.value.code == "already_filed"


@pytest.mark.parametrize(
    ("name", "change"),
    [("a_reply_has_an_outcome", {"outcome": "supported"}),
     ("a_reply_has_an_outcome", {"outcome": "troublemaker", "replied_at": "now"}),
     ("a_reply_has_an_outcome", {"replied_at": "now"}),
     ("what_is_not_supported_names_the_law", {"outcome": "not_supported", "replied_at": "now"}),
     ("a_demand_closes_with_its_reply", {"closed_at": "now"})],
)  # fmt: skip
def test_the_database_keeps_a_demand_in_order(demand, now, name, change):
    change = {field: now if value == "now" else value for field, value in change.items()}

    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        Demand.objects.filter(pk=demand.pk).update(**change)


def test_the_list_of_demands_holds_those_under_way(given, demand, matter):
    assert list(listed(given["reach"], state="demands")) == [matter]

    actions.issue_reply(**given, outcome="supported", note="已书面答复")
    actions.close_demand(**given, note="已办结")

    assert list(listed(given["reach"], state="demands")) == []


# --- doors ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_page_from_taking_on_to_closing(noon, matter, reception, language):
    client = noon("county1.duty")
    client.cookies["language"] = language
    page = f"/reports/matters/{matter.number}/"

    for verb, words in [
        ("take-on", {"office_number": "XF-2026-17"}),
        *(("step", {"kind": kind, "note": "已说明"}) for kind in rules.STEPS),
        ("step", {"kind": "petition.accepted", "note": ""}),
        ("reply", {"outcome": "not_supported", "law": "第三十二条", "note": "已书面答复"}),
        ("close", {"note": "已办结"}),
    ]:
        assert client.get(page).status_code == 200
        assert client.get("/reports/matters/?state=demands").status_code == 200
        assert client.post(f"{page}demand/{verb}/", words).status_code == 303, verb

    text = client.get(page).content.decode()
    assert "XF-2026-17" in text
    assert ("受理信访事项" if language == "zh-hans" else "Petition accepted") in text
    assert not Demand.objects.get().is_open


def test_a_form_sent_twice_is_one_step(noon, matter, demand):
    client = noon("county1.duty")
    words = {"kind": "demand.progress_told", "note": "已说明", "idempotency_key": "k"}

    for _ in range(2):
        assert client.post(f"/reports/matters/{matter.number}/demand/step/", words).status_code == 303

    assert Entry.objects.filter(kind="demand.progress_told").count() == 1


def test_a_strange_act_is_a_calm_refusal(noon, matter, demand):
    client = noon("county1.duty")
    address = f"/reports/matters/{matter.number}/demand/"

    assert client.post(f"{address}hold/", {}).status_code == 404
    assert client.post(f"{address}step/", {"kind": "warning.signed", "note": "x"}).status_code == 422
    assert noon("county2.duty").post(f"{address}take-on/", {}).status_code == 404


def test_the_clock_stands_in_the_list_and_the_breach_on_the_matter(noon, matter, demand, now):
    client = noon("county1.duty")
    assert "协调事项最长30日" in client.get("/reports/matters/").content.decode()

    with time_machine.travel(now + timedelta(days=31), tick=False):
        Clock.objects.update(breached_at=now + timedelta(days=31))
        for address in ("/reports/matters/", f"/reports/matters/{matter.number}/"):
            assert 'data-state="over"' in noon("county1.duty").get(address).content.decode()


def test_the_duty_board_links_the_clock_to_its_matter(noon, matter, demand, now):
    Clock.objects.update(due_at=now + timedelta(hours=3, minutes=30))

    assert (
        f"/reports/matters/{matter.number}/"
        in noon("county1.duty").get("/duty/?part=clocks").content.decode()
    )


def test_the_api_from_taking_on_to_closing(noon, matter, reception):
    client = noon("county1.duty")
    address = f"/api/v1/matters/{matter.number}/demand/"

    def send(path, body, key):
        return client.post(
            address + path, body, content_type="application/json", headers={"Idempotency-Key": key}
        )

    assert client.get(address).status_code == 404
    taken = send("", {"office_number": "XF-2026-17"}, "a")
    assert (taken.status_code, taken.json()["clocks"][0]["id"]) == (201, "C002-10")
    assert send("close/", {"note": "已办结"}, "b").json()["code"] == "no_reply"
    assert send("steps/", {"kind": "demand.contacted", "note": "已说明"}, "c").status_code == 201
    refused = send("reply/", {"outcome": "not_supported", "note": "已答复"}, "d")
    assert (refused.status_code, refused.json()["code"]) == (422, "law_missing")
    replied = send("reply/", {"outcome": "supported", "note": "已答复"}, "e")
    assert (replied.status_code, replied.json()["clocks"][0]["state"]) == (201, "met")
    assert send("close/", {"note": "已办结"}, "f").status_code == 200
    assert client.get(address).json()["outcome"] == "supported"
    assert noon("county2.duty").get(address).status_code == 404
