"""An open incident goes over to another plan version: signed, shown before, written down, and never by itself."""

from datetime import timedelta

import pytest
from django.conf import settings

from clocks.models import Clock
from clocks.succession import ENDS, GOES_ON, SET_ANEW
from common.errors import Invalid, NotAllowed, Stale, WrongState
from early_warnings.proposals import actions as proposals
from early_warnings.proposals.actions import Statement
from early_warnings.signing import actions as signing
from incidents.actions import close_incident
from incidents.choices import State
from incidents.models import Incident
from incidents.reporting.actions import add_observation
from incidents.switching.actions import switch_plan
from incidents.switching.queries import preview, versions_to_switch_to
from journal.models import Entry
from journal.numbering import number_new
from journal.record import content_of
from plans.engine.facts import Facts
from plans.lifecycle.actions import load_plan
from tests.early_warnings.conftest import PASSWORD, passwords
from tests.early_warnings.test_races import at_once
from tests.incidents.closing import answered
from tests.incidents.test_actions import put_in_state

__all__ = ["passwords"]

MINUTE = timedelta(minutes=1)
NEXT = "cn-justice-city-petition-000@3"


@pytest.fixture
def newer(plan, now):
    """newer((old, new), …) → version 3 of the city plan with these places changed, in force."""

    def load(*changes, number=3, put_in_force=True, at=now):
        text = (settings.BASE_DIR / "plans/library/city-justice-bureau.yaml").read_text()
        for old, new in (("version: 2\n", f"version: {number}\n"), *changes):
            assert text.count(old) == 1, old
            text = text.replace(old, new)
        return load_plan(text=text, actor=None, now=at, put_in_force=put_in_force)

    return load


TIGHTER = (("between: [21, 50]", "between: [12, 50]"), ("between: [6, 20]", "between: [6, 11]"))
#: C000-1 runs from an alarm; here it has another figure.
SLOWER = ("duration: PT3M, role: any_staff, cite: §4.1", "duration: PT9M, role: any_staff, cite: §4.1")


@pytest.fixture
def switch(reach, passwords, now):
    def act(
        incident,
        *,
        by="county1.director",
        to=NEXT,
        reason="新标准已施行，本事件适用",
        at=None,
        credential=PASSWORD,
        rev=None,
    ):
        return switch_plan(incident_id=incident.pk, reach=reach(by, at or now), to=to, reason=reason,
                           credential=credential, now=at or now, rev=rev)  # fmt: skip

    return act


def test_the_level_is_proposed_anew_and_the_timeline_tells_it(alarm, newer, switch, signed_in, now):
    incident = alarm(headcount=15)
    assert incident.proposed_level == "yellow"
    newer(*TIGHTER)

    switch(incident, at=now + MINUTE)

    incident.refresh_from_db()
    assert (incident.plan.ref, incident.proposed_level, incident.proposed_rank) == (NEXT, "orange", 2)
    assert incident.reasons[0]["zh"]["rule"] == "人数 12—50"
    told = Entry.objects.filter(thread=incident.key, recorded_at=now + MINUTE).order_by("pk")
    assert [entry.kind for entry in told] == ["incident.plan_switched", "incident.level_proposed"]
    content = content_of(told[0])
    assert (content["plan_before"], content["plan_after"]) == ("cn-justice-city-petition-000@2", NEXT)
    assert (content["reason"], content["credential"]) == ("新标准已施行，本事件适用", "password")
    assert told[0].actor.username == "county1.director"
    number_new()
    page = signed_in("county1.director").get(f"/incidents/{incident.number}/").content.decode()
    assert "改按另一版预案" in page
    assert "→ 《司法局处置涉法涉诉信访工作应急预案》第3版" in page


def test_later_grades_use_the_new_version(alarm, newer, switch, reach, now):
    incident = alarm(headcount=3)
    newer(*TIGHTER)
    switch(incident)

    add_observation(incident_id=incident.pk, reach=reach("county1.duty"), what="又来十人",
                    facts=Facts.from_dict({"headcount": 13}), now=now)  # fmt: skip

    incident.refresh_from_db()
    assert incident.proposed_level == "orange"
    warning = proposals.draft_warning(incident_id=incident.pk, reach=reach("county1.duty"), now=now,
                             statement=Statement(level="orange", reason="人数增加"))  # fmt: skip
    assert warning.plan.ref == NEXT


def test_without_the_act_an_open_incident_keeps_its_version(alarm, newer, reach, now):
    incident = alarm(headcount=3)
    newer(*TIGHTER)

    add_observation(incident_id=incident.pk, reach=reach("county1.duty"), what="又来十人",
                    facts=Facts.from_dict({"headcount": 13}), now=now)  # fmt: skip

    incident.refresh_from_db()
    assert (incident.plan.version, incident.proposed_level) == (2, "yellow")


