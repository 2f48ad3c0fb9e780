"""Who hears that the time of an inquiry or of its decision ends: who looks, who decides, and nobody else."""

from datetime import datetime

from accounts.models import User
from clocks.models import Clock
from journal.keys import pk_of
from notices.recipients import Recipient
from supervision.inquiries.models import Inquiry


def investigator_of(clock: Clock, now: datetime) -> list[Recipient]:
    row = _inquiry(clock)
    return _told(row.investigator if row else None)


def decider_of(clock: Clock, now: datetime) -> list[Recipient]:
    row = _inquiry(clock)
    return _told(row.decider if row else None)


def _inquiry(clock: Clock) -> Inquiry | None:
    rows = Inquiry.objects.select_related("investigator", "decider")
    return rows.filter(pk=pk_of(clock.subject, "inquiry")).first()


def _told(person: User | None) -> list[Recipient]:
    return [Recipient(person, "")] if person and person.is_active else []
