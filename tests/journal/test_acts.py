"""Every address that takes an act leads to the record, as its code says, and every kind of entry is written by a test."""

import pytest
from django.db import transaction
from django.utils import timezone

from dashboards.rights import doors
from journal.kinds import KINDS
from journal.record import record
from tests.accounts.test_routes import PUBLIC
from tests.journal import recording
from tests.journal.recorded_by import BY_ITSELF, NO_ENTRY, RECORDED_BY
from tests.processes import ROOT

pytestmark = pytest.mark.control(25)

RECORDING = {
    "journal.record.record", "journal.record.record_many", "clocks.actions.record_with_clocks",
    "clocks.actions.record_many_with_clocks",
}  # fmt: skip
#: What takes a POST and does nothing that would have to be on record, and why.
NO_ACT = {
    "api:plan-evaluate": "tries out facts that the caller brings, and keeps nothing",
    "plan-check": "looks over a text that the reader brings, and keeps nothing",
    "account-root": "leads on to another page",
    "mfa_index": "leads on to another page",
    "account_reauthenticate": "asks for the password again; wrong ones are recorded by accounts.signals",
    "mfa_reauthenticate": "asks for a code again, as above",
    "mfa_reauthenticate_webauthn": "asks for a security key again, as above",
    "mfa_list_webauthn": "leads on to another page",
    "account-key-question": "what a key is asked; its answer is looked at with the act it signs",
    "account_language": "the reader's own language",
    "ui-preferences": "the look of the reader's own pages",
    "ui-gallery": "shows components",
    "account": "GET: the reader's own page",
    "account-people": "GET: a list",
    "account-units": "GET: a list",
    "account-tokens-area": "GET: a list",
    "webhooks-area": "GET: a list",
    "paper-again": "has a pack printed again; taking it away is recorded",
    "number-code": "sends the reader a code to their own number; giving it back is recorded",
    "help-card-seen": "puts away a card of first steps for the reader alone",
}
#: Recorded where the library tells of it: signing in and out, password, second factor (accounts.signals).
BY_SIGNAL = {
    "account_login", "account_logout", "account_change_password", "mfa_authenticate", "mfa_activate_totp",
    "mfa_deactivate_totp", "mfa_generate_recovery_codes", "mfa_add_webauthn", "mfa_remove_webauthn",
}  # fmt: skip


def acts():
    """Each address with a method that may change something, and what can be called behind it."""
    for door in doors.doors():
        if door.method != "get":
            yield door, doors.behind(door)


def test_every_address_that_takes_an_act_comes_to_the_journal():
    silent = {door.name for door, reached in acts() if not reached & RECORDING}
    assert silent - {*NO_ACT, *BY_SIGNAL, *PUBLIC} == set()
    # Whoever begins to record is taken off the list.
    assert {*NO_ACT} - silent - {*PUBLIC} == set()


def test_every_kind_of_entry_is_written_by_a_test_that_is_named():
    """`by_hand`: a person notes it on an incident, all by one function; `awaited`: nothing writes it yet."""
    written = {name for name, kind in KINDS.items() if not kind.by_hand and not kind.awaited}

    assert {*RECORDED_BY} == written - NO_ENTRY
    assert {*RECORDED_BY} >= BY_ITSELF


@pytest.mark.parametrize("test", sorted({*RECORDED_BY.values()}))
def test_the_table_names_tests_that_there_are(test):
    file, _, name = test.partition("[")[0].partition("::")

    assert f"def {name.rpartition('::')[2]}(" in (ROOT / file).read_text()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("kind", "is_by_itself", "is_kept"),
    [
        ("incident.taken", False, False),
        ("incident.observed", True, True),
        ("incident.observed", False, False),
    ],
    ids=["another kind", "by the product itself", "by nobody, although it is a person's act"],
)
def test_a_promise_that_is_not_kept_fails(monkeypatch, kind, is_by_itself, is_kept):
    monkeypatch.setattr(recording, "PROMISES", {"a test": ["incident.observed"]})
    monkeypatch.setattr(recording, "BY_ITSELF", ["incident.observed"] if is_by_itself else [])

    def act():
        with recording.watched("a test"), transaction.atomic():
            record(kind, subject="incident:1", actor=None, at=timezone.now())

    if is_kept:
        act()
    else:
        with pytest.raises(AssertionError, match=r"incident\.observed"):
            act()
