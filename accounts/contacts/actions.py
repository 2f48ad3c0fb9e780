"""Proving that a number rings with its owner. Sending the code is the business of a room above.

Source: complaint of every product looked at: an unverified number is found out at the worst moment.
"""

import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _

from accounts.contacts.models import NumberCode, Proof, VerifiedNumber
from accounts.models import User
from common.errors import Invalid, WrongState
from journal.keys import key
from journal.record import record

GOOD_FOR = timedelta(minutes=10)
#: A second code at once is a slip of the finger, and each one costs a text message.
NOT_AGAIN_WITHIN = timedelta(seconds=60)
MOST_TRIES = 5


def mark_of(number: str, secret: str | None = None) -> str:
    """What stands for a number in the table of proofs."""
    return salted_hmac("accounts.contacts", number.strip(), secret=secret, algorithm="sha256").hexdigest()


def marks_of(number: str) -> list[str]:
    """Its marks under the present key and the earlier ones."""
    return [mark_of(number, secret) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]


@transaction.atomic
def new_code(*, person: User, now: datetime) -> str:
    """Make a code of six digits for the person's present number and return it, to be sent there and nowhere else.

    Raises Invalid without a number, WrongState within a minute of the last one.
    """
    before = NumberCode.objects.select_for_update().filter(person=person).first()

    if not person.phone:
        raise Invalid(
            "no_number",
            _("No code was sent: no telephone number is on file for you. Ask your security administrator."),
        )
    if before and before.sent_at > now - NOT_AGAIN_WITHIN:
        raise WrongState(
            "code_just_sent",
            _("No second code was sent: one went out less than a minute ago. Wait for it, then try again."),
        )

    code = f"{secrets.randbelow(1_000_000):06d}"
    NumberCode.objects.update_or_create(
        person=person,
        defaults={
            "mark": mark_of(person.phone),
            "hash": _hash(person, code),
            "sent_at": now,
            "expires_at": now + GOOD_FOR,
            "tries": 0,
        },
    )
    return code


def confirm_code(*, person: User, code: str, now: datetime) -> VerifiedNumber:
    """Type the code in. Raises Invalid for a wrong, old or worn-out one; a wrong try counts."""
    with transaction.atomic():
        waiting = NumberCode.objects.select_for_update().filter(person=person).first()
        if waiting is not None and _is_right(waiting, person, code, now):
            waiting.delete()
            return verify_number(person=person, proof=Proof.CODE, actor=person, now=now)
        if waiting is not None:
            waiting.tries += 1
            waiting.save(update_fields=["tries"])
    sentence = _("The number was not verified: the code is wrong or too old. Have a new one sent.")
    raise Invalid("code_wrong", sentence, fields={"code": [sentence]})


def _is_right(waiting: NumberCode, person: User, code: str, now: datetime) -> bool:
    return (
        waiting.tries < MOST_TRIES
        and now <= waiting.expires_at
        and waiting.mark in marks_of(person.phone)
        and constant_time_compare(waiting.hash, _hash(person, code.strip()))
    )


@transaction.atomic
def verify_number(*, person: User, proof: str, actor: User | None, now: datetime) -> VerifiedNumber:
    """Write down that the person's present number rings with them. Proved again, it is proved anew."""
    made, _is_new = VerifiedNumber.objects.update_or_create(
        person=person, mark=mark_of(person.phone), defaults={"proof": proof, "at": now, "by": actor}
    )
    record(
        "contact.verified",
        subject=key("user", person.pk),
        actor=actor,
        at=now,
        content={"person": person.username, "proof": proof},
    )
    return made


def _hash(person: User, code: str) -> str:
    return salted_hmac("accounts.contacts.code", f"{person.pk}:{code}", algorithm="sha256").hexdigest()
