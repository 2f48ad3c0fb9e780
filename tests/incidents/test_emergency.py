"""Emergency access: past one's posts, for hours, with a reason, under the eyes of others; and never further."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.test import Client

from accounts.choices import PostKind
from accounts.emergency.models import EmergencyAccess, OpenedThing
from accounts.exclusions import actions as exclusions
from accounts.models import Appointment, Post, Unit
from accounts.scope import next_changes, reach_of, reaches_of
from accounts.verbs import VERBS
from common.errors import Invalid, NotAllowed, NotFound, WrongState
from incidents.checklist.actions import mark_item
from incidents.emergency import actions, alerts, queries
from incidents.models import Incident
from incidents.queries import find_thing, get_incident
from incidents.reporting.actions import add_observation
from incidents.sharing import share_incident
from incidents.steps.actions import note_step
from journal.models import Entry
from journal.record import content_of
from notices.choices import ON_SCREEN, Channel, State
from notices.models import Notice
from plans.engine.facts import Facts
from tests.early_warnings.conftest import PASSWORD, passwords
from tests.early_warnings.test_races import at_once

__all__ = ["passwords"]

pytestmark = [pytest.mark.django_db, pytest.mark.control(24)]

HOUR = timedelta(hours=1)
WHO = "county2.duty"


@pytest.fixture
def enter(reach, passwords, now):
    """enter("SJ-…") → the access of the neighbour's duty officer, or of somebody else."""

    def act(asked, *, by=WHO, at=None, reason="夜间电话求助，该局值班无人接听", credential=PASSWORD):
        return actions.open_in_emergency(
            reach=reach(by, at), asked=asked, reason=reason, credential=credential, now=at or now
        )

    return act


def sees(reach, number):
    try:
        return get_incident(reach, number).number == number
    except NotFound:
        return False


# --- what it opens, and to whom --------------------------------------------------------------------------


def test_it_opens_one_incident_until_its_time_is_over_and_no_other(alarm, enter, cast, reach, now, settings):
    meant, other = alarm(), alarm(unit="C1")

    access = enter(f" {meant.number.lower()} ")

    assert access.until == now + settings.EMERGENCY_ACCESS_HOURS * HOUR
    assert sees(reach(WHO), meant.number)
    assert not sees(reach(WHO), other.number)
    last = access.until - timedelta(seconds=1)
    assert sees(reach_of(cast[WHO], last), meant.number)
    assert not sees(reach_of(cast[WHO], access.until), meant.number)
    # Nobody else of the same duty room.
    assert not sees(reach("county2.director"), meant.number)


def test_the_three_answers_of_a_reach_agree(alarm, enter, cast, reach, now):
    incident = alarm()
    enter(incident.number)
    entry = Entry.objects.filter(thread=incident.key).first()

    for at in (now, now + 5 * HOUR):
        mine = reach_of(cast[WHO], at)
        found = Entry.objects.visible_to(mine).filter(pk=entry.pk).exists()
        keyed = ("thread", incident.key) in mine.entry_keys()
        assert mine.sees(entry) == found == keyed == mine.has_opened(incident.key) == (at == now)


def test_a_unit_stands_for_its_incidents_that_are_open_now(alarm, enter, reach, now):
    first, second = alarm(), alarm()
    below = alarm("town11.head", unit="T11")

    access = enter("C1")

    assert sorted(access.things.values_list("number", flat=True)) == sorted([first.number, second.number])
    later = alarm()
    assert [sees(reach(WHO), one.number) for one in (first, second, below, later)] == [
        True,
        True,
        False,
        False,
    ]


