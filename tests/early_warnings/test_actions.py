"""What happens to warnings: what changes, what is recorded, who is told, which clocks run."""

from datetime import timedelta

import pytest

from accounts.choices import HeldAs, PostKind
from accounts.models import Appointment
from clocks.breaches.sweep import sweep
from clocks.models import Clock
from common.errors import Invalid, NotAllowed, NotFound, Stale, WrongState
from early_warnings import queries
from early_warnings.choices import CallOutcome, ReportState, State
from early_warnings.models import EarlyWarning, SuperiorReport
from early_warnings.outgoing import superior_reports
from early_warnings.proposals import actions as proposals
from early_warnings.signing import actions as signing
from early_warnings.signing import signature
from incidents.actions import close_incident, take_over
from journal.models import Entry
from journal.record import content_of
from notices.models import Notice
from tests.early_warnings.conftest import PASSWORD
from tests.incidents.closing import answered

#: Passes the check digit of an identity number.
IDENTITY_NUMBER = "11010519491231002X"


def kinds_of(warning):
    """Kinds recorded about the warning, in order."""
    return list(Entry.objects.filter(subject=warning.key).order_by("pk").values_list("kind", flat=True))


def entry_of(warning, kind):
    return Entry.objects.filter(subject=warning.key, kind=kind).order_by("pk").last()


def clocks_of(warning):
    """clock id → clock, of the warning and of its incident."""
    return {clock.clock_id: clock for clock in Clock.objects.about(warning.thread).order_by("generation")}


def told(warning, purpose):
    rows = Notice.objects.filter(subject=warning.key, purpose=purpose)
    return set(rows.values_list("recipient__username", flat=True))


# --- draft and propose ---------------------------------------------------------------------------------------


def test_drafting_fills_in_what_the_incident_and_the_plan_say(incident, statement, reach, now):
    event = incident(headcount=8)

    warning = proposals.draft_warning(
        incident_id=event.pk, reach=reach("county1.duty"), statement=statement("yellow"), now=now
    )

    assert warning.number == "W-C1-20261122-001"
    assert (warning.state, warning.level, warning.proposed_level) == (State.DRAFT, "yellow", "yellow")
    assert (warning.matter, warning.area, warning.category) == ("来访人聚集", "一楼大厅", "R2")
    assert "120" in warning.measures
    assert warning.reasons == event.reasons
    assert kinds_of(warning) == ["warning.drafted"]


def test_proposing_asks_the_signatory_and_starts_the_signoff_clocks(proposed, cast, now):
    warning = proposed("yellow")

    assert warning.state == State.PROPOSED
    assert warning.sign_by == now + timedelta(minutes=2)
    assert {c.clock_id: c.due_at - now for c in Clock.objects.running().filter(subject=warning.key)} == {
        "C000-P1": timedelta(minutes=2),
        "C000-P2": timedelta(minutes=4),
    }
    assert told(warning, "warning.to_sign.1") == {"county1.director"}
    entry = entry_of(warning, "warning.proposed")
    assert (entry.thread, entry.level, entry.plan) == (warning.thread, "yellow", warning.plan.ref)
    assert (entry.actor, entry.post) == (cast["county1.duty"], "县局值班员")
    assert content_of(entry)["signatory"] == "县局局长"


def test_an_entry_of_a_drill_says_so(proposed, incident):
    warning = proposed(on=incident(drill=True))

    assert warning.drill
    assert set(Entry.objects.filter(thread=warning.thread).values_list("drill", flat=True)) == {True}
    assert set(Notice.objects.filter(subject=warning.key).values_list("drill", flat=True)) == {True}


def test_a_second_warning_is_refused_while_one_is_pending(proposed, statement, reach, now):
    first = proposed()

    with pytest.raises(WrongState) as refused:
        proposals.draft_warning(
            incident_id=first.incident_id, reach=reach("county1.duty"), statement=statement(), now=now
        )

    assert refused.value.code == "warning_pending"
    assert first.number in str(refused.value)