def own_clock(incident, clock_id, minutes, now, **more):
    fields = {"plan": incident.plan.ref, "clock_id": clock_id, "title_zh": clock_id, "duration": f"PT{minutes}M",
              "subject": incident.key, "thread": incident.key, "unit": incident.unit, "unit_path": incident.unit_path,
              "started_at": now, "due_at": now + minutes * MINUTE, "start_entry": Entry.objects.filter(thread=incident.key).first()}  # fmt: skip
    return Clock.objects.create(**{**fields, **more})


def test_running_clocks_go_on_are_set_anew_or_end_and_it_is_written(alarm, newer, switch, now):
    incident = alarm(headcount=3)
    Clock.objects.all().delete()
    changed = own_clock(incident, "C000-1", 3, now)
    same = own_clock(incident, "C000-1", 9, now, subject="order:7", start_entry=None)
    gone = own_clock(incident, "old-one", 30, now)
    law = own_clock(incident, "LP-34", 90, now, plan="cn-law-petition-2022@1")
    of_warning = own_clock(incident, "C000-2", 3, now, subject="warning:7")
    late = own_clock(incident, "C000-5", 1, now - 5 * MINUTE)
    version = newer(SLOWER)
    shown = {one.clock.pk: (one.what, one.due.at) for one in preview(incident, version, now).clocks}

    switch(incident)

    assert shown[changed.pk] == (SET_ANEW, now + 9 * MINUTE)
    assert shown[gone.pk][0] == ENDS
    assert set(shown) == {changed.pk, same.pk, gone.pk, late.pk}
    for clock in (changed, gone, law, of_warning, late, same):
        clock.refresh_from_db()
    assert (changed.cancelled_at, changed.cancel_reason) == (now, f"plan: {NEXT}")
    following = Clock.objects.get(clock_id="C000-1", subject=incident.key, generation=2)
    assert (following.plan, following.started_at, following.due_at) == (NEXT, now, now + 9 * MINUTE)
    assert gone.cancelled_at == now
    assert law.is_running
    assert law.plan == "cn-law-petition-2022@1"
    assert of_warning.is_running
    assert of_warning.plan != NEXT
    content = content_of(Entry.objects.get(kind="incident.plan_switched"))
    assert {line["what"] for line in content["clocks"]} >= {SET_ANEW, ENDS}
    assert sum(content["counts"].values()) == len(shown)


def test_lateness_is_not_taken_back(alarm, newer, switch, now):
    incident = alarm(headcount=3)
    Clock.objects.all().delete()
    late = own_clock(incident, "C000-1", 3, now - 5 * MINUTE)
    version = newer(SLOWER)

    assert [one.what for one in preview(incident, version, now).clocks] == [GOES_ON]
    switch(incident)

    late.refresh_from_db()
    assert (late.is_running, late.due_at, late.plan) == (True, now - 2 * MINUTE, NEXT)


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"credential": "wrong"}, "credential_wrong"),
        ({"reason": "  "}, "reason_missing"),
        ({"reason": "当事人 13812345678 要求"}, "personal_data"),
        ({"to": "cn-justice-city-petition-000@2"}, "not_a_version_in_force"),
        ({"to": "cn-justice-city-petition-000@4"}, "not_a_version_in_force"),
        ({"to": ""}, "not_a_version_in_force"),
        ({"to": "' OR 1=1"}, "not_a_version_in_force"),
        ({"rev": 99}, "stale"),
        ({"by": "county1.duty"}, "not_allowed"),
        ({"by": "town11.clerk"}, "not_allowed"),
        ({"by": "county2.director"}, "not_allowed"),
        ({"by": "city.audit"}, "not_allowed"),
        ({"by": "city.sysadmin"}, "not_allowed"),
    ],
)
def test_what_is_refused_changes_nothing(alarm, newer, switch, given, code):
    incident = alarm(headcount=15)
    newer(*TIGHTER)
    newer(number=4, put_in_force=False)

    with pytest.raises((Invalid, NotAllowed, WrongState, Stale)) as refused:
        switch(incident, **given)

    assert refused.value.code == code
    incident.refresh_from_db()
    assert (incident.plan.version, incident.proposed_level) == (2, "yellow")
    assert not Entry.objects.filter(kind="incident.plan_switched").exists()


def test_a_closed_incident_keeps_its_plan(alarm, newer, switch, reach, now):
    incident = alarm(headcount=3)
    newer()
    close_incident(
        incident_id=incident.pk,
        reach=reach("county1.duty"),
        summary="已回应",
        answers=answered(incident, now),
        now=now,
    )

    with pytest.raises(WrongState):
        switch(incident)


@pytest.mark.parametrize("state", [State.MERGED, State.RETRACTED, State.CLOSED])
def test_only_an_open_incident_goes_over(alarm, newer, switch, cast, now, state):
    incident = alarm(headcount=15)
    put_in_state(incident, state, cast, now)
    newer(*TIGHTER)

    with pytest.raises(WrongState) as refused:
        switch(incident)

    assert refused.value.code == "incident_not_open"


