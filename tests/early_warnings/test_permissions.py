"""Who signs what: by level, unit and date, from the plan; deputies, delegations, the second person."""

from datetime import timedelta

import pytest
from django.db import transaction

from accounts.choices import HeldAs, PostKind
from accounts.models import Appointment
from accounts.posts.actions import end_appointment
from common.errors import NotAllowed, WrongState, is_allowed
from early_warnings import permissions, queries, rules
from early_warnings.choices import SignedAs, State, Verb
from early_warnings.models import EarlyWarning
from early_warnings.outgoing import superior_reports
from early_warnings.proposals import actions as proposals
from early_warnings.signing import actions as signing
from plans.lifecycle.actions import load_plan
from tests.early_warnings.conftest import PASSWORD
from tests.states import done_as_in_the_table

LEVELS = ("blue", "yellow", "orange", "red")
#: Who may sign at each level, for an incident in county 1 and in township 11. Nobody else of the cast may.
IN_COUNTY = {
    "blue": {"county1.leader", "county1.director", "city.deputy", "city.director"},
    "yellow": {"county1.director", "city.deputy", "city.director"},
    "orange": {"city.deputy", "city.director"},
    "red": {"city.director"},
}
IN_TOWNSHIP = {**IN_COUNTY, "blue": {"town11.head", "county1.director", "city.deputy", "city.director"}}


@pytest.mark.control(19)
@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize(
    ("unit", "by", "table"), [("C1", "county1.duty", IN_COUNTY), ("T11", "town11.head", IN_TOWNSHIP)]
)
def test_signatories_by_level_and_unit(proposed, incident, cast, reach, now, level, unit, by, table):
    """Everybody of the cast × every level × two units."""
    drafter = "county1.duty"
    warning = proposed(level, by=drafter, on=incident(unit))

    may = {name for name in cast if is_allowed(permissions.check_can_sign, reach(name), warning, now)}

    assert may == table[level]


@pytest.mark.parametrize("level", LEVELS)
def test_the_first_asked_is_whom_the_plan_names(proposed, cast, level):
    warning = proposed(level)

    named = {
        "blue": ("duty_leader", "county1.leader"),
        "yellow": ("county_bureau_director", "county1.director"),
        "orange": ("city_bureau_deputy_director", "city.deputy"),
        "red": ("city_bureau_director", "city.director"),
    }[level]
    assert warning.signatory_role == named[0]
    assert Appointment.objects.get(post=warning.signatory_post).person == cast[named[1]]


def test_a_refusal_to_sign_says_whose_signature_it_is(proposed, reach, now):
    warning = proposed("orange")

    with pytest.raises(NotAllowed) as refused:
        permissions.check_can_sign(reach("county1.director"), warning, now)

    assert refused.value.code == "not_a_signatory"
    assert "市司法局分管领导" in str(refused.value) or "City bureau deputy director" in str(refused.value)


@pytest.mark.control(19)
@pytest.mark.parametrize("held_as", [HeldAs.DEPUTY, HeldAs.DELEGATE])
def test_stand_ins_sign_in_their_own_capacity(proposed, appointed, passwords, reach, now, held_as):
    end = now + timedelta(days=1) if held_as == HeldAs.DELEGATE else None
    appointed("county1.petition", "C1", PostKind.DIRECTOR, held_as, end=end)
    warning = proposed("yellow")

    signed = signing.sign_warning(
        warning_id=warning.pk, reach=reach("county1.petition"), credential=PASSWORD, now=now
    )

    assert (signed.signed_as, signed.signed_post) == (held_as, warning.signatory_post)


@pytest.mark.control(19)
@pytest.mark.parametrize(("minutes", "may"), [(-1, False), (0, True), (59, True), (60, False)])
def test_a_delegation_signs_from_its_start_up_to_but_not_including_its_end(
    proposed, appointed, reach, now, minutes, may
):
    start = now + timedelta(hours=1)
    appointed(
        "county2.duty", "C1", PostKind.DIRECTOR, HeldAs.DELEGATE, start=start, end=start + timedelta(hours=1)
    )
    warning = proposed("yellow")
    at = start + timedelta(minutes=minutes)

    assert is_allowed(permissions.check_can_sign, reach("county2.duty", at), warning, at) is may


@pytest.mark.control(19)
def test_the_next_higher_signs_and_is_marked_so(proposed, passwords, reach, now):
    warning = proposed("yellow")

    signed = signing.sign_warning(
        warning_id=warning.pk, reach=reach("city.deputy"), credential=PASSWORD, now=now
    )

    assert signed.signed_as == SignedAs.HIGHER
    assert signed.signed_post.unit.code == "C0"


