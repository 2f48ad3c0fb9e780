"""Who is asked to sign, when it climbs, and what ends the asking."""

from collections.abc import Iterable
from datetime import datetime

from django.utils.translation import gettext as _

from accounts.choices import HeldAs
from accounts.queries import Holder
from accounts.scope import Reach
from clocks.actions import cancel_for_subject
from clocks.models import Clock
from common.errors import WrongState
from early_warnings import permissions
from early_warnings.models import EarlyWarning, SignatureRequest
from notices.actions import acknowledge_about
from notices.relevance.ending import settle_threads
from plans.document.sections import signatory_roles
from plans.people.holders import Signatory, next_to_ask

#: The effect by which a plan marks its sign-off clocks.
SIGNOFF = "signoff.escalate"


def first_seat(warning: EarlyWarning, now: datetime) -> Signatory:
    seats = permissions.signatories(warning, now)
    if not seats:
        role = signatory_roles(warning.plan.document, permissions.deciding_level(warning))[0]
        raise WrongState(
            "nobody_may_sign",
            _(
                "Warning %(number)s was not proposed: nobody holds the post of %(role)s or a higher signatory at the moment. Phone the security administrator."
            )
            % {"number": warning.number, "role": role.words.zh},
        )
    return seats[0]


def next_seat(warning: EarlyWarning, to: str, now: datetime) -> Signatory | None:
    """Whom the plan's word `to` means now: signatory, deputy or next_higher. None if nobody may sign."""
    asked = set(warning.requests.values_list("post_id", flat=True))
    return next_to_ask(permissions.signatories(warning, now), to, asked)


def ask(warning: EarlyWarning, holders: Iterable[Holder], now: datetime, clock_id: str = "") -> list[Holder]:
    """Put the request on these people's boards. Asking the same post in the same capacity again adds nothing."""
    asked = list(holders)
    rows = {
        (holder.post.pk, _asked_as(holder)): SignatureRequest(
            warning=warning,
            post=holder.post,
            asked_as=_asked_as(holder),
            title=holder.post.title,
            asked_at=now,
            clock_id=clock_id,
        )
        for holder in asked
    }
    SignatureRequest.objects.bulk_create(rows.values(), ignore_conflicts=True)
    return asked


def _asked_as(holder: Holder) -> str:
    return HeldAs.DEPUTY if holder.held_as == HeldAs.DEPUTY else HeldAs.HOLDER


def first_deadline(warning: EarlyWarning, started: Iterable[Clock]) -> datetime | None:
    """When the first of the warning's sign-off clocks among those that have just started runs out."""
    clocks = [clock for clock in started if clock.effect == SIGNOFF and clock.subject == warning.key]
    return min((clock.due_at for clock in clocks if clock.due_at), default=None)


def end_signoff(warning: EarlyWarning, reach: Reach, now: datetime) -> None:
    cancel_for_subject(subject=warning.key, now=now, reason=warning.state, started_by=["warning.proposed"])
    settle_requests(warning, reach, now)


def settle_requests(warning: EarlyWarning, reach: Reach, now: datetime) -> None:
    """Who acts has heard; nobody else needs the request any more."""
    acknowledge_about(subject=warning.key, actor=reach.user, now=now)
    settle_threads([warning.thread], now)
