"""Orders of a joint command centre: received once, made an incident, answered with proof; every time limit by an act."""

import json
from datetime import timedelta
from io import BytesIO

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from openpyxl import Workbook

from accounts.models import Unit
from clocks.models import Clock
from command.linkage import actions, files, permissions, queries, reporting, rules
from command.linkage.actions import Asked
from command.linkage.choices import LinkageState, LinkageVerb, ReportState, Via
from command.linkage.models import LinkageOrder, LinkageReport, LinkageTry
from common.errors import Invalid, NotAllowed, NotFound, Refused, WrongState, is_allowed
from incidents.actions import close_incident
from incidents.models import Incident
from incidents.sharing import share_incident
from journal.models import Entry
from journal.record import content_of
from notices.models import Notice
from plans.engine.facts import Facts
from plans.lifecycle.actions import load_plan
from resources.partners.models import Partner
from tests.states import done_as_in_the_table, nothing_written

pytestmark = pytest.mark.django_db

V, S = LinkageVerb, LinkageState


@pytest.fixture
def linkage_plan(plan, units, now):
    """Plan 001 of the library, in force in county 1."""
    text = (settings.BASE_DIR / "plans/library/district-emergency-linkage.yaml").read_text()
    return load_plan(text=text, actor=None, now=now, owner=units["C1"], put_in_force=True, reason="试用")


@pytest.fixture
def asked(now):
    return Asked(
        centre="区社会应急联动指挥中心", outside_number="LD-2026-0815", nature="矛盾纠纷", place="人民广场",
        asked="派调解员到场", received_at=now - timedelta(minutes=2), report_to="现场指挥长",
        arrive_by=now + timedelta(minutes=20),
    )  # fmt: skip


@pytest.fixture
def receive(linkage_plan, asked, reach, units, now):
    def make(username="county1.duty", **more):
        given = Asked(**{**_values(asked), **more})
        return actions.receive_order(
            reach=reach(username), unit=units["C1"], asked=given, via=Via.HAND, now=now
        )

    return make


def _values(asked):
    return {name: getattr(asked, name) for name in asked.__slots__}


@pytest.fixture
def order(receive):
    return receive()[0]


@pytest.fixture
def desk(reach, now):
    return {"reach": reach("county1.duty"), "now": now}


@pytest.fixture
def tied(order, desk):
    return actions.open_incident(order_id=order.pk, **desk)


@pytest.fixture
def send(desk):
    def report(order, kind, **more):
        given = {"text": "已派两名调解员，双方已坐下来谈", "way": "phone", **desk, **more}
        return reporting.report_on_order(order_id=order.pk, kind=kind, **given)

    return report


def running(key):
    return {clock.clock_id: clock.due_at for clock in Clock.objects.running().filter(subject=key)}


# --- it comes in --------------------------------------------------------------------------------------------


def test_an_order_starts_the_plans_clocks_at_its_receipt(order, asked, linkage_plan):
    assert order.number == "L-C1-20261122-001"
    assert order.plan == linkage_plan.ref
    assert running(order.key) == {
        "C001-1": asked.received_at + timedelta(minutes=30),
        "C001-2": asked.received_at + timedelta(hours=24),
    }
    entry = Entry.objects.get(subject=order.key, kind="linkage_order.received")
    assert (entry.at, content_of(entry)["from"]) == (asked.received_at, "区社会应急联动指挥中心 LD-2026-0815")


@pytest.mark.parametrize(
    "again",
    [
        {},
        {"outside_number": "ＬＤ－2026－0815"},
        {"centre": " 区社会应急联动指挥中心 "},
        {"place": "别处", "asked": "别的"},
    ],
)
def test_the_same_outside_number_of_the_same_centre_is_the_same_order(receive, order, again):
    found, is_new = receive(**again)

    assert (found.pk, is_new, LinkageOrder.objects.count()) == (order.pk, False, 1)
    assert Entry.objects.filter(kind="linkage_order.received").count() == 1


@pytest.mark.parametrize("other", [{"outside_number": "LD-2"}, {"centre": "另一指挥中心"}])
def test_another_number_or_centre_is_another_order(receive, order, other):
    found, is_new = receive(**other)

    assert is_new
    assert found.pk != order.pk


