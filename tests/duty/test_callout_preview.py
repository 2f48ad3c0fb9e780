"""Ask the roster: what it answers is what the outbox gets when the thing happens."""

from datetime import timedelta

import pytest
from django.utils.translation import override

from accounts.contacts import actions as contacts
from accounts.contacts.models import Proof
from accounts.models import Appointment, Post, User
from duty.callout_preview.choices import LIFE_RISK, Break, Moment, What
from duty.callout_preview.queries import ask
from early_warnings.proposals import actions as proposals
from early_warnings.signing import actions as signing
from incidents.reporting.actions import Alarm, report_incident
from notices.models import EscalationStep, Notice
from notices.silence import escalation
from plans.engine.facts import Facts
from tests.early_warnings.conftest import PASSWORD, SIGNER, passwords, statement

__all__ = ["passwords", "statement"]


@pytest.fixture
def happens(plan, units, reach, statement, passwords, now):
    """happens("orange", "T11", at) → a warning proposed, and with signed=True signed, as in life."""

    def happen(level, unit="C1", at=None, *, signed=True):
        at = at or now
        alarm = Alarm(unit=units[unit], place="一楼大厅", what="来访人聚集", client_id=f"{level}{unit}",
                      facts=Facts.from_dict({"headcount": 8}))  # fmt: skip
        incident, _new = report_incident(reach=reach("county1.duty", at), alarm=alarm, now=at)
        duty = reach("county1.duty", at)
        warning = proposals.propose_new_warning(
            incident_id=incident.pk, reach=duty, statement=statement(level), now=at
        )
        if signed:
            signer = warning.requests.get().post.appointments.current(at).get(held_as="holder").person
            signing.sign_warning(
                warning_id=warning.pk, reach=reach(signer.username, at), credential=PASSWORD, now=at
            )
        return warning

    return happen


def wave(answer, moment, what):
    return next((wave for wave in answer.waves if (wave.moment, wave.what) == (moment, what)), None)


def answered(found):
    """(username, channel, seconds) of a wave."""
    return {
        (told.person.username, str(way.channel), way.after.total_seconds())
        for told in found.people
        for way in told.ways
    }


def queued(now, **filters):
    rows = Notice.objects.filter(**filters).select_related("recipient")
    return {(row.recipient.username, row.channel, (row.visible_at - now).total_seconds()) for row in rows}


@pytest.mark.parametrize("with_gateway", [True, False])
@pytest.mark.parametrize("unit", ["C1", "T11"])
@pytest.mark.parametrize("level", SIGNER)
def test_the_answer_is_what_is_queued(happens, units, settings, now, level, unit, with_gateway):
    settings.NOTICE_GATEWAY_URL = "http://gateway.invalid" if with_gateway else ""
    answer = ask(units[unit], level, now)

    warning = happens(level, unit)

    assert answered(wave(answer, Moment.ALARM, What.TOLD)) == {
        (name, channel, 0.0) for name, channel, _late in queued(now, purpose="incident.reported")
    }
    assert answered(wave(answer, Moment.PROPOSED, What.SIGNS)) == queued(now, purpose="warning.to_sign.1")
    assert answered(wave(answer, Moment.SIGNED, What.TOLD)) == queued(
        now, purpose="warning.signed", subject=warning.key
    )


def test_the_answer_for_a_life_at_risk_is_what_is_queued(plan, units, reach, gateway_named, now):
    answer = ask(units["T11"], LIFE_RISK, now)

    alarm = Alarm(unit=units["T11"], place="x", what="x", client_id="life",
                  facts=Facts.from_dict({"life_risk": ["suicide_threat"]}))  # fmt: skip
    report_incident(reach=reach("town11.clerk"), alarm=alarm, now=now)

    told = wave(answer, Moment.LIFE_SAFETY, What.TOLD)
    assert answered(told) == queued(now, purpose="incident.life_safety")
    assert answer.needs_each


