"""Every address that takes an act leads to the record, as its code says; that each act writes is tried room by room."""

import pytest

from dashboards.rights import doors
from tests.accounts.test_routes import PUBLIC

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
    "account_language": "the reader's own language",
    "ui-preferences": "the look of the reader's own pages",
    "ui-gallery": "shows components",
    "account": "GET: the reader's own page",
    "account-people": "GET: a list",
    "account-units": "GET: a list",
    "account-tokens-area": "GET: a list",
    "paper-again": "has a pack printed again; taking it away is recorded",
    "number-code": "sends the reader a code to their own number; giving it back is recorded",
    "help-card-seen": "puts away a card of first steps for the reader alone",
}
#: Recorded where the library tells of it: signing in and out, password, second factor (accounts.signals).
BY_SIGNAL = {
    "account_login", "account_logout", "account_change_password", "mfa_authenticate", "mfa_activate_totp",
    "mfa_deactivate_totp", "mfa_generate_recovery_codes",
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