def test_the_twin_that_was_faster_is_found(receive, order, monkeypatch):
    """Two arrive at once: both look and find nothing, the constraint decides."""
    looks = iter([None])
    first = actions._received
    monkeypatch.setattr(actions, "_received", lambda *about: next(looks, None) or first(*about))

    found, is_new = receive()

    assert (found.pk, is_new) == (order.pk, False)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_ten_deliveries_at_once_are_one_order(receive):
    """Each has its own connection and all start together: one records, the others get its number."""
    from threading import Barrier, Thread

    from django.db import connection

    start, found, problems = Barrier(10), [], []

    def run():
        try:
            start.wait()
            found.append(receive())
        except Exception as problem:
            problems.append(problem)
        finally:
            connection.close()

    threads = [Thread(target=run) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert problems == []
    assert len({order.pk for order, _is_new in found}) == 1
    assert sum(is_new for _order, is_new in found) == 1
    assert LinkageOrder.objects.count() == 1
    assert Clock.objects.filter(clock_id="C001-1").count() == 1


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_ten_incidents_at_once_are_one(receive, desk):
    from threading import Barrier, Thread

    from django.db import connection

    order, start, done, refused = receive()[0], Barrier(10), [], []

    def run():
        try:
            start.wait()
            done.append(actions.open_incident(order_id=order.pk, **desk))
        except Refused as problem:
            refused.append(problem.code)
        finally:
            connection.close()

    threads = [Thread(target=run) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert (len(done), refused) == (1, ["linkage_order_has_an_incident"] * 9)
    assert Incident.objects.count() == 1


def test_the_duty_room_hears_of_it_and_who_typed_it_does_not(receive, now):
    with done_as_in_the_table(rules.TRANSITIONS, "receive", tells=True) as begun:
        begun.append(receive("county1.leader")[0].key)

    told = Notice.objects.filter(purpose="linkage.received").values_list("recipient__username", flat=True)
    assert "county1.duty" in told
    assert "county1.leader" not in told


@pytest.mark.parametrize("username", ["county2.duty", "town11.clerk", "county1.squad.dialogue", "city.audit"])
def test_who_does_not_run_the_unit_records_none(receive, username):
    with nothing_written(), pytest.raises(NotAllowed):
        receive(username)


@pytest.mark.parametrize("missing", ["centre", "outside_number", "nature", "place", "asked"])
def test_an_order_says_what_it_is(receive, missing):
    with nothing_written(), pytest.raises(Invalid) as refused:
        receive(**{missing: " "})

    assert set(refused.value.fields) == {missing}


def test_an_order_from_the_future_is_refused(receive, now):
    with pytest.raises(Invalid):
        receive(received_at=now + timedelta(minutes=10))


def test_numbers_of_people_are_masked_in_what_is_kept(receive):
    order, _ = receive(asked="联系 13800138000 的人")

    assert "13800138000" not in order.asked


# --- one act makes it an incident ---------------------------------------------------------------------------


def test_one_act_makes_it_an_incident_from_the_centre(order, desk, now):
    with done_as_in_the_table(rules.TRANSITIONS, V.OPEN_INCIDENT, subject=order.key):
        tied = actions.open_incident(order_id=order.pk, facts=Facts.from_dict({"headcount": 12}), **desk)

    incident = Incident.objects.get()
    assert (incident.source, incident.place, incident.known_at) == ("linkage", "人民广场", order.received_at)
    assert incident.facts["headcount"] == {"low": 12, "high": 12}
    assert tied.incident == incident
    assert set(Clock.objects.filter(subject=order.key).values_list("thread", flat=True)) == {incident.key}
    assert not Notice.objects.filter(purpose="linkage.received", state="queued").exists()


def test_a_second_incident_is_refused_and_named(tied, desk):
    with nothing_written(), pytest.raises(WrongState, match=tied.incident.number):
        actions.open_incident(order_id=tied.pk, **desk)


def test_an_order_is_tied_to_an_open_incident_and_may_go_over_to_another(order, alarm, desk):
    first, second = alarm(), alarm()

    with done_as_in_the_table(rules.TRANSITIONS, V.TIE, subject=order.key):
        actions.tie_order(order_id=order.pk, incident_id=first.pk, **desk)
    actions.tie_order(order_id=order.pk, incident_id=second.pk, **desk)

    order.refresh_from_db()
    assert order.incident == second
    *_first, left, last = Entry.objects.filter(kind="linkage_order.tied").order_by("pk")
    assert (left.thread, last.thread, content_of(last)["before"]) == (first.key, second.key, first.number)


def test_who_sees_the_incident_alone_sees_what_becomes_of_the_order(order, alarm, desk, reach):
    """An order to the county about what a township has on its board."""
    incident = alarm("town11.clerk", unit="T11")
    assert not queries.orders(reach("town11.clerk")).exists()

    actions.tie_order(order_id=order.pk, incident_id=incident.pk, **desk)

    theirs = reach("town11.clerk")
    entry = Entry.objects.get(kind="linkage_order.tied")
    assert (entry.unit_path, theirs.sees(entry)) == (incident.unit_path, True)
    assert {clock.clock_id for clock in Clock.objects.visible_to(theirs).filter(subject=order.key)} == {
        "C001-1", "C001-2",
    }  # fmt: skip
    assert queries.orders(theirs).get() == order


def test_an_order_is_not_tied_to_what_is_over_or_to_anothers_incident(order, alarm, desk, reach, now):
    from incidents.actions import retract_incident

    over, theirs = alarm(), alarm("county2.duty", unit="C2")
    retract_incident(incident_id=over.pk, reach=reach("county1.duty"), now=now)
    with nothing_written(), pytest.raises(WrongState):
        actions.tie_order(order_id=order.pk, incident_id=over.pk, **desk)
    with nothing_written(), pytest.raises(NotAllowed):
        actions.tie_order(order_id=order.pk, incident_id=theirs.pk, **desk)


# --- every clock by an act ----------------------------------------------------------------------------------


def test_report_for_duty_names_the_receiver_and_meets_the_half_hour(tied, desk, now):
    with done_as_in_the_table(rules.TRANSITIONS, V.REPORT_FOR_DUTY, subject=tied.key):
        order = actions.report_for_duty(order_id=tied.pk, to="", at=now, **desk)

    assert (order.state, order.checked_in_to, order.checked_in_at) == (S.AT_PLACE, "现场指挥长", now)
    clock = Clock.objects.get(clock_id="C001-1")
    assert (clock.stopped_at, clock.state(now)) == (now, "met")


def test_report_for_duty_without_a_receiver_is_refused(receive, desk):
    order, _ = receive(report_to="")

    with nothing_written(), pytest.raises(Invalid) as refused:
        actions.report_for_duty(order_id=order.pk, to=" ", **desk)
    assert refused.value.code == "receiver_missing"


def test_a_squad_that_was_shown_the_incident_reports_for_itself(tied, reach, now, desk):
    mine = {"order_id": tied.pk, "reach": reach("county1.squad.dialogue"), "to": "指挥长", "now": now}
    with nothing_written(), pytest.raises(NotAllowed):
        actions.report_for_duty(**mine)

    from command.orders.actions import issue_order, read_target

    issue_order(incident_id=tied.incident_id, reach=reach("county1.duty"), target=read_target("squad:dialogue@C1"),
                task="到场", now=now)  # fmt: skip
    assert actions.report_for_duty(**{**mine, "reach": reach("county1.squad.dialogue")}).state == S.AT_PLACE


@pytest.mark.parametrize("minutes", [-5, 30])
def test_a_time_before_the_receipt_or_ahead_is_refused(tied, desk, now, minutes):
    with nothing_written(), pytest.raises(Invalid):
        actions.report_for_duty(order_id=tied.pk, to="指挥长", at=now + timedelta(minutes=minutes), **desk)


def test_feedback_that_gets_through_meets_the_day(tied, send, now):
    with done_as_in_the_table(rules.TRANSITIONS, V.FEEDBACK, subject=tied.key):
        send(tied, "feedback")
    assert "C001-2" not in running(tied.key)
    report = send(tied, "feedback", receipt="回执 77")

    assert (report.state, report.receipt, report.sent_at) == (ReportState.CONFIRMED, "回执 77", now)
    entry = Entry.objects.filter(kind="linkage.feedback_sent").first()
    assert content_of(entry)["text"].startswith("已派两名")


def test_feedback_that_does_not_get_through_is_kept_and_tried_again(tied, send, desk, now):
    """Written is not sent: the time limit runs on until a try gets through; each try is proof."""
    report = send(tied, "feedback", failed="传真无人接收")
    assert (report.state, report.sent_at) == (ReportState.TO_SEND, None)
    assert "C001-2" in running(tied.key)
    with nothing_written(), pytest.raises(WrongState):
        reporting.record_receipt(report_id=report.pk, receipt="77", **desk)

    later = now + timedelta(hours=1)
    reporting.try_again(report_id=report.pk, reach=desk["reach"], way="phone", now=later)
    report = reporting.record_receipt(report_id=report.pk, reach=desk["reach"], receipt="值班长", now=later)

    assert (report.state, report.sent_at) == (ReportState.CONFIRMED, later)
    assert Clock.objects.get(clock_id="C001-2").stopped_at == later
    assert list(report.tries.values_list("way", "is_through", "note")) == [
        ("phone", False, "传真无人接收"), ("phone", True, ""),
    ]  # fmt: skip
    with nothing_written(), pytest.raises(WrongState):
        reporting.try_again(report_id=report.pk, reach=desk["reach"], way="phone", now=later)


def test_progress_meets_the_limit_of_the_incident_itself(tied, send):
    assert "C001-4" in running(tied.incident.key)

    send(tied, "progress")

    assert "C001-4" not in running(tied.incident.key)


def test_the_written_report_is_due_once_handling_is_over_and_ends_the_order(tied, send, desk, now):
    order = actions.complete_order(order_id=tied.pk, **desk)
    assert (order.state, "C001-5" in running(tied.key)) == (S.HANDLED, True)

    send(tied, "final")

    order.refresh_from_db()
    assert (order.state, order.ended_at) == (S.ENDED, now)
    assert Clock.objects.get(clock_id="C001-5").state(now) == "met"
    assert queries.cards(desk["reach"], [order])[0].next_act is None


def test_a_written_report_at_once_says_that_handling_is_over(tied, send):
    with done_as_in_the_table(rules.TRANSITIONS, V.FINAL, subject=tied.key):
        send(tied, "final")

    kinds = list(Entry.objects.filter(subject=tied.key).order_by("pk").values_list("kind", flat=True))
    assert kinds[-2:] == ["incident.disposal_completed", "linkage.final_report_sent"]


def test_one_written_report_and_nothing_after_it(tied, send):
    send(tied, "final", failed="停电")
    with nothing_written(), pytest.raises(WrongState) as refused:
        send(tied, "final")
    assert refused.value.code == "written_report_waits"


def test_an_order_that_is_over_takes_nothing_more(tied, send, desk):
    send(tied, "final")
    for act in (
        lambda: send(tied, "progress"),
        lambda: actions.complete_order(order_id=tied.pk, **desk),
        lambda: actions.withdraw_order(order_id=tied.pk, reason="撤", **desk),
    ):
        with nothing_written(), pytest.raises(WrongState):
            act()


def test_what_the_centre_withdraws_is_due_no_more(tied, desk):
    with nothing_written(), pytest.raises(Invalid):
        actions.withdraw_order(order_id=tied.pk, reason=" ", **desk)

    order = actions.withdraw_order(order_id=tied.pk, reason="电话撤回", **desk)

    assert (order.state, running(order.key)) == (S.WITHDRAWN, {})
    assert tied.incident.is_open


def test_a_page_that_is_old_changes_nothing(tied, desk):
    with nothing_written(), pytest.raises(Refused) as refused:
        actions.complete_order(order_id=tied.pk, rev=tied.rev - 1, **desk)
    assert refused.value.code == "stale"


def test_an_empty_text_goes_nowhere(tied, send):
    with nothing_written(), pytest.raises(Invalid):
        send(tied, "progress", text="  ")


def test_of_an_incident_without_an_order_the_centre_is_told_too(linkage_plan, alarm, desk, now):
    incident = alarm()
    assert "C001-4" in running(incident.key)
    about = {"incident_id": incident.pk, "text": "已到场", "way": "phone", **desk}

    reporting.report_on_incident(kind="progress", **about)
    reporting.report_on_incident(kind="final", **about)

    assert not {"C001-4", "C001-5"} & set(running(incident.key))
    assert Clock.objects.get(clock_id="C001-5").state(now) == "met"
    with nothing_written(), pytest.raises(WrongState):
        reporting.report_on_incident(kind="feedback", **about)


def test_an_incident_with_an_unanswered_order_does_not_close(tied, send, desk, now):
    close = {"incident_id": tied.incident_id, "reach": desk["reach"], "summary": "已回应", "now": now}
    with pytest.raises(WrongState) as refused:
        close_incident(**close)
    assert tied.number in {item["key"] for item in refused.value.extra["open"]}

    send(tied, "final")

    assert tied.number not in {item.key for item in queries.held_open(tied.incident)}


# --- rules, rights, who sees it ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "is_tied", "has_feedback", "due"),
    [
        (S.RECEIVED, False, False, V.OPEN_INCIDENT),
        (S.HANDLED, False, True, V.OPEN_INCIDENT),
        (S.RECEIVED, True, False, V.REPORT_FOR_DUTY),
        (S.AT_PLACE, True, False, V.FEEDBACK),
        (S.AT_PLACE, True, True, V.COMPLETE),
        (S.HANDLED, True, False, V.FEEDBACK),
        (S.HANDLED, True, True, V.FINAL),
        (S.ENDED, True, True, ""),
        (S.WITHDRAWN, False, False, ""),
    ],
)
def test_what_is_due_next(state, is_tied, has_feedback, due):
    assert rules.next_act(state, is_tied=is_tied, has_feedback=has_feedback) == due


def test_what_did_not_get_through_comes_first_once_somebody_is_there(tied, send, desk):
    send(tied, "feedback", failed="占线")
    assert queries.cards(desk["reach"], queries.for_incident(tied.incident))[0].next_act == V.REPORT_FOR_DUTY

    actions.report_for_duty(order_id=tied.pk, to="指挥长", **desk)

    assert queries.cards(desk["reach"], queries.for_incident(tied.incident))[0].next_act == V.TRY_AGAIN


ROLES = [
    "county1.duty",
    "county1.leader",
    "city.duty",
    "county1.squad.dialogue",
    "county2.duty",
    "town11.clerk",
    "city.audit",
]


@pytest.mark.parametrize("role", ROLES)
def test_who_may_carry_an_order_on(tied, reach, role):
    may = role in ("county1.duty", "county1.leader", "city.duty")

    assert is_allowed(permissions.check_can_manage, reach(role), tied) == may
    assert is_allowed(permissions.check_can_report_for_duty, reach(role), tied) == may


@pytest.mark.slow
@pytest.mark.parametrize("state", S.values)
def test_every_verb_in_every_state_is_as_in_the_table(tied, alarm, desk, send, now, state):
    other = alarm()
    acts = {
        V.OPEN_INCIDENT: lambda: actions.open_incident(order_id=tied.pk, **desk),
        V.TIE: lambda: actions.tie_order(order_id=tied.pk, incident_id=other.pk, **desk),
        V.REPORT_FOR_DUTY: lambda: actions.report_for_duty(order_id=tied.pk, to="指挥长", **desk),
        V.PROGRESS: lambda: send(tied, "progress"),
        V.FEEDBACK: lambda: send(tied, "feedback"),
        V.COMPLETE: lambda: actions.complete_order(order_id=tied.pk, **desk),
        V.FINAL: lambda: send(tied, "final"),
        V.WITHDRAW: lambda: actions.withdraw_order(order_id=tied.pk, reason="撤", **desk),
    }
    assert set(acts) == set(rules.TRANSITIONS.rows) - {"receive"}
    rows = LinkageOrder.objects.filter(pk=tied.pk)
    at_place = {"checked_in_at": now, "checked_in_by": desk["reach"].user, "checked_in_to": "指挥长"}
    for verb, act in acts.items():
        rows.update(
            state=state, ended_at=None if state in rules.LIVE else now, handled_at=None,
            incident=None if verb == V.OPEN_INCIDENT else tied.incident_id, **at_place,
        )  # fmt: skip
        LinkageTry.objects.all().delete()
        LinkageReport.objects.all().delete()
        if verb == V.OPEN_INCIDENT:
            Incident.objects.filter(client_id=tied.key).update(client_id=f"{state}-before")
        if rules.TRANSITIONS.row(state, verb) is None:
            with nothing_written(), pytest.raises(WrongState):
                act()
        else:
            with done_as_in_the_table(rules.TRANSITIONS, verb, subject=tied.key):
                act()
            assert rows.get().state == rules.TRANSITIONS.next_state(state, verb)


def test_an_order_that_is_not_answered_passes_to_the_next_shift_and_stands_at_a_reform(
    order, tied, posts, units, send, now
):
    from accounts.reform.waiting import waiting_at
    from duty.shifts.queries import what_passes

    def passing():
        return [one.subject for one in what_passes(posts["duty_officer"], now) if one.kind == "linkage"]

    assert passing() == [tied.key]
    assert queries.open_at([units["C1"].path]).many == 1
    assert queries.open_at([units["C2"].path]).many == 0
    assert queries.open_at([units["C1"].path]) in waiting_at([units["C1"].path])

    send(tied, "final")

    assert passing() == []
    assert queries.open_at([units["C1"].path]).many == 0


def test_the_neighbour_sees_it_with_the_incident_only(tied, reach, units, now, desk):
    theirs = reach("county2.duty")
    assert not queries.orders(theirs).exists()
    with pytest.raises(NotFound):
        queries.get_order(theirs, tied.number)

    share_incident(
        incident_id=tied.incident_id, reach=desk["reach"], unit=units["C2"], reason="毗邻", now=now
    )

    assert queries.orders(reach("county2.duty")).get() == tied


def test_a_report_is_found_by_who_may_see_what_it_is_about(tied, send, reach):
    report = send(tied, "progress")

    assert queries.get_report(reach("county1.leader"), report.pk) == report
    with pytest.raises(NotFound):
        queries.get_report(reach("county2.duty"), report.pk)
    with pytest.raises(NotFound):
        queries.get_report(reach("county1.leader"), 10**6)


@pytest.mark.parametrize("rows", [1, 3])
def test_cards_ask_the_same_number_of_queries_however_many(receive, reach, rows, django_assert_num_queries):
    for n in range(rows):
        receive(outside_number=f"N{n}")
    mine = reach("county1.duty")
    assert mine.threads == frozenset()

    with django_assert_num_queries(3):
        assert len(queries.cards(mine, queries.orders(mine))) == rows


# --- by file ------------------------------------------------------------------------------------------------

CSV = """外部编号,来令单位,事件性质,地点,要求,到场时限,报到对象,收到时间
A-1,区联动中心,纠纷,广场,派人,2026-11-22 11:00,指挥长,2026-11-22 09:00
A-2,区联动中心,纠纷,,派人,,,
A-1,区联动中心,纠纷,广场,派人,,,
A-3,区联动中心,纠纷,广场,联系 13800138000,,,
A-4,区联动中心,纠纷,广场,派人,明天,,
"""


def upload(text, name="orders.csv"):
    return SimpleUploadedFile(name, text.encode() if isinstance(text, str) else text)


def test_a_file_shows_what_each_line_would_do_and_writes_nothing(linkage_plan, receive, units, now):
    receive(centre="区联动中心", outside_number="A-5")
    more = CSV + "A-5,区联动中心,纠纷,广场,派人,,,\n"

    with nothing_written():
        lines = files.read(upload(more), unit=units["C1"], now=now)

    assert [bool(line.problem) for line in lines] == [False, True, True, True, True, False]
    assert [line.is_new for line in lines] == [True, False, False, False, False, False]
    assert lines[5].there.outside_number == "A-5"


def test_the_same_rows_as_json_and_xlsx_are_read_alike(linkage_plan, units, now):
    row = {"outside_number": "A-1", "from": "区联动中心", "nature": "纠纷", "place": "广场", "asked": "派人",
           "received_at": "2026-11-22T09:00:00+08:00"}  # fmt: skip
    book = Workbook()
    book.active.append(["外部编号", "来令单位", "事件性质", "地点", "要求", "收到时间"])
    book.active.append(["A-1", "区联动中心", "纠纷", "广场", "派人", "2026-11-22 09:00"])
    held = BytesIO()
    book.save(held)

    read = [
        files.read(upload(text), unit=units["C1"], now=now)[0].cells
        for text in (json.dumps([row], ensure_ascii=False), json.dumps(row), held.getvalue())
    ]

    assert read[0] == read[1] == read[2]
    assert read[0]["received_at"] == "2026-11-22T09:00:00+08:00"


@pytest.mark.parametrize("text", ["", "[]", "[1", "a,b\n1,2\n", '[{"x": 1}' + ', {"x": 1}' * 300 + "]"])
def test_what_is_no_list_of_orders_is_refused_whole(units, plan, now, text):
    with pytest.raises(Invalid) as refused:
        files.read(upload(text), unit=units["C1"], now=now)

    assert refused.value.code == "not_read"


@pytest.mark.parametrize("row", ['["a"]', '[{"x": 1}]', '[{"asked": []}]', '[{"asked": true}]'])
def test_a_line_of_json_that_is_no_order_says_so(units, plan, now, row):
    assert files.read(upload(row), unit=units["C1"], now=now)[0].problem


def test_what_was_shown_is_recorded_once_and_by_who_saw_it(linkage_plan, units, reach, now):
    lines = files.read(upload(CSV), unit=units["C1"], now=now)
    token = files.seal(lines, reach=reach("county1.duty"), unit=units["C1"])
    with pytest.raises(Invalid):
        files.unseal(token, reach=reach("county1.leader"))
    with pytest.raises(Invalid):
        files.unseal(token + "x", reach=reach("county1.duty"))

    unit, asked = files.unseal(token, reach=reach("county1.duty"))
    done = [
        files.record_lines(reach=reach("county1.duty"), unit=unit, asked=asked, now=now) for _ in range(2)
    ]

    assert [[one.is_new for one in some] for some in done] == [[True], [False]]
    order = LinkageOrder.objects.get()
    assert (order.via, order.outside_number, order.report_to) == ("file", "A-1", "指挥长")


# --- the database keeps what must always hold ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"centre": ""}, "a_linkage_order_has_its_outside_number"),
        ({"recorded_at": "early"}, "a_linkage_order_is_recorded_after_receipt"),
        ({"checked_in_to": "某处"}, "reporting_for_duty_names_the_receiver"),
        ({"state": "at_place"}, "at_the_place_somebody_reported_for_duty"),
        ({"state": "ended"}, "an_ended_linkage_order_has_its_time"),
    ],
)
def test_the_database_refuses_a_broken_order(order, change, name):
    early = order.received_at - timedelta(hours=1)
    values = {field: early if value == "early" else value for field, value in change.items()}

    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        LinkageOrder.objects.filter(pk=order.pk).update(**values)


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"order": None, "incident": None}, "a_report_to_a_centre_is_about_something"),
        ({"order": None}, "feedback_answers_an_order"),
        ({"state": "to_send"}, "a_sent_report_has_its_time"),
        ({"state": "confirmed"}, "a_receipt_says_what_when_and_who_noted_it"),
    ],
)
def test_the_database_refuses_a_broken_report(tied, send, change, name):
    kind = "progress" if name == "a_report_to_a_centre_is_about_something" else "feedback"
    report = send(tied, kind)

    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        LinkageReport.objects.filter(pk=report.pk).update(**change)


