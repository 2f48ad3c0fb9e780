"""What a breached sign-off clock sets in motion. Registered as "signoff.escalate"; plans name it."""

from datetime import datetime

from clocks.models import Clock
from early_warnings import permissions
from early_warnings.choices import State
from early_warnings.signing.actions import escalate_request
from early_warnings.transitions import read
from journal.keys import pk_of
from notices.recipients import Recipient
from plans.people.holders import in_the_chair


def escalate_signoff(clock: Clock, now: datetime) -> None:
    """Ask the next one to sign: the standing deputy, then the next higher seat, as the plan's clock says."""
    if warning_id := pk_of(clock.subject, "warning"):
        escalate_request(warning_id=warning_id, clock_id=clock.clock_id, now=now)


def signatories_asked(clock: Clock, now: datetime) -> list[Recipient]:
    """Who is late where a plan says "signatory": who sits in the chair that was asked first."""
    warning_id = pk_of(clock.subject, "warning")
    warning = read(warning_id) if warning_id else None
    if warning is None or warning.state != State.PROPOSED:
        return []
    seats = permissions.signatories(warning, now)[:1]
    holders = [holder for seat in seats for holder in in_the_chair(seat, now)]
    return [Recipient(one.person, one.post.title, one.post.pk) for one in holders]