@pytest.mark.control(19)
def test_a_lower_one_never_signs_even_with_the_higher_seat_empty(proposed, incident, reach, now):
    for appointment in Appointment.objects.filter(
        post__unit__code="C0", post__kind__in=["director", "deputy_director"]
    ):
        end_appointment(appointment_id=appointment.pk, actor=None, now=now)
    later = now + timedelta(minutes=1)
    event = incident()

    with pytest.raises(WrongState) as refused:
        proposed("orange", on=event, at=later)

    assert refused.value.code == "nobody_may_sign"


def test_an_empty_seat_passes_the_request_upwards(proposed, now):
    held = Appointment.objects.get(post__unit__code="C1", post__kind=PostKind.DIRECTOR)
    end_appointment(appointment_id=held.pk, actor=None, now=now)

    warning = proposed("yellow", at=now + timedelta(minutes=1))

    assert warning.signatory_role == "city_bureau_deputy_director"


# --- the second person -------------------------------------------------------------------------------------


@pytest.mark.control(20)
@pytest.mark.parametrize(
    ("level", "refused"), [("blue", False), ("yellow", False), ("orange", True), ("red", True)]
)
def test_the_drafter_may_not_sign_orange_and_red(proposed, reach, now, level, refused):
    warning = proposed(level, by="city.director")
    drafter = reach("city.director")

    assert is_allowed(permissions.check_can_sign, drafter, warning, now) is not refused
    if refused:
        with pytest.raises(NotAllowed) as no:
            permissions.check_can_sign(drafter, warning, now)
        assert no.value.code == "drafter_may_not_sign"


@pytest.mark.control(20)
def test_who_proposed_anothers_draft_counts_as_drafter(plan, incident, statement, appointed, reach, now):
    """A colleague at the same desk proposes it: both have had their hands on it."""
    appointed("county1.duty", "C0", PostKind.DEPUTY_DIRECTOR)
    appointed("city.deputy", "C1", PostKind.DUTY_OFFICER)
    draft = proposals.draft_warning(
        incident_id=incident().pk, reach=reach("city.deputy"), statement=statement("orange"), now=now
    )
    warning = proposals.propose_warning(warning_id=draft.pk, reach=reach("city.deputy"), now=now)

    assert not is_allowed(permissions.check_can_sign, reach("city.deputy"), warning, now)
    assert is_allowed(permissions.check_can_sign, reach("county1.duty"), warning, now)


def test_the_rule_is_the_plans(plan, proposed, reach, now):
    """A plan that does not ask for two persons does not get them."""
    text = plan.text.source.replace("levels: [orange, red]", "levels: [orange]").replace(
        "version: 2", "version: 3", 1
    )
    load_plan(text=text, actor=None, now=now, put_in_force=True)

    warning = proposed("red", by="city.director")

    assert is_allowed(permissions.check_can_sign, reach("city.director"), warning, now)


@pytest.mark.control(20)
def test_lowering_red_needs_reds_signatory_and_a_second_person(signed, statement, reach, cast, now):
    red = signed("red", headcount=60)
    lower = proposals.adjust_warning(
        warning_id=red.pk, reach=reach("county1.duty"), statement=statement("blue"), now=now
    )

    may = {name for name in cast if is_allowed(permissions.check_can_sign, reach(name), lower, now)}

    assert may == {"city.director"}
    assert lower.signatory_role == "city_bureau_director"


# --- drafting, editing, calls, reports -----------------------------------------------------------------------


def test_who_may_draft(incident, cast, reach):
    event = incident("T11", by="town11.head")

    may = {name for name in cast if is_allowed(permissions.check_can_draft, reach(name), event)}

    assert may == {
        *(f"city.{post}" for post in ("director", "deputy", "leader", "duty")),
        *(f"county1.{post}" for post in ("director", "deputy", "leader", "duty", "petition")),
        "town11.head",
    }


def test_only_the_drafter_edits_and_who_sits_at_the_same_desk(proposed, appointed, reach):
    warning = proposed()
    appointed("county2.duty", "C1", PostKind.DUTY_OFFICER)

    assert is_allowed(permissions.check_can_edit, reach("county1.duty"), warning)
    assert is_allowed(permissions.check_can_edit, reach("county2.duty"), warning)
    assert not is_allowed(permissions.check_can_edit, reach("county1.leader"), warning)
    assert not is_allowed(permissions.check_can_edit, reach("city.director"), warning)


def test_reports_go_out_from_the_unit_that_signed(signed, reach):
    warning = signed("red", headcount=60)

    assert is_allowed(permissions.check_can_report_up, reach("city.duty"), warning)
    assert not is_allowed(permissions.check_can_report_up, reach("county1.duty"), warning)