def test_one_linkage_order_per_outside_number(order):
    order.pk, order.number = None, "L-2"

    with pytest.raises(IntegrityError), transaction.atomic():
        order.save(force_insert=True)


def test_one_written_report_per_order(tied, send):
    report = send(tied, "final")
    report.pk = None

    with pytest.raises(IntegrityError), transaction.atomic():
        report.save(force_insert=True)


def test_a_report_gets_through_once_and_a_try_that_failed_says_why(tied, send, now, cast):
    """a_report_gets_through_once, a_try_that_failed_says_why"""
    report = send(tied, "progress")
    step = {"report": report, "way": "fax", "at": now, "by": cast["county1.duty"]}

    for is_through in (True, False):
        with pytest.raises(IntegrityError), transaction.atomic():
            LinkageTry.objects.create(is_through=is_through, **step)


@pytest.mark.parametrize("verb", list(rules.REPORTS.rows))
def test_reports_follow_their_table(tied, send, desk, verb):
    if verb in ("write", "send"):
        with done_as_in_the_table(rules.REPORTS, "write", "send", subject=tied.key):
            send(tied, "progress")
        return
    report = send(tied, "progress", failed="占线" if verb == "fail" else "")
    with done_as_in_the_table(rules.REPORTS, verb, subject=tied.key):
        if verb == "fail":
            reporting.try_again(report_id=report.pk, way="fax", failed="占线", **desk)
        else:
            reporting.record_receipt(report_id=report.pk, receipt="77", **desk)