def test_who_has_an_id_at_the_chat_service_is_told_there_as_the_answer_says(
    plan, units, reach, gateway_named, settings, cast, now
):
    settings.NOTICE_CHAT_PROVIDER = "wecom"
    person = cast["county1.duty"]
    person.chat_id = "zhang.san"
    person.save()
    answer = ask(units["C1"], LIFE_RISK, now)

    alarm = Alarm(unit=units["C1"], place="x", what="x", client_id="life",
                  facts=Facts.from_dict({"life_risk": ["suicide_threat"]}))  # fmt: skip
    report_incident(reach=reach("town11.clerk"), alarm=alarm, now=now)

    told = answered(wave(answer, Moment.LIFE_SAFETY, What.TOLD))
    assert told == queued(now, purpose="incident.life_safety")
    assert {name for name, channel, _after in told if channel == "chat"} == {"county1.duty"}


def test_signatures_climb_as_the_answer_says(happens, units, gateway_named, now):
    answer = ask(units["C1"], "yellow", now)
    warning = happens("yellow", signed=False)

    climbs = [found for found in answer.waves if found.what == What.SIGNS_NEXT]
    signoff = [
        clock for clock in warning.plan.document["clocks"] if clock.get("effect") == "signoff.escalate"
    ]

    assert [found.after.total_seconds() for found in climbs] == [120, 240]
    for found, clock in zip(climbs, signoff, strict=True):
        signing.escalate_request(warning_id=warning.pk, clock_id=clock["id"], now=now + found.after)
        purpose = f"warning.to_sign.1.{clock['id']}"
        assert answered(found) == queued(now + found.after, purpose=purpose)


def test_silence_is_followed_up_as_the_answer_says(happens, units, gateway_named, now):
    answer = ask(units["C1"], "red", now)
    warning = happens("red")

    for what in (What.SECOND_CHANNEL, What.NEXT_PERSON, What.BREACH):
        found = wave(answer, Moment.SIGNED, what)
        at = now + found.after
        known = set(Notice.objects.values_list("pk", flat=True))
        # Of those told first; whoever is told next has steps of their own, from the beginning.
        first = EscalationStep.objects.filter(
            callout__began_at=now, callout__subject=warning.key, done_at=None
        )
        for step in list(first.filter(due_at__lte=at).order_by("due_at", "callout_id", "number")):
            escalation.take(step.pk, at)
        new = Notice.objects.exclude(pk__in=known).filter(subject=warning.key).select_related("recipient")
        assert {(one.recipient.username, one.channel) for one in new} == {
            (name, channel) for name, channel, _late in answered(found)
        }


def test_it_asks_for_its_own_moment(published, plan, units, now):
    published()

    def duty(at):
        told = wave(ask(units["C1"], "yellow", at), Moment.ALARM, What.TOLD).people
        return {one.person.username for one in told} & {"county1.duty", "county1.duty2", "county1.duty3"}

    assert duty(now + timedelta(days=2)) == {"county1.duty3"}
    assert duty(now + timedelta(days=1)) != {"county1.duty3"}


def why(answer):
    return {broken.why for broken in answer.breaks}


def test_where_the_chain_breaks(plan, units, gateway_named, now):
    assert Break.NOBODY not in why(ask(units["C1"], "yellow", now))
    Appointment.objects.filter(post__kind="first_responder").delete()
    assert Break.NOBODY in why(ask(units["C1"], "yellow", now))
    Post.objects.filter(kind="first_responder").update(closed_at=now)
    assert Break.NO_POST in why(ask(units["C1"], "yellow", now))


def test_nobody_could_sign(plan, units, now):
    Appointment.objects.filter(post__kind__in=["director", "deputy_director", "duty_leader"]).delete()

    answer = ask(units["C1"], "red", now)

    assert Break.NO_SIGNATORY in why(answer)
    assert wave(answer, Moment.PROPOSED, What.SIGNS).people == ()


