"""A number proved by a telephone call made by hand: where no gateway sends a code, the duty room rings.

What is on file is dialled, the owner answers, the officer says so. Who rang, whom and when is on the record.
"""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.contacts.actions import verify_number
from accounts.contacts.models import Proof, VerifiedNumber
from accounts.contacts.queries import verified
from accounts.models import Appointment, Unit, User
from accounts.scope import Reach
from common.errors import NotAllowed, Stale, not_found
from duty.comms_checks import permissions


def to_ring(reach: Reach, unit: Unit, now: datetime) -> list[User]:
    """Who holds a post of the unit and has a number that nobody has proved; without the reader (three queries)."""
    held = Appointment.objects.current(now).filter(post__unit=unit).exclude(person=reach.user)
    people = {row.person_id: row.person for row in held.select_related("person") if row.person.phone}
    proved = verified(people.values())
    return sorted((person for pk, person in people.items() if pk not in proved), key=str)


@transaction.atomic
def answered_in_person(
    *, reach: Reach, unit: Unit, person_id: int, number: str, now: datetime
) -> VerifiedNumber:
    """Write down that `person` answered at `number`, as it was shown to who dialled it.

    Raises NotAllowed for one's own number, Stale where another number is on file by now: that one nobody dialled.
    """
    held = Appointment.objects.current(now).filter(post__unit=unit, person=person_id).exists()
    person = User.objects.select_for_update().filter(pk=person_id, is_active=True).first()

    permissions.check_can_test(reach, unit)
    if person is None or not held:
        raise not_found()
    if person.pk == reach.user.pk:
        raise NotAllowed(
            "not_ones_own",
            _("Nothing was verified: nobody vouches for their own number. Ask a colleague to ring you."),
        )
    if not number or number != person.phone:
        raise Stale(
            "number_changed",
            _(
                "Nothing was verified: another number is on file for %(person)s by now. Ring that one, then say so."
            )
            % {"person": person},
        )

    return verify_number(person=person, proof=Proof.CALL, actor=reach.user, now=now)