@pytest.mark.parametrize("kind", sorted(PostKind.values))
def test_who_may_is_who_answers_for_incidents_never_who_administers_or_audits(
    kind, alarm, cast, passwords, reach, now
):
    """Every kind of post: one with the verb opens it, any other is refused before the credential is looked at."""
    incident = alarm()
    person = cast["county2.duty"]
    Appointment.objects.filter(person=person).delete()
    Appointment.objects.create(person=person, post=post_of(kind), valid_from=now - HOUR)
    mine = reach_of(person, now)
    given = {"reach": mine, "asked": incident.number, "reason": "无人接听", "now": now}

    if kind in VERBS["emergency.open"]:
        assert actions.open_in_emergency(credential=PASSWORD, **given).post
    else:
        with pytest.raises(NotAllowed) as refused:
            actions.open_in_emergency(credential="wrong", **given)
        assert refused.value.code == "not_allowed"
        assert not EmergencyAccess.objects.exists()
    assert VERBS["emergency.open"].isdisjoint(
        {PostKind.AUDITOR, PostKind.SECADMIN, PostKind.SYSADMIN, PostKind.CLERK, PostKind.SQUAD}
    )


def post_of(kind):
    unit = Unit.objects.get(code="C2")
    return Post.objects.get_or_create(unit=unit, kind=kind, squad="", defaults={"title": kind})[0]


def test_who_lost_the_post_has_lost_what_was_opened_by_it(alarm, enter, cast, reach, now):
    incident = alarm()
    enter(incident.number)

    Appointment.objects.filter(person=cast[WHO]).update(post=post_of(PostKind.CLERK))

    assert not sees(reach(WHO), incident.number)


def test_it_lets_read_and_add_and_nothing_else(alarm, enter, passwords, reach, now):
    incident = alarm()
    seen = {"incident_id": incident.pk, "what": "院内有人受伤", "facts": Facts.from_dict({}), "now": now}
    with pytest.raises(NotAllowed):
        add_observation(reach=reach(WHO), **seen)
    enter(incident.number)

    add_observation(reach=reach(WHO), **seen)

    mark_item(incident_id=incident.pk, reach=reach(WHO), item="call_120", outcome="done", now=now)
    with pytest.raises(NotAllowed):
        note_step(incident_id=incident.pk, reach=reach(WHO), kind="coordination_meeting.held", now=now)
    with pytest.raises(NotAllowed):
        share_incident(incident_id=incident.pk, reach=reach(WHO), reason="r", unit=incident.unit, now=now)
    mine = reach(WHO)
    verbs = {verb for verb in VERBS if mine.holds(verb, incident.unit_path)}
    assert verbs == set()


# --- what it takes ----------------------------------------------------------------------------------------


def test_a_wrong_credential_opens_nothing_and_asks_nobody_what_there_is(alarm, enter, reach, now):
    incident = alarm()

    for asked in (incident.number, "SJ-NONE", ""):
        with pytest.raises(NotAllowed) as refused:
            enter(asked, credential="wrong")
        assert refused.value.code == "credential_wrong"

    assert not EmergencyAccess.objects.exists()
    assert not Notice.objects.filter(purpose=alerts.OPENED).exists()
    assert not sees(reach(WHO), incident.number)


@pytest.mark.parametrize("reason", ["", "   ", "联系 13812345678"])
def test_without_a_reason_or_with_somebodys_number_in_it_nothing_is_opened(reason, alarm, enter):
    incident = alarm()

    with pytest.raises(Invalid):
        enter(incident.number, reason=reason)

    assert not EmergencyAccess.objects.exists()


def test_what_is_not_there_what_is_over_and_what_is_closed_to_one_are_one_answer(
    alarm, enter, cast, reach, now, units
):
    kept, over = alarm(), alarm()
    Incident.objects.filter(pk=over.pk).update(
        state="closed", closed_at=now, closed_by=cast["county1.duty"], summary="s"
    )
    thing = find_thing(reach("county1.director"), kept.number)
    exclusions.shut_out_accused(
        reach=reach("county1.director"), thing=thing, unit=units["C2"], people=(), reason="检举", now=now
    )

    said = set()
    for asked in (kept.number, over.number, "SJ-NONE"):
        with pytest.raises(NotFound) as refused:
            enter(asked)
        said.add((refused.value.code, str(refused.value)))

    assert len(said) == 1
    assert not EmergencyAccess.objects.exists()


def test_a_recusal_holds_before_and_after(alarm, enter, cast, reach, now):
    first, second = alarm(), alarm()
    enter("C1")
    for one in (first, second):
        thing = find_thing(reach("county1.director"), one.number)
        exclusions.recuse_person(
            reach=reach("county1.director"), thing=thing, person=cast[WHO], reason="亲属", now=now
        )

        assert not sees(reach(WHO), one.number)
        assert not reach(WHO).has_opened(one.key)

    with pytest.raises(NotFound):
        enter(first.number)


