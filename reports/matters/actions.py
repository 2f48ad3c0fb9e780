"""What happens to matters. Lock, check, change, record."""

from datetime import date, datetime

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts.models import Unit
from accounts.scope import Reach
from clocks.models import Clock, ClockRule
from common.crash import crash_point
from common.errors import Invalid, WrongState
from common.numbers import next_number
from common.text import personal_data_in
from incidents.actions import Alarm, report_incident
from incidents.choices import Source
from journal.record import record
from plans.facts import Facts
from plans.queries import versions_in_force
from reports.matters import permissions, rules
from reports.matters.choices import MatterState, MatterVerb
from reports.models import Matter, MatterStep, ReportItem

#: Verb → the journal's word for it.
KINDS = {
    MatterVerb.ASSIGN: "matter.assigned",
    MatterVerb.COORDINATE: "matter.coordinated",
    MatterVerb.FOLLOW: "matter.followed",
    MatterVerb.FILE: "matter.filed",
    MatterVerb.REOPEN: "matter.reopened",
}


@transaction.atomic
def register(*, reach: Reach, item_id: int, now: datetime) -> Matter:
    """Register a reported item as a matter. A second time gives the matter that is there.

    Source: Jintan campaign rules 四 5 (汇总登记).
    """
    item = (
        ReportItem.objects.select_for_update(of=("self",))
        .select_related("report__unit", "incident")
        .get(pk=item_id)
    )

    permissions.check_can_register(reach, item.report.unit)
    if found := Matter.objects.filter(item=item).first():
        return found
    if not item.report.current:
        raise WrongState(
            "report_was_corrected",
            _(
                "The matter was not registered: %(unit)s has corrected its report since. Load the list again and "
                "register what it says now."
            )
            % {"unit": item.report.unit},
        )

    unit = item.report.unit
    matter = Matter(
        number=next_number(unit_code=unit.code, now=now, prefix="M-"),
        item=item,
        unit=unit,
        unit_path=unit.path,
        cadence=item.report.cadence,
        day=item.report.day,
        dispute_class=item.dispute_class,
        count=item.count,
        note=item.note,
        incident=item.incident,
        registered_at=now,
    )
    matter.save(force_insert=True)

    _record("matter.registered", MatterVerb.REGISTER, matter, reach, now, "")
    return matter


@transaction.atomic
def assign(
    *,
    reach: Reach,
    matter_id: int,
    lead: Unit,
    now: datetime,
    helpers: str = "",
    due_date: date | None = None,
    note: str = "",
) -> Matter:
    """Name the unit that leads (主办), those that help (协办), and until when (一 4, 二 3)."""
    matter = _lock(matter_id)

    permissions.check_can_work_on(reach, matter)
    _check_words(matter, helpers, note)
    if lead.valid_to and lead.valid_to <= now.date():
        raise Invalid(
            "unit_closed",
            _("%(number)s was not assigned: %(unit)s no longer exists. Choose another unit.")
            % {"number": matter.number, "unit": lead},
            fields={"lead": [_("This unit no longer exists.")]},
        )
    _move(matter, MatterVerb.ASSIGN)

    matter.lead_unit, matter.helpers, matter.due_date = lead, helpers, due_date
    _save(matter, "state", "lead_unit", "helpers", "due_date")

    said = "; ".join(part for part in (str(lead), helpers, note) if part)
    _record(KINDS[MatterVerb.ASSIGN], MatterVerb.ASSIGN, matter, reach, now, said, lead=lead.code)
    return matter


@transaction.atomic
def work_on(*, reach: Reach, matter_id: int, verb: str, note: str, now: datetime) -> Matter:
    """Coordinate, follow up, or take up again: a state and a sentence."""
    matter = _lock(matter_id)

    permissions.check_can_work_on(reach, matter)
    _check_note(matter, verb, note)
    _move(matter, verb)

    if verb == MatterVerb.REOPEN:
        matter.filed_at = None
    _save(matter, "state", "filed_at")

    _record(KINDS[MatterVerb(verb)], verb, matter, reach, now, note)
    return matter


@transaction.atomic
def file_matter(*, reach: Reach, matter_id: int, result: str, file_number: str, now: datetime) -> Matter:
    """Close the matter with its result and the number of its paper file (建档备案; 九 4)."""
    matter = _lock(matter_id)

    permissions.check_can_work_on(reach, matter)
    _check_note(matter, MatterVerb.FILE, result)
    _check_words(matter, file_number)
    if not file_number.strip():
        raise Invalid(
            "file_number_missing",
            _(
                "%(number)s was not filed: the number of its file is missing. Write where the paper file is kept."
            )
            % {"number": matter.number},
            fields={"file_number": [_("Write the number of the file.")]},
        )
    _move(matter, MatterVerb.FILE)

    matter.result, matter.file_number, matter.filed_at = result, file_number, now
    _save(matter, "state", "result", "file_number", "filed_at")

    _record("matter.filed", MatterVerb.FILE, matter, reach, now, result, file=file_number)
    return matter


