"""What happens to the record of trainings. Lock, check, change, record."""

from collections.abc import Collection
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Unit
from accounts.scope import Reach
from common import revisions
from common.dates.local_time import day_of
from common.errors import Invalid
from resources.permissions import check_can_keep
from resources.trainings import queries
from resources.trainings.models import Attendance, Training
from resources.transitions import check_unit_open, check_words, record_act


@transaction.atomic
def record_training(
    *,
    reach: Reach,
    unit: Unit,
    part: str,
    audience: str,
    subject: str,
    held_on: date,
    people: Collection[int],
    now: datetime,
    place: str = "",
    note: str = "",
) -> Training:
    """Put on record that a training was held at the unit, and who of it and those below was there.

    Source: district plan §6.1.
    """
    check_can_keep(reach, unit)
    check_unit_open(unit)
    check_words(subject=subject, place=place, note=note)
    _check_was_held(held_on, now)
    _check_own_staff(unit, people, now)

    training = Training.objects.create(
        unit=unit, unit_path=unit.path, part=part, audience=audience, subject=subject, held_on=held_on,
        place=place, note=note, recorded_at=now, recorded_by=reach.user,
    )  # fmt: skip
    _write_down(training, people)

    _record("training.recorded", training, reach, now, len(set(people)))
    return training


@transaction.atomic
def correct_attendance(
    *, reach: Reach, training_id: int, people: Collection[int], now: datetime, rev: int | None = None
) -> Training:
    """Say anew who was there. Who has left the bureau since and was there stays."""
    training = Training.objects.select_for_update(of=("self",)).select_related("unit").get(pk=training_id)

    check_can_keep(reach, training.unit)
    sentence = _(
        "Nothing was changed: somebody changed it after you opened the page. Look again, then repeat."
    )
    revisions.check_rev(training, rev, sentence)
    present = set(training.attendances.values_list("person", flat=True))
    _check_own_staff(training.unit, set(people) - present, now)
    here = {appointment.person_id for appointment in queries.staff_of(training.unit, now)}
    wanted = set(people) | (present - here)
    if wanted == present:
        return training

    training.attendances.filter(person__in=present - wanted).delete()
    _write_down(training, wanted - present)
    revisions.save(training)

    _record("training.corrected", training, reach, now, len(wanted))
    return training


def _write_down(training: Training, people: Collection[int]) -> None:
    Attendance.objects.bulk_create(
        Attendance(training=training, person_id=one) for one in sorted(set(people))
    )


def _check_was_held(held_on: date, now: datetime) -> None:
    if held_on > day_of(now):
        raise Invalid(
            "not_held_yet",
            _("Nothing was kept: this day has not come. A training is written down when it was held."),
            fields={"held_on": [_("This day has not come.")]},
        )


def _check_own_staff(unit: Unit, people: Collection[int], now: datetime) -> None:
    here = {appointment.person_id for appointment in queries.staff_of(unit, now)}
    if set(people) - here:
        raise Invalid(
            "not_own_staff",
            _("Nothing was kept: somebody of the list holds no post at %(unit)s or below it. Choose again.")
            % {"unit": unit},
            fields={"people": [_("Choose people of the list.")]},
        )


def _record(kind: str, training: Training, reach: Reach, now: datetime, people: int) -> None:
    """How many, not who: what becomes of a person's training is nobody's reading in a journal kept for ever."""
    record_act(
        kind, reach, subject=training.key, unit=training.unit, now=now,
        what=training.subject, part=training.part, audience=training.audience, people=people,
    )  # fmt: skip