def test_a_second_warning_is_refused_while_one_is_in_force(signed, statement, reach, now):
    first = signed()

    with pytest.raises(WrongState) as refused:
        proposals.draft_warning(
            incident_id=first.incident_id, reach=reach("county1.duty"), statement=statement(), now=now
        )

    assert refused.value.code == "warning_in_force"


def test_a_closed_incident_takes_no_warning(incident, statement, reach, now):
    event = incident()
    close_incident(
        incident_id=event.pk,
        reach=reach("county1.duty"),
        summary="已化解",
        answers=answered(event, now),
        now=now,
    )

    with pytest.raises(WrongState) as refused:
        proposals.propose_new_warning(
            incident_id=event.pk, reach=reach("county1.duty"), statement=statement(), now=now
        )

    assert refused.value.code == "incident_not_open"


@pytest.mark.parametrize(
    ("field", "text", "code"),
    [
        ("level", "violet", "unknown_level"),
        ("reason", "  ", "text_missing"),
        ("reason", f"带头人 {IDENTITY_NUMBER}", "personal_data"),
        ("matter", f"联系 {IDENTITY_NUMBER}", "personal_data"),
        ("area", f"{IDENTITY_NUMBER} 门口", "personal_data"),
        ("measures", "拨打 13800138000", "personal_data"),
    ],
)
def test_a_statement_that_is_not_in_order_names_its_field(incident, statement, reach, now, field, text, code):
    given = statement(**{field: text})

    with pytest.raises(Invalid) as refused:
        proposals.propose_new_warning(
            incident_id=incident().pk, reach=reach("county1.duty"), statement=given, now=now
        )

    assert refused.value.code == code
    assert list(refused.value.fields) == [field]
    assert not EarlyWarning.objects.exists()


# --- return, revise, propose again, withdraw -------------------------------------------------------------------


def test_returning_ends_the_signoff_and_tells_the_drafter(proposed, reach, now):
    warning = proposed()

    returned = signing.return_to_drafter(
        warning_id=warning.pk, reach=reach("county1.director"), reason="请补充人数", now=now
    )

    assert (returned.state, returned.return_reason) == (State.RETURNED, "请补充人数")
    assert not Clock.objects.running().filter(subject=warning.key).exists()
    assert Clock.objects.filter(subject=warning.key, cancelled_at=now).count() == 2
    assert told(warning, "warning.returned.1") == {"county1.duty"}
    assert entry_of(warning, "warning.returned").post == "县局局长"


def test_proposed_again_everything_starts_anew(proposed, statement, reach, now):
    warning = proposed()
    signing.return_to_drafter(
        warning_id=warning.pk, reach=reach("county1.director"), reason="请补充", now=now
    )
    later = now + timedelta(minutes=5)

    proposals.revise_warning(
        warning_id=warning.pk, reach=reach("county1.duty"), statement=statement("orange"), now=later
    )
    again = proposals.propose_warning(warning_id=warning.pk, reach=reach("county1.duty"), now=later)

    assert (again.state, again.level, again.round) == (State.PROPOSED, "orange", 2)
    assert again.sign_by == later + timedelta(minutes=2)
    assert told(warning, "warning.to_sign.2") == {"city.deputy"}
    assert [request.post.title for request in queries.asked(again)] == ["市局副局长"]
    assert kinds_of(warning) == [
        "warning.drafted",
        "warning.proposed",
        "warning.returned",
        "warning.drafted",
        "warning.proposed",
    ]


def test_withdrawing_ends_the_signoff_and_frees_the_incident(proposed, statement, reach, now):
    warning = proposed()

    proposals.withdraw_warning(warning_id=warning.pk, reach=reach("county1.duty"), now=now)
    second = proposals.propose_new_warning(
        incident_id=warning.incident_id, reach=reach("county1.duty"), statement=statement(), now=now
    )

    assert not Clock.objects.running().filter(subject=warning.key).exists()
    assert second.number == "W-C1-20261122-002"


def test_a_return_needs_a_reason(proposed, reach, now):
    warning = proposed()

    with pytest.raises(Invalid) as refused:
        signing.return_to_drafter(warning_id=warning.pk, reach=reach("county1.director"), reason=" ", now=now)

    assert list(refused.value.fields) == ["return_reason"]


