"""What the database itself refuses about rosters, shifts, handovers, downtime packs, comms checks and numbers."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.db.models import F

from accounts.contacts.models import Proof, VerifiedNumber
from duty.comms_checks.models import CommsCheck, CommsCheckAnswer
from duty.shifts import actions, handovers
from duty.shifts.models import DowntimePack, Handover, HandoverItem
from rosters.models import Roster, Rotation, RotationMember, Shift, Swap
from tests.duty.test_shifts import at

DAY = timedelta(days=1)


@pytest.fixture
def everything(published, alarm, reach, units, cast, posts, now):
    """One row of every table, begun on Tuesday."""
    published()
    alarm(headcount=8)
    actions.begin_due(at(24))
    handover = Handover.objects.get(incoming__post__kind="duty_officer")
    handovers.give_handover(reach=reach("county1.duty2"), handover_id=handover.pk, now=at(24, 9))
    coming = Shift.objects.in_force().filter(starts_at__gt=at(24), post=posts["duty_officer"]).first()
    Swap.objects.create(
        shift=coming, proposed_by=coming.person, other=cast["county1.director"], proposed_at=now
    )
    CommsCheck.objects.create(
        unit=units["C1"], unit_path=units["C1"].path, due_at=now, made_at=now, made_by=cast["county1.duty"]
    )
    CommsCheckAnswer.objects.create(
        comms_check=CommsCheck.objects.get(), person=cast["county1.duty"], channel="app"
    )
    VerifiedNumber.objects.create(person=cast["county1.duty"], mark="m", proof=Proof.CODE, at=now)
    return cast


def again(model, **changed):
    """Insert a copy of the first row."""
    row = model.objects.order_by("pk").first()
    row.pk = None
    for name, value in changed.items():
        setattr(row, name, value)
    row.save(force_insert=True)


BROKEN = {
    "a_turn_lasts_1_to_31_days": lambda c: Rotation.objects.update(days_each=0),
    "a_post_needs_1_to_20_people": lambda c: Rotation.objects.update(minimum=21),
    "a_shift_is_confirmed_within_1_to_60_minutes": lambda c: Rotation.objects.update(confirm_minutes=0),
    "a_duty_of_hours_ends_the_same_day": lambda c: Rotation.objects.update(day_ends=F("hand_over")),
    "the_night_begins_at_another_hour": lambda c: Rotation.objects.update(night_from=F("hand_over")),
    "one_place_per_person": lambda c: again(RotationMember, place=9),
    "one_person_per_place": lambda c: again(RotationMember, person=c["county1.director"]),
    "a_roster_ends_after_it_begins": lambda c: Roster.objects.update(last_day=date(2026, 1, 1)),
    "a_published_roster_has_its_time": lambda c: Roster.objects.update(published_at=None),
    "a_roster_with_findings_has_a_reason": lambda c: Roster.objects.update(findings=[{"code": "gap"}]),
    "a_shift_ends_after_it_starts": lambda c: Shift.objects.update(ends_at=F("starts_at")),
    "one_shift_at_a_time": lambda c: again(Shift),
    "a_stand_in_follows_a_beginning": lambda c: Shift.objects.filter(began_at=None).update(
        stood_in_at=at(24)
    ),
    "one_open_swap_per_shift": lambda c: again(Swap),
    "nobody_swaps_with_themself": lambda c: Swap.objects.update(other=F("proposed_by")),
    "a_decided_swap_names_who_decided": lambda c: Swap.objects.update(state="approved"),
    "giving_has_a_time_and_a_person": lambda c: Handover.objects.update(given_by=None),
    "taking_follows_giving": lambda c: Handover.objects.update(taken_at=at(24)),
    "each_thing_passes_over_once": lambda c: again(HandoverItem),
    "one_pack_per_unit_and_shift": lambda c: again(DowntimePack),
    "a_written_pack_has_its_file": lambda c: DowntimePack.objects.update(state="written"),
    "a_test_lasts_1_to_240_minutes": lambda c: CommsCheck.objects.update(window_minutes=241),
    "a_begun_test_has_its_times": lambda c: CommsCheck.objects.update(state="running"),
    "one_answer_per_test_and_channel": lambda c: again(CommsCheckAnswer),
    "who_is_not_asked_has_a_reason": lambda c: CommsCheckAnswer.objects.update(outcome="not_asked"),
    "one_proof_per_number": lambda c: again(VerifiedNumber),
}


def test_the_database_keeps_what_must_always_hold(everything):
    held = []
    for name, change in BROKEN.items():
        with (
            pytest.raises(
                IntegrityError,
                match=rf"{name}|UNIQUE constraint failed: (rosters|duty)_|UNIQUE constraint failed: accounts_",
            ),
            transaction.atomic(),
        ):
            change(everything)
        held.append(name)
    assert held == list(BROKEN)
