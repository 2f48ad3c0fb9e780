"""Which fields are not looked at, and why. Whatever is not named here is looked at: a new field needs no line."""

import re

from common.web.addresses import NEVER_HELD_UP

#: Routes that are never held up either as soon as they name a life at risk.
MASKED_WHERE_LIVES_ARE_AT_RISK = {"incident-observe", "api:observations"}

#: Routes nothing of which is looked at.
NOT_LOOKED_AT = {
    "account_login": "nobody is signed in, nothing is kept",
    "account-central": "carries where to go on",
    "account-central-answer": "the provider's answer, which is not kept",
    "account_logout": "carries nothing",
    "account_reauthenticate": "a password and nothing else",
    "account_change_password": "passwords and nothing else",
    "mfa_authenticate": "a code and nothing else",
    "mfa_reauthenticate": "a code and nothing else",
    "mfa_activate_totp": "a code and nothing else",
    "mfa_reauthenticate_webauthn": "made by the browser",
    "account-key-question": "carries nothing",
    "mfa_remove_webauthn": "carries nothing",
    "mfa_deactivate_totp": "carries nothing",
    "mfa_generate_recovery_codes": "carries nothing",
    "account_language": "one word of a list",
    "ui-preferences": "words of a list",
    "ui-gallery": "keeps nothing",
    "account-people": "staff from a file; their office telephones are its purpose",
    "account-units": "units from a file; their office telephones are its purpose",
    "plan-check": "keeps nothing",
    "api:plan-evaluate": "keeps nothing",
    "reports-sheet-in": "a workbook, whose cells are looked at row by row (zero_reports.bulk.difference)",
    "roster-import": "a workbook of user names and times",
    "account-push": "made by the browser",
    "number": "staff telephones are its purpose",
    "number-code": "a code and nothing else",
    "number-answered": "staff telephones are its purpose",
}

#: Fields that hold something else by their nature, on any route.
NOT_FREE_TEXT = {
    "csrfmiddlewaretoken": "made by the product",
    "idempotency_key": "made by the device",
    "client_id": "made by the device",
    "id": "given by a machine",
    "next": "an address of the product",
    "phone": "an office telephone of staff",
    "email": "an office address of staff",
    "chat_id": "a user id of staff at the chat service",
    "username": "may be a staff telephone",
    "person": "a user name, which may be a staff telephone",
    "other": "a user name, which may be a staff telephone",
    "to": "a recipient's code, which may hold a user name",
    "reviewed_by": "a name of staff",
    "position": "degrees of a map",
    "shown": "sealed by the product",
}
#: Never looked at and never shown again.
SECRET = re.compile(r"password|credential|(^|\.)code$")

#: The first of a plan's fields that are not the plan: what changed, and who decided it.
_OF_PLANS = {"plan-edit": ("reason",)}


def is_masked_at_once(route: str, life_risk: object) -> bool:
    """Numbers are masked without asking. `life_risk`: what the form or the body says of lives at risk."""
    return route in NEVER_HELD_UP or (route in MASKED_WHERE_LIVES_ARE_AT_RISK and bool(life_risk))


def is_looked_at(route: str, path: str) -> bool:
    """`path` is a form's field name or a dotted path into a body: each of its names counts."""
    if route in NOT_LOOKED_AT:
        return False
    if route in _OF_PLANS:
        # A plan is a published document; the office telephones in it are meant to be read.
        return path in _OF_PLANS[route]
    return not SECRET.search(path) and not any(name in NOT_FREE_TEXT for name in path.split("."))
