"""Who may administer accounts, appoint, delegate? What a post may do otherwise is a table: accounts.verbs."""

from datetime import datetime

from django.utils.translation import gettext as _

from accounts.choices import HeldAs
from accounts.models import Appointment, Post, Unit, User
from accounts.scope import Reach
from accounts.verbs import NOT_DELEGABLE
from common.errors import NotAllowed


def check_holds(reach: Reach, verb: str, unit_path: str, message: object) -> None:
    """Raise NotAllowed with `message` unless a post of this person carries `verb` over the unit."""
    if not reach.holds(verb, unit_path):
        raise NotAllowed("not_allowed", message)


def check_can_manage(reach: Reach, person: User, now: datetime) -> None:
    """May this administrator change the account of `person`?

    Every post the person holds must lie in the administrator's units: whoever sets the password of an
    account acts with all its rights. Nobody manages an own account.
    """
    if person.pk == reach.user.pk:
        raise NotAllowed("own_account", _(
            "Nothing was changed: this is your own account. Another security administrator does that for you."
        ))  # fmt: skip
    paths = person.appointments.current_or_coming(now).values_list("post__unit__path", flat=True)
    held = [reach.holds("people.manage", path) for path in paths]
    if not all(held) or not (held or manages_a_root(reach)):
        raise NotAllowed("not_your_people", _(
            "Nothing was changed: %(person)s holds a post outside your units. Ask the security administrator "
            "of the bureau above."
        ) % {"person": person})  # fmt: skip


def manages_a_root(reach: Reach) -> bool:
    """People without any post belong to whoever manages a whole tree."""
    return any(path.count("/") == 1 for path in reach.paths("people.manage"))


def check_can_appoint(reach: Reach, person: User, unit: Unit) -> None:
    """May this administrator give `person` a post of `unit`? Nobody gives a right to themself."""
    check_holds(reach, "people.manage", unit.path, _(
        "Nothing was changed: %(unit)s is outside your units. Ask the security administrator of that unit."
    ) % {"unit": unit})  # fmt: skip
    if person.pk == reach.user.pk:
        raise NotAllowed("own_account", _(
            "You were not appointed: nobody gives a post to themself. Another security administrator does that."
        ))  # fmt: skip


def check_can_delegate(reach: Reach, post: Post) -> None:
    """May this person hand on `post` for a time? Only who holds it, and no administrator's chair."""
    if post.kind in NOT_DELEGABLE:
        raise NotAllowed("not_delegable", _(
            "The post was not delegated: an administrator's chair is not handed on. Ask the security "
            "administrator to appoint somebody."
        ))  # fmt: skip
    if not any(held.post_id == post.pk and held.held_as == HeldAs.HOLDER for held in reach.posts):
        raise NotAllowed("not_your_post", _(
            "The post was not delegated: you do not hold it yourself. Ask its holder, or the security "
            "administrator."
        ))  # fmt: skip


def check_can_end(reach: Reach, appointment: Appointment) -> None:
    """May this person end that appointment? Administrators in their units; a holder what they delegated."""
    is_own_delegation = appointment.held_as == HeldAs.DELEGATE and any(
        held.post_id == appointment.post_id and held.held_as == HeldAs.HOLDER for held in reach.posts
    )
    is_managed = (
        reach.holds("people.manage", appointment.post.unit.path) and appointment.person_id != reach.user.pk
    )
    if not (is_own_delegation or is_managed):
        raise NotAllowed("not_yours_to_end", _(
            "The appointment was not ended: you neither administer %(unit)s nor hold the post yourself. Ask "
            "the security administrator of that unit."
        ) % {"unit": appointment.post.unit})  # fmt: skip