def test_what_is_seen_already_is_not_opened_again(alarm, enter, now):
    incident = alarm()
    enter(incident.number)

    with pytest.raises(WrongState) as refused:
        enter(incident.number)

    assert refused.value.code == "open_already"
    assert EmergencyAccess.objects.count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.slow
def test_two_at_once_are_one_access_and_one_alarm(alarm, enter):
    incident = alarm()

    done = at_once(4, lambda n: enter(incident.number).pk)

    access = EmergencyAccess.objects.get()
    assert done.count(access.pk) == 1
    assert set(done) - {access.pk} <= {"open_already", "credential_throttled"}
    assert Entry.objects.filter(kind="emergency.opened").count() == 1


# --- who is told ------------------------------------------------------------------------------------------


def test_who_watches_is_alarmed_in_the_same_moment_and_it_is_on_record(alarm, enter, cast, now):
    incident = alarm()

    access = enter(incident.number)

    told = Notice.objects.filter(purpose=alerts.OPENED, channel=Channel.APP)
    assert set(told.values_list("recipient__username", flat=True)) == {
        "city.audit",
        "county1.director",
        "city.duty",
    }
    # On their screens with the commit, at two in the morning too: nothing has to send it, and it waits for nothing.
    assert set(told.values_list("state", "sent_at", "visible_at")) == {(State.SENT, now, now)}
    assert all(access.reason in one.text_zh and incident.number in one.text_zh for one in told)
    entry = Entry.objects.get(kind="emergency.opened")
    assert (entry.subject, entry.actor, entry.unit) == (incident.key, cast[WHO], incident.unit)
    said = content_of(entry)
    assert said["reason"] == access.reason
    assert said["credential"] == "password"
    assert len(said["told"]) == 3
    assert said["access"] == access.pk


def test_where_no_alarm_can_be_given_nothing_is_opened(alarm, enter, reach, monkeypatch):
    """The same transaction: whatever dies between the two leaves neither."""
    incident = alarm()

    def dies(*args, **kwargs):
        raise MemoryError

    monkeypatch.setattr(alerts, "queue_notices", dies)
    with pytest.raises(MemoryError), transaction.atomic():
        enter(incident.number)

    assert not EmergencyAccess.objects.exists()
    assert not Entry.objects.filter(kind="emergency.opened").exists()
    assert not sees(reach(WHO), incident.number)


def test_who_is_kept_from_it_is_not_alarmed(alarm, enter, cast, reach, now):
    incident = alarm()
    thing = find_thing(reach("city.director"), incident.number)
    exclusions.recuse_person(
        reach=reach("city.director"), thing=thing, person=cast["county1.director"], reason="亲属", now=now
    )

    enter(incident.number)

    told = Notice.objects.filter(purpose=alerts.OPENED).values_list("recipient__username", flat=True)
    assert set(told) == {"city.audit", "city.duty"}


# --- how it ends ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("by", [WHO, "city.audit", "city.secadmin"])
def test_the_person_the_auditor_and_the_security_administrator_end_it(by, alarm, enter, reach, now):
    incident = alarm()
    access = enter(incident.number)

    actions.end_access(access_id=access.pk, reach=reach(by), now=now + HOUR)
    again = actions.end_access(access_id=access.pk, reach=reach(by), now=now + 2 * HOUR)

    assert again.ended_at == now + HOUR
    assert again.ended_by.username == by
    assert not sees(reach(WHO), incident.number)
    entry = Entry.objects.get(kind="emergency.ended")
    assert (entry.subject, entry.actor.username) == (incident.key, by)


@pytest.mark.parametrize("by", ["county1.director", "county2.director", "city.sysadmin", "county1.duty"])
def test_nobody_else_ends_it_or_sees_that_it_is_there(by, alarm, enter, reach, now):
    access = enter(alarm().number)

    with pytest.raises(NotAllowed):
        actions.end_access(access_id=access.pk, reach=reach(by), now=now)
    with pytest.raises(NotFound):
        queries.get_access(reach(by), access.pk)