# --- state × verb × role -------------------------------------------------------------------------------------

ROLES = {
    "drafter": "county1.duty",
    "signatory": "county1.director",
    "higher": "city.director",
    "leader": "county1.leader",
    "clerk": "town11.clerk",
    "neighbour": "county2.director",
}
#: Who may carry out which verb, where the state allows it at all (a yellow warning in county 1).
MAY = {
    Verb.REVISE: {"drafter"},
    Verb.PROPOSE: {"drafter"},
    Verb.WITHDRAW: {"drafter"},
    Verb.SIGN: {"signatory", "higher"},
    Verb.RETURN: {"signatory", "higher"},
    Verb.ADJUST: {"drafter", "signatory", "higher", "leader"},
    Verb.LIFT: {"signatory", "higher"},
    Verb.CALL: {"drafter", "signatory", "higher", "leader"},
}


#: The button of a verb: its name in queries.May.
BUTTONS = {Verb.RETURN: "send_back"}


def attempt(verb, warning, reach, statement, cast, now):
    common = {"warning_id": warning.pk, "reach": reach, "now": now}
    acts = {
        Verb.REVISE: lambda: proposals.revise_warning(**common, statement=statement("yellow")),
        Verb.PROPOSE: lambda: proposals.propose_warning(**common),
        Verb.WITHDRAW: lambda: proposals.withdraw_warning(**common),
        Verb.SIGN: lambda: signing.sign_warning(**common, credential=PASSWORD),
        Verb.RETURN: lambda: signing.return_to_drafter(**common, reason="请补充"),
        Verb.ADJUST: lambda: proposals.adjust_warning(**common, statement=statement("orange")),
        Verb.LIFT: lambda: signing.lift_warning(**common, reason="已平息", credential=PASSWORD),
        Verb.CALL: lambda: superior_reports.record_call(
            **common, person=cast["county1.responder"], outcome="answered"
        ),
    }
    return acts[verb]()


#: What follows a verb in the same act.
FOLLOWED_BY = {Verb.SIGN: [Verb.PUSH]}
#: Somebody is told, whoever acts: of a signature perhaps only who has just given it.
ALWAYS_TELLS = {Verb.PROPOSE, Verb.RETURN}


def is_carried_out(verb, warning, *args) -> bool:
    """Try it and take it back. What it writes and whom it tells is in the table."""
    verbs = [verb, *FOLLOWED_BY.get(verb, [])]
    with transaction.atomic():
        try:
            with done_as_in_the_table(
                rules.TRANSITIONS, *verbs, subject=warning.key, tells=verb in ALWAYS_TELLS
            ):
                attempt(verb, warning, *args)
            return True
        except (NotAllowed, WrongState):
            return False
        finally:
            transaction.set_rollback(True)


def test_a_signature_and_its_end_tell_whom_the_table_names(signed, proposed, passwords, reach, now):
    warning = proposed()
    with done_as_in_the_table(rules.TRANSITIONS, Verb.SIGN, Verb.PUSH, subject=warning.key, tells=True):
        attempt(Verb.SIGN, warning, reach("county1.director"), None, None, now)
    with done_as_in_the_table(rules.TRANSITIONS, Verb.LIFT, subject=warning.key, tells=True):
        attempt(Verb.LIFT, warning, reach("county1.director"), None, None, now)


@pytest.mark.control(21)
@pytest.mark.slow
@pytest.mark.parametrize("state", [state for state in State if state != State.SIGNED])
def test_every_state_by_every_verb_by_every_role(in_state, passwords, reach, statement, cast, now, state):
    """What a person may do follows from two tables alone; the buttons' twin says the same."""
    warning = in_state(state)
    later = now + timedelta(minutes=1)
    for verb in MAY:
        for role, username in ROLES.items():
            expected = verb in rules.TRANSITIONS.verbs_for(state) and role in MAY[verb]

            done = is_carried_out(verb, warning, reach(username), statement, cast, later)
            shown = queries.may(reach(username), queries_get(warning), later)

            assert done is expected, (state, verb, role)
            assert getattr(shown, BUTTONS.get(verb, verb)) is expected, (state, verb, role)


def queries_get(warning):
    return EarlyWarning.objects.with_names().select_related("adjusted_from").get(pk=warning.pk)


def test_the_button_for_reports_follows_the_check(signed, reach, now):
    warning = signed("red", headcount=60)

    assert queries.may(reach("city.duty"), queries_get(warning), now).report
    assert not queries.may(reach("county1.duty"), queries_get(warning), now).report