def test_numbers_that_do_not_ring(plan, units, gateway_named, now):
    User.objects.update(phone="")
    answer = ask(units["C1"], "yellow", now)
    assert Break.ALL_DARK in why(answer)
    lacks = {way.lack for one in wave(answer, Moment.SIGNED, What.TOLD).people for way in one.ways}
    assert lacks == {"", "no_number"}

    User.objects.update(phone="13900000000")
    leader = User.objects.get(username="county1.leader")
    contacts.verify_number(person=leader, proof=Proof.CODE, actor=None, now=now)
    told = wave(ask(units["C1"], "yellow", now), Moment.SIGNED, What.TOLD).people
    by_name = {one.person.username: {str(way.channel): way.lack for way in one.ways} for one in told}
    assert by_name["county1.leader"]["sms"] == ""
    assert by_name["county1.responder"]["sms"] == "not_verified"


def test_without_a_gateway_the_channels_are_named(plan, units, settings, now):
    settings.NOTICE_GATEWAY_URL = ""

    answer = ask(units["C1"], "yellow", now)

    assert Break.NOT_SET_UP in why(answer)
    assert {str(w.channel) for one in wave(answer, Moment.SIGNED, What.TOLD).people for w in one.ways} == {
        "app"
    }


def test_asking_changes_nothing(plan, units, gateway_named, now):
    ask(units["C1"], "red", now)

    assert not Notice.objects.exists()
    assert not EscalationStep.objects.exists()


# --- the doors ---------------------------------------------------------------------------------------------

PAGE, API = "/readiness/ask/", "/api/v1/rosters/ask/"


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_page(plan, gateway_named, signed_in, language):
    browser = signed_in("county1.leader")
    browser.cookies["language"] = language

    text = browser.get(PAGE, {"unit": "T11", "level": "orange", "at": "2026-11-22T20:00"}).content.decode()

    assert ("按值班表查询" if language == "zh-hans" else "Ask the roster") in text
    assert "+60" in text
    assert "林岚" in text


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_posts_are_called_what_they_are_called_in_the_readers_language(
    plan, units, gateway_named, now, language
):
    Post.objects.filter(unit__code="C1", kind="duty_officer").update(title_en="")
    with override(language):
        found = ask(units["T11"], "orange", now + timedelta(hours=11))
    titles = {told.post for wave in found.waves for told in wave.people}
    english = dict(Post.objects.exclude(title_en="").values_list("title_en", "title"))
    # Nobody has put the duty officer's title into English: it stays as it is.
    free = set(Post.objects.filter(unit__code="C1", kind="duty_officer").values_list("title", flat=True))

    assert titles
    if language == "en":
        assert titles <= set(english) | free
        assert titles & set(english)
    else:
        assert titles <= set(english.values()) | free


def test_the_api_says_the_same_as_the_page(plan, gateway_named, signed_in, now):
    given = {"unit": "C1", "level": "red", "at": now.isoformat()}

    answer = signed_in("county1.leader").get(API, given).json()

    assert answer["plan"]["id"] == "cn-justice-city-petition-000"
    signed = [wave for wave in answer["waves"] if wave["moment"] == "signed"]
    assert [(wave["what"], wave["after_seconds"]) for wave in signed] == [
        ("told", 0), ("second_channel", 60), ("next_person", 120), ("breach", 180),
    ]  # fmt: skip
    assert "phone" not in str(answer)


@pytest.mark.parametrize("who", ["county2.leader", "village111.informant", "county1.squad.dialogue"])
def test_whose_units_it_is_not(plan, signed_in, who):
    for door in (PAGE, API):
        assert signed_in(who).get(door, {"unit": "C1", "level": "red"}).status_code == 404


@pytest.mark.parametrize(
    "given", [{"level": "purple"}, {"level": ""}, {"level": "red", "at": "yesterday"}, {"level": "<b>"}]
)
def test_hostile_questions(plan, signed_in, given):
    browser = signed_in("county1.leader")

    assert browser.get(API, {"unit": "C1", **given}).status_code == 422
    assert browser.get(PAGE, {"unit": "C1", **given}).status_code == 422
    assert browser.get(PAGE, {"unit": "' OR 1=1", "level": "red"}).status_code == 404