def test_a_warning_on_its_way_is_finished_first(alarm, newer, switch, reach, now):
    incident = alarm(headcount=15)
    newer(*TIGHTER)
    said = Statement(level="yellow", reason="人数较多")
    warning = proposals.propose_new_warning(
        incident_id=incident.pk, reach=reach("county1.duty"), statement=said, now=now
    )
    with pytest.raises(WrongState) as refused:
        switch(incident)
    assert warning.number in str(refused.value)

    signing.sign_warning(warning_id=warning.pk, reach=reach("county1.director"), credential=PASSWORD, now=now)
    switch(incident)

    incident.refresh_from_db()
    assert (incident.plan.version, incident.level, incident.proposed_level) == (3, "yellow", "orange")
    adjusted = proposals.adjust_warning(warning_id=warning.pk, reach=reach("county1.duty"), now=now,
                               statement=Statement(level="orange", reason="按新标准"))  # fmt: skip
    assert adjusted.plan.ref == NEXT


def test_a_level_in_force_that_the_other_version_lacks_is_lifted_first(
    alarm, plan, switch, reach, passwords, now
):
    incident = alarm(headcount=15)
    warning = proposals.propose_new_warning(incident_id=incident.pk, reach=reach("county1.duty"), now=now,
                                   statement=Statement(level="yellow", reason="人数较多"))  # fmt: skip
    signing.sign_warning(warning_id=warning.pk, reach=reach("county1.director"), credential=PASSWORD, now=now)
    text = (settings.BASE_DIR / "plans/library/district-emergency-linkage.yaml").read_text()
    other = load_plan(text=text, actor=None, now=now, put_in_force=True)
    assert other in versions_to_switch_to(incident, now)

    with pytest.raises(WrongState) as refused:
        switch(incident, to=other.ref)

    assert warning.number in str(refused.value)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_of_many_at_once_one_counts(alarm, newer, switch):
    incident = alarm(headcount=15)
    newer(*TIGHTER)

    answers = at_once(4, lambda _n: switch(Incident.objects.get(pk=incident.pk)).plan.ref)

    assert answers.count(NEXT) == 1
    assert set(answers) - {NEXT} <= {"not_a_version_in_force"}
    assert Entry.objects.filter(kind="incident.plan_switched").count() == 1


# --- the doors ---------------------------------------------------------------------------------------------


def test_the_page_shows_what_changes_keeps_what_was_typed_and_goes_over(alarm, newer, passwords, signed_in):
    incident = alarm(headcount=15)
    newer(*TIGHTER)
    browser = signed_in("county1.director")
    address = f"/incidents/{incident.number}/plan/"
    assert address in browser.get(f"/incidents/{incident.number}/").content.decode()
    assert address not in signed_in("county1.duty").get(f"/incidents/{incident.number}/").content.decode()

    page = browser.get(address).content.decode()
    assert "人数 12—50" in page
    assert "人数 6—20" in page

    form = {"to": NEXT, "rev": incident.rev, "reason": "按新标准办理", "credential": "wrong"}
    refused = browser.post(address, form)
    assert refused.status_code == 422
    assert "按新标准办理" in refused.content.decode()
    assert browser.post(address, {**form, "credential": PASSWORD}).status_code == 303
    assert browser.get(address).status_code == 200
    assert Incident.objects.get().plan.version == 3


@pytest.mark.parametrize(
    ("who", "status"), [("county1.duty", 403), ("county2.director", 404), ("city.sysadmin", 404)]
)
def test_whose_act_it_is_not(alarm, newer, signed_in, who, status):
    incident = alarm(headcount=15)
    newer(*TIGHTER)
    browser, given = signed_in(who), {"to": NEXT, "reason": "x", "credential": "x"}

    def post(door):
        if "/api/" not in door:
            return browser.post(door, given)
        return browser.post(door, given, content_type="application/json", headers={"Idempotency-Key": "k"})

    for door in (f"/incidents/{incident.number}/plan/", f"/api/v1/incidents/{incident.number}/plan/"):
        assert browser.get(door).status_code == status
        assert post(door).status_code == status


def test_the_api_shows_and_does_it(alarm, newer, passwords, signed_in):
    incident = alarm(headcount=15)
    newer(*TIGHTER)
    browser, door = signed_in("county1.director"), f"/api/v1/incidents/{incident.number}/plan/"

    (shown,) = browser.get(door).json()["versions"]
    assert (shown["ref"], shown["proposed_level"], shown["objections"]) == (NEXT, "orange", [])
    given = {"to": NEXT, "reason": "按新标准办理", "credential": PASSWORD}

    def post(key, **headers):
        headers = {"Idempotency-Key": key, **headers}
        return browser.post(door, given, content_type="application/json", headers=headers)

    assert post("a", **{"If-Match": '"77"'}).status_code == 412
    done = post("b")
    assert (done.status_code, done.json()["plan"]["version"], done.json()["proposed_level"]) == (
        200,
        3,
        "orange",
    )
    assert post("b").status_code == 200
    assert post("c").status_code == 409
