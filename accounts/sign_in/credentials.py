"""The password, one-time code or security key that a person gives again at the moment of signing."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta

from django import forms
from django.db import connection, transaction
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.access import sessions
from accounts.central import directory
from accounts.models import User
from accounts.queries import home_of
from accounts.sign_in import second_factor, security_keys, throttles
from accounts.sign_in.passwords import MAX_LENGTH, is_expired
from common.errors import NotAllowed, TryAgain
from journal.keys import key
from journal.record import record

WRONG_TRIES = 5
#: How long a password or code given on an administration page counts for the next page too.
FRESH = timedelta(minutes=5)


def check_credential(user: User, credential: str, now: datetime) -> str:
    """Return "password", "totp" or "webauthn" if `credential` proves that `user` acts now.

    The password is the one kept here or the directory's, where there is one; a security key's answer is the text that the
    page's script puts in its place.
    Raises NotAllowed `credential_wrong`, or `credential_throttled` after five wrong ones within five
    minutes; TryAgain `directory_away`, `directory_busy`. A one-time code works once. A wrong try is counted and recorded
    even though the caller's transaction is rolled back by the refusal.
    """
    try:
        attempt = _begin(user, now)
    except throttles.TooMany as wait:
        raise NotAllowed("credential_throttled", too_many_sentence(wait.until), retry_at=wait.until) from None

    try:
        proven = _proof(user, credential, now)
    except TryAgain as away:
        attempt.wrong()
        sentence = _("Nothing was done. %(why)s The one-time code of your authenticator works meanwhile.")
        raise TryAgain(away.code, sentence % {"why": away}) from None

    if proven is None:
        attempt.wrong()
        is_key = security_keys.looks_like_answer(credential)
        throttles.after_request(lambda: _record_refusal(user, now, is_key=is_key))
        raise NotAllowed("credential_wrong", _wrong_key() if is_key else _wrong_text())
    attempt.right()
    return proven


def _wrong_text() -> str:
    return _(
        "Nothing was done: the password or one-time code is wrong, or the code was used before. "
        "Type your password, or the next code your authenticator shows."
    )


def _wrong_key() -> str:
    return _(
        "Nothing was done: the security key was not accepted. It is not one of yours, or what it answered was used before. "
        "Use it once more, or type your password or a one-time code."
    )


@contextmanager
def reserved(request) -> Iterator[None]:
    """Held around a request that gives a credential: before its transaction begins the try is counted, and the
    directory asked, for which nothing that is locked may wait."""
    if connection.in_atomic_block or not _gives_credential(request):
        yield
        return
    reservation = throttles.Reserved(_limits(request.user), request.now)
    token = _reservation.set((request.user.pk, reservation))
    asked = _asked.set(None)
    try:
        if reservation.too_many is None and directory.is_on():
            _asked.set(_Asked.now(request.user, _given(request)["credential"], request.now))
        yield
    finally:
        _asked.reset(asked)
        _reservation.reset(token)
        reservation.settle()


#: Whose try, and the try.
_reservation: ContextVar[tuple[int, throttles.Reserved] | None] = ContextVar("credentials", default=None)


def _given(request):
    return request.data if hasattr(request, "data") else request.POST


def _gives_credential(request) -> bool:
    given = _given(request)
    return isinstance(given, Mapping) and bool(given.get("credential")) and request.user.is_authenticated


def _begin(user: User, now: datetime) -> throttles.Attempt:
    whose, reservation = _reservation.get() or (None, None)
    if reservation is None or whose != user.pk:
        return throttles.begin(_limits(user), now=now)
    if reservation.too_many is not None:
        raise reservation.too_many
    return reservation


def _limits(user: User) -> list[throttles.Limit]:
    return [throttles.Limit(f"credential:{user.pk}", WRONG_TRIES)]


def _proof(user: User, credential: str, now: datetime) -> str | None:
    if not credential:
        return None
    # No password profile allows six digits, so a code is never mistaken for a password.
    if second_factor.looks_like_code(credential):
        return "totp" if second_factor.accept_code(user, credential, now) else None
    if security_keys.looks_like_answer(credential):
        return "webauthn" if security_keys.accept_answer(user, credential, now) else None
    asked = _asked.get()
    if asked is None or (asked.user_id, asked.credential) != (user.pk, credential):
        asked = _Asked.now(user, credential, now)
    if asked.away is not None:
        raise asked.away
    return "password" if asked.is_right else None


@dataclass(frozen=True, slots=True)
class _Asked:
    """What came of a password that was looked at."""

    user_id: int
    credential: str
    is_right: bool
    #: The directory did not answer.
    away: TryAgain | None = None

    @classmethod
    def now(cls, user: User, credential: object, now: datetime) -> "_Asked":
        """Look at it: is it the one kept here, or else the directory's?"""
        text = credential if isinstance(credential, str) else ""
        if not text or len(text) > MAX_LENGTH or second_factor.looks_like_code(text):
            return cls(user.pk, text, False)
        if security_keys.looks_like_answer(text):
            return cls(user.pk, text, False)
        # A handed-over or outdated one proves nothing; who comes by the directory need not have changed it.
        if user.check_password(text) and not is_expired(user, now):
            return cls(user.pk, text, True)
        try:
            return cls(user.pk, text, directory.is_on() and directory.proves(user.username, text))
        except TryAgain as away:
            return cls(user.pk, text, False, away)


