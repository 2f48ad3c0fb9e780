"""An open incident goes over to another plan version: a signed act, never a side effect. Lock, check, change, record."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.scope import Reach
from accounts.sign_in.credentials import check_credential
from clocks.actions import record_with_clocks
from clocks.succession import as_recorded, counted, hand_over
from common.errors import Invalid, WrongState
from common.failpoints import crash_point
from common.revisions import save
from common.text.personal_data import unsigned_personal_data_in
from incidents import permissions
from incidents.models import Incident
from incidents.switching.queries import preview, version_named
from incidents.transitions import check_open, check_rev, lock_incident, take_proposal


def switch_plan(
    *, incident_id: int, reach: Reach, to: str, reason: str, credential: str, now: datetime, rev: int | None = None
) -> Incident:  # fmt: skip
    """Let an open incident be decided under the version `to` from now on, signed with password or one-time code.

    What was graded, signed and told before stays as it is; the level is proposed anew, running clocks go over
    (clocks.succession), and every later grade uses the new version. Raises NotAllowed, Stale, WrongState, Invalid.

    The credential is checked before anything is locked: hashing a password takes longer than all the rest.
    """
    unlocked = Incident.objects.select_related("unit", "plan").get(pk=incident_id)
    said = _check(unlocked, reach, to, reason, now, rev)
    kind = check_credential(reach.user, credential, now)
    return _switch(incident_id, reach, to, said, kind, now, rev)


@transaction.atomic
def _switch(incident_id: int, reach: Reach, to: str, reason: str, credential: str, now: datetime, rev: int | None) -> Incident:  # fmt: skip
    incident = lock_incident(incident_id)

    _check(incident, reach, to, reason, now, rev)
    found = preview(incident, version_named(incident, to, now), now, lock=True)

    before, level_before = incident.plan.ref, incident.proposed_level
    incident.plan = found.version
    take_proposal(incident, found.proposal)
    save(incident, "plan", "proposed_level", "proposed_rank", "reasons")
    hand_over(found.clocks, now=now, new=found.version.ref)

    entry: dict[str, Any] = {"subject": incident.key, "unit": incident.unit, "actor": reach.user, "at": now,
             "post": reach.title_for("incident.switch_plan", incident.unit_path), "plan": found.version.ref, "drill": incident.drill}  # fmt: skip
    content = {
        "plan_before": before,
        "plan_after": found.version.ref,
        "reason": reason,
        "credential": credential,
        "clocks": list(as_recorded(found.clocks)),
        "counts": counted(found.clocks),
    }
    record_with_clocks("incident.plan_switched", content=content, **entry)
    if incident.proposed_level != level_before:
        reasons = {"reasons": incident.reasons, "before": level_before}
        record_with_clocks("incident.level_proposed", level=incident.proposed_level, content=reasons, **entry)
    crash_point("incidents.before_switch_commit")
    return incident


def _check(incident: Incident, reach: Reach, to: str, reason: str, now: datetime, rev: int | None) -> str:
    """The reason, tidied, if all of it may be done now."""
    permissions.check_can_switch_plan(reach, incident)
    check_rev(incident, rev)
    check_open(incident, _("%(number)s keeps its plan: the incident is no longer open."))
    version = version_named(incident, to, now)
    if objections := preview(incident, version, now).objections:
        raise WrongState("switch_refused", " ".join(objections))
    return _checked_reason(incident, reason)


def _checked_reason(incident: Incident, reason: str) -> str:
    said = " ".join(reason.split())[:300]
    found = unsigned_personal_data_in(said)
    if said and not found:
        return said
    sentence = _("Take out: %(text)s") % {"text": found[0].text} if found else _("Say in a sentence why.")
    raise Invalid(
        "personal_data" if found else "reason_missing",
        _("%(number)s keeps its plan: %(why)s") % {"number": incident.number, "why": sentence},
        fields={"reason": [sentence]},
    )
