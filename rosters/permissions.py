"""Who may draft, publish and change rosters, and who may swap. Each check raises with the reason."""

from django.utils.translation import gettext as _

from accounts.models import Unit
from accounts.scope import Reach
from common.errors import NotAllowed, not_found
from rosters import rules
from rosters.models import Shift, Swap


def check_can_view(reach: Reach, unit: Unit) -> None:
    if not reach.holds("roster.view", unit.path):
        raise not_found()


def check_can_draft(reach: Reach, unit: Unit) -> None:
    if not reach.holds("roster.draft", unit.path):
        raise NotAllowed(
            "not_allowed",
            _("Nothing was changed: rosters of %(unit)s are drafted by its duty room or a leader. Ask them.")
            % {"unit": unit},
        )


def check_can_publish(reach: Reach, unit: Unit) -> None:
    if not reach.holds("roster.publish", unit.path):
        raise NotAllowed(
            "not_allowed",
            _("Nothing was published or changed: a leader of %(unit)s does that. Ask one of them.")
            % {"unit": unit},
        )


def check_can_offer(reach: Reach, shift: Shift) -> None:
    """Only one's own duty can be given away."""
    if shift.person_id != reach.user.pk:
        raise NotAllowed(
            "not_your_shift",
            _("No swap was proposed: this is the duty of %(person)s. Only they can offer it.")
            % {"person": shift.person},
        )


def check_can_move_swap(reach: Reach, swap: Swap, verb: str) -> None:
    """The other one answers, the proposer takes back, a leader who is neither of them decides."""
    sides = (swap.proposed_by_id, swap.other_id)
    by = rules.SWAPS[verb].by
    may = (
        (by == rules.OTHER and swap.other_id == reach.user.pk)
        or (by == rules.PROPOSER and swap.proposed_by_id == reach.user.pk)
        or (
            by == rules.LEADER
            and reach.user.pk not in sides
            and reach.holds("roster.publish", swap.shift.post.unit.path)
        )
    )
    if not may:
        raise NotAllowed(
            "not_your_move",
            _(
                "The swap was not changed: %(other)s answers it, then a leader who is not part of it decides. "
                "Only %(proposer)s can take it back."
            )
            % {"other": swap.other, "proposer": swap.proposed_by},
        )