def test_sockets_are_read_again_when_its_time_is_over(alarm, enter, cast, now, django_assert_num_queries):
    access = enter(alarm().number)

    with django_assert_num_queries(1):
        found = next_changes([cast[WHO], cast["county1.duty"]], now)

    assert found[cast[WHO].pk] == access.until
    assert cast["county1.duty"].pk not in found


def test_a_reach_costs_one_query_more_only_while_something_is_opened(
    alarm, enter, cast, now, django_assert_num_queries
):
    people = [cast[WHO], cast["county1.duty"]]
    incident = alarm()
    with django_assert_num_queries(1):
        reaches_of(people, now)
    enter(incident.number)

    with django_assert_num_queries(2):
        reaches_of(people, now)
    with django_assert_num_queries(1):
        reaches_of(people, now + 5 * HOUR)


# --- what the auditor states ------------------------------------------------------------------------------


def review(
    access, reach, now, *, verdict="justified", statement="值班电话无人接听，核实属实", credential=PASSWORD
):
    return actions.review_access(
        access_id=access.pk, reach=reach, verdict=verdict, statement=statement, credential=credential, now=now
    )


def test_it_waits_for_the_auditor_until_a_statement_is_signed(alarm, enter, reach, now):
    access = enter(alarm().number)
    waiting = Notice.objects.filter(purpose=alerts.OPENED, state__in=ON_SCREEN)
    assert queries.to_review(reach("city.audit")) == 1
    assert waiting.count() == 3
    # Its time being over is no answer.
    assert alerts.while_unreviewed(list(waiting), now + 9 * HOUR) == {}

    review(access, reach("city.audit"), now + 9 * HOUR)

    assert queries.to_review(reach("city.audit")) == 0
    assert waiting.all().count() == 0
    entry = Entry.objects.get(kind="emergency.reviewed")
    assert (entry.audience, content_of(entry)["verdict"]) == ("security", "justified")
    with pytest.raises(WrongState):
        review(access, reach("city.audit"), now + 9 * HOUR)


def test_what_is_not_justified_ends_at_once(alarm, enter, reach, now):
    incident = alarm()
    access = enter(incident.number)

    review(access, reach("city.audit"), now + HOUR, verdict="not_justified")

    assert not sees(reach(WHO), incident.number)
    assert Entry.objects.filter(kind="emergency.ended", subject=incident.key).count() == 1


@pytest.mark.parametrize(
    ("by", "given", "code"),
    [
        ("city.secadmin", {}, "not_allowed"),
        (WHO, {}, "not_allowed"),
        ("city.audit", {"credential": "wrong"}, "credential_wrong"),
        ("city.audit", {"statement": " "}, "reason_missing"),
        ("city.audit", {"verdict": "perhaps"}, "invalid"),
    ],
)
def test_a_statement_takes_an_auditor_their_credential_and_words(by, given, code, alarm, enter, reach, now):
    access = enter(alarm().number)

    with pytest.raises((NotAllowed, Invalid)) as refused:
        review(access, reach(by), now, **given)

    access.refresh_from_db()
    assert refused.value.code == code
    assert access.verdict == ""


REFUSED = {
    "an_emergency_access_has_a_reason": {"reason": ""},
    "an_emergency_access_ends_after_it_began": {"until": datetime(2026, 1, 1, tzinfo=UTC)},
    "who_ended_an_emergency_access_is_known": {"ended_at": datetime(2026, 12, 1, tzinfo=UTC)},
    "another_person_states_about_an_emergency_access": {"verdict": "justified"},
}


@pytest.mark.parametrize("name", REFUSED)
def test_the_database_keeps_it_too(name, alarm, enter):
    access = enter(alarm().number)

    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        EmergencyAccess.objects.filter(pk=access.pk).update(**REFUSED[name])


def test_nobody_states_about_themself_in_the_database_either(alarm, enter, cast, now):
    access = enter(alarm().number)
    own = {"verdict": "justified", "statement": "s", "reviewed_at": now, "reviewed_by": cast[WHO]}

    with (
        pytest.raises(IntegrityError, match="another_person_states_about_an_emergency_access"),
        transaction.atomic(),
    ):
        EmergencyAccess.objects.filter(pk=access.pk).update(**own)


