"""Swaps: proposed by one, accepted by the other, approved by a leader. Each action: lock, check, change, record."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.scope import Reach
from accounts.verbs import VERBS
from common.errors import Invalid, WrongState
from common.states import check_move
from journal.record import record
from notices.relevance.ending import settle_threads
from rosters import alerts, permissions, rules
from rosters.choices import SwapState, SwapVerb
from rosters.models import Shift, Swap
from rosters.overrides import changes
from rosters.overrides.agreements import lapse_swaps
from rosters.queries import on_duty, swap_partners

#: What the notice says after each state, 中文 and English.
_SAID = {
    SwapState.PROPOSED: ("请您答复", "waits for your answer"),
    SwapState.ACCEPTED: ("对方已同意，待批准", "accepted, waits for a leader"),
    SwapState.DECLINED: ("对方未同意", "declined"),
    SwapState.WITHDRAWN: ("已撤回", "withdrawn"),
    SwapState.APPROVED: ("已批准", "approved"),
    SwapState.REFUSED: ("未批准", "not approved"),
}


@transaction.atomic
def propose_swap(
    *,
    reach: Reach,
    shift_id: int,
    other: User,
    now: datetime,
    in_return_id: int | None = None,
    reason: str = "",
) -> Swap:
    """Offer one's own coming duty to another holder of the post, for one of theirs or for nothing.

    Raises WrongState for a duty that has begun or is on offer already, Invalid for a partner who cannot take it.
    """
    shift = changes.lock_shift(shift_id)

    permissions.check_can_offer(reach, shift)
    _check_not_begun(shift, now)
    if shift.swaps.open().exists():
        raise WrongState(
            "already_on_offer",
            _("No second swap was proposed: this duty is on offer already. Withdraw that offer first."),
        )
    if other not in swap_partners(shift, now):
        raise Invalid(
            "no_such_partner",
            _("No swap was proposed: %(other)s does not hold this post then. Choose a colleague who does.")
            % {"other": other},
            fields={"other": [_("Choose a colleague who holds the post.")]},
        )
    in_return = _return_of(shift, other, in_return_id, now)

    swap = Swap.objects.create(
        shift=shift, in_return=in_return, proposed_by=reach.user, other=other, reason=reason, proposed_at=now
    )

    _record(swap, rules.SWAPS.begin.entry, reach, now)
    _tell(swap, [other], now)
    return swap


def _check_not_begun(shift: Shift, now: datetime) -> None:
    if shift.starts_at <= now:
        raise WrongState(
            "shift_begun",
            _(
                "The swap was not made: the duty has begun. A leader can give the rest of it to somebody else."
            ),
        )


def _return_of(shift: Shift, other: User, pk: int | None, now: datetime) -> Shift | None:
    if pk is None:
        return None
    found = Shift.objects.in_force().filter(pk=pk, person=other, post=shift.post, starts_at__gt=now).first()
    if found is None:
        raise Invalid(
            "no_such_return",
            _("No swap was proposed: the duty in return is not a coming one of %(other)s. Choose another.")
            % {"other": other},
            fields={"in_return": [_("Choose one of their coming duties.")]},
        )
    return found


@transaction.atomic
def move_swap(*, reach: Reach, swap_id: int, verb: str, now: datetime) -> Swap:
    """Accept, decline, withdraw, approve or refuse. Approved, the two duties change hands at once.

    Raises WrongState where the verb does not apply any more, or where one of the two has another duty by now.
    """
    shift = changes.lock_shift(Swap.objects.values_list("shift_id", flat=True).get(pk=swap_id))
    swap = (
        Swap.objects.select_for_update(of=("self",))
        .select_related("shift__post__unit", "shift__person", "in_return__post__unit", "proposed_by", "other")
        .get(pk=swap_id)
    )
    swap.shift = shift

    permissions.check_can_move_swap(reach, swap, verb)
    done = check_move(swap, rules.SWAPS, verb, lambda: _wrong_state(swap))
    if verb in (SwapVerb.ACCEPT, SwapVerb.APPROVE):
        _check_not_begun(shift, now)
    if verb == SwapVerb.APPROVE:
        _exchange(swap, reach, now)

    swap.state = done.to or swap.state
    if done.by == rules.LEADER:
        swap.decided_at, swap.decided_by = now, reach.user
    else:
        swap.answered_at = now
    swap.save(update_fields=["state", "decided_at", "decided_by", "answered_at"])
    if verb == SwapVerb.APPROVE:
        # What somebody else was to be given of these two duties is another duty now.
        lapse_swaps([one for one in (swap.shift, swap.in_return) if one], now)

    settle_threads([swap.key], now)
    _record(swap, done.entry, reach, now)
    _tell(swap, _concerned(swap, reach, now), now)
    return swap


def _wrong_state(swap: Swap) -> str:
    return _("The swap was not changed: it is “%(state)s” by now. Look at the list again.") % {
        "state": swap.get_state_display()
    }


def _exchange(swap: Swap, reach: Reach, now: datetime) -> None:
    given, taken = swap.shift, swap.in_return
    if taken is not None:
        taken = changes.lock_shift(taken.pk)
        _check_not_begun(taken, now)
    both = [given, taken] if taken else [given]
    changes.check_can_sit(given, swap.other, given.starts_at, given.ends_at, without=both)
    if taken is not None:
        changes.check_can_sit(taken, swap.proposed_by, taken.starts_at, taken.ends_at, without=both)
    _hand_over(given, swap.other, swap, reach, now)
    if taken is not None:
        _hand_over(taken, swap.proposed_by, swap, reach, now)


def _hand_over(shift: Shift, person: User, swap: Swap, reach: Reach, now: datetime) -> None:
    before = changes.Place(shift.person, shift.starts_at, shift.ends_at)
    note = f"{swap.proposed_by} ⇄ {swap.other}"
    after = changes.seat_person(shift, person, shift.starts_at, shift.ends_at, note=note, now=now)
    changes.record_change(shift, before, after, reach=reach, reason=swap.reason or note, now=now)


def _concerned(swap: Swap, reach: Reach, now: datetime) -> list[User]:
    """The two sides without who acts; an accepted one goes to the leaders on duty."""
    people = {swap.proposed_by, swap.other}
    if swap.state == SwapState.ACCEPTED:
        kinds = VERBS["roster.publish"] & {"duty_leader"}
        people |= {duty.person for duty in on_duty([swap.shift.post.unit], now, kinds=kinds)}
    return [person for person in people if person != reach.user]


def _tell(swap: Swap, people: list[User], now: datetime) -> None:
    zh, en = _SAID[SwapState(swap.state)]
    alerts.tell_swap(swap, people, zh=zh, en=en, now=now)


def _record(swap: Swap, kind: str, reach: Reach, now: datetime) -> None:
    post = next((held.title for held in reach.posts), "")
    content = {
        "post": swap.shift.post.title,
        "starts_at": swap.shift.starts_at,
        "from": str(swap.proposed_by),
        "to": str(swap.other),
        "in_return": swap.in_return.starts_at if swap.in_return else None,
        "reason": swap.reason,
    }
    record(
        kind,
        subject=swap.key,
        unit=swap.shift.post.unit,
        actor=reach.user,
        post=post,
        at=now,
        content=content,
    )