# --- the API ------------------------------------------------------------------------------------------------


@pytest.fixture
def api(cast, linkage_plan):
    from rest_framework.test import APIClient

    keys = iter(range(1000))

    def post(path, body=None, username="county1.duty", **headers):
        client = APIClient()
        client.force_login(cast[username])
        return client.post(
            f"/api/v1/{path}",
            body or {},
            format="json",
            headers={"Idempotency-Key": f"k{next(keys)}", **headers},
        )

    return post


BODY = {
    "outside_number": "LD-9", "from": "区联动中心", "nature": "纠纷", "place": "广场", "asked": "派人到场",
    "report_to": "指挥长", "arrive_by": None,
}  # fmt: skip


def test_the_api_takes_an_order_once_and_carries_it_to_its_end(api, wall_clock):
    first, again = api("linkage-orders/", BODY), api("linkage-orders/", BODY)

    assert (first.status_code, again.status_code) == (201, 200)
    number = first.data["number"]
    assert again.data["number"] == number
    assert first.data["incident"] is None
    assert {clock["id"] for clock in first.data["clocks"]} == {"C001-1", "C001-2"}

    tied = api(f"linkage-orders/{number}/open-incident/")
    assert (tied.status_code, tied.data["next"]) == (200, "report-for-duty")
    at_place = api(f"linkage-orders/{number}/report-for-duty/", {"text": "三人到场"})
    assert (at_place.data["state"], at_place.data["reported_for_duty"]["to"]) == ("at_place", "指挥长")
    sent = api(f"linkage-orders/{number}/progress/", {"text": "正在劝解"})
    assert (sent.data["state"], sent.data["receipt"]) == ("at_place", None)
    noted = api(f"linkage-reports/{sent.data['report']['id']}/receipt/", {"receipt": "R-1"})
    assert noted.data["receipt"] == "R-1"
    assert (
        api(f"linkage-orders/{number}/feedback/", {"text": "已化解", "receipt": "R-2"}).data["receipt"]
        == "R-2"
    )
    assert api(f"linkage-orders/{number}/complete/").data["state"] == "handled"
    failed = api(f"linkage-orders/{number}/final/", {"text": "书面报告", "failed": "系统停机"})
    assert (failed.data["state"], failed.data["report"]["state"]) == ("handled", "to_send")
    assert api(f"linkage-reports/{failed.data['report']['id']}/try/").data["state"] == "sent"
    over = api(f"linkage-orders/{number}/progress/", {"text": "还有"})
    assert (over.status_code, over.data["code"]) == (409, "wrong_state")