# --- sign ------------------------------------------------------------------------------------------------------


def test_signing_puts_in_force_pushes_and_sets_the_level_in_one_act(proposed, passwords, reach, cast, now):
    warning = proposed("yellow")
    at = now + timedelta(seconds=90)

    signed = signing.sign_warning(
        warning_id=warning.pk, reach=reach("county1.director"), credential=PASSWORD, remark="同意", now=at
    )

    assert signed.state == State.IN_FORCE
    assert signed.signed_at == signed.in_force_at == signed.pushed_at == at
    assert (signed.signed_by, signed.signed_as, signed.credential) == (
        cast["county1.director"],
        "holder",
        "password",
    )
    assert kinds_of(warning) == [
        "warning.drafted",
        "warning.proposed",
        "warning.signed",
        "warning.pushed_to_platform",
    ]
    signed.incident.refresh_from_db()
    assert signed.incident.level == "yellow"
    level_set = Entry.objects.get(thread=warning.thread, kind="incident.level_set")
    assert content_of(level_set) == {"before": "", "warning": warning.number}
    assert entry_of(warning, "warning.pushed_to_platform").actor is None
    assert content_of(entry_of(warning, "warning.signed"))["signature"] == signed.signature


def test_signing_stops_the_signoff_clocks_and_the_push_meets_its_three_minutes(signed, now):
    warning = signed("yellow")

    clocks = clocks_of(warning)
    assert {id for id, clock in clocks.items() if clock.stopped_at == now} >= {"C000-P1", "C000-P2", "C000-2"}
    assert clocks["C000-2"].due_at == now + timedelta(minutes=3)
    assert clocks["C000-3"].is_running
    assert "C000-4" not in clocks


def test_who_is_told_of_a_signed_warning(proposed, passwords, reach, now):
    """First responders of the plan, everybody on duty in the unit and above, who was asked, and the drafter."""
    warning = proposed("yellow")
    signing.sign_warning(warning_id=warning.pk, reach=reach("city.director"), credential=PASSWORD, now=now)

    assert told(warning, "warning.signed") == {
        "county1.responder",
        "county1.duty",
        "county1.leader",
        "city.duty",
        "city.leader",
        "county1.director",
    }


def test_who_signs_learns_whom_the_plan_names_and_nobody_is(proposed, passwords, reach, now):
    """An act accepted, its clocks running, and the first responder's post empty here and above."""
    warning = proposed("yellow")
    Appointment.objects.filter(post__kind=PostKind.FIRST_RESPONDER).delete()

    signing.sign_warning(warning_id=warning.pk, reach=reach("county1.director"), credential=PASSWORD, now=now)

    (notice,) = Notice.objects.filter(purpose="notice.nobody")
    assert notice.recipient.username == "county1.director"
    assert "第一响应人" in notice.text_zh
    assert warning.number in notice.text_zh
    assert "first responder" in notice.text_en.lower()
    entry = Entry.objects.get(kind="notice.nobody")
    assert "第一响应人" in content_of(entry)["who"]


def test_nothing_is_said_of_nobody_where_every_post_is_held(signed):
    signed("red")

    assert not Notice.objects.filter(purpose="notice.nobody").exists()


def test_text_messages_are_queued_where_there_is_a_gateway(proposed, passwords, reach, now, settings):
    settings.NOTICE_GATEWAY_URL = "http://gateway.example/"
    warning = proposed("yellow")
    signing.sign_warning(warning_id=warning.pk, reach=reach("county1.director"), credential=PASSWORD, now=now)

    rows = Notice.objects.filter(subject=warning.key)

    signed = rows.filter(purpose="warning.signed")
    assert signed.filter(channel="sms").count() == signed.filter(channel="app").count() == 5
    # What asked for the signature is not sent any more.
    asked = rows.filter(purpose="warning.to_sign.1")
    assert dict(asked.values_list("channel", "state")) == {"app": "acknowledged", "sms": "cancelled"}


