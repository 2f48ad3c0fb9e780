"""What happens to the index of evidence. Each action: lock, check, change, record."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.scope import Reach
from clocks.actions import record_with_clocks
from command.evidence import rules
from command.evidence.models import Custody, EvidenceItem
from common.errors import Invalid
from common.text.personal_data import fit_to_keep
from incidents.models import Incident
from incidents.permissions import check_can_observe
from incidents.steps.actions import in_order
from incidents.transitions import lock_incident


@dataclass(frozen=True, slots=True)
class Kept:
    """Who keeps it, by post or unit, and where; `reason`: why it went over to them."""

    custodian: str
    place: str
    reason: str = ""


@transaction.atomic
def enter_evidence(
    *,
    incident_id: int,
    reach: Reach,
    what: str,
    kept: Kept,
    now: datetime,
    sha256: str = "",
    at: datetime | None = None,
) -> EvidenceItem:
    """Enter what there is, who keeps it and where. The thing itself stays there; also once the incident is closed."""
    incident = lock_incident(incident_id)

    check_can_observe(reach, incident)
    said = fit_to_keep(what.strip())
    if not said:
        raise _bad_field("what", "what_missing", _("Say what it is."))
    digest = _hash(sha256)
    came_about = in_order(at, "", now)
    custodian, place, _reason = _checked(kept, is_first=True)

    item = EvidenceItem.objects.create(
        incident=incident,
        what=said,
        sha256=digest,
        collected_at=came_about,
        recorded_at=now,
        recorded_by=reach.user,
        post=_post(reach, incident),
    )
    custody = Custody.objects.create(
        item=item,
        number=1,
        custodian=custodian,
        place=place,
        since=came_about,
        recorded_at=now,
        recorded_by=reach.user,
    )

    _record(item, custody, "evidence.entered", reach, now)
    return item


@transaction.atomic
def hand_on_evidence(
    *, item_id: int, reach: Reach, kept: Kept, now: datetime, at: datetime | None = None
) -> Custody:
    """Add to the chain who keeps it from then on. What stood there before stays."""
    incident = lock_incident(EvidenceItem.objects.values_list("incident_id", flat=True).get(pk=item_id))
    item = EvidenceItem.objects.select_for_update(of=("self",)).get(pk=item_id)
    item.incident = incident

    check_can_observe(reach, incident)
    custodian, place, reason = _checked(kept, is_first=False)
    since = in_order(at, "", now)
    last = item.custody.order_by("-number")[0]
    if since < last.since:
        raise _bad_field("at", "before_the_last", _("This time lies before the last change."))

    custody = Custody.objects.create(
        item=item,
        number=last.number + 1,
        custodian=custodian,
        place=place,
        reason=reason,
        since=since,
        recorded_at=now,
        recorded_by=reach.user,
    )

    _record(item, custody, "evidence.handed_on", reach, now)
    return custody


def _hash(text: str) -> str:
    if not text.strip():
        return ""
    found = rules.sha256_of(text)
    if found is None:
        raise _bad_field("sha256", "no_hash", _("This is no SHA-256: it has 64 hexadecimal digits."))
    return found


def _checked(kept: Kept, *, is_first: bool) -> tuple[str, str, str]:
    said = {
        "custodian": fit_to_keep(kept.custodian.strip()),
        "place": fit_to_keep(kept.place.strip()),
        "reason": fit_to_keep(kept.reason.strip()),
    }
    gaps = [name for name, text in said.items() if not text and not (is_first and name == "reason")]
    if gaps:
        raise Invalid(
            "custody_incomplete",
            _("Nothing was entered: say who keeps it, where, and why it went over to them."),
            fields={name: [_("This is missing.")] for name in gaps},
        )
    return said["custodian"], said["place"], said["reason"]


def _bad_field(field: str, code: str, sentence: str) -> Invalid:
    return Invalid(
        code, _("Nothing was saved: %(sentence)s") % {"sentence": sentence}, fields={field: [sentence]}
    )


def _post(reach: Reach, incident: Incident) -> str:
    return reach.title_for("incident.observe", incident.unit_path)


def _record(item: EvidenceItem, custody: Custody, kind: str, reach: Reach, now: datetime) -> None:
    incident = item.incident
    said = {
        "what": item.what,
        "with": custody.custodian,
        "place": custody.place,
        "reason": custody.reason,
        "sha256": item.sha256,
        "custody": custody.number,
    }
    record_with_clocks(
        kind,
        subject=item.key,
        thread=incident.key,
        unit=incident.unit,
        actor=reach.user,
        post=_post(reach, incident),
        at=custody.since,
        recorded_at=now,
        level=incident.shown_level,
        plan=incident.plan.ref,
        drill=incident.drill,
        content={name: text for name, text in said.items() if text},
    )