def test_the_api_ties_an_order_to_an_incident(api, alarm, wall_clock):
    incident = alarm()
    body = {**BODY, "incident": incident.number}

    assert api("linkage-orders/", body).data["incident"] == incident.number
    other = api("linkage-orders/", {**BODY, "outside_number": "LD-10"}).data["number"]
    assert (
        api(f"linkage-orders/{other}/tie/", {"incident": incident.number}).data["incident"] == incident.number
    )
    assert api(f"linkage-orders/{other}/withdraw/", {"text": "撤回"}).data["state"] == "withdrawn"
    told = api(f"incidents/{incident.number}/linkage-reports/", {"kind": "progress", "text": "已到场"})
    assert (told.status_code, told.data["state"]) == (201, "sent")


@pytest.mark.parametrize(
    ("change", "status"),
    [({"asked": ""}, 422), ({"from": None}, 422), ({"unit": "C2"}, 422), ({"unit": "XX"}, 422), ({"more": 1}, 422),
     ({"incident": "X-1"}, 404)],
)  # fmt: skip
def test_the_api_refuses_what_is_no_order(api, wall_clock, change, status):
    assert api("linkage-orders/", {**BODY, **change}).status_code == status
    assert not LinkageOrder.objects.exists()


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_of_the_api_is_filtered_and_asks_the_same_however_long(
    api, receive, client, cast, wall_clock, rows, django_assert_max_num_queries
):
    for n in range(rows):
        receive(outside_number=f"N{n}")
    client.force_login(cast["county1.duty"])
    client.get("/api/v1/linkage-orders/")

    with django_assert_max_num_queries(7):
        found = client.get("/api/v1/linkage-orders/?state=received").json()["results"]

    assert [one["outside_number"] for one in found] == [f"N{n}" for n in reversed(range(rows))]
    assert client.get("/api/v1/linkage-orders/?state=ended").json()["results"] == []
    assert client.get("/api/v1/linkage-orders/?unit=C2").json()["results"] == []


