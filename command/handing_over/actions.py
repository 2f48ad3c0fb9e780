"""What happens when something is handed over. Each action: lock, check, change, record."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.scope import Reach
from clocks.actions import record_with_clocks
from command.handing_over import rules
from command.handing_over.choices import HandingState, HandingVerb
from command.handing_over.models import HandedOver
from command.linkage.choices import Way
from common.errors import Invalid
from common.states import move
from common.text.personal_data import fit_to_keep
from incidents.models import Incident
from incidents.permissions import check_can_manage
from incidents.steps.actions import in_order
from incidents.transitions import check_open, lock_incident
from resources.partners.choices import PartnerKind
from resources.partners.models import Partner


@dataclass(frozen=True, slots=True)
class Given:
    """What is handed over, and to whom: a partner of the directory, or an agency by its kind and name."""

    what: str
    to_whom: str
    partner: Partner | None = None
    agency_kind: str = PartnerKind.OTHER
    agency: str = ""
    way: str = Way.PHONE


@transaction.atomic
def hand_over(
    *, incident_id: int, reach: Reach, given: Given, now: datetime, at: datetime | None = None
) -> HandedOver:
    """Put on record that something was handed over to another agency. It commands nobody and starts no clock."""
    incident = lock_incident(incident_id)

    check_can_manage(reach, incident)
    check_open(incident, _("Nothing was noted as handed over: %(number)s is no longer open."))
    partner = given.partner
    said = {
        "agency": partner.name if partner else fit_to_keep(given.agency.strip()),
        "what": fit_to_keep(given.what.strip()),
        "to_whom": fit_to_keep(given.to_whom.strip()),
    }
    _check_said(said)
    happened = in_order(at, "", now)

    handed = HandedOver.objects.create(
        incident=incident,
        partner=partner,
        agency_kind=partner.kind if partner else PartnerKind(given.agency_kind),
        way=Way(given.way),
        handed_at=happened,
        handed_by=reach.user,
        post=reach.title_for("incident.manage", incident.unit_path),
        **said,
    )

    content = {"what": handed.what, "to": handed.agency, "with": handed.to_whom, "way": handed.way}
    _record(handed, incident, rules.TRANSITIONS.begin.entry, reach, happened, now, content)
    return handed


@transaction.atomic
def note_answer(
    *, handed_id: int, reach: Reach, verb: str, answer: str, now: datetime, at: datetime | None = None
) -> HandedOver:
    """What the agency said: theirs to say, ours to write down."""
    incident = lock_incident(HandedOver.objects.values_list("incident_id", flat=True).get(pk=handed_id))
    handed = HandedOver.objects.select_for_update(of=("self",)).get(pk=handed_id)

    check_can_manage(reach, incident)
    words = fit_to_keep(answer.strip())
    if not words:
        raise Invalid(
            "answer_missing",
            _("No answer was noted: say in a sentence what the agency said."),
            fields={"answer": [_("Say in a sentence what the agency said.")]},
        )
    happened = in_order(at, "", now)
    done = move(handed, rules.TRANSITIONS, HandingVerb(verb), lambda: _answered(handed))

    handed.answer, handed.answered_at, handed.answer_noted_by = words, happened, reach.user
    handed.save(update_fields=["state", "answer", "answered_at", "answer_noted_by"])

    content = {"from": handed.agency, "text": words, "outcome": handed.state}
    _record(handed, incident, done.entry, reach, happened, now, content)
    return handed


def _check_said(said: dict[str, str]) -> None:
    if missing := [name for name, text in said.items() if not text]:
        raise Invalid(
            "handing_over_incomplete",
            _("Nothing was noted as handed over: say what, to which agency and to whom there, by post."),
            fields={name: [_("This is missing.")] for name in missing},
        )


def _answered(handed: HandedOver) -> str:
    return _("No answer was noted: “%(state)s” is on record already. Reload the page.") % {
        "state": HandingState(handed.state).label
    }


def _record(
    handed: HandedOver,
    incident: Incident,
    kind: str,
    reach: Reach,
    at: datetime,
    now: datetime,
    content: dict,
) -> None:
    record_with_clocks(
        kind,
        subject=handed.key,
        thread=incident.key,
        unit=incident.unit,
        actor=reach.user,
        post=reach.title_for("incident.manage", incident.unit_path),
        at=at,
        recorded_at=now,
        level=incident.shown_level,
        plan=incident.plan.ref,
        drill=incident.drill,
        content=content,
    )