def test_a_request_that_somebody_answered_leaves_the_others_screens(proposed, passwords, reach, now):
    warning = proposed("yellow")
    later = now + timedelta(minutes=5)
    sweep(later)

    signing.sign_warning(warning_id=warning.pk, reach=reach("city.deputy"), credential=PASSWORD, now=later)

    asked = Notice.objects.filter(subject=warning.key, purpose__startswith="warning.to_sign")
    assert set(asked.values_list("recipient__username", "state")) == {
        ("county1.director", "cancelled"),
        ("city.deputy", "acknowledged"),
        ("city.director", "cancelled"),
    }


def test_the_signature_covers_the_statement_and_the_recipients(signed):
    warning = signed("yellow")

    assert len(warning.signature) == 64
    assert signature.hash_of(warning.signed_text) == warning.signature
    assert ("county1.responder", "第一响应人") in signature.recipients_of(warning)
    assert queries.is_intact(EarlyWarning.objects.get(pk=warning.pk))


@pytest.mark.parametrize(
    "change",
    [
        {"level": "red"},
        {"matter": "别的事"},
        {"measures": "别的措施"},
        {"reason": "别的理由"},
        {"signed_as": "deputy"},
        {"drill": True},
        {"signature": "0" * 64},
        {"signed_text": "{}"},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_change_behind_the_products_back_shows(signed, change):
    warning = signed("yellow")

    EarlyWarning.objects.filter(pk=warning.pk).update(**change)

    assert not queries.is_intact(EarlyWarning.objects.get(pk=warning.pk))


def test_a_wrong_credential_signs_nothing(proposed, passwords, reach, now):
    warning = proposed("yellow")

    with pytest.raises(NotAllowed) as refused:
        signing.sign_warning(
            warning_id=warning.pk, reach=reach("county1.director"), credential="wrong", now=now
        )

    warning.refresh_from_db()
    assert refused.value.code == "credential_wrong"
    assert warning.state == State.PROPOSED


def test_who_may_not_sign_is_told_so_before_the_credential_is_looked_at(proposed, passwords, reach, now):
    warning = proposed("red", headcount=60)

    with pytest.raises(NotAllowed) as refused:
        signing.sign_warning(
            warning_id=warning.pk, reach=reach("county1.director"), credential="wrong", now=now
        )

    assert refused.value.code == "not_a_signatory"


def test_the_second_signature_is_refused(signed, reach, now):
    warning = signed("yellow")

    with pytest.raises(WrongState) as refused:
        signing.sign_warning(
            warning_id=warning.pk, reach=reach("city.director"), credential=PASSWORD, now=now
        )

    assert refused.value.code == "wrong_state"
    assert kinds_of(warning).count("warning.signed") == 1


def test_a_stale_revision_is_refused(proposed, statement, passwords, reach, now):
    warning = proposed("yellow")
    read = warning.rev
    signing.return_to_drafter(warning_id=warning.pk, reach=reach("county1.director"), reason="请改", now=now)
    proposals.revise_warning(
        warning_id=warning.pk, reach=reach("county1.duty"), statement=statement(matter="改过的事项"), now=now
    )
    proposals.propose_warning(warning_id=warning.pk, reach=reach("county1.duty"), now=now)

    with pytest.raises(Stale):
        signing.sign_warning(
            warning_id=warning.pk, reach=reach("county1.director"), credential=PASSWORD, now=now, rev=read
        )


def test_a_life_safety_alert_waits_for_no_warning(incident):
    event = incident(headcount=3, life_risk=["suicide_threat"])

    assert Entry.objects.filter(thread=event.key, kind="incident.life_safety_alerted").exists()
    assert not EarlyWarning.objects.exists()


# --- red: reports upwards ----------------------------------------------------------------------------------------


def test_red_drafts_a_report_to_each_superior_of_the_plan(signed, now):
    warning = signed("red", headcount=60)

    reports = list(warning.superior_reports.order_by("pk"))
    assert [(r.recipient, r.state) for r in reports] == [
        ("city_political_legal_committee", ReportState.DRAFTED),
        ("provincial_justice_department", ReportState.DRAFTED),
    ]
    assert "市委政法委" in reports[0].text
    assert warning.number in reports[0].text
    assert "现场情况：人数：60" in reports[0].text
    assert clocks_of(warning)["C000-4"].due_at == now + timedelta(minutes=3)
    assert kinds_of(warning).count("superior_report.drafted") == 2


@pytest.mark.parametrize("level", ["blue", "yellow", "orange"])
def test_other_levels_draft_none(signed, level):
    assert not signed(level).superior_reports.exists()


def test_the_clock_stops_with_the_last_recipient(signed, reach, cast, now):
    warning = signed("red", headcount=60)
    first, second = warning.superior_reports.order_by("pk")
    desk = reach("city.duty")

    superior_reports.send_report(
        report_id=first.pk, reach=desk, channel="phone", now=now + timedelta(seconds=30)
    )
    assert clocks_of(warning)["C000-4"].is_running
    assert "superior_report.sent" not in kinds_of(warning)

    sent = superior_reports.send_report(
        report_id=second.pk, reach=desk, channel="fax", now=now + timedelta(seconds=60)
    )
    assert clocks_of(warning)["C000-4"].stopped_at == now + timedelta(seconds=60)
    assert kinds_of(warning)[-3:] == [
        "superior_report.delivered",
        "superior_report.delivered",
        "superior_report.sent",
    ]
    assert (sent.state, sent.sent_by, sent.channel) == (ReportState.SENT, cast["city.duty"], "fax")


def test_a_report_is_sent_once(signed, reach, now):
    report = signed("red", headcount=60).superior_reports.first()
    superior_reports.send_report(report_id=report.pk, reach=reach("city.duty"), channel="phone", now=now)

    with pytest.raises(WrongState) as refused:
        superior_reports.send_report(report_id=report.pk, reach=reach("city.duty"), channel="fax", now=now)

    assert refused.value.code == "already_sent"
    assert SuperiorReport.objects.get(pk=report.pk).channel == "phone"


# --- adjust and lift ---------------------------------------------------------------------------------------------


def test_an_adjustment_replaces_the_warning_at_its_signature(signed, statement, reach, now):
    yellow = signed("yellow")
    t1, t2 = now + timedelta(minutes=10), now + timedelta(minutes=11)

    orange = proposals.adjust_warning(
        warning_id=yellow.pk, reach=reach("county1.duty"), statement=statement("orange"), now=t1
    )
    yellow.refresh_from_db()
    assert (yellow.state, orange.state) == (State.IN_FORCE, State.PROPOSED)
    assert orange.adjusted_from == yellow

    orange = signing.sign_warning(
        warning_id=orange.pk, reach=reach("city.deputy"), credential=PASSWORD, now=t2
    )
    yellow.refresh_from_db()
    orange.incident.refresh_from_db()
    assert (yellow.state, yellow.adjusted_at, orange.state) == (State.ADJUSTED, t2, State.IN_FORCE)
    assert orange.incident.level == "orange"
    assert content_of(entry_of(yellow, "warning.adjusted")) == {
        "by": orange.number,
        "before": "yellow",
        "after": "orange",
    }
    assert queries.is_intact(EarlyWarning.objects.get(pk=yellow.pk))


def test_adjusting_to_the_same_level_is_refused(signed, statement, reach, now):
    warning = signed("yellow")

    with pytest.raises(Invalid) as refused:
        proposals.adjust_warning(
            warning_id=warning.pk, reach=reach("county1.duty"), statement=statement("yellow"), now=now
        )

    assert refused.value.code == "same_level"


def test_lifting_ends_the_level_and_a_pending_adjustment(signed, statement, reach, now):
    warning = signed("yellow")
    pending = proposals.adjust_warning(
        warning_id=warning.pk, reach=reach("county1.duty"), statement=statement("orange"), now=now
    )
    at = now + timedelta(hours=1)

    lifted = signing.lift_warning(
        warning_id=warning.pk,
        reach=reach("county1.director"),
        reason="人员已离开",
        credential=PASSWORD,
        now=at,
    )

    pending.refresh_from_db()
    lifted.incident.refresh_from_db()
    assert (lifted.state, lifted.lifted_at, pending.state) == (State.LIFTED, at, State.WITHDRAWN)
    assert lifted.incident.level == ""
    assert content_of(entry_of(warning, "warning.lifted")) == {
        "reason": "人员已离开",
        "credential": "password",
    }
    assert "county1.responder" in told(warning, "warning.lifted")


def test_after_lifting_a_new_warning_may_be_proposed(signed, statement, reach, now):
    warning = signed("yellow")
    signing.lift_warning(
        warning_id=warning.pk, reach=reach("county1.director"), reason="已平息", credential=PASSWORD, now=now
    )

    again = proposals.propose_new_warning(
        incident_id=warning.incident_id, reach=reach("county1.duty"), statement=statement("blue"), now=now
    )

    assert again.state == State.PROPOSED


# --- calls -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("outcome", CallOutcome)
def test_any_attempt_stops_the_clock_of_the_first_responder(signed, cast, reach, now, outcome):
    warning = signed("yellow")
    at = now + timedelta(minutes=1)

    call = superior_reports.record_call(
        warning_id=warning.pk, reach=reach("county1.duty"), person=cast["county1.responder"], outcome=outcome,
        note="十分钟内到", now=at,
    )  # fmt: skip

    assert (call.outcome, call.by, call.post.kind) == (
        outcome,
        cast["county1.duty"],
        PostKind.FIRST_RESPONDER,
    )
    assert clocks_of(warning)["C000-3"].stopped_at == at
    entry = entry_of(warning, "first_responder.phone_attempted")
    assert content_of(entry) == {"responder": "第一响应人", "outcome": outcome, "note": "十分钟内到"}


def test_the_call_sheet_lists_attempts_in_order(signed, cast, reach, now):
    warning = signed("yellow")
    for minute, outcome in enumerate(["no_answer", "answered"], start=1):
        superior_reports.record_call(
            warning_id=warning.pk, reach=reach("county1.duty"), person=cast["county1.responder"],
            outcome=outcome, now=now + timedelta(minutes=minute),
        )  # fmt: skip

    (line,) = queries.call_sheet(warning, now)

    assert (line.person, line.phone) == (cast["county1.responder"], cast["county1.responder"].phone)
    assert [call.outcome for call in line.calls] == ["no_answer", "answered"]


def test_a_call_to_somebody_the_plan_does_not_name_is_refused(signed, cast, reach, now):
    warning = signed("yellow")

    with pytest.raises(NotFound):
        superior_reports.record_call(
            warning_id=warning.pk, reach=reach("county1.duty"), person=cast["county2.responder"],
            outcome="answered", now=now,
        )  # fmt: skip


# --- the incident ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "open_"),
    [(State.DRAFT, False), (State.PROPOSED, True), (State.RETURNED, False), (State.IN_FORCE, True),
     (State.LIFTED, False), (State.WITHDRAWN, False)],
)  # fmt: skip
def test_what_keeps_an_incident_open(in_state, reach, now, state, open_):
    warning = in_state(state)
    desk = reach("county1.duty")
    take_over(incident_id=warning.incident_id, reach=desk, now=now)

    def shut():
        close_incident(
            incident_id=warning.incident_id,
            reach=desk,
            summary="已化解",
            answers=answered(warning.incident, now),
            now=now,
        )

    if not open_:
        shut()
        return
    with pytest.raises(WrongState) as refused:
        shut()
    assert warning.number in [item["key"] for item in refused.value.extra["open"]]


def test_a_deputy_is_asked_at_once_where_nobody_else_is(proposed, appointed, now):
    from accounts.models import Appointment
    from accounts.posts.actions import end_appointment

    held = Appointment.objects.get(post__unit__code="C1", post__kind=PostKind.DIRECTOR)
    end_appointment(appointment_id=held.pk, actor=None, now=now)
    appointed("county1.petition", "C1", PostKind.DIRECTOR, HeldAs.DEPUTY)

    warning = proposed("yellow", at=now + timedelta(minutes=1))

    assert told(warning, "warning.to_sign.1") == {"county1.petition"}


def test_a_first_responder_named_in_a_signed_warning_may_open_it(proposed, signed, reach):
    waiting, in_force = proposed(), signed()

    seen = EarlyWarning.objects.visible_to(reach("county1.responder"))

    assert list(seen) == [in_force]
    assert waiting not in seen
