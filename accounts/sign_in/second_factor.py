"""Who has a second factor; and of one-time codes: is this code right now, for the first time?

The codes are RFC 6238 (30 s, 6 digits, one step of tolerance). That a code works once is held by a unique
row in the database; a cache would forget it with its memory, and too early: a code is valid for 90 s.
"""

import hmac
import unicodedata
from datetime import datetime

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from allauth.mfa.utils import decrypt
from django.conf import settings
from django.db import IntegrityError, transaction

from accounts.models import UsedCode, User

STEP_SECONDS = 30
DIGITS = 6


#: What counts as a second factor. Recovery codes are for the day it is lost.
FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


def has_second_factor(user: User) -> bool:
    """An authenticator app, or a security key."""
    return Authenticator.objects.filter(user_id=user.pk, type__in=FACTORS).exists()


def is_last_factor(authenticator: Authenticator) -> bool:
    others = Authenticator.objects.filter(user_id=authenticator.user_id, type__in=FACTORS)
    return not others.exclude(pk=authenticator.pk).exists()


def plain(code: str) -> str:
    """The code as the phone shows it, without the spaces and the full width people type: "１２３ 456" → "123456"."""
    return "".join(unicodedata.normalize("NFKC", code).split())


def looks_like_code(text: str) -> bool:
    code = plain(text)
    return len(code) == DIGITS and code.isascii() and code.isdigit()


def step_of(secret: str, code: str, now: datetime) -> int | None:
    """The time step `code` belongs to, if it is right at `now`; else None."""
    if not looks_like_code(code):
        return None
    current = int(now.timestamp()) // STEP_SECONDS
    tolerance = settings.MFA_TOTP_TOLERANCE
    for step in range(current - tolerance, current + tolerance + 1):
        if hmac.compare_digest(format_hotp_value(hotp_value(secret, step)), plain(code)):
            return step
    return None


def accept_code(user: User, code: str, now: datetime) -> bool:
    """Use up a one-time code. False if it is wrong or was used before.

    Inside a transaction that is rolled back later the code is unused again, together with all it did.
    """
    authenticator = Authenticator.objects.filter(user_id=user.pk, type=Authenticator.Type.TOTP).first()
    if authenticator is None or not looks_like_code(code):
        return False
    step = step_of(decrypt(authenticator.data["secret"]), code, now)
    return step is not None and use_up(user, step)


def use_up(user: User, step: int) -> bool:
    """Mark a step as used; False if it already is."""
    UsedCode.objects.filter(user=user, step__lt=step - 10).delete()
    try:
        with transaction.atomic():
            UsedCode.objects.create(user=user, step=step)
    except IntegrityError:
        return False
    return True


def accept_recovery_code(user: User, code: str) -> bool:
    """Use up a recovery code (eight digits, each works once)."""
    authenticator = Authenticator.objects.filter(
        user_id=user.pk, type=Authenticator.Type.RECOVERY_CODES
    ).first()
    return authenticator is not None and authenticator.wrap().validate_code(plain(code))
