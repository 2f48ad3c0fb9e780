"""What a person has to do before anything else, on pages and over the API alike."""

from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from accounts.central import directory
from accounts.models import User
from accounts.sign_in import passwords
from accounts.sign_in.second_factor import has_second_factor
from common.errors import NotAllowed

#: The page that leads on → code and sentence for who calls the API.
SENTENCES = {
    "account_change_password": (
        "password_change_required",
        _(
            "Nothing was done: your password has to be changed first. Sign in with the browser and choose a new one."
        ),
    ),
    "mfa_activate_totp": (
        "second_factor_required",
        _("Nothing was done: this bureau requires a second factor. Sign in with the browser and set one up."),
    ),
}


def first_thing(
    user: User, now: datetime, *, has_factor: bool | None = None, by_directory: bool = False
) -> str | None:
    """The page where the first thing is done, or None. `has_factor`: what the caller knows already.

    `by_directory`: the directory took the password, so nothing is asked of one that is kept here.
    """
    if passwords.is_expired(user, now) and not by_directory:
        return "account_change_password"
    if settings.REQUIRE_SECOND_FACTOR and not (has_second_factor(user) if has_factor is None else has_factor):
        return "mfa_activate_totp"
    return None


def check_nothing_comes_first(user: User, now: datetime) -> None:
    """Raise NotAllowed for an account that may only do its first thing. For tokens, which were made in a session."""
    goal = first_thing(user, now, by_directory=directory.is_on())
    if goal is not None:
        raise NotAllowed(*SENTENCES[goal])
