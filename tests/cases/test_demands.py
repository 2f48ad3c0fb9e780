"""A matter answered as a demand: its plans' clocks, the steps by hand, the reply and what it says, the closing."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from cases.demands import actions, answering, queries, rules, terms
from cases.demands.choices import DemandOutcome
from cases.demands.models import Demand, DemandStep
from cases.matters import actions as matters
from cases.matters.queries import matters as listed
from clocks.actions import cancel_for_thread, record_with_clocks
from clocks.durations import end_of
from clocks.models import Clock
from common.dates.local_time import day_of
from common.errors import Invalid, NotAllowed, WrongState
from journal.models import Entry
from journal.record import content_of
from notices.models import Notice
from notices.relevance.validity import not_needed
from zero_reports.filing.models import ReportItem

pytestmark = pytest.mark.django_db

IDENTITY = "身份证 11010519491231002X"


@pytest.fixture
def matter(file, reach, now):
    file("village111.informant", "V111", items=[("labour", 3, "工资拖欠")])
    item = ReportItem.objects.get()
    return matters.register_matter(reach=reach("county1.duty"), item_id=item.pk, now=now)


@pytest.fixture
def given(matter, reach, now):
    return {"reach": reach("county1.duty"), "matter_id": matter.pk, "now": now}


@pytest.fixture
def demand(given, reception):
    return actions.take_on(**given, office_number="XF-2026-17")


@pytest.fixture
def asked(demand, reach, now):
    return {"reach": reach("county1.duty"), "demand_id": demand.pk, "now": now}


def answered(asked):
    answering.issue_reply(**asked, outcome="supported", note="已书面答复", number="答〔2026〕1号")
    answering.deliver_reply(**asked, how="in_person", signed=True)


def clock_named(name="C002-10"):
    return Clock.objects.get(clock_id=name)


def test_one_act_starts_the_clocks_of_the_plan_in_force(matter, demand, now, reception):
    entry = Entry.objects.get(kind="demand.registered")

    assert (entry.subject, entry.plan) == (demand.key, reception.ref)
    assert (clock_named().subject, clock_named().due_at) == (
        demand.key,
        end_of(day_of(now + timedelta(days=30))),
    )
    # The others run from a signed level, which a demand alone has not.
    assert list(Clock.objects.values_list("clock_id", flat=True)) == ["C002-10"]
    assert (demand.due_at, demand.number[:2]) == (clock_named().due_at, "SQ")


def test_a_matter_may_have_several_points(given, demand, matter):
    second = actions.take_on(**given, point="补缴社保")

    assert [one.point for one in matter.demands.order_by("pk")] == ["工资拖欠", "补缴社保"]
    assert second.number != demand.number
    assert matter.steps.filter(verb="demand").count() == 2


def test_without_such_a_plan_the_demand_is_taken_on_without_a_clock(given):
    demand = actions.take_on(**given)

    assert Entry.objects.get(kind="demand.registered").plan == ""
    assert not Clock.objects.exists()
    assert demand.due is None


@pytest.mark.parametrize(
    ("origin", "clocks"),
    [
        ("counter", ["C002-10", "LP-23a"]),
        ("transfer", ["C002-10", "LP-23b", "LP-23c"]),
        ("note", ["C002-10"]),
    ],
)
def test_what_the_statute_counts_follows_from_where_it_came_in(register, origin, clocks):
    demand = register(origin=origin)

    found = Clock.objects.filter(subject=demand.key).order_by("clock_id")
    assert [one.clock_id for one in found] == clocks
    assert demand.due_at == min(one.due_at for one in found)


@pytest.mark.parametrize("kind", rules.STEPS)
def test_a_step_is_on_record_with_when_and_what(asked, demand, now, kind):
    happened = now - timedelta(hours=1)

    answering.note_step(**asked, kind=kind, note=" 已当面说明 ", at=happened)

    entry = Entry.objects.get(kind=kind)
    assert (entry.at, entry.recorded_at, entry.subject) == (happened, now, demand.key)
    assert content_of(entry) == {"number": demand.number, "note": "已当面说明"}
    step = DemandStep.objects.get(kind=kind)
    assert (step.note, step.at) == ("已当面说明", happened)


def test_the_reply_stops_its_clock_at_the_moment_it_was_given(asked, demand, now):
    asked["now"] = now + timedelta(days=3)

    answering.issue_reply(**asked, outcome="explained", note="已书面答复", at=now + timedelta(days=2))

    assert clock_named().stopped_at == now + timedelta(days=2)
    demand.refresh_from_db()
    assert (demand.outcome, demand.replied_at) == ("explained", now + timedelta(days=2))


def test_a_late_reply_is_late(asked, now):
    asked["now"] = now + timedelta(days=40)

    answering.issue_reply(**asked, outcome="supported", note="已书面答复")

    assert clock_named().state(asked["now"]) == "breached"


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
    incident.refresh_from_db()
    return incident


def test_steps_stop_the_clocks_of_the_signed_level_too(given, signed, reach, now):
    demand = actions.take_on(**given)
    shown = {one.clock_id for one in queries.clocks_of(demand)}
    assert {"C002-6", "C002-7", "C002-8", "C002-10"} <= shown
    asked = {"reach": given["reach"], "demand_id": demand.pk, "now": now + timedelta(hours=1)}

    for kind in ("demand.first_response", "demand.progress_told", "demand.result_told"):
        answering.note_step(**asked, kind=kind, note="已说明")
    answering.issue_reply(**asked, outcome="supported", note="已书面答复")

    for name in ("C002-6", "C002-7", "C002-8", "C002-10"):
        assert clock_named(name).stopped_at == asked["now"], name
    assert set(Entry.objects.filter(kind__startswith="demand.").values_list("thread", flat=True)) == {
        signed.key
    }


@pytest.mark.parametrize("origin", ["incident", "counter", "transfer", "note"])
def test_red_is_the_same_day_three_and_seven_whatever_way_it_came_in(register, signed, origin):
    demand = register(origin=origin, incident=signed)

    mine = Clock.objects.filter(subject=demand.key, clock_id__startswith="C002-").order_by("clock_id")
    assert {"C002-P16", "C002-P17", "C002-P18"} <= {one.clock_id for one in mine}
    assert demand.due_at == clock_named("C002-P16").due_at


@pytest.mark.parametrize("end", ["close", "retract"])
def test_what_ends_an_incident_never_ends_a_demand_s_clock(register, signed, now, end):
    demand = register(origin="incident", incident=signed)
    owed = Clock.objects.running().filter(subject=demand.key)
    before = owed.count()

    cancel_for_thread(thread=signed.key, now=now, reason=end)

    assert owed.count() == before == 5


def test_no_demand_comes_from_a_drill(register, signed):
    signed.drill = True

    with pytest.raises(WrongState) as refused:
        register(origin="incident", incident=signed)

    assert refused.value.code == "only_a_drill"
    assert not Demand.objects.exists()


def test_the_statutes_clocks_run_beside_and_outlive_the_demand(asked, demand):
    answering.note_step(**asked, kind="review.request_received", note="")
    assert clock_named("LP-35b").subject == demand.key
    answered(asked)
    answering.close_demand(**asked, note="已办结")
    assert clock_named("LP-35b").is_running

    answering.note_step(**asked, kind="review_opinion.issued", note="")

    assert not clock_named("LP-35b").is_running
    assert [step.name for step in DemandStep.objects.filter(verb="statutory_step")] == [
        "收到复查请求",
        "出具复查意见",
    ]


def test_the_written_notice_begins_sixty_days_and_the_reply_ends_them(register, reach, now):
    demand = register()
    asked = {"reach": reach("county1.duty"), "demand_id": demand.pk, "now": now}

    answering.give_notice(**asked, number="告〔2026〕1号")
    assert not clock_named("LP-23a").is_running
    assert clock_named("LP-34").due_at == end_of(day_of(now + timedelta(days=60)))
    answering.issue_reply(**asked, outcome="supported", note="已书面答复")

    assert clock_named("LP-34").stopped_at == now


def test_a_promise_leads_where_it_is_earlier_and_never_passes_the_law(asked, demand, now):
    with pytest.raises(WrongState) as refused:
        answering.promise_answer(**asked, days=40, told_how="by_phone")
    assert refused.value.code == "promised_too_late"

    answering.promise_answer(**asked, days=5, told_how="by_phone")

    demand.refresh_from_db()
    # 2026-11-22 is a Sunday: five working days end on Friday.
    assert demand.due_at == demand.promised_until == end_of(day_of(now) + timedelta(days=5))


@pytest.fixture
def accepted(register, reach, now):
    demand = register()
    asked = {"reach": reach("county1.duty"), "demand_id": demand.pk, "now": now}
    answering.give_notice(**asked, number="告〔2026〕1号")
    return demand


def extend(demand, reach, cast, now, **changed):
    words = {
        "days": 30,
        "reason": "案情复杂",
        "approved_by": cast["county1.deputy"],
        "told_how": "in_writing",
        "told_at": now,
        **changed,
    }
    return terms.extend_demand(reach=reach("county1.duty"), demand_id=demand.pk, now=now, **words)


def test_thirty_days_more_with_approval_and_word(accepted, reach, cast, now):
    extend(accepted, reach, cast, now)

    assert clock_named("LP-34").due_at == end_of(day_of(now + timedelta(days=90)))
    # The plan's own thirty days are not extended and lead.
    accepted.refresh_from_db()
    assert accepted.due_at == clock_named("C002-10").due_at
    with pytest.raises(WrongState) as refused:
        extend(accepted, reach, cast, now, days=1)
    assert refused.value.code == "too_long"


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"approved_by": None}, "not_approved"),
        ({"approved_by": "county1.duty"}, "not_approved"),
        ({"told_at": None}, "not_told"),
        ({"told_how": ""}, "not_told"),
    ],
)
def test_no_extension_without_the_head_s_approval_or_without_word(accepted, reach, cast, now, changed, code):
    if isinstance(changed.get("approved_by"), str):
        changed = {"approved_by": cast[changed["approved_by"]]}

    with pytest.raises(WrongState) as refused:
        extend(accepted, reach, cast, now, **changed)

    assert refused.value.code == code
    assert not Entry.objects.filter(kind="clock.extended").exists()


def test_a_hearing_is_not_counted(asked, demand, cast, now):
    answering.note_step(**asked, kind="recheck.request_received", note="")
    before = clock_named("LP-36b").due_at

    terms.pause_demand(**asked, reason="听证", approved_by=cast["county1.deputy"])
    asked["now"] = now + timedelta(days=4)
    terms.resume_demand(**asked, reason="听证结束")

    assert clock_named("LP-36b").due_at == before + timedelta(days=4)


def test_a_transfer_may_be_objected_to_for_five_working_days(asked, demand, units, reach, now):
    actions.transfer_demand(**asked, to=units["T11"], note="属乡镇职权")
    demand.refresh_from_db()
    assert (demand.lead_unit, clock_named("LP-23c").is_running) == (units["T11"], True)

    theirs = {"reach": reach("town11.head"), "demand_id": demand.pk, "now": now}
    actions.object_to_transfer(**theirs, note="不属我所职权")

    demand.refresh_from_db()
    assert demand.lead_unit == demand.unit
    assert not clock_named("LP-23c").is_running


def test_after_five_working_days_it_is_theirs(asked, demand, units, reach, now):
    actions.transfer_demand(**asked, to=units["T11"], note="属乡镇职权")

    with pytest.raises(WrongState) as refused:
        actions.object_to_transfer(
            reach=reach("town11.head"), demand_id=demand.pk, note="不属", now=now + timedelta(days=8)
        )

    assert refused.value.code == "no_objection_now"


def test_closing_needs_reply_delivery_and_the_number(register, reach, now):
    demand = register()
    asked = {"reach": reach("county1.duty"), "demand_id": demand.pk, "now": now}
    with pytest.raises(WrongState) as unanswered:
        answering.close_demand(**asked, note="已办结")
    answered(asked)
    with pytest.raises(WrongState) as unnumbered:
        answering.close_demand(**asked, note="已办结")

    assert (unanswered.value.code, unnumbered.value.code) == ("not_delivered", "no_office_number")
    answering.close_demand(**asked, note="已办结", office_number="XF-1")
    assert not Demand.objects.get().is_open


def test_closing_twice_is_one_entry_and_ends_what_the_plan_counts(asked, demand, now):
    # A plan may count to something else than the reply.
    Clock.objects.filter(clock_id="C002-10").update(clock_id="X-1")
    answered(asked)
    for _ in range(2):
        answering.close_demand(**asked, note="已办结")

    assert Entry.objects.filter(kind="demand.closed").count() == 1
    assert clock_named("X-1").cancelled_at == now


def test_a_closed_demand_takes_no_more_steps_of_answering(asked, demand):
    answered(asked)
    answering.close_demand(**asked, note="已办结")

    for act, words in (
        (answering.note_step, {"kind": "demand.contacted", "note": "又说"}),
        (answering.issue_reply, {"outcome": "explained", "note": "又说"}),
        (answering.promise_answer, {"days": 3, "told_how": "by_phone"}),
    ):
        with pytest.raises(WrongState) as refused:
            act(**asked, **words)
        assert refused.value.code == "wrong_state"


def test_a_reply_is_given_once(asked, demand):
    answering.issue_reply(**asked, outcome="supported", note="已书面答复")

    with pytest.raises(WrongState):
        answering.issue_reply(**asked, outcome="explained", note="改口")

    demand.refresh_from_db()
    assert demand.outcome == "supported"


@pytest.mark.parametrize(
    ("words", "field"),
    [({"outcome": "not_supported"}, "law"), ({"outcome": "troublemaker"}, "outcome"), ({"note": " "}, "note"),
     ({"note": IDENTITY}, "note"), ({"law": IDENTITY}, ""), ({"at": timedelta(minutes=10)}, "at")],
)  # fmt: skip
def test_a_reply_that_is_not_in_order_is_refused(asked, demand, now, words, field):
    if "at" in words:
        words = {"at": now + words["at"]}

    with pytest.raises(Invalid) as refused:
        answering.issue_reply(**asked, **{"outcome": "supported", "note": "已书面答复", **words})

    assert list(refused.value.fields) == ([field] if field else [])
    demand.refresh_from_db()
    assert demand.replied_at is None


def test_not_supported_with_the_law_is_kept(asked, demand):
    answering.issue_reply(
        **asked, outcome="not_supported", law="《信访工作条例》第三十二条", note="已书面答复"
    )

    demand.refresh_from_db()
    assert (demand.outcome, demand.law) == (DemandOutcome.NOT_SUPPORTED, "《信访工作条例》第三十二条")


@pytest.mark.parametrize(
    ("kind", "note"),
    [("demand.contacted", ""), ("demand.contacted", IDENTITY), ("demand.reply_issued", "x"), ("warning.signed", "x"),
     ("incident.closed", "x"), ("no.such", "x"), ("petition.accepted", IDENTITY), ("demand.registered", "x")],
)  # fmt: skip
def test_a_step_that_is_not_in_order_is_refused(asked, demand, kind, note):
    before = Entry.objects.count()

    with pytest.raises(Invalid):
        answering.note_step(**asked, kind=kind, note=note)

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


@pytest.mark.parametrize(
    ("username", "reads"), [("county2.duty", False), ("village121.informant", False), ("city.deputy", True)]
)
def test_who_does_not_work_on_the_demand(asked, demand, reach, username, reads):
    found = Demand.objects.visible_to(reach(username)).exists()

    assert found is reads
    if not reads:
        with pytest.raises(NotAllowed):
            answering.note_step(**{**asked, "reach": reach(username)}, kind="demand.contacted", note="已说明")


def test_lead_and_supporting_units_see_it(asked, demand, units, reach):
    actions.assign_demand(**asked, lead_unit=units["T11"], supporters=[units["C2"]])

    for username in ("town11.head", "county2.duty"):
        assert list(queries.demands(reach(username))) == [demand]
    helping = {**asked, "reach": reach("county2.duty")}
    answering.note_step(**helping, kind="demand.contacted", note="已说明")
    with pytest.raises(NotAllowed):
        answering.issue_reply(**helping, outcome="supported", note="已书面答复", number="答〔2026〕2号")


def test_the_class_is_one_of_the_plan_s(register):
    assert register(kind="not_supported").kind == "not_supported"
    with pytest.raises(Invalid) as refused:
        register(kind="troublemaker")
    assert refused.value.code == "unknown_class"


def test_a_filed_matter_is_not_taken_on_and_an_open_demand_is_not_filed(given, asked, demand, units):
    matters.assign_matter(**given, lead=units["T11"])
    matters.work_on(**given, verb="follow", note="已办")
    with pytest.raises(WrongState) as refused:
        matters.file_matter(**given, result="已化解", file_number="1")
    assert refused.value.code == "demand_open"

    answered(asked)
    answering.close_demand(**asked, note="已办结")
    matters.file_matter(**given, result="已化解", file_number="1")
    with pytest.raises(WrongState) as refused:
        actions.take_on(**given)
    assert refused.value.code == "already_filed"


@pytest.mark.parametrize(
    ("name", "change"),
    [("a_reply_has_an_outcome", {"outcome": "supported"}),
     ("a_reply_has_an_outcome", {"replied_at": "now"}),
     ("what_is_not_supported_names_the_law", {"outcome": "not_supported", "replied_at": "now"}),
     ("a_demand_closes_delivered_and_numbered", {"closed_at": "now"}),
     ("what_is_delivered_was_replied", {"delivered_at": "now", "delivered_how": "by_post"}),
     ("a_promise_was_told", {"promised_days": 3}),
     ("a_demand_at_an_incident_names_it", {"origin": "incident"}),
     ("a_demand_of_a_matter_names_it", {"matter": None})],
)  # fmt: skip
def test_the_database_keeps_a_demand_in_order(demand, now, name, change):
    change = {field: now if value == "now" else value for field, value in change.items()}

    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        Demand.objects.filter(pk=demand.pk).update(**change)


def test_the_list_of_demands_holds_those_under_way(given, asked, demand, matter):
    assert list(listed(given["reach"], state="demands")) == [matter]

    answered(asked)
    answering.close_demand(**asked, note="已办结")

    assert list(listed(given["reach"], state="demands")) == []


@pytest.mark.parametrize("count", [1, 3])
def test_the_ledger_costs_the_same_however_long(register, noon, count, django_assert_max_num_queries):
    for _ in range(count):
        register()
    client = noon("county1.duty")

    with django_assert_max_num_queries(14):
        assert client.get("/demands/").status_code == 200


# --- doors ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_page_from_the_counter_to_closing(noon, reception, units, language):
    client = noon("county1.duty")
    client.cookies["language"] = language
    assert client.get("/demands/register/").status_code == 200
    made = client.post(
        "/demands/register/", {"points": "公证费退还\n材料补正", "origin": "counter", "unit": "C1"}
    )
    assert (made.status_code, Demand.objects.count()) == (303, 2)
    page = f"/demands/{Demand.objects.order_by('pk')[0].number}/"

    for verb, words in [
        ("assign", {"lead_unit": "T11", "helpers": "T12", "kind": "resolvable_now"}),
        ("notice", {"number": "告1"}),
        ("promise", {"days": "5", "told_how": "by_phone"}),
        *(("step", {"kind": kind, "note": "已说明"}) for kind in rules.STEPS),
        ("step", {"kind": "recheck.request_received", "note": ""}),
        ("extend", {"days": "10", "note": "复杂", "approved_by": "county1.deputy", "told_how": "by_phone"}),
        ("pause", {"note": "听证", "approved_by": "county1.deputy"}),
        ("resume", {"note": "听证结束"}),
        ("reply", {"outcome": "not_supported", "law": "第三十二条", "note": "已书面答复", "number": "答1"}),
        ("deliver", {"how": "in_person", "signed": "on"}),
        ("close", {"note": "已办结", "office_number": "XF-2026-17"}),
    ]:
        assert client.get(page).status_code == 200
        for query in ("", "?state=replied&within=7&unit=C1", "?as=xlsx"):
            assert client.get(f"/demands/{query}").status_code == 200
        answer = client.post(f"{page}{verb}/", words)
        assert answer.status_code == 303, (verb, answer.content.decode()[:2000])

    text = client.get(page).content.decode()
    assert "XF-2026-17" in text
    assert ("收到复核请求" if language == "zh-hans" else "Request for re-check received") in text
    assert not Demand.objects.order_by("pk")[0].is_open


def test_from_the_page_of_a_matter(noon, matter, reception):
    client = noon("county1.duty")
    made = client.post(f"/reports/matters/{matter.number}/take-on/", {"office_number": "XF-2026-17"})
    demand = Demand.objects.get()

    assert made["Location"].endswith(f"/demands/{demand.number}/")
    assert demand.number in client.get(f"/reports/matters/{matter.number}/").content.decode()


def test_a_form_sent_twice_is_one_step(noon, demand):
    client = noon("county1.duty")
    words = {"kind": "demand.progress_told", "note": "已说明", "idempotency_key": "k"}

    for _ in range(2):
        assert client.post(f"/demands/{demand.number}/step/", words).status_code == 303

    assert Entry.objects.filter(kind="demand.progress_told").count() == 1


def test_a_strange_act_is_a_calm_refusal(noon, demand):
    client = noon("county1.duty")
    address = f"/demands/{demand.number}/"

    assert client.post(f"{address}hold/", {}).status_code == 404
    assert client.post(f"{address}step/", {"kind": "warning.signed", "note": "x"}).status_code == 422
    assert noon("county2.duty").post(f"{address}step/", {}).status_code == 404


def test_the_duty_board_links_the_clock_to_its_demand(noon, demand, now):
    Clock.objects.update(due_at=now + timedelta(hours=3, minutes=30))

    assert f"/demands/{demand.number}/" in noon("county1.duty").get("/duty/?part=clocks").content.decode()


def test_the_api_from_registering_to_closing(noon, reception, units):
    client = noon("county1.duty")

    def send(path, body, key):
        return client.post(
            f"/api/v1/demands/{path}", body, content_type="application/json", headers={"Idempotency-Key": key}
        )

    made = send(
        "",
        {"point": "公证费退还", "class": "resolvable_now", "lead_unit": "C1", "support_units": ["T11"]},
        "a",
    )
    assert made.status_code == 201, made.content
    number, body = made.json()["number"], made.json()
    assert (body["leading_clock"], {one["id"] for one in body["clocks"]}) == ("LP-23a", {"C002-10", "LP-23a"})
    assert send(f"{number}/notice/", {"number": "告1"}, "b").json()["leading_clock"] == "C002-10"
    extended = {"days": 10, "reason": "复杂", "told_how": "by_phone", "told_at": "2026-11-22T08:00:00+08:00"}
    refused = send(f"{number}/extend/", extended, "c")
    assert (refused.status_code, refused.json()["code"]) == (409, "not_approved")
    extended["approved_by"] = "county1.deputy"
    untold = send(f"{number}/extend/", {**extended, "told_at": None}, "d")
    assert (untold.status_code, untold.json()["code"]) == (409, "not_told")
    assert send(f"{number}/extend/", extended, "e").status_code == 200
    assert send(f"{number}/close/", {"note": "已办结"}, "f").json()["code"] == "not_delivered"
    assert send(f"{number}/review/", {"kind": "review.request_received"}, "g").status_code == 200
    refused = send(f"{number}/reply/", {"outcome": "not_supported", "note": "已答复"}, "h")
    assert (refused.status_code, refused.json()["code"]) == (422, "law_missing")
    assert (
        send(f"{number}/reply/", {"outcome": "supported", "note": "已答复", "number": "答1"}, "i").status_code
        == 200
    )
    assert send(f"{number}/deliver/", {"how": "by_post", "signed": False}, "j").status_code == 200
    listed = client.get("/api/v1/demands/?unit=C1&due_before=2027-01-01T00:00:00%2B08:00").json()["results"]
    assert [one["number"] for one in listed] == [number]
    assert send(f"{number}/close/", {"note": "已办结", "external_number": "XF-1"}, "k").status_code == 200
    assert client.get("/api/v1/demands/").json()["results"] == []
    assert client.get(f"/api/v1/demands/{number}/").json()["outcome"] == "supported"
    assert noon("county2.duty").get(f"/api/v1/demands/{number}/").status_code == 404


# --- whose it is: told, and what those who help may do --------------------------------------------------------


def told_of(purpose):
    rows = Notice.objects.filter(purpose__startswith=purpose, channel="app")
    return set(rows.values_list("recipient__username", flat=True))


def test_a_unit_is_told_that_it_leads_or_helps_and_once(asked, demand, units):
    assert told_of("demand.led") == set()
    given = {"lead_unit": units["T11"], "supporters": [units["C2"]]}

    actions.assign_demand(**asked, **given)
    assert "town11.head" in told_of("demand.led")
    assert "county2.duty" in told_of("demand.supported")
    count = Notice.objects.filter(purpose__startswith="demand.").count()
    actions.assign_demand(**asked, **given)

    assert Notice.objects.filter(purpose__startswith="demand.").count() == count
    assert demand.number in Notice.objects.filter(purpose__startswith="demand.led").first().text_zh


def test_a_transfer_and_an_objection_tell_whose_it_is_now(asked, demand, units, reach, now):
    actions.transfer_demand(**asked, to=units["T11"], note="属乡镇职权")
    assert "town11.head" in told_of("demand.led")

    actions.object_to_transfer(reach=reach("town11.head"), demand_id=demand.pk, note="不属我所职权", now=now)

    # The village it came from has nobody who answers, nor has its township another than who objected.
    demand.refresh_from_db()
    assert demand.lead_unit == units["V111"]
    assert Notice.objects.filter(purpose=f"demand.led.{demand.rev}", unit=units["V111"]).exists()


def test_who_registers_for_another_unit_tells_it_and_not_oneself(register, units):
    register(lead_unit=units["T11"], supporters=[units["C1"]])

    assert "town11.head" in told_of("demand.led")
    assert "county1.duty" not in told_of("demand.")


def test_the_news_of_it_ends_with_the_demand(asked, demand, units):
    actions.assign_demand(**asked, lead_unit=demand.lead_unit, supporters=[units["C2"]])
    rows = list(Notice.objects.filter(purpose__startswith="demand.supported"))
    assert rows
    assert not_needed(rows, asked["now"]) == {}
    answered(asked)
    answering.close_demand(**asked, note="已办结")

    assert set(not_needed(rows, asked["now"])) == {row.pk for row in rows}


def test_a_unit_that_helps_notes_steps_and_nothing_else(asked, demand, units, reach, noon):
    actions.assign_demand(**asked, lead_unit=units["T11"], supporters=[units["C2"]])
    theirs = {**asked, "reach": reach("county2.duty")}

    answering.note_step(**theirs, kind="demand.progress_told", note="已查档")

    step = DemandStep.objects.get(kind="demand.progress_told")
    assert (step.by.username, step.note) == ("county2.duty", "已查档")
    for act, words in (
        (answering.promise_answer, {"days": 3, "told_how": "by_phone"}),
        (answering.issue_reply, {"outcome": "supported", "note": "x"}),
        (answering.note_step, {"kind": "petition.accepted", "note": "x"}),
        (actions.transfer_demand, {"to": units["C2"], "note": "x"}),
    ):
        with pytest.raises(NotAllowed):
            act(**theirs, **words)
    page = noon("county2.duty").get(f"/demands/{demand.number}/").content.decode()
    assert "demand.progress_told" in page
    assert "/promise/" not in page
