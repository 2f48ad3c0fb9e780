"""What happens to receptions before anybody has come. Lock, check, change, record."""

from collections.abc import Sequence
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from accounts.models import Unit, User
from accounts.scope import Reach
from cases.matters.models import Matter
from cases.receptions import alerts, permissions, queries, rules
from cases.receptions.choices import ReceptionOutcome, ReceptionVerb
from cases.receptions.models import Reception, ReceptionCheck
from cases.receptions.points import Point, take_points
from cases.receptions.transitions import (
    check_may,
    check_representatives,
    check_words,
    lock_reception,
    missing,
    record_act,
)
from clocks.actions import cancel_for_subject
from command.attendance.actions import answer_offer
from command.attendance.choices import OfferState, OfferVerb
from command.attendance.models import ReceptionOffer
from command.obligations.actions import settle_by_entry
from common.database.numbers import next_number
from common.errors import WrongState
from common.revisions import save
from common.states import move
from incidents.models import Incident
from notices.relevance.ending import end_notices, settle_threads


@transaction.atomic
def book_reception(
    *,
    reach: Reach,
    unit: Unit,
    place: str,
    scheduled_at: datetime,
    now: datetime,
    about: str = "",
    is_group: bool = False,
    expected: int | None = None,
    representatives: int | None = None,
    points: Sequence[Point] = (),
    receivers: Sequence[User] = (),
    incident: Incident | None = None,
    matter: Matter | None = None,
    offer: ReceptionOffer | None = None,
) -> Reception:
    """Book an hour at a place. The plan's clocks count back from it, and who receives is told.

    `points`: what is known already, read back when they are there. `offer`: the one made at the incident that is taken up. Source: unit plan §三(一)2.
    """
    permissions.check_can_receive(reach, unit)
    _check_ahead(scheduled_at, now)
    check_representatives(representatives)
    reception = new_reception(unit, place, about, is_group, incident, matter, now)
    reception.scheduled_at = reception.day_at = scheduled_at
    reception.booked_at, reception.expected, reception.offer = now, expected, offer
    reception.representatives = representatives if is_group else None
    try:
        with transaction.atomic():
            reception.save(force_insert=True)
    except IntegrityError:
        raise WrongState(
            "booked_already",
            _("No reception was booked: one is booked for this offer already. Load the page again."),
        ) from None
    reception.receivers.set(receivers)

    begun = rules.TRANSITIONS.begin
    record_act(
        begun, reception, reach, now=now, note=f"{localtime(scheduled_at):%m-%d %H:%M} {reception.place}",
        appointments={rules.APPOINTMENT: scheduled_at}, scheduled_at=scheduled_at.isoformat(),
        place=reception.place, group=is_group, expected=expected,
    )  # fmt: skip
    if incident:
        note = f"{reception.number} {localtime(scheduled_at):%m-%d %H:%M} {reception.place}"
        settle_by_entry(incident=incident, kind=begun.entry, reach=reach, note=note[:250], now=now)
    take_points(
        reach=reach, reception=reception, points=[one._replace(confirmed=False) for one in points], now=now
    )
    alerts.tell(alerts.BOOKED, reception, reach.user, now=now)
    return reception


def new_reception(
    unit: Unit,
    place: str,
    about: str,
    is_group: bool,
    incident: Incident | None,
    matter: Matter | None,
    now: datetime,
) -> Reception:
    """A reception not yet kept, with its number and the plan whose clocks run."""
    if not place.strip():
        raise missing("place_missing", "place", _("Say where people are received."))
    check_words(place, about)
    is_drill = incident.drill if incident else False
    return Reception(
        number=next_number(unit_code=unit.code, now=now, prefix="JF-", drill=is_drill),
        unit=unit,
        unit_path=unit.path,
        incident=incident,
        matter=matter,
        drill=is_drill,
        place=place.strip(),
        about=about.strip(),
        is_group=is_group,
        plan=queries.plan_counting_back(unit, now),
    )


