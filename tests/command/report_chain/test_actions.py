"""The chain of reports: drafted, signed, told, received; what is refused, and who may."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, connections, transaction

from clocks.models import Clock
from command.report_chain import actions, queries, rules, sending, signing
from command.report_chain.choices import ReportState
from command.report_chain.contents import signature
from command.report_chain.models import UpwardDelivery, UpwardReport
from common.errors import Invalid, NotAllowed, Refused, Stale, WrongState
from early_warnings.outgoing.superior_reports import send_report as send_superior
from incidents import actions as incidents
from incidents.queries import still_open
from incidents.reporting.actions import add_observation
from journal.models import Entry
from notices.models import Notice
from plans.engine.facts import Facts
from tests.command.report_chain.conftest import ABOVE
from tests.early_warnings.conftest import PASSWORD
from tests.incidents.closing import answered
from tests.states import done_as_in_the_table, nothing_written

pytestmark = pytest.mark.django_db


def kinds_of(event):
    rows = Entry.objects.filter(thread=event.key, kind__startswith="upward_report.")
    return list(rows.order_by("pk").values_list("kind", flat=True))


def see(event, reach, now, what, minutes, **facts):
    at = now + timedelta(minutes=minutes)
    add_observation(
        incident_id=event.pk, reach=reach("county1.duty", at), what=what, facts=Facts.from_dict(facts), now=at
    )
    event.refresh_from_db()


# --- drafting --------------------------------------------------------------------------------------------------


def test_the_initial_report_is_drafted_from_what_is_known(drafted, incident, reach, now):
    event = incident(what="要求退费", headcount=8)

    report = drafted(event)

    assert (report.n, report.kind, report.state, report.ordinal) == (1, "initial", "draft", 0)
    assert report.reference == f"{event.number}-R1"
    fields = report.fields
    assert fields["time"] == "2026年11月22日9时00分知悉，2026年11月22日9时00分登记。"
    assert fields["place"] == f"{event.unit.name} 一楼大厅"
    assert fields["course"] == "9时00分，上报事件：要求退费；人数 8。"
    assert fields["situation"] == "系统建议等级黄色（未签发）；人数：8。"
    assert (fields["measures"], fields["result"]) == ("", "结果续报。")
    assert fields["contact"] == f"{event.unit.name}值班室"
    assert report.phone == event.unit.phone
    assert [one.title_zh for one in report.deliveries.all()] == [ABOVE]
    entry = Entry.objects.get(subject=report.key)
    assert (entry.kind, entry.thread, entry.unit) == ("upward_report.drafted", event.key, event.unit)


def test_a_follow_up_says_only_what_is_new_since_the_last_report_sent(sent, drafted, incident, reach, now):
    event = incident(what="要求退费", headcount=8)
    see(event, reach, now, "开始喊口号", 1, acts=["slogans"])
    sent(event, minutes=2)
    see(event, reach, now, "又来四人", 10, headcount=12)

    report = drafted(event, "continued", minutes=11)

    assert report.ordinal == 1
    assert report.fields["course"] == "9时10分，现场情况：又来四人；人数 12。"
    assert report.fields["situation"] == "人数：8→12。"
    assert report.fields["measures"] == "自上次报告以来无新的措施。"
    assert report.fields["time"].startswith("2026年11月22日9时02分至2026年11月22日9时11分")


def test_what_was_signed_and_not_sent_is_told_again(drafted, signed_report, incident, reach, now):
    event = incident(what="要求退费", headcount=8)
    signed_report(drafted(event))

    report = drafted(event, "continued", minutes=5)

    assert "要求退费" in report.fields["course"]


def test_an_observation_noted_late_is_new(sent, drafted, incident, reach, now):
    event = incident(headcount=8)
    sent(event)
    add_observation(
        incident_id=event.pk, reach=reach("county1.duty"), what="早先有人晕倒", facts=Facts(), now=now
    )

    assert "早先有人晕倒" in drafted(event, "continued", minutes=9).fields["course"]


def test_the_plan_names_who_is_told_on_red(drafted, signed, incident, reach, now):
    event = signed("red", headcount=60).incident

    report = drafted(event, recipients=())

    assert [one.recipient for one in report.deliveries.all()] == [
        "city_political_legal_committee", "provincial_justice_department",
    ]  # fmt: skip
    assert report.phone_first
    assert report.level == "red"
    assert "签发预警" in report.fields["measures"]


def test_where_the_plan_names_nobody_somebody_has_to(drafted, incident):
    with pytest.raises(Invalid) as refused:
        drafted(incident(headcount=8), recipients=(" ",))

    assert refused.value.code == "nobody_to_tell"


def test_drills_say_so(drafted, incident):
    report = drafted(incident(drill=True, what="演练：要求退费"))

    assert report.drill
    assert "演练" in report.fields["other"]


@pytest.mark.parametrize("kind", ["continued", "final"])
def test_the_initial_report_comes_first(drafted, incident, kind):
    with pytest.raises(WrongState) as refused:
        drafted(incident(), kind)

    assert refused.value.code == "another_kind_is_next"


def test_one_draft_at_a_time(drafted, incident):
    event = incident()
    drafted(event)

    with pytest.raises(WrongState) as refused, nothing_written():
        drafted(event, "continued")

    assert refused.value.code == "a_draft_waits"


def test_nobody_drafts_for_the_neighbour(drafted, incident):
    with pytest.raises(NotAllowed):
        drafted(incident(), by="county2.duty")


def test_squads_and_clerks_do_not_draft(drafted, incident):
    for username in ("county1.squad.dialogue", "town11.clerk"):
        with pytest.raises(NotAllowed):
            drafted(incident(), by=username)


# --- the text --------------------------------------------------------------------------------------------------


def test_people_change_the_text_and_who_is_told(drafted, reach, now):
    report = drafted()

    actions.revise_report(
        report_id=report.pk,
        reach=reach("county1.duty"),
        fields={"result": "已平息"},
        recipients=["市委政法委"],
        now=now,
    )

    report.refresh_from_db()
    assert report.fields["result"] == "已平息"
    assert report.fields["course"]
    assert [one.title_zh for one in report.deliveries.all()] == ["市委政法委"]


def test_no_number_of_a_person_gets_into_it(drafted, reach, now):
    report = drafted()

    with pytest.raises(Invalid) as refused:
        actions.revise_report(
            report_id=report.pk, reach=reach("county1.duty"), fields={"other": "联系 138 0013 8000"}, now=now
        )

    assert refused.value.code == "personal_data"
    with pytest.raises(Invalid):
        sending.record_telephone_report(
            report_id=report.pk, reach=reach("county1.duty"), told_whom="13800138000", now=now
        )


def test_who_read_an_older_text_changes_nothing(drafted, reach, now):
    report = drafted()

    with pytest.raises(Stale):
        actions.revise_report(
            report_id=report.pk, reach=reach("county1.duty"), fields={}, now=now, rev=report.rev + 1
        )


def test_a_draft_that_fell_behind_is_drafted_anew(drafted, incident, reach, now):
    event = incident(headcount=8)
    report = drafted(event)
    see(event, reach, now, "又来四人", 5, headcount=12)

    again = actions.redraft_report(
        report_id=report.pk, reach=reach("county1.duty"), now=now + timedelta(minutes=6)
    )

    assert "又来四人" in again.fields["course"]
    assert again.facts["facts"]["headcount"] == {"low": 12, "high": 12}
    assert again.deliveries.count() == 1


def test_a_discarded_report_keeps_its_number(drafted, incident, reach, now):
    event = incident()
    report = drafted(event)

    actions.discard_report(report_id=report.pk, reach=reach("county1.duty"), discard_reason="误起草", now=now)

    assert drafted(event).n == 2
    assert kinds_of(event)[:2] == ["upward_report.drafted", "upward_report.discarded"]


# --- the signature ---------------------------------------------------------------------------------------------


def test_the_leader_signs_with_the_credential_and_the_text_is_frozen(drafted, signed_report, reach, now):
    report = signed_report(drafted())

    report.refresh_from_db()
    assert (report.state, report.signed_by.username, report.credential) == (
        "signed", "county1.director", "password",
    )  # fmt: skip
    assert signature.is_intact(queries.get_report(reach("county1.duty"), report.incident.number, 1))
    for act, more in (
        (actions.revise_report, {"fields": {"other": "x"}}),
        (actions.redraft_report, {}),
        (actions.discard_report, {"discard_reason": "x"}),
    ):
        with pytest.raises(WrongState), nothing_written():
            act(report_id=report.pk, reach=reach("county1.duty"), now=now, **more)


def test_what_is_changed_behind_the_signature_shows(drafted, signed_report, reach):
    report = signed_report(drafted())
    UpwardReport.objects.filter(pk=report.pk).update(fields={**report.fields, "result": "无事"})

    assert not signature.is_intact(queries.get_report(reach("county1.duty"), report.incident.number, 1))


def test_a_recipient_added_behind_the_signature_shows(drafted, signed_report, reach):
    report = signed_report(drafted())
    UpwardDelivery.objects.create(report=report, title_zh="另一家")

    assert not signature.is_intact(queries.get_report(reach("county1.duty"), report.incident.number, 1))


@pytest.mark.parametrize("username", ["county1.duty", "county2.director", "town11.head"])
def test_who_is_no_signatory_does_not_sign(drafted, passwords, reach, now, username):
    report = drafted()

    with pytest.raises(NotAllowed) as refused, nothing_written():
        signing.sign_report(report_id=report.pk, reach=reach(username), credential=PASSWORD, now=now)

    assert refused.value.code == "not_a_signatory"


def test_the_higher_signatory_may_sign(drafted, signed_report):
    report = signed_report(drafted(), by="city.deputy")

    assert report.signed_as == "higher"


def test_a_wrong_password_signs_nothing(drafted, whole, passwords, reach, now):
    report = whole(drafted())

    with pytest.raises(NotAllowed) as refused:
        signing.sign_report(report_id=report.pk, reach=reach("county1.director"), credential="wrong", now=now)

    assert refused.value.code == "credential_wrong"
    report.refresh_from_db()
    assert report.state == ReportState.DRAFT


def test_a_report_with_a_gap_is_not_signed(drafted, passwords, reach, now):
    report = drafted()
    actions.revise_report(
        report_id=report.pk, reach=reach("county1.duty"), fields={"measures": "  "}, now=now
    )

    with pytest.raises(Invalid) as refused:
        signing.sign_report(
            report_id=report.pk, reach=reach("county1.director"), credential=PASSWORD, now=now
        )

    assert list(refused.value.fields) == ["measures"]


def test_without_a_signatory_in_the_plan_a_leader_signs(
    drafted, signed_report, passwords, incident, reach, now
):
    event = incident()
    report = drafted(event)
    UpwardReport.objects.filter(pk=report.pk).update(level="")
    report.refresh_from_db()

    with pytest.raises(NotAllowed):
        signing.sign_report(report_id=report.pk, reach=reach("county1.duty"), credential=PASSWORD, now=now)
    assert signed_report(report, by="county1.director").signed_as == "holder"


def test_the_signatory_is_told_that_it_waits_until_it_is_signed(drafted, whole, signed_report, reach, now):
    report = whole(drafted())

    with done_as_in_the_table(rules.TRANSITIONS, "ask", subject=report.key, tells=True):
        signing.ask_for_signature(report_id=report.pk, reach=reach("county1.duty"), now=now)

    asked = Notice.objects.filter(subject=report.key, purpose__startswith="upward_report.to_sign")
    assert {row.recipient.username for row in asked} == {"county1.director"}
    signed_report(report)
    assert not asked.exclude(state="cancelled").filter(channel="app").exists()


# --- told by telephone, sent, received -------------------------------------------------------------------------


def test_by_telephone_first_the_text_later(drafted, signed_report, incident, reach, now):
    event = incident()
    report = drafted(event)

    sending.record_telephone_report(
        report_id=report.pk, reach=reach("county1.duty"), told_whom="值班室", now=now + timedelta(minutes=2)
    )

    told = report.deliveries.get()
    assert (told.phoned_by.username, told.told_whom, told.sent_at) == ("county1.duty", "值班室", None)
    assert told.facts == report.facts
    entry = Entry.objects.get(kind="upward_report.phoned")
    assert (entry.subject, entry.thread) == (told.key, event.key)
    with pytest.raises(WrongState) as refused:
        actions.discard_report(report_id=report.pk, reach=reach("county1.duty"), discard_reason="x", now=now)
    assert refused.value.code == "told_by_telephone"


def test_a_draft_is_not_sent(drafted, reach, now):
    with pytest.raises(WrongState):
        sending.send_report(report_id=drafted().pk, reach=reach("county1.duty"), channel="fax", now=now)


def test_sent_means_that_everybody_has_it(drafted, signed_report, incident, reach, now):
    event = incident()
    report = signed_report(drafted(event, recipients=("甲局", "乙局")))
    at = now + timedelta(minutes=3)
    duty = reach("county1.duty", at)

    first = sending.send_report(report_id=report.pk, reach=duty, channel="fax", recipient="甲局", now=at)
    assert first.state == ReportState.SIGNED
    last = sending.send_report(report_id=report.pk, reach=duty, channel="intranet", now=at)

    assert (last.state, last.sent_at) == (ReportState.SENT, at)
    assert kinds_of(event)[-3:] == [
        "upward_report.delivered", "upward_report.delivered", "upward_report.initial_sent",
    ]  # fmt: skip


def test_a_receipt_says_who_when_and_under_which_number(sent, reach, now):
    report = sent()
    at = now + timedelta(minutes=30)

    sending.record_receipt(
        report_id=report.pk,
        reach=reach("county1.duty", at),
        receiver="值班室",
        outside_number="市司收〔2026〕7号",
        now=at,
    )

    report.refresh_from_db()
    got = report.deliveries.get()
    assert report.state == ReportState.RECEIVED
    assert (got.receiver, got.outside_number, got.received_at) == ("值班室", "市司收〔2026〕7号", at)


def test_a_receipt_is_not_older_than_the_report(sent, reach, now):
    report = sent()

    with pytest.raises(Invalid) as refused:
        sending.record_receipt(
            report_id=report.pk,
            reach=reach("county1.duty"),
            receiver="值班室",
            at=now,
            now=now + timedelta(hours=1),
        )

    assert refused.value.code == "before_it_was_sent"


def test_with_several_it_has_to_be_said_whose_receipt_it_is(sent, reach, now):
    report = sent(recipients=("甲局", "乙局"))
    at = now + timedelta(minutes=30)
    said = {"report_id": report.pk, "reach": reach("county1.duty", at), "receiver": "值班室", "now": at}

    with pytest.raises(Invalid):
        sending.record_receipt(**said)
    sending.record_receipt(**said, recipient="乙局")

    report.refresh_from_db()
    assert report.state == ReportState.SENT
    assert report.deliveries.get(title_zh="甲局").received_at is None


def test_a_receipt_that_does_not_come_is_seen_and_has_a_clock(sent, reach, now):
    report = sent()
    delivery = report.deliveries.get()
    due = now + timedelta(minutes=3, hours=2)

    assert delivery.receipt_due_at == due
    assert Clock.objects.running().get(subject=delivery.key).due_at == due
    assert not queries.is_receipt_overdue(delivery, due)
    assert queries.is_receipt_overdue(delivery, due + timedelta(seconds=1))
    at = due + timedelta(hours=1)
    sending.record_receipt(report_id=report.pk, reach=reach("county1.duty", at), receiver="值班室", now=at)
    assert not Clock.objects.running().filter(subject=delivery.key).exists()


# --- the plan's hours ------------------------------------------------------------------------------------------


def running(event):
    rows = Clock.objects.running().filter(thread=event.key, clock_id__in=["C000-P5", "C000-P6"])
    return dict(rows.values_list("clock_id", "due_at"))


def test_while_red_lasts_each_day_has_its_report(sent, drafted, signed, now, oclock):
    event = signed("red", headcount=60).incident
    next_day = oclock("17:30") + timedelta(days=1)

    sent(event, recipients=())
    assert running(event) == {"C000-P5": next_day}
    assert queries.due_for(event, "continued") == next_day
    second = sent(event, "continued", minutes=10, recipients=())
    assert second.due_at == next_day
    assert running(event) == {"C000-P6": next_day}
    sent(event, "final", minutes=20, recipients=())
    assert running(event) == {}


def test_the_linkage_plan_has_clocks_from_the_signature_to_the_telephone_and_the_text(now):
    from clocks.rulebook import book_of
    from plans.document.clock_rules import clock_rules
    from plans.document.sections import clocks_of
    from tests.command.report_chain.test_rules import LINKAGE

    book = book_of(clock_rules(clocks_of(LINKAGE), "x@1"))

    ends = {rule.clock_id: rule.stop_kind for rule in book.starts["warning.signed"]}
    assert ends == {"C001-P3": "upward_report.phoned", "C001-P4": "upward_report.initial_sent"}


# --- closing ---------------------------------------------------------------------------------------------------


def open_kinds(event):
    return [item.kind for item in still_open(event)]


def test_a_begun_chain_holds_the_incident_open_until_its_final_report_is_sent(
    sent, drafted, signed_report, incident, reach, now
):
    event = incident()
    assert open_kinds(event) == []
    report = drafted(event)
    assert open_kinds(event) == ["upward_report", "report_chain"]
    signed_report(report)
    assert open_kinds(event) == ["upward_report", "report_chain"]
    at = now + timedelta(minutes=4)
    sending.send_report(report_id=report.pk, reach=reach("county1.duty", at), channel="fax", now=at)
    assert open_kinds(event) == ["report_chain"]
    with pytest.raises(WrongState) as refused:
        incidents.close_incident(
            incident_id=event.pk, reach=reach("county1.duty", at), summary="已平息", now=at
        )
    assert refused.value.code == "still_open"

    sent(event, "final", minutes=10)

    assert open_kinds(event) == []
    later = now + timedelta(minutes=20)
    closed = incidents.close_incident(
        incident_id=event.pk,
        reach=reach("county1.duty", later),
        summary="已平息",
        answers=answered(event, later),
        now=later,
    )
    assert closed.state == "closed"


def test_a_discarded_draft_holds_nothing_open(drafted, incident, reach, now):
    event = incident()
    report = drafted(event)
    actions.discard_report(report_id=report.pk, reach=reach("county1.duty"), discard_reason="误起草", now=now)

    assert open_kinds(event) == []


def test_after_a_final_report_a_follow_up_takes_the_chain_up_again(sent, drafted, incident):
    event = incident()
    sent(event)
    sent(event, "final", minutes=10)

    drafted(event, "continued", minutes=20)

    assert open_kinds(event) == ["upward_report", "report_chain"]


# --- known and told --------------------------------------------------------------------------------------------


def lines_of(event):
    event.refresh_from_db()
    reports = list(queries.reports_of(event))
    return {
        line.fact: line
        for told in queries.known_and_told(event, reports, queries.superior_reports(event))
        for line in told.lines
    }


def test_what_is_known_since_the_last_report_is_marked_with_who_told(sent, incident, reach, now):
    event = incident(headcount=8)
    sent(event)
    assert not any(line.differs for line in lines_of(event).values())

    see(event, reach, now, "又来四人", 10, headcount=12)

    count = lines_of(event)["headcount"]
    assert (count.known, count.told, count.differs) == ("12", "8", True)
    assert str(reach("county1.duty").user) in count.told_by


def test_a_telephone_report_counts_as_told_with_what_was_known_then(drafted, incident, reach, now):
    event = incident(headcount=8)
    report = drafted(event)
    sending.record_telephone_report(
        report_id=report.pk, reach=reach("county1.duty"), told_whom="值班室", now=now + timedelta(minutes=2)
    )
    see(event, reach, now, "又来四人", 10, headcount=12)
    actions.redraft_report(report_id=report.pk, reach=reach("county1.duty"), now=now + timedelta(minutes=11))

    assert lines_of(event)["headcount"].told == "8"


def test_what_a_signed_warning_told_is_compared_too_and_stands_in_the_report(signed, drafted, reach, now):
    warning = signed("red", headcount=60)
    see(warning.incident, reach, now, "又来十人", 10, headcount=70)
    report = warning.superior_reports.first()
    send_superior(
        report_id=report.pk, reach=reach("city.director"), channel="phone", now=now + timedelta(minutes=11)
    )

    count = lines_of(warning.incident)["headcount"]
    assert (count.known, count.told, count.differs) == ("70", "60", True)
    assert warning.number in count.told_by
    other = drafted(warning.incident, minutes=12, recipients=()).fields["other"]
    assert other == f"9时11分，已随预警先行报告{report.title_zh}。"


# --- the table, the database, many hands -----------------------------------------------------------------------


def test_entries_are_those_of_the_table(drafted, whole, signed_report, reach, now):
    with done_as_in_the_table(rules.TRANSITIONS, "draft") as begun:
        report = drafted()
        begun.append(report.key)
    with done_as_in_the_table(rules.TRANSITIONS, "revise", subject=report.key):
        actions.revise_report(
            report_id=report.pk, reach=reach("county1.duty"), fields={"other": "无"}, now=now
        )
    report = whole(report)
    with done_as_in_the_table(rules.TRANSITIONS, "sign", subject=report.key):
        signed_report(report)
    at = now + timedelta(minutes=5)
    with done_as_in_the_table(rules.TRANSITIONS, "deliver", "complete", subject=report.key):
        sending.send_report(report_id=report.pk, reach=reach("county1.duty", at), channel="fax", now=at)


def refused_by(name, act):
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        act()
    assert name in str(error.value) or (connection.vendor == "sqlite" and "UNIQUE" in str(error.value))


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("upward_reports_count_from_one", {"n": 0}),
        ("follow_ups_are_counted", {"ordinal": 1}),
        ("a_reports_signature_is_whole", {"signature": "x"}),
        ("signed_reports_bear_a_signature", {"state": "signed"}),
        ("a_discarded_report_says_why", {"discard_reason": "x"}),
    ],
)
def test_constraints_of_a_draft(drafted, name, fields):
    report = drafted()

    refused_by(name, lambda: UpwardReport.objects.filter(pk=report.pk).update(**fields))


def test_constraints_of_a_sent_report(sent, now):
    rows = UpwardReport.objects.filter(pk=sent().pk)

    refused_by("a_sent_upward_report_has_its_time", lambda: rows.update(sent_at=None))
    refused_by("sent_upward_after_signature", lambda: rows.update(sent_at=now - timedelta(days=1)))


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("a_call_upward_says_who_told_whom", {"told_whom": "x"}),
        ("a_delivery_says_when_by_whom_and_how", {"channel": ""}),
        ("a_receipt_is_whole", {"receipt_at": "now"}),
        ("a_receipt_names_its_receiver", {"receiver": "x"}),
    ],
)
def test_constraints_of_a_delivery(sent, now, name, fields):
    delivery = sent().deliveries.get()
    values = {field: now if value == "now" else value for field, value in fields.items()}

    refused_by(name, lambda: UpwardDelivery.objects.filter(pk=delivery.pk).update(**values))


def test_received_upward_after_it_was_sent(sent, cast, now):
    rows = UpwardDelivery.objects.filter(pk=sent().deliveries.get().pk)
    values = {"receiver": "x", "receipt_at": now, "receipt_by": cast["county1.duty"]}

    refused_by(
        "received_upward_after_it_was_sent",
        lambda: rows.update(received_at=now - timedelta(days=1), **values),
    )


def test_the_database_keeps_one_draft_one_initial_report_and_each_number_once(
    drafted, signed_report, incident
):
    report = drafted(incident())

    def copy(**values):
        twin = UpwardReport.objects.get(pk=report.pk)
        twin.pk = None
        for name, value in values.items():
            setattr(twin, name, value)
        return lambda: twin.save(force_insert=True)

    refused_by("one_draft_upward_per_incident", copy(n=2, kind="final"))
    signed_report(report)
    refused_by("one_initial_report_per_incident", copy(n=2))
    refused_by("upward_reports_count_per_incident", copy(kind="final"))


def test_a_recipient_once_per_report(drafted):
    report = drafted()

    refused_by(
        "a_recipient_once_per_report", lambda: UpwardDelivery.objects.create(report=report, title_zh=ABOVE)
    )


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_of_many_hands_one_drafts(incident, passwords, reach, now):
    event, duty = incident(), reach("county1.duty")
    hands = 50 if connection.vendor == "postgresql" else 8

    def act(_n):
        try:
            return actions.draft_report(
                incident_id=event.pk, reach=duty, kind="initial", recipients=[ABOVE], now=now
            ).n
        except Refused as refused:
            return refused.code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(max_workers=min(hands, 25)) as pool:
        results = list(pool.map(act, range(hands)))

    assert results.count(1) == 1
    assert set(results) == {1, "a_draft_waits"}
    assert UpwardReport.objects.filter(incident=event).count() == 1