def test_an_old_etag_changes_nothing_and_a_stranger_finds_nothing(api, wall_clock):
    number = api("linkage-orders/", BODY).data["number"]

    assert api(f"linkage-orders/{number}/complete/", {}, **{"If-Match": '"99"'}).status_code == 412
    assert api(f"linkage-orders/{number}/complete/", {}, "county2.duty").status_code == 404
    assert api(f"linkage-orders/{number}/dance/", {"text": "x"}).status_code == 404


# --- the pages ----------------------------------------------------------------------------------------------


@pytest.fixture
def page(client, cast):
    def get(path, username="county1.duty", language="zh-hans"):
        client.force_login(cast[username])
        client.cookies["language"] = language
        answer = client.get(path)
        return answer.status_code, answer.content.decode()

    return get


def test_the_pages_show_the_order_and_what_is_due(page, tied, send, wall_clock):
    send(tied, "progress", failed="占线")

    for path in ("/linkage/", f"/linkage/{tied.number}/", f"/incidents/{tied.incident.number}/", "/duty/"):
        status, text = page(path)
        assert (status, tied.number in text) == (200, True), path
    assert "报到" in page("/duty/")[1]
    assert tied.number in page("/time-limits/")[1]
    assert "Report for duty" in page(f"/linkage/{tied.number}/", language="en")[1]
    assert "占线" in page(f"/linkage/{tied.number}/")[1]
    assert page(f"/linkage/{tied.number}/", "county2.duty")[0] == 404
    assert tied.number not in page("/linkage/", "county2.duty")[1]