_asked: ContextVar[_Asked | None] = ContextVar("asked", default=None)


def too_many_sentence(until: datetime) -> str:
    return _(
        "Not checked: there were too many wrong tries. Try again after %(time)s; until then even the right "
        "password or code is not looked at."
    ) % {"time": localtime(until).strftime("%H:%M:%S")}


@transaction.atomic
def _record_refusal(user: User, now: datetime, *, is_key: bool) -> None:
    home = home_of(user, now)
    record(
        "credential.refused",
        subject=key("user", user.pk),
        unit=home.unit if home else None,
        post=home.title if home else "",
        actor=user,
        at=now,
        content={"by": "webauthn"} if is_key else {},
    )


class CredentialField(forms.CharField):
    """Where a signature is proved. The script offers a security key beside it, whose answer is put in its place."""

    def __init__(self, **more):
        super().__init__(
            max_length=security_keys.LONGEST,
            strip=False,
            widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "data-security-key": True}),
            **more,
        )


class ConfirmedForm(forms.Form):
    """A form whose effect needs a fresh proof of who is sitting there (appoint, disable, delegate).

    The field is left out while the last proof, or the sign-in, is less than five minutes old.
    """

    #: Asked for however fresh the last proof is.
    is_always_asked = False

    credential = CredentialField(
        label=gettext_lazy("Your password or one-time code"),
        help_text=gettext_lazy("Asked again because this changes what people may do."),
    )

    def __init__(self, *args, request, **kwargs):
        super().__init__(*args, **kwargs)
        self.request = request
        self.order_fields([name for name in self.fields if name != "credential"])
        if not self.is_always_asked and is_fresh(request):
            del self.fields["credential"]

    def clean(self):
        """Last of all: a code is not used up by a form with another mistake in it."""
        cleaned = super().clean()
        if not self.errors and "credential" in self.fields:
            try:
                check_credential(self.request.user, cleaned["credential"], self.request.now)
            except (NotAllowed, TryAgain) as refusal:
                self.add_error("credential", str(refusal))
            else:
                self.request.session["fresh_at"] = self.request.now.timestamp()
        return cleaned


def is_fresh(request) -> bool:
    proven = request.session.get("fresh_at", 0)
    return (
        sessions.signed_in_just_now(request) or 0 <= request.now.timestamp() - proven < FRESH.total_seconds()
    )
