"""Fifty hands at once: one signature. Real transactions, so real threads and a real database."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, connections

from common.errors import Refused
from early_warnings.choices import State
from early_warnings.models import EarlyWarning
from early_warnings.proposals import actions as proposals
from early_warnings.signing import actions as signing
from journal.models import Entry
from tests.early_warnings.conftest import PASSWORD

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow, pytest.mark.control(22)]

#: What a hand that comes too late is told; one person with many hands may also be trying too often at once.
LATE = {"wrong_state", "credential_throttled"}


def at_once(count, act):
    """Run `act(n)` from `count` threads; returns each one's result or refusal code."""

    def run(n):
        try:
            return act(n)
        except Refused as refused:
            return refused.code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(max_workers=min(count, 25)) as pool:
        return list(pool.map(run, range(count)))


@pytest.fixture
def hands():
    """SQLite has one writer at a time anyway; there a few hands show the same."""
    return 50 if connection.vendor == "postgresql" else 8


def test_one_of_many_signatures_counts(proposed, passwords, reach, now, hands):
    warning = proposed("yellow")
    people = [reach("county1.director"), reach("city.deputy"), reach("city.director")]

    results = at_once(
        hands,
        lambda n: (
            signing.sign_warning(
                warning_id=warning.pk, reach=people[n % 3], credential=PASSWORD, now=now
            ).state
        ),
    )

    assert results.count(State.IN_FORCE) == 1
    assert set(results) - {State.IN_FORCE} <= LATE
    assert Entry.objects.filter(subject=warning.key, kind="warning.signed").count() == 1
    assert Entry.objects.filter(subject=warning.key, kind="warning.pushed_to_platform").count() == 1


def test_signing_and_returning_at_once_leaves_one_answer(proposed, passwords, reach, now, hands):
    warning = proposed("yellow")
    chief = {"warning_id": warning.pk, "reach": reach("county1.director"), "now": now}

    def act(n):
        if n % 2:
            return signing.sign_warning(**chief, credential=PASSWORD).state
        return signing.return_to_drafter(**chief, reason="请补充").state

    results = at_once(hands, act)

    warning.refresh_from_db()
    assert len([result for result in results if result not in LATE]) == 1
    assert warning.state in (State.IN_FORCE, State.RETURNED)
    kinds = Entry.objects.filter(subject=warning.key, kind__in=["warning.signed", "warning.returned"])
    assert kinds.count() == 1


def test_many_drafts_at_once_make_one_warning(incident, statement, reach, now, hands):
    event = incident()
    desk = reach("county1.duty")

    results = at_once(
        hands,
        lambda n: (
            proposals.propose_new_warning(
                incident_id=event.pk, reach=desk, statement=statement(), now=now
            ).state
        ),
    )

    assert results.count(State.PROPOSED) == 1
    assert results.count("warning_pending") == hands - 1
    assert EarlyWarning.objects.count() == 1
