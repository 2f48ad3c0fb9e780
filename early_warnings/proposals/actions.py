"""What happens to a warning until it is signed. Each action: lock, check, change, record.

The incident is locked before its warning, in every action: no circle, no deadlock, and what is true of the
two together (one in force, one pending) is decided under one lock. Source: city plan §2.4.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.scope import Reach
from common.database.numbers import next_number
from common.errors import WrongState
from common.revisions import save
from early_warnings import permissions, rules
from early_warnings.choices import Verb
from early_warnings.models import EarlyWarning
from early_warnings.outgoing import alerts
from early_warnings.proposals import drafting
from early_warnings.signing.signoff import ask, end_signoff, first_deadline, first_seat
from early_warnings.transitions import (
    bad_field,
    check_open,
    check_rev,
    check_text,
    lock,
    move,
    record_entry,
    shown_of,
)
from incidents.models import Incident
from incidents.transitions import lock_incident
from plans.engine.evaluation import levels_of
from plans.people.holders import in_the_chair


@dataclass(frozen=True, slots=True)
class Statement:
    """What a warning says. Empty parts are taken from the incident and the plan when it is drafted."""

    level: str
    reason: str
    matter: str = ""
    area: str = ""
    measures: str = ""


@transaction.atomic
def draft_warning(*, incident_id: int, reach: Reach, statement: Statement, now: datetime) -> EarlyWarning:
    """Draft a first warning for an open incident. Raises WrongState where one is pending or in force."""
    incident = lock_incident(incident_id)

    permissions.check_can_draft(reach, incident)
    check_open(incident)
    _check_none_pending(incident)
    _check_none_in_force(incident)

    return _draft(incident, reach, statement, now)


@transaction.atomic
def propose_new_warning(
    *, incident_id: int, reach: Reach, statement: Statement, now: datetime
) -> EarlyWarning:
    """Draft a warning and ask for the signature in one act."""
    warning = draft_warning(incident_id=incident_id, reach=reach, statement=statement, now=now)
    return propose_warning(warning_id=warning.pk, reach=reach, now=now)


@transaction.atomic
def adjust_warning(
    *, warning_id: int, reach: Reach, statement: Statement, now: datetime, rev: int | None = None
) -> EarlyWarning:
    """Propose another level in place of a warning in force, which stays in force until the new one is signed.

    Returns the new warning. Its signatory is the one of the higher of the two levels.
    Source: Emergency Response Law art. 70; the plan's `signoff_rules.adjust_and_lift`.
    """
    earlier = lock(warning_id)
    incident = earlier.incident

    permissions.check_can_draft(reach, incident)
    check_rev(earlier, rev)
    check_open(incident)
    move(earlier, Verb.ADJUST)
    _check_none_pending(incident)
    if statement.level == earlier.level:
        raise bad_field(
            "level", "same_level", _("This is the level in force. Choose another one, or lift the warning.")
        )

    warning = _draft(incident, reach, statement, now, adjusted_from=earlier)
    return propose_warning(warning_id=warning.pk, reach=reach, now=now)


@transaction.atomic
def revise_warning(
    *, warning_id: int, reach: Reach, statement: Statement, now: datetime, rev: int | None = None
) -> EarlyWarning:
    """Change a draft, or a warning that was returned."""
    warning = lock(warning_id)

    permissions.check_can_edit(reach, warning)
    check_rev(warning, rev)
    done = move(warning, Verb.REVISE)
    if warning.adjusted_from and statement.level == warning.adjusted_from.level:
        raise bad_field(
            "level", "same_level", _("This is the level in force. Choose another one, or lift the warning.")
        )

    _state(warning, _completed(statement, warning.incident))
    save(warning, *_STATEMENT)

    record_entry(warning, done.entry, reach, at=now, content={"revised": True, **shown_of(warning)})
    return warning


@transaction.atomic
def propose_warning(*, warning_id: int, reach: Reach, now: datetime, rev: int | None = None) -> EarlyWarning:
    """Ask for the signature. The plan's sign-off clocks start; the first one gives `sign_by`.

    Raises WrongState if nobody holds a post that may sign.
    """
    warning = lock(warning_id)

    permissions.check_can_edit(reach, warning)
    check_rev(warning, rev)
    check_open(warning.incident)
    done = move(warning, Verb.PROPOSE)
    seat = first_seat(warning, now)

    warning.proposed_at, warning.proposed_by = now, reach.user
    warning.round += 1
    warning.signatory_role, warning.signatory_post = seat.role.name, seat.post
    warning.signatory_title = seat.title_zh
    save(
        warning,
        "state",
        "proposed_at",
        "proposed_by",
        "round",
        "signatory_role",
        "signatory_post",
        "signatory_title",
    )
    warning.requests.all().delete()
    asked = ask(warning, in_the_chair(seat, now), now)

    content = {**shown_of(warning), "signatory": seat.title_zh, "round": warning.round}
    started = record_entry(warning, done.entry, reach, at=now, content=content).clocks
    warning.sign_by = first_deadline(warning, started)
    warning.save(update_fields=["sign_by"])
    alerts.ask_to_sign(warning, asked, now=now)
    return warning


@transaction.atomic
def withdraw_warning(*, warning_id: int, reach: Reach, now: datetime, rev: int | None = None) -> EarlyWarning:
    """Take back a warning that is not signed."""
    warning = lock(warning_id)

    permissions.check_can_edit(reach, warning)
    check_rev(warning, rev)

    take_back(warning, reach, now)
    return warning


def take_back(warning: EarlyWarning, reach: Reach, now: datetime) -> None:
    """Withdraw a locked warning: by its unit, or with the one it was to take the place of."""
    done = move(warning, Verb.WITHDRAW)
    warning.withdrawn_at, warning.withdrawn_by = now, reach.user
    save(warning, "state", "withdrawn_at", "withdrawn_by")
    end_signoff(warning, reach, now)
    record_entry(warning, done.entry, reach, at=now)


def _check_none_pending(incident: Incident) -> None:
    pending = incident.warnings.pending().first()
    if pending:
        raise WrongState(
            "warning_pending",
            _(
                "No warning was drafted for %(incident)s: %(number)s is “%(state)s”. Go on with that one, or withdraw it."
            )
            % {"incident": incident.number, "number": pending.number, "state": pending.get_state_display()},
            warning=pending.number,
        )


def _check_none_in_force(incident: Incident) -> None:
    in_force = incident.warnings.in_force().first()
    if in_force:
        raise WrongState(
            "warning_in_force",
            _("No warning was drafted for %(incident)s: %(number)s is in force. Adjust that one instead.")
            % {"incident": incident.number, "number": in_force.number},
            warning=in_force.number,
        )


# --- change ------------------------------------------------------------------------------------------------

_STATEMENT = ("level", "reason", "matter", "area", "measures", "category", "proposed_level", "reasons")


def _draft(
    incident: Incident,
    reach: Reach,
    statement: Statement,
    now: datetime,
    adjusted_from: EarlyWarning | None = None,
) -> EarlyWarning:
    post = reach.post_for("warning.draft", incident.unit_path)
    warning = EarlyWarning(
        incident=incident,
        unit=incident.unit,
        unit_path=incident.unit_path,
        plan=incident.plan,
        drill=incident.drill,
        adjusted_from=adjusted_from,
        drafted_at=now,
        drafted_by=reach.user,
        drafted_post_id=post.post_id if post else None,
    )
    _state(warning, _completed(statement, incident))
    warning.number = next_number(unit_code=incident.unit.code, now=now, prefix="W-", drill=incident.drill)
    warning.save(force_insert=True)
    record_entry(warning, rules.TRANSITIONS.begin.entry, reach, at=now, content=shown_of(warning))
    return warning


def _completed(statement: Statement, incident: Incident) -> Statement:
    """The statement with what the incident and the plan already say, checked."""
    if statement.level not in {level.id for level in levels_of(incident.plan.document)}:
        raise bad_field("level", "unknown_level", _("The plan has no such level. Choose one of its levels."))
    whole = Statement(
        level=statement.level,
        reason=statement.reason.strip(),
        matter=statement.matter.strip() or incident.title,
        area=statement.area.strip() or incident.place,
        measures=statement.measures.strip() or drafting.first_measures(incident),
    )
    for field in ("reason", "matter", "area", "measures"):
        check_text(field, getattr(whole, field))
    return whole


def _state(warning: EarlyWarning, statement: Statement) -> None:
    for field in ("level", "reason", "matter", "area", "measures"):
        setattr(warning, field, getattr(statement, field))
    warning.category = warning.incident.category
    warning.proposed_level, warning.reasons = warning.incident.proposed_level, warning.incident.reasons
