"""Password rules as two profiles: `mlps3` (GB/T 22239 level 3) and `asvs` (OWASP ASVS 5.0 level 2).

The two contradict each other on purpose (composition and rotation against length alone); a bureau names one
in PASSWORD_PROFILE. Lists of breached passwords are Django's own validator beside this one.
"""

import secrets
from datetime import datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

from django.conf import settings
from django.contrib.auth.hashers import (
    Argon2PasswordHasher,
    check_password,
    get_hasher,
    is_password_usable,
    make_password,
)
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext


class Profile(NamedTuple):
    min_length: int
    #: How many of lower case, upper case, digits, others must occur.
    classes: int
    #: Days until a change is asked for; 0 = never.
    max_age_days: int
    #: How many former passwords may not come back.
    history: int


PROFILES = {
    "mlps3": Profile(min_length=12, classes=3, max_age_days=90, history=5),
    "asvs": Profile(min_length=15, classes=1, max_age_days=0, history=0),
}
MOST_HISTORY = max(profile.history for profile in PROFILES.values())
#: Long pass phrases are welcome (64 and more); beyond this somebody only wants to keep the hasher busy.
MAX_LENGTH = 256
#: Shorter words occur in good passwords by chance.
_SHORTEST_CONTEXT_WORD = 4


def classes_in(password: str) -> int:
    """How many of the four classes of characters occur."""
    tests = (str.islower, str.isupper, str.isdigit, lambda c: not c.isalnum())
    return sum(any(test(c) for c in password) for test in tests)


def is_expired(user, now: datetime) -> bool:
    """Is a change due by age? A one-time password is always to be changed."""
    if user.one_time_until:
        return True
    days = PROFILES[settings.PASSWORD_PROFILE].max_age_days
    return bool(days and user.password_changed_at and now >= user.password_changed_at + timedelta(days=days))


def context_words(user) -> list[str]:
    """Words an outsider would try first: the username and its parts, the person's and the site's name."""
    words = [settings.SITE_NAME]
    if user is not None:
        words += [user.username, *user.username.replace("-", ".").replace("_", ".").split("."), user.name]
    return sorted({word.casefold() for word in words if len(word) >= _SHORTEST_CONTEXT_WORD})


class ProfileValidator:
    """Django password validator for one of the profiles."""

    def __init__(self, profile: str = "mlps3"):
        self.profile = PROFILES[profile]

    def validate(self, password, user=None):
        if len(password) < self.profile.min_length or classes_in(password) < self.profile.classes:
            raise ValidationError(self.get_help_text(), code="password_profile")
        if len(password) > MAX_LENGTH:
            raise ValidationError(
                _("The password is longer than %(count)s characters. Choose a shorter one.")
                % {"count": MAX_LENGTH},
                code="password_too_long",
            )
        self._check_context(password, user)
        if user is not None and user.pk and self._is_former(password, user):
            raise ValidationError(
                _("The password was not changed: it is one of your last %(count)s. Choose a new one.")
                % {"count": self.profile.history},
                code="password_former",
            )

    def _check_context(self, password, user):
        found = [word for word in context_words(user) if word in password.casefold()]
        if found:
            raise ValidationError(
                _("The password contains “%(word)s”, which anybody would try first. Choose another one.")
                % {"word": found[0]},
                code="password_context",
            )

    def _is_former(self, password, user) -> bool:
        if not self.profile.history:
            return False
        former = user.former_passwords.order_by("-at", "-pk").values_list("hash", flat=True)
        hashes = {user.password, *former[: self.profile.history]}
        return any(check_password(password, stored) for stored in hashes if is_password_usable(stored))

    def get_help_text(self):
        length = _("At least %(length)s characters.") % {"length": self.profile.min_length}
        if self.profile.classes < 2:
            return length
        return " ".join([
            length,
            ngettext(
                "At least %(classes)s of: lower case letters, upper case letters, digits, other characters.",
                "At least %(classes)s of: lower case letters, upper case letters, digits, other characters.",
                self.profile.classes,
            ) % {"classes": self.profile.classes},
        ])  # fmt: skip


# Rows of keys and of the alphabet, and the words guessing programs decorate first. Django's list of breached
# passwords holds whole ones, nearly all shorter than we allow: "Admin@123456" passes it.
_ROWS = (
    "1234567890",
    "0987654321",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "1qaz2wsx3edc4rfv",
    "abcdefghijklmnopqrstuvwxyz",
)
_WORDS = ("password", "passw0rd", "p@ssword", "p@ssw0rd", "pass", "admin", "root", "user", "test", "welcome", "login",
          "letmein", "huawei", "woaini", "zhongguo", "china", "sifa", "xinfang", "justice", "5201314", "1314", "520")  # fmt: skip
_SHORTEST_RUN = 4
_ENOUGH = 5


def substance(password: str) -> int:
    """How many different characters are left when rows of keys, common words and repetitions are gone."""
    left = password.casefold()
    for word in sorted({*_WORDS, *_runs()}, key=len, reverse=True):
        left = left.replace(word, "")
    return len(set(left))


@lru_cache(maxsize=1)
def _runs() -> frozenset[str]:
    """Every stretch of at least four neighbours in a row, both ways."""
    rows = [row for forward in _ROWS for row in (forward, forward[::-1])]
    return frozenset(
        row[start:end]
        for row in rows
        for start in range(len(row))
        for end in range(start + _SHORTEST_RUN, len(row) + 1)
    )


class GuessableValidator:
    """Refuses what is long only on the outside: "Admin@123456", "qwertyuiopasdfgh", "passwordpassword"."""

    def validate(self, password, user=None):
        if substance(password) < _ENOUGH:
            raise ValidationError(
                _("The password is made of what is tried first: common words, rows of keys, repetitions. "
                  "Choose another one."),
                code="password_guessable",
            )  # fmt: skip

    def get_help_text(self):
        return _("Not made of common words, rows of keys and repetitions alone.")


# --- passwords made by the machine -------------------------------------------------------------------------

# No vowels: no words. No letter that looks like a digit. Where a letter stands and where a digit is fixed.
_LETTERS = "cdfhjkmnprtvwx"
_DIGITS = "23456789"
_GROUPS = 4


def random_password() -> str:
    """A password easy to read out and to type, 57 random bits: "Kfm7-prt4-wch3-xdn7".

    Fulfils both profiles: 19 characters; upper, lower, digits, hyphens.
    """
    groups = [
        "".join(secrets.choice(_LETTERS) for _ in range(3)) + secrets.choice(_DIGITS) for _ in range(_GROUPS)
    ]
    return "-".join(groups).capitalize()


class QuickArgon2(Argon2PasswordHasher):
    """Argon2id at a tenth of the cost, for random passwords only.

    A slow hash makes guessing dear for passwords people choose; 57 random bits stay out of reach, and hashing
    a thousand imported people at full cost takes minutes. Django hashes anew at full cost at the first
    sign-in.
    """

    time_cost = 1
    memory_cost = 8 * 1024
    parallelism = 1


def quick_hash(password: str) -> str:
    """Hash a password that came from `random_password`."""
    if isinstance(get_hasher(), Argon2PasswordHasher):
        return QuickArgon2().encode(password, QuickArgon2().salt())
    return make_password(password)


def is_quick(encoded: str) -> bool:
    """Was this hash made below full cost?"""
    hasher = get_hasher()
    return (
        isinstance(hasher, Argon2PasswordHasher)
        and encoded.startswith(hasher.algorithm)
        and hasher.must_update(encoded)
    )