def test_forms_carry_an_order_from_the_telephone_to_its_end(client, cast, linkage_plan, wall_clock, now):
    client.force_login(cast["county1.duty"])
    given = {"unit": "C1", "centre": "区联动中心", "outside_number": "T-1", "nature": "纠纷", "place": "广场",
             "asked": "派人到场", "report_to": "指挥长"}  # fmt: skip
    about = {
        "unit": Unit.objects.get(code="C1"),
        "unit_path": Unit.objects.get(code="C1").path,
        "added_at": now,
    }
    Partner.objects.create(kind="linkage_centre", name="区联动中心", phone="0571-88110000", **about)
    assert '<option value="区联动中心">' in client.get("/linkage/new/").content.decode()
    assert client.post("/linkage/new/", {**given, "asked": ""}).status_code == 422

    assert client.post("/linkage/new/", given).status_code == 303
    order = LinkageOrder.objects.get()
    steps = [
        ("open-incident", {"headcount": "12"}),
        ("report-for-duty", {"receiver": "指挥长"}),
        ("report", {"kind": "feedback", "text": "已化解", "way": "phone"}),
        ("complete", {}),
        ("report", {"kind": "final", "text": "书面报告", "way": "fax", "failed": "占线"}),
    ]
    for verb, fields in steps:
        assert client.post(f"/linkage/{order.number}/{verb}/", fields).status_code == 303, verb
    report = LinkageReport.objects.get(kind="final")
    assert client.post(f"/linkage/reports/{report.pk}/try/", {"way": "paper"}).status_code == 303
    assert client.post(f"/linkage/reports/{report.pk}/receipt/", {"receipt": "77"}).status_code == 303
    order.refresh_from_db()
    assert order.state == S.ENDED
    assert client.post(f"/linkage/reports/{report.pk}/dance/", {}).status_code == 404


def test_a_file_is_looked_at_and_then_recorded_on_its_page(client, cast, linkage_plan, wall_clock):
    client.force_login(cast["county1.duty"])
    assert client.get("/linkage/file/").status_code == 200
    assert client.post("/linkage/file/", {"file": upload("x")}).status_code == 422
    shown = client.post("/linkage/file/", {"file": upload(CSV)})
    assert shown.status_code == 200
    assert "13800138000" not in shown.content.decode() or "身份" in shown.content.decode()

    assert client.post("/linkage/file/", {"shown": shown.context["shown"]}).status_code == 303
    assert client.post("/linkage/file/", {"shown": "x"}).status_code == 422
    assert LinkageOrder.objects.count() == 1


def test_the_incident_page_tells_the_centre_without_an_order(client, cast, linkage_plan, alarm, wall_clock):
    incident = alarm()
    client.force_login(cast["county1.duty"])
    assert "linkage-report" in client.get(f"/incidents/{incident.number}/").content.decode()

    sent = {"kind": "progress", "text": "已到场", "way": "phone"}
    assert client.post(f"/incidents/{incident.number}/linkage/", sent).status_code == 303
    assert LinkageReport.objects.get().incident == incident