@transaction.atomic
def move_reception(
    *, reach: Reach, reception_id: int, scheduled_at: datetime, now: datetime, place: str = ""
) -> Reception:
    """Another hour, and perhaps another place. The clocks count back from the new one; who was told is told."""
    reception = lock_reception(reception_id)

    done = check_may(reach, reception, ReceptionVerb.MOVE)
    _check_ahead(scheduled_at, now)
    check_words(place)

    before = reception.scheduled_at
    reception.scheduled_at = reception.day_at = scheduled_at
    reception.place = place.strip() or reception.place
    # Who was in place for the old hour has to be there again.
    reception.checked_in_at = None
    save(reception, "scheduled_at", "day_at", "place", "checked_in_at")

    record_act(
        done, reception, reach, now=now, note=f"{localtime(scheduled_at):%m-%d %H:%M} {reception.place}",
        appointments={rules.APPOINTMENT: scheduled_at}, scheduled_at=scheduled_at.isoformat(),
        before=before.isoformat() if before else None, place=reception.place,
    )  # fmt: skip
    for purpose in (alerts.BOOKED, alerts.MOVED):
        end_notices(subject=reception.key, purpose=purpose, now=now)
    alerts.tell(alerts.MOVED, reception, reach.user, now=now, before=before)
    return reception


@transaction.atomic
def cancel_reception(*, reach: Reach, reception_id: int, reason: str, now: datetime) -> Reception:
    """It does not take place: its clocks and its notices end, and who was told is told."""
    reception = lock_reception(reception_id)

    done = check_may(reach, reception, ReceptionVerb.CANCEL)
    if not reason.strip():
        raise missing("reason_missing", "note", _("Say why it does not take place."))
    check_words(reason)

    move(reception, rules.TRANSITIONS, done.verb)
    reception.result, reception.ended_at = reason.strip(), now
    save(reception, "state", "result", "ended_at")
    end_clocks(reception, now, "reception cancelled")

    record_act(done, reception, reach, now=now, note=reception.result)
    settle_threads([reception.thread], now)
    alerts.tell(alerts.CANCELLED, reception, reach.user, now=now, why=reception.result)
    return reception


@transaction.atomic
def check_in_site_group(*, reach: Reach, reception_id: int, now: datetime) -> Reception:
    """The site group is in place: its clock stops (§三(一)2). Twice is once."""
    reception = lock_reception(reception_id)

    done = check_may(reach, reception, ReceptionVerb.CHECK_IN)
    if reception.checked_in_at:
        return reception

    reception.checked_in_at = now
    save(reception, "checked_in_at")

    record_act(done, reception, reach, now=now)
    return reception


@transaction.atomic
def check_line(*, reach: Reach, reception_id: int, item: str, now: datetime) -> Reception:
    """One line of the plan's checklists was gone through. Twice is once."""
    reception = lock_reception(reception_id)

    done = check_may(reach, reception, ReceptionVerb.CHECK)
    found = queries.preparation_of(reception, now)
    lines = {line.key: line for part in found.parts for line in part.lines} if found else {}
    if item not in lines:
        raise missing("unknown_item", "item", _("No plan in force there has this line. Load the page again."))
    if lines[item].check:
        return reception

    ReceptionCheck.objects.create(reception=reception, item=item, at=now, by=reach.user)

    record_act(done, reception, reach, now=now, note=lines[item].item.words.zh, item=item)
    return reception


@transaction.atomic
def note_nobody_came(*, reach: Reach, reception_id: int, now: datetime, note: str = "") -> Reception:
    """The hour has come and nobody did. Nothing follows from it, and nothing asks why."""
    reception = lock_reception(reception_id)

    done = check_may(reach, reception, ReceptionVerb.NOBODY_CAME)
    check_words(note)
    if reception.scheduled_at and reception.scheduled_at > now:
        raise WrongState(
            "before_the_hour",
            _("Nothing was noted on %(number)s: its hour has not come. Cancel it, or wait.")
            % {"number": reception.number},
        )

    move(reception, rules.TRANSITIONS, done.verb)
    reception.outcome, reception.result, reception.ended_at = ReceptionOutcome.NOBODY_CAME, note.strip(), now
    save(reception, "state", "outcome", "result", "ended_at")
    end_clocks(reception, now, "nobody came")

    record_act(done, reception, reach, now=now, note=reception.result)
    if reception.offer and reception.offer.state == OfferState.OFFERED:
        answer_offer(offer_id=reception.offer.pk, reach=reach, verb=OfferVerb.LET_PASS, now=now)
    settle_threads([reception.thread], now)
    return reception


def end_clocks(reception: Reception, now: datetime, reason: str) -> None:
    """What was counted back from the hour is not waited for any more."""
    cancel_for_subject(subject=reception.key, now=now, reason=reason)


def _check_ahead(scheduled_at: datetime, now: datetime) -> None:
    if scheduled_at <= now:
        raise missing("hour_past", "scheduled_at", _("This time has passed. Give a later one."))
