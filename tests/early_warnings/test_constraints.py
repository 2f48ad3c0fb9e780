"""The database keeps its promises: each constraint is broken once, past the actions."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import CheckConstraint

from early_warnings.choices import CallOutcome, ReportState, State
from early_warnings.models import CallAttempt, EarlyWarning, SignatureRequest, SuperiorReport


def refused_by(name, act):
    """`act` breaks the constraint of that name."""
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        act()
    # SQLite names the columns of a unique index, PostgreSQL the constraint.
    if connection.vendor == "postgresql" or "UNIQUE" not in str(error.value):
        assert name in str(error.value)


def update(warning, **fields):
    return lambda: EarlyWarning.objects.filter(pk=warning.pk).update(**fields)


def copy_of(warning, **fields):
    def make():
        twin = EarlyWarning.objects.get(pk=warning.pk)
        twin.pk, twin.number = None, f"{warning.number}x"
        for name, value in fields.items():
            setattr(twin, name, value)
        twin.save(force_insert=True)

    return make


#: constraint → (state of the warning, fields that break it)
BROKEN = {
    "warning_proposed_by_somebody": (State.DRAFT, {"proposed_at": "now"}),
    "proposed_warning_names_its_signatory": (State.PROPOSED, {"signatory_role": ""}),
    "warning_returned_by_somebody_with_a_reason": (State.RETURNED, {"return_reason": ""}),
    "returned_warning_has_its_time": (State.DRAFT, {"state": State.RETURNED}),
    "warning_withdrawn_by_somebody": (State.WITHDRAWN, {"withdrawn_by": None}),
    "withdrawn_warning_has_its_time": (State.DRAFT, {"state": State.WITHDRAWN}),
    "a_signature_is_whole": (State.IN_FORCE, {"signature": ""}),
    "signed_states_bear_a_signature": (State.IN_FORCE, {"state": State.DRAFT}),
    "in_force_means_pushed": (State.IN_FORCE, {"pushed_at": None}),
    "warning_in_force_has_its_time": (State.IN_FORCE, {"in_force_at": None, "pushed_at": None}),
    "in_force_after_signature": (State.IN_FORCE, {"in_force_at": "past", "pushed_at": "past"}),
    "adjusted_warning_has_its_time": (State.IN_FORCE, {"state": State.ADJUSTED}),
    "warning_lifted_by_somebody_with_a_reason": (State.LIFTED, {"lift_reason": ""}),
    "lifted_warning_has_its_time": (State.IN_FORCE, {"state": State.LIFTED}),
}
#: Unique ones have tests of their own below.
UNIQUE = {"one_warning_in_force_per_incident", "one_pending_warning_per_incident", "replaced_by_one_warning"}


def test_every_constraint_is_tried():
    names = {constraint.name for constraint in EarlyWarning._meta.constraints}

    assert names == set(BROKEN) | UNIQUE


@pytest.mark.parametrize("name", BROKEN)
def test_constraint(in_state, now, name):
    from datetime import timedelta

    state, fields = BROKEN[name]
    moments = {"now": now, "past": now - timedelta(hours=1)}
    warning = in_state(state)

    refused_by(name, update(warning, **{field: moments.get(value, value) for field, value in fields.items()}))


@pytest.mark.parametrize(
    "field", ["signed_at", "signed_by", "signed_post", "signed_as", "credential", "signed_text", "signature"]
)
def test_no_part_of_a_signature_can_be_missing(signed, field):
    is_text = field in ("signed_as", "credential", "signed_text", "signature")

    refused_by("signature", update(signed(), **{field: "" if is_text else None}))


def test_one_warning_in_force_per_incident(signed):
    warning = signed()

    refused_by("one_warning_in_force_per_incident", copy_of(warning))


@pytest.mark.parametrize("state", [State.DRAFT, State.PROPOSED, State.RETURNED])
def test_one_pending_warning_per_incident(in_state, state):
    warning = in_state(state)

    refused_by("one_pending_warning_per_incident", copy_of(warning))


def test_a_warning_is_replaced_once(in_state):
    in_state(State.ADJUSTED)
    successor = EarlyWarning.objects.get(adjusted_from__isnull=False)

    refused_by("replaced_by_one_warning", copy_of(successor, state=State.LIFTED, lifted_at=successor.signed_at,
                                                  lifted_by=successor.signed_by, lift_reason="x"))  # fmt: skip


def test_a_number_is_given_once(proposed, signed):
    warning = proposed()

    refused_by("number", update(signed(), number=warning.number))


def test_a_post_is_asked_once_in_one_capacity(proposed, now):
    request = proposed().requests.get()

    refused_by(
        "asked_once_to_sign",
        lambda: SignatureRequest.objects.create(
            warning=request.warning, post=request.post, asked_as=request.asked_as, asked_at=now
        ),
    )


def test_nobody_is_asked_as_something_else(proposed, now):
    request = proposed().requests.get()

    refused_by(
        "asked_as_holder_or_deputy",
        lambda: SignatureRequest.objects.filter(pk=request.pk).update(asked_as="friend"),
    )


def test_a_call_has_a_known_outcome(signed, cast, now):
    warning = signed()

    refused_by(
        "a_call_has_a_known_outcome",
        lambda: CallAttempt.objects.create(
            warning=warning, person=cast["county1.responder"], post=warning.signed_post, outcome="maybe", at=now,
            by=warning.signed_by,
        ),
    )  # fmt: skip
    assert "maybe" not in CallOutcome.values


def test_one_report_per_superior(signed, now):
    report = signed("red", headcount=60).superior_reports.first()

    refused_by(
        "one_report_per_superior",
        lambda: SuperiorReport.objects.create(
            warning=report.warning, recipient=report.recipient, title_zh="x", text="x", drafted_at=now
        ),
    )


@pytest.mark.parametrize("fields", [{"state": ReportState.SENT}, {"channel": "fax"}])
def test_a_sent_report_says_when_by_whom_and_how(signed, fields):
    report = signed("red", headcount=60).superior_reports.first()

    refused_by(
        "a_sent_report_says_when_by_whom_and_how",
        lambda: SuperiorReport.objects.filter(pk=report.pk).update(**fields),
    )


def test_check_constraints_have_short_names():
    for model in (EarlyWarning, SignatureRequest, CallAttempt, SuperiorReport):
        for constraint in model._meta.constraints:
            if isinstance(constraint, CheckConstraint):
                assert len(constraint.name) <= 63