def test_one_thing_is_opened_once_by_one_access(alarm, enter):
    """The constraint `one_row_for_what_is_opened`."""
    access = enter(alarm().number)
    thing = access.things.get()

    with pytest.raises(IntegrityError), transaction.atomic():
        OpenedThing.objects.create(access=access, subject=thing.subject, number=thing.number)


def test_an_auditor_who_is_kept_from_an_incident_does_not_read_of_it_here(alarm, enter, cast, reach, now):
    incident = alarm()
    access = enter(incident.number)
    thing = find_thing(reach("county1.director"), incident.number)
    exclusions.recuse_person(
        reach=reach("county1.director"), thing=thing, person=cast["city.audit"], reason="亲属", now=now
    )

    assert queries.to_review(reach("city.audit")) == 0
    with pytest.raises(NotFound):
        queries.get_access(reach("city.audit"), access.pk)


# --- pages and the API ------------------------------------------------------------------------------------


@pytest.fixture
def client_of(cast):
    def sign_in(username):
        client = Client()
        client.force_login(cast[username])
        return client

    return sign_in


def test_the_whole_way_on_pages(alarm, passwords, client_of, now):
    incident = alarm()
    duty, auditor = client_of(WHO), client_of("city.audit")
    page = f"/incidents/{incident.number}/"
    with time_machine.travel(now, tick=False):
        assert duty.get(page).status_code == 404
        assert "bar-emergency" not in duty.get("/emergency/").text
        wrong = duty.post("/emergency/", {"asked": incident.number, "reason": "r", "credential": "wrong"})
        nothing = duty.post("/emergency/", {"asked": "SJ-NONE", "reason": "r", "credential": PASSWORD})
        assert (wrong.status_code, nothing.status_code) == (422, 404)

        done = duty.post(
            "/emergency/", {"asked": incident.number, "reason": "无人接听", "credential": PASSWORD}
        )

        assert (done.status_code, done["Location"]) == (303, page)
        shown = duty.get(page)
        assert shown.status_code == 200
        assert "bar-emergency" in shown.text
        assert incident.number in shown.text
        assert "bar-emergency" in duty.get("/duty/").text
        assert 'href="/emergency/"' in auditor.get("/journal/").text
        listed = auditor.get("/emergency/").text
        assert "无人接听" in listed
        assert incident.number in listed
        access = EmergencyAccess.objects.get()
        ended = duty.post(f"/emergency/{access.pk}/end/")
        assert ended.status_code == 303
        assert duty.get(page).status_code == 404
        stated = auditor.post(
            f"/emergency/{access.pk}/review/",
            {"verdict": "justified", "statement": "属实", "credential": PASSWORD},
        )
        assert stated.status_code == 303
        assert "属实" in auditor.get("/emergency/").text


def test_who_administers_accounts_learns_who_and_when_but_not_why(alarm, enter, client_of, now):
    access = enter(alarm().number)
    with time_machine.travel(now, tick=False):
        shown = client_of("city.secadmin").get("/emergency/")
        told = client_of("city.secadmin").get("/api/v1/emergency-access/").json()["results"]

    assert access.asked in shown.text
    assert access.reason not in shown.text
    assert [(one["person"], one["reason"]) for one in told] == [(WHO, "")]


def test_the_auditor_reads_them_over_the_api_and_others_only_their_own(alarm, enter, client_of, now):
    enter(alarm().number)
    with time_machine.travel(now, tick=False):
        told = client_of("city.audit").get("/api/v1/emergency-access/?state=to-review").json()["results"]
        own = client_of(WHO).get("/api/v1/emergency-access/").json()["results"]
        other = client_of("county1.duty").get("/api/v1/emergency-access/").json()["results"]
        nobody = client_of("town12.clerk").get("/api/v1/emergency-access/")

    assert len(told) == len(own) == 1
    assert other == []
    assert nobody.status_code == 403
    assert told[0]["numbers"]
    assert told[0]["verdict"] == ""
    assert told[0]["ended_at"] is None
