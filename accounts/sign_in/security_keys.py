"""Security keys and passkeys: the browser asks the key, the library looks at its answer, and it works once.

The protocol is WebAuthn, spoken by allauth and fido2, which are loaded when a key is asked. A key answers only to whoever
has its PIN, finger or face (ADR 0267). What it was asked last stands in the session; that an answer works once, and that
the key's counter goes up, is held by the key's own row.
"""

import hashlib
import json
import struct
from datetime import datetime, timedelta
from ipaddress import ip_address
from urllib.parse import urlsplit

from allauth.core import context
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from common.errors import NotAllowed, WrongState

#: Bytes of an answer; that of a key takes about a thousand.
LONGEST = 8192
#: A question that nobody answered for so long is not answered any more.
GOOD_FOR = timedelta(minutes=5)
#: In the session: when the last question was put.
ASKED = "security_key_asked"
#: In the session, for the pages' scripts: this person has a key. Looked up at the sign-in.
MARK = "security_key"
#: Answers a key remembers as used. One session has one open question, so more is never needed.
_REMEMBERED = 20
#: What the library raises at bytes that no key has made.
_MALFORMED = (
    ValueError, TypeError, KeyError, IndexError, AttributeError, AssertionError, OverflowError, RecursionError, struct.error,
)  # fmt: skip


def keys_of(user: User) -> QuerySet:
    return Authenticator.objects.filter(user_id=user.pk, type=Authenticator.Type.WEBAUTHN).order_by("pk")


def has_key(user: User) -> bool:
    return keys_of(user).exists()


def mark_session(request, user: User) -> None:
    """Let the pages of a session offer the key, or no longer."""
    if has_key(user):
        request.session[MARK] = True
    else:
        request.session.pop(MARK, None)


# --- where keys work ---------------------------------------------------------------------------------------


def host_of(request) -> str:
    """The name this page was opened under, without the port."""
    return urlsplit(f"//{request.get_host()}").hostname or ""


def relying_party(request) -> str:
    """The name that keys are made for: a key answers under no other."""
    return settings.SECURITY_KEY_HOST or host_of(request)


def why_not_here(request) -> str:
    """The sentence that says why no key can be used on this page; empty where one can."""
    host, home = host_of(request), relying_party(request)
    if _is_number(home):
        return _(
            "Security keys belong to a name, and this installation is reached under a number (%(host)s). Ask your "
            "system administrator for a name."
        ) % {"host": home}  # fmt: skip
    if host != home and not host.endswith(f".{home}"):
        return _("Security keys work only under %(home)s; this page was opened under %(host)s.") % {
            "home": home, "host": host}  # fmt: skip
    if not request.is_secure() and host != "localhost" and not host.endswith(".localhost"):
        return _("Security keys work only over a protected connection (https).")
    return ""


def _is_number(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


# --- adding ------------------------------------------------------------------------------------------------


def question_for_new(request, user: User) -> dict:
    """What a browser asks a key that is to be added."""
    from allauth.mfa.webauthn.internal import auth

    question = auth.begin_registration(user, passwordless=False)
    request.session[ASKED] = request.now.timestamp()
    return question


def accept_new(user: User, answer: str, now: datetime) -> dict:
    """The public key in a new key's answer, as it is kept. Raises NotAllowed `key_refused`, WrongState `key_known`."""
    from allauth.mfa.webauthn.internal import auth
    from fido2.utils import websafe_encode
    from fido2.webauthn import RegistrationResponse

    refusal = NotAllowed("key_refused", _(
        "Not added: the key's answer was not in order, or came later than five minutes. Load the page and try again."
    ))  # fmt: skip
    if not _is_open_question(now):
        raise refusal
    try:
        parsed = RegistrationResponse.from_dict(json.loads(answer))
        made = auth.complete_registration(parsed)
        _check_asked_here(parsed.response.client_data.origin)
    except (ValidationError, *_MALFORMED) as fault:
        raise refusal from fault
    number = websafe_encode(parsed.raw_id)
    if parsed.raw_id != made.credential_data.credential_id:
        raise refusal
    if Authenticator.objects.filter(
        type=Authenticator.Type.WEBAUTHN, data__credential__rawId=number
    ).exists():
        raise WrongState("key_known", _("Not added: this key is registered already. Take another one."))
    # Nothing else of what the browser sent: it is kept as long as the key.
    response = parsed.response
    return {
        "id": number,
        "rawId": number,
        "type": "public-key",
        "response": {
            "clientDataJSON": websafe_encode(response.client_data),
            "attestationObject": websafe_encode(response.attestation_object),
        },
    }


# --- asking ------------------------------------------------------------------------------------------------


def question_for(request, user: User) -> dict:
    """What a browser asks the keys of somebody. Raises WrongState `no_key`, NotAllowed `key_not_here`."""
    from allauth.mfa.webauthn.internal import auth

    elsewhere = why_not_here(request)
    if elsewhere:
        raise NotAllowed("key_not_here", elsewhere)
    if not has_key(user):
        raise WrongState("no_key", _("No key was asked: you have none. Add one on the page My account."))
    question = auth.begin_authentication(user)
    request.session[ASKED] = request.now.timestamp()
    return question


def looks_like_answer(text: str) -> bool:
    """An answer is never mistaken for a password, nor sent to a directory as one."""
    return text.startswith("{") and '"clientDataJSON"' in text


@transaction.atomic
def accept_answer(user: User, answer: str, now: datetime) -> Authenticator | None:
    """Use up the answer of one of the person's keys to what the session asked last; None if it is not in order.

    Not in order is an answer of another key or to another question, one without PIN, finger or face, one that was used
    before, and one whose counter did not go up: of a key with a counter there are two then.
    Inside a transaction that is rolled back later the answer is unused again, together with all it did.
    """
    from allauth.mfa.webauthn.internal import auth
    from fido2.webauthn import AuthenticationResponse

    if not _is_open_question(now) or len(answer) > LONGEST:
        return None
    # Locked first: of two that come at once with the same answer, the second sees what the first has left.
    known = list(keys_of(user).select_for_update())
    try:
        parsed = AuthenticationResponse.from_dict(json.loads(answer))
        key = auth.complete_authentication(user, parsed)
        _check_asked_here(parsed.response.client_data.origin)
    except (ValidationError, *_MALFORMED):
        return None
    key = next(one for one in known if one.pk == key.pk)
    counter, used = parsed.response.authenticator_data.counter, _digest(parsed.response.client_data.challenge)
    if used in key.data.get("used", ()) or _is_copied(key, counter):
        return None
    key.data.update(counter=counter, used=[*key.data.get("used", ()), used][-_REMEMBERED:])
    key.last_used_at, key.user = now, user
    key.save(update_fields=["data", "last_used_at"])
    return key


def _is_copied(key: Authenticator, counter: int) -> bool:
    """Passkeys that are kept in several places count nothing: theirs is always 0 (WebAuthn, 6.1.1)."""
    before = key.data.get("counter", 0)
    return bool(before or counter) and counter <= before


def _is_open_question(now: datetime) -> bool:
    request = context.request
    asked = request.session.get(ASKED) if request is not None else None
    return asked is not None and 0 <= now.timestamp() - asked < GOOD_FOR.total_seconds()


def _check_asked_here(origin: str) -> None:
    """The library takes every name below the one the key was made for; whoever has one of those is not us."""
    if urlsplit(origin).hostname != host_of(context.request):
        raise ValueError("asked under another name")


def _digest(challenge: bytes) -> str:
    return hashlib.sha256(challenge).hexdigest()[:32]