@transaction.atomic
def make_incident(*, reach: Reach, matter_id: int, now: datetime) -> Matter:
    """Turn the matter into an incident with one act; a second time gives the incident that is there."""
    matter = _lock(matter_id)

    permissions.check_can_work_on(reach, matter)
    if matter.incident_id:
        return matter

    alarm = Alarm(
        unit=matter.unit,
        place=matter.unit.name,
        what=matter.note or matter.class_name,
        facts=Facts(),
        client_id=matter.key,
        source=Source.REPORT,
        known_at=matter.item.report.first_received_at,
    )
    matter.incident, _is_new = report_incident(reach=reach, alarm=alarm, now=now)
    _save(matter, "incident")

    number = matter.incident.number
    _record("matter.became_incident", MatterVerb.TO_INCIDENT, matter, reach, now, number, incident=number)
    crash_point("matters.before_commit")
    return matter


@transaction.atomic
def accept_dispute(*, reach: Reach, matter_id: int, now: datetime) -> Matter:
    """Accept the matter as a major or difficult dispute: the quick report is due the same day (三 2)."""
    matter = _lock(matter_id)

    permissions.check_can_work_on(reach, matter)
    if matter.accepted_at:
        return matter
    _check_open(matter)

    matter.accepted_at = now
    _save(matter, "accepted_at")

    _record("dispute.accepted", MatterVerb.ACCEPT, matter, reach, now, "")
    return matter


@transaction.atomic
def end_mediation(*, reach: Reach, matter_id: int, now: datetime) -> Matter:
    """Say that the mediation has ended: the feedback is due within two working days (三 2)."""
    matter = _lock(matter_id)

    permissions.check_can_work_on(reach, matter)
    if matter.mediation_ended_at:
        return matter
    _check_open(matter)
    if matter.accepted_at is None:
        raise WrongState(
            "not_accepted",
            _(
                "Nothing was changed on %(number)s: it was not accepted as a major dispute yet. Accept it first."
            )
            % {"number": matter.number},
        )

    matter.mediation_ended_at = now
    _save(matter, "mediation_ended_at")

    _record("mediation.ended", MatterVerb.END_MEDIATION, matter, reach, now, "")
    return matter


def plan_with_clock(unit: Unit, start_kind: str, now: datetime) -> str:
    """The nearest plan in force whose clock this entry starts, as "id@version"; "" where none has one."""
    versions = sorted(
        versions_in_force(unit, now), key=lambda v: len(v.plan.owner_unit.path) if v.plan.owner_unit else 0
    )
    refs = [version.ref for version in versions]
    having = set(
        ClockRule.objects.filter(plan__in=refs, start_kind=start_kind).values_list("plan", flat=True)
    )
    return next((ref for ref in reversed(refs) if ref in having), "")


def plan_of_clock(subject: str, start_kind: str) -> str:
    """The plan under which the clock was started: it stops under the same one."""
    found = Clock.objects.filter(subject=subject, start_entry__kind=start_kind).order_by("-id").first()
    return found.plan if found else ""


_STARTING = ("dispute.accepted", "mediation.ended")


def _lock(matter_id: int) -> Matter:
    rows = Matter.objects.select_for_update(of=("self",)).select_related(
        "unit", "lead_unit", "item__report", "incident"
    )
    return rows.get(pk=matter_id)


def _move(matter: Matter, verb: str) -> None:
    following = rules.next_state(matter.state, verb)
    if following is None:
        raise WrongState(
            "wrong_state",
            _(
                "Nothing was changed on %(number)s: it is “%(state)s”, and “%(verb)s” does not follow from that. Load the page again."
            )
            % {
                "number": matter.number,
                "state": MatterState(matter.state).label,
                "verb": MatterVerb(verb).label,
            },
        )
    matter.state = following


def _check_open(matter: Matter) -> None:
    if not rules.is_open(matter.state):
        raise WrongState(
            "already_filed",
            _("Nothing was changed on %(number)s: it is filed. Take it up again first.")
            % {"number": matter.number},
        )


def _check_note(matter: Matter, verb: str, note: str) -> None:
    if verb in rules.NEEDS_NOTE and not note.strip():
        raise Invalid(
            "note_missing",
            _("Nothing was changed on %(number)s: say in a sentence what was done or why.")
            % {"number": matter.number},
            fields={"note": [_("Say in a sentence what was done or why.")]},
        )
    _check_words(matter, note)


def _check_words(matter: Matter, *words: str) -> None:
    if any(personal_data_in(text) for text in words):
        raise Invalid(
            "personal_data",
            _(
                "Nothing was changed on %(number)s: the text holds an identity, telephone or card number, and "
                "matters name no people. Take the number out and send it again."
            )
            % {"number": matter.number},
        )


def _save(matter: Matter, *fields: str) -> None:
    matter.rev = F("rev") + 1
    matter.save(update_fields=[*fields, "rev"])
    matter.refresh_from_db(fields=["rev"])


def _record(
    kind: str, verb: str, matter: Matter, reach: Reach, now: datetime, note: str, **content: str
) -> None:
    post = reach.post_for("matter.manage", matter.unit_path)
    title = post.title if post else ""
    MatterStep.objects.create(matter=matter, verb=verb, at=now, by=reach.user, post=title, note=note[:500])
    record(
        kind,
        subject=matter.key,
        unit=matter.unit,
        actor=reach.user,
        post=title,
        plan=plan_with_clock(matter.unit, kind, now) if kind in _STARTING else "",
        at=now,
        content={"number": matter.number, "note": note, **content},
    )
