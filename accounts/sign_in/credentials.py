"""The password or one-time code that a person gives again at the moment of signing."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime, timedelta

from django import forms
from django.db import connection, transaction
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.access import sessions
from accounts.models import User
from accounts.queries import home_of
from accounts.sign_in import second_factor, throttles
from common.errors import NotAllowed
from journal.keys import key
from journal.record import record

WRONG_TRIES = 5
#: How long a password or code given on an administration page counts for the next page too.
FRESH = timedelta(minutes=5)


def check_credential(user: User, credential: str, now: datetime) -> str:
    """Return "password" or "totp" if `credential` proves that `user` acts now.

    Raises NotAllowed `credential_wrong`, or `credential_throttled` after five wrong ones within five
    minutes. A one-time code works once. A wrong try is counted and recorded even though the caller's
    transaction is rolled back by the refusal.
    """
    try:
        attempt = _begin(user, now)
    except throttles.TooMany as wait:
        raise NotAllowed("credential_throttled", too_many_sentence(wait.until), retry_at=wait.until) from None

    proven = _proof(user, credential, now)

    if proven is None:
        attempt.wrong()
        throttles.after_request(lambda: _record_refusal(user, now))
        raise NotAllowed(
            "credential_wrong",
            _("Nothing was done: the password or one-time code is wrong, or the code was used before. "
              "Type your password, or the next code your authenticator shows."),
        )  # fmt: skip
    attempt.right()
    return proven


@contextmanager
def reserved(request) -> Iterator[None]:
    """Held around a request that gives a credential: the try is counted before its transaction begins."""
    if connection.in_atomic_block or not _gives_credential(request):
        yield
        return
    reservation = throttles.Reserved(_limits(request.user), request.now)
    token = _reservation.set((request.user.pk, reservation))
    try:
        yield
    finally:
        _reservation.reset(token)
        reservation.settle()


#: Whose try, and the try.
_reservation: ContextVar[tuple[int, throttles.Reserved] | None] = ContextVar("credentials", default=None)


def _gives_credential(request) -> bool:
    given = request.data if hasattr(request, "data") else request.POST
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
    return "password" if user.check_password(credential) else None


def too_many_sentence(until: datetime) -> str:
    return _(
        "Not checked: there were too many wrong tries. Try again after %(time)s; until then even the right "
        "password or code is not looked at."
    ) % {"time": localtime(until).strftime("%H:%M:%S")}


@transaction.atomic
def _record_refusal(user: User, now: datetime) -> None:
    home = home_of(user, now)
    record(
        "credential.refused",
        subject=key("user", user.pk),
        unit=home.unit if home else None,
        post=home.title if home else "",
        actor=user,
        at=now,
    )


class ConfirmedForm(forms.Form):
    """A form whose effect needs a fresh proof of who is sitting there (appoint, disable, delegate).

    The field is left out while the last proof, or the sign-in, is less than five minutes old.
    """

    #: Asked for however fresh the last proof is.
    is_always_asked = False

    credential = forms.CharField(
        label=gettext_lazy("Your password or one-time code"),
        help_text=gettext_lazy("Asked again because this changes what people may do."),
        max_length=256,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
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
            except NotAllowed as refusal:
                self.add_error("credential", str(refusal))
            else:
                self.request.session["fresh_at"] = self.request.now.timestamp()
        return cleaned


def is_fresh(request) -> bool:
    proven = request.session.get("fresh_at", 0)
    return (
        sessions.signed_in_just_now(request) or 0 <= request.now.timestamp() - proven < FRESH.total_seconds()
    )
