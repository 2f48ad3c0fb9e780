"""Random walks over responses, their decisions and duties with several people: no state that cannot be.

After every step, whatever was done by whom and in which order: one live response per incident, one pending decision per
response, nothing signed without a whole signature, no duty without a clock or a stated reason, no incident closed with
a live response, no response ended with an open duty, and each refusal leaves everything as it was.
"""

from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.scope import reach_of
from clocks.models import Clock
from command.activation import actions, rules, signature
from command.activation.choices import DecisionState, ResponseState
from command.activation.models import Decision, Response
from command.activation.statement import Statement
from command.obligations.actions import Settled, settle_duty
from command.obligations.models import Obligation
from common.errors import Refused
from incidents.actions import close_incident, reopen_incident
from incidents.models import Incident
from journal.models import Entry
from tests.command.responding import PASSWORD
from tests.incidents.closing import answered

PEOPLE = [
    "county1.duty",
    "county1.director",
    "city.deputy",
    "city.director",
    "county2.duty",
    "county1.squad.dialogue",
]
LEVELS = ["red", "orange", "yellow"]
ACTS = ["propose", "start", "decide", "refuse", "withdraw", "change", "end", "end_at_once", "done", "not-needed", "close",
        "reopen"]  # fmt: skip
STEPS = st.lists(
    st.tuples(st.sampled_from(ACTS), st.sampled_from(PEOPLE), st.sampled_from(LEVELS), st.integers(0, 5)),
    min_size=1,
    max_size=14,
)


class _Undo(Exception):
    """Takes a walk back."""


def _act(name, who, level, place, incident, now):
    reach = reach_of(who, now)
    response = Response.objects.filter(incident=incident).order_by("-pk").first()
    said = Statement(reason="情况有变", level=level)
    if name in ("propose", "start"):
        credential = PASSWORD if name == "start" else ""
        actions.propose_response(
            incident_id=incident.pk, reach=reach, statement=said, credential=credential, now=now
        )
        return
    if name == "close":
        answers = answered(Incident.objects.get(pk=incident.pk), now)
        close_incident(incident_id=incident.pk, reach=reach, summary="平息", answers=answers, now=now)
        return
    if name == "reopen":
        reopen_incident(incident_id=incident.pk, reach=reach, reason="又聚集", now=now)
        return
    if response is None:
        return
    about = {"response_id": response.pk, "reach": reach, "now": now}
    if name in ("done", "not-needed"):
        duties = list(response.obligations.all())
        if duties:
            duty = duties[place % len(duties)]
            settled = Settled("已办", "总值班室", None, "同意") if duty.kind == "tell" else Settled("已办")
            settle_duty(duty_id=duty.pk, verb=name, settled=settled, **about)
        return
    {
        "decide": lambda: actions.sign_decision(credential=PASSWORD, **about),
        "refuse": lambda: actions.refuse_decision(reason="不必", **about),
        "withdraw": lambda: actions.withdraw_decision(**about),
        "change": lambda: actions.change_response(statement=said, **about),
        "end": lambda: actions.end_response(reason="结束", **about),
        "end_at_once": lambda: actions.end_response(reason="结束", credential=PASSWORD, **about),
    }[name]()


def _picture():
    """Everything that a refusal must leave alone."""
    return (
        list(Response.objects.order_by("pk").values_list("pk", "state", "level", "rev")),
        list(Decision.objects.order_by("pk").values_list("pk", "state")),
        list(Obligation.objects.order_by("pk").values_list("pk", "state")),
        list(Incident.objects.order_by("pk").values_list("pk", "state")),
        Entry.objects.exclude(kind="credential.refused").count(),
    )


def _check_all_is_in_order(incident):
    live = Response.objects.filter(incident=incident, state__in=rules.LIVE)
    assert live.count() <= 1
    assert not (live.exists() and not Incident.objects.get(pk=incident.pk).is_open)
    for response in Response.objects.all():
        decisions = list(
            response.decisions.select_related(
                "response__incident", "response__plan", "proposed_by", "closed_by", "signed_post__unit"
            )
        )
        pending = [one for one in decisions if one.state == DecisionState.PROPOSED]
        taken = [one for one in decisions if one.state == DecisionState.TAKEN]
        assert len(pending) <= (1 if response.is_live else 0)
        assert all(signature.is_intact(one) for one in taken)
        assert bool(response.started_at) == any(one.kind == "start" for one in taken)
        assert (response.state == ResponseState.ENDED) == any(one.kind == "end" for one in taken)
        owed = list(response.obligations.all())
        assert bool(owed) <= bool(response.started_at)
        if response.state == ResponseState.ENDED:
            assert not any(one.is_open for one in owed)
        for duty in owed:
            assert bool(duty.due_at) != bool(duty.why_no_clock)
            running = Clock.objects.running().filter(subject=duty.key).count()
            assert running == int(duty.is_open and bool(duty.due_at))


@pytest.mark.slow
@pytest.mark.django_db
@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    print_blob=True,
)
@given(steps=STEPS)
def test_no_walk_leads_where_nothing_can_be(steps, incident, passwords, cast, now):
    try:
        with transaction.atomic():
            event = incident()
            for minute, (name, who, level, place) in enumerate(steps, start=1):
                before = _picture()
                try:
                    with transaction.atomic():
                        _act(name, cast[who], level, place, event, now + timedelta(minutes=minute))
                except Refused:
                    assert _picture() == before, (name, who)
                _check_all_is_in_order(event)
            raise _Undo
    except _Undo:
        pass


def test_a_walk_from_start_to_end_reaches_every_state(incident, passwords, cast, now):
    """The walks above are no use if they are refused at every step."""
    event = incident()
    walk = [("propose", "county1.duty"), ("refuse", "city.director"), ("start", "city.director"), ("change", "county1.duty"),
            ("withdraw", "county1.duty"), ("done", "county1.duty"), ("end_at_once", "city.director"),
            ("close", "county1.duty")]  # fmt: skip

    for minute, (name, who) in enumerate(walk):
        _act(name, cast[who], "red", 0, event, now + timedelta(minutes=minute))
        _check_all_is_in_order(event)

    states = set(Response.objects.values_list("state", flat=True))
    assert states == {ResponseState.NOT_STARTED, ResponseState.ENDED}
    assert {one.state for one in Decision.objects.all()} == {"taken", "refused", "withdrawn"}
    assert not Incident.objects.get().is_open
