"""Who may do what with a warning. Each check raises with the reason; buttons and API derive from it.

Who signs which level is the plan's word: the seats come from `plans.people.holders`, with standing deputies (AB角)
and delegations of that moment; the next higher seat may always sign, never a lower one.
"""

from datetime import datetime

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.scope import Reach
from common.errors import NotAllowed
from early_warnings import rules
from early_warnings.models import EarlyWarning
from incidents.models import Incident
from plans.document.sections import signatory_roles, two_person_levels
from plans.engine.evaluation import level_of, levels_of
from plans.people import holders
from plans.people.holders import Signatory


def check_can_draft(reach: Reach, incident: Incident) -> None:
    """The duty room and the leaders of the incident's unit, or of a unit above it."""
    if not reach.holds("warning.draft", incident.unit_path):
        raise NotAllowed(
            "not_allowed",
            _(
                "No warning was drafted for %(number)s: this is done by the duty room or a leader of its unit. Phone them."
            )
            % {"number": incident.number},
        )


def check_can_edit(reach: Reach, warning: EarlyWarning) -> None:
    """Change, propose or withdraw: the drafter, or who sits at the same desk after a change of shift."""
    at_the_desk = any(post.post_id == warning.drafted_post_id for post in reach.posts)
    if warning.drafted_by_id != reach.user.pk and not at_the_desk:
        raise NotAllowed(
            "not_the_drafter",
            _(
                "Warning %(number)s was not changed: it is %(person)s’s draft. Ask them, or have the signatory return it."
            )
            % {"number": warning.number, "person": warning.drafted_by},
        )


def check_can_sign(reach: Reach, warning: EarlyWarning, now: datetime) -> Signatory:
    """Whoever sits on a seat that may sign the level now, except the drafter where the plan asks for two persons.

    Returns the seat. Source: city plan §2.4; who signs in whose place: the plan's `signoff_rules`.
    """
    seat = _check_seat(reach, warning, now, _(
        "Warning %(number)s was not signed: its level is signed by %(role)s or a higher signatory, and you are neither. Phone them."
    ))  # fmt: skip
    level = deciding_level(warning)
    if level in two_person_levels(warning.plan.document) and _has_drafted(reach, warning):
        raise NotAllowed(
            "drafter_may_not_sign",
            _(
                "Warning %(number)s was not signed: you drafted it, and a warning of level %(level)s needs a second person. Ask another signatory."
            )
            % {
                "number": warning.number,
                "level": level_of(warning.plan.document, level).words.in_language(get_language()),
            },
        )
    return seat


def check_can_return(reach: Reach, warning: EarlyWarning, now: datetime) -> Signatory:
    """Whoever may sign may send it back."""
    return _check_seat(reach, warning, now, _(
        "Warning %(number)s was not returned: this is decided by %(role)s or a higher signatory. Phone them."
    ))  # fmt: skip


def check_can_lift(reach: Reach, warning: EarlyWarning, now: datetime) -> Signatory:
    """A signatory of the level in force, or a higher one (the plan's `signoff_rules.adjust_and_lift`)."""
    return _check_seat(reach, warning, now, _(
        "Warning %(number)s was not lifted: this is decided by %(role)s or a higher signatory. Phone them."
    ))  # fmt: skip


def check_can_record_call(reach: Reach, warning: EarlyWarning) -> None:
    """Whoever directs the incident telephones for it."""
    if not reach.holds("incident.manage", warning.unit_path):
        raise NotAllowed(
            "not_allowed",
            _(
                "The call was not recorded with %(number)s: this is done by the duty room or a leader of its unit. Tell them."
            )
            % {"number": warning.number},
        )


def check_can_report_up(reach: Reach, warning: EarlyWarning) -> None:
    """The duty room or a leader of the unit that signed, or above: nobody reports past the signatory's head."""
    unit = warning.signed_post.unit if warning.signed_post else warning.unit
    if not reach.holds("incident.manage", unit.path):
        raise NotAllowed(
            "not_allowed",
            _(
                "The report was not marked as sent: reports on %(number)s go out from %(unit)s. Phone its duty room."
            )
            % {"number": warning.number, "unit": unit},
        )


def deciding_level(warning: EarlyWarning) -> str:
    """The level whose signatory decides: of an adjustment the higher of the old and the new one."""
    ranks = {level.id: level.rank for level in levels_of(warning.plan.document)}
    in_force = warning.adjusted_from.level if warning.adjusted_from else ""
    return rules.deciding_level(warning.level, in_force, ranks)


def signatories(warning: EarlyWarning, now: datetime) -> list[Signatory]:
    """Every seat that may sign the warning now, first whom the plan names."""
    return holders.signatories(warning.plan.document, deciding_level(warning), warning.unit, now)


def _check_seat(reach: Reach, warning: EarlyWarning, now: datetime, sentence: str) -> Signatory:
    level = deciding_level(warning)
    seat = holders.seat_of(warning.plan.document, level, warning.unit, reach.user, now)
    if seat is None:
        role = signatory_roles(warning.plan.document, level)[0]
        named = {"number": warning.number, "role": role.words.in_language(get_language())}
        raise NotAllowed("not_a_signatory", sentence % named)
    return seat


def _has_drafted(reach: Reach, warning: EarlyWarning) -> bool:
    return reach.user.pk in (warning.drafted_by_id, warning.proposed_by_id)
