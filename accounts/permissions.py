"""Who may? Verbs against kinds of posts. A post carries its verbs over its unit and everything below it.

Signing is not in this table: who signs which level is the plan's word (plans.people).
"""

from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from accounts.choices import HeldAs
from accounts.choices import PostKind as P
from common.errors import NotAllowed

if TYPE_CHECKING:
    from accounts.models import Appointment, Post, Unit, User
    from accounts.scope import Reach

_LEADERS = {P.DIRECTOR, P.DEPUTY_DIRECTOR, P.DUTY_LEADER, P.PETITION_DIRECTOR, P.OFFICE_HEAD}
_DESK = {P.DUTY_OFFICER}
_FIELD = {P.CLERK, P.INFORMANT}

VERBS: dict[str, set[str]] = {
    # incidents
    "incident.view": _LEADERS | _DESK | _FIELD | {P.AUDITOR},
    "incident.report": _LEADERS | _DESK | _FIELD | {P.SQUAD, P.FIRST_RESPONDER},
    "incident.observe": _LEADERS | _DESK | _FIELD,
    "incident.manage": _LEADERS | _DESK,
    "incident.close": _LEADERS | _DESK,
    "incident.switch_plan": {*_LEADERS},
    "incident.share": _LEADERS | _DESK,
    # warnings
    "warning.draft": _LEADERS | _DESK,
    # orders
    "order.issue": _LEADERS | _DESK,
    "order.answer_for": _LEADERS | _DESK,
    "order.answer": {P.SQUAD, P.FIRST_RESPONDER, P.EXPERT, P.OFFICE_HEAD, P.CLERK, P.DUTY_OFFICER},
    # zero-reports
    "report.file": _LEADERS | _DESK | _FIELD,
    "report.view": _LEADERS | _DESK | _FIELD | {P.AUDITOR},
    "report.confirm": _LEADERS | _DESK,
    "matter.manage": _LEADERS | _DESK | {P.CLERK},
    # rosters, shifts, readiness
    "roster.view": _LEADERS | _DESK | _FIELD | {P.SQUAD, P.FIRST_RESPONDER, P.EXPERT, P.AUDITOR},
    "roster.draft": _LEADERS | _DESK,
    "roster.publish": {*_LEADERS},
    "readiness.view": {*_LEADERS, *_DESK, P.AUDITOR},
    "readiness.test": _LEADERS | _DESK,
    "paper.view": _LEADERS | _DESK,
    # the record, people, plans
    "journal.audit": {P.AUDITOR},
    "people.manage": {P.SECADMIN},
    "people.view": _LEADERS | _DESK | {P.SECADMIN, P.SYSADMIN, P.AUDITOR},
    "units.manage": {P.SYSADMIN},
    "plan.manage": {P.DIRECTOR, P.SYSADMIN},
    "engine.view": {P.SYSADMIN},
}

#: Which verb lets a reader see journal entries of an audience. `system` entries are for everybody.
AUDIENCE_VERBS = {"incident": "incident.view", "report": "report.view", "security": "journal.audit"}

#: Three administrators' chairs that one person never holds together (separation of duties).
EXCLUSIVE = ({P.SYSADMIN}, {P.SECADMIN}, {P.AUDITOR})


#: Posts that carry no right to hand themselves on: an administrator's chair is filled by the other one.
NOT_DELEGABLE = set().union(*EXCLUSIVE)


def check_holds(reach: "Reach", verb: str, unit_path: str, message: object) -> None:
    """Raise NotAllowed with `message` unless a post of this person carries `verb` over the unit."""
    if not reach.holds(verb, unit_path):
        raise NotAllowed("not_allowed", message)


def check_can_manage(reach: "Reach", person: "User", now: datetime) -> None:
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


def manages_a_root(reach: "Reach") -> bool:
    """People without any post belong to whoever manages a whole tree."""
    return any(path.count("/") == 1 for path in reach.paths("people.manage"))


def check_can_appoint(reach: "Reach", person: "User", unit: "Unit") -> None:
    """May this administrator give `person` a post of `unit`? Nobody gives a right to themself."""
    check_holds(reach, "people.manage", unit.path, _(
        "Nothing was changed: %(unit)s is outside your units. Ask the security administrator of that unit."
    ) % {"unit": unit})  # fmt: skip
    if person.pk == reach.user.pk:
        raise NotAllowed("own_account", _(
            "You were not appointed: nobody gives a post to themself. Another security administrator does that."
        ))  # fmt: skip


def check_can_delegate(reach: "Reach", post: "Post") -> None:
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


def check_can_end(reach: "Reach", appointment: "Appointment") -> None:
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
