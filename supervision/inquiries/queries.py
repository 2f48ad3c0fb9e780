"""What may this person see of inquiries, and what of the record calls for one?

What calls for one is not stored: it is read out of the record each time, until a leader opens an inquiry or says, with
the reason, that none is needed. Both are rows, so that nothing is asked twice.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.exclusions.queries import missing
from accounts.exclusions.things import Thing
from accounts.models import Unit
from accounts.scope import Reach
from cases.demands.models import Demand
from clocks.models import Clock, ClockRule
from incidents.checklist.queries import holding_back
from incidents.choices import State
from incidents.models import Incident
from journal.keys import key, kind_of, pk_of, pks_of
from plans.lifecycle.queries import plan_with_clock, versions_in_force
from supervision.inquiries import rules
from supervision.inquiries.choices import InquiryState, Trigger
from supervision.inquiries.models import Inquiry
from zero_reports.questions.choices import ReplyReason
from zero_reports.questions.models import ZeroReply

#: So much of each is read.
MOST = 100


class Finding(NamedTuple):
    """Something of the record that calls for an inquiry."""

    about: str
    trigger: str
    unit: Unit
    at: datetime
    #: In the reader's language: what, and of which thing by its number.
    reason: str
    url: str
    incident: Incident | None = None

    @property
    def trigger_label(self) -> str:
        return str(Trigger(self.trigger).label)


def inquiries(reach: Reach, *, state: str = "live", unit: Unit | None = None) -> QuerySet[Inquiry]:
    """Those this person may see, the newest first. `state`: "live", "all" or one state."""
    rows = Inquiry.objects.visible_to(reach).select_related(
        "unit", "bureau", "post", "investigator", "decider"
    )
    if state == "live":
        rows = rows.live()
    elif state in InquiryState.values:
        rows = rows.filter(state=state)
    if unit is not None:
        rows = rows.filter(unit__path__under=unit.path)
    return rows.order_by("-opened_at", "-pk")


def get_inquiry(reach: Reach, number: str) -> Inquiry:
    rows = inquiries(reach, state="all").select_related("incident__plan", "opened_by")
    found = rows.filter(number=number).first()
    if found is None:
        raise missing(reach, "inquiry", number)
    return found


def find_thing(reach: Reach, number: str) -> Thing:
    row = get_inquiry(reach, number)
    return Thing(row.key, row.number, row.bureau, (row.bureau_path,), reverse("inquiry", args=[row.number]))


def clocks_of(row: Inquiry) -> list[Clock]:
    return list(Clock.objects.filter(subject=row.key).order_by("started_at", "id"))


def plan_for(bureau: Unit, kind: str, now: datetime) -> str:
    """The plan whose time limits count: one that has some for this step, else the nearest, which the general ones complete."""
    if own := plan_with_clock(bureau, kind, now):
        return own
    versions = versions_in_force(bureau, now)
    versions.sort(key=lambda v: len(v.plan.owner_unit.path) if v.plan.owner_unit else 0)
    return versions[-1].ref if versions else ""


# --- what of the record calls for one -----------------------------------------------------------------------


def findings(reach: Reach, now: datetime) -> list[Finding]:
    """The newest first; without those that were opened or found not to be needed, those of drills, and those about an
    incident whose rescue is not over."""
    since = now - rules.LOOK_BACK
    found = [*_missed(reach, since), *_overlooked(reach, since), *_grave(reach, since)]
    known = set(
        Inquiry.objects.filter(about__in=[one.about for one in found]).values_list("about", flat=True)
    )
    fresh = [one for one in found if one.about not in known and not _is_held_back(one)]
    return sorted(fresh, key=lambda one: one.at, reverse=True)


def finding_about(reach: Reach, about: str, now: datetime) -> Finding | None:
    return next((one for one in findings(reach, now) if one.about == about), None)


def _missed(reach: Reach, since: datetime) -> Iterable[Finding]:
    """Time limits of answers to people and of reports to the level above that passed unanswered."""
    rows = (
        Clock.objects.visible_to(reach)
        .filter(reach.filter("inquiry.manage"), drill=False, breached_at__gte=since)
        .filter(Q(subject__startswith=key("demand")) | Q(subject__startswith=key("incident")))
        .select_related("unit")
        .order_by("-breached_at")[:MOST]
    )
    clocks = [clock for clock in rows if clock.unit]
    stops = {
        (plan, clock_id): stop
        for plan, clock_id, stop in ClockRule.objects.filter(
            plan__in={clock.plan for clock in clocks}
        ).values_list("plan", "clock_id", "stop_kind")
    }
    incidents = _incidents(reach, [clock.thread for clock in clocks])
    numbers = _demands(reach, [clock.subject for clock in clocks])
    for clock in clocks:
        kind = kind_of(clock.subject)
        trigger = rules.trigger_of(kind, stops.get((clock.plan, clock.clock_id), ""))
        incident = incidents.get(pk_of(clock.thread, "incident"))
        number = numbers.get(clock.subject) if kind == "demand" else incident and incident.number
        if trigger and number:
            words = _("“%(clock)s” on %(number)s was missed") % {"clock": clock.title, "number": number}
            url = reverse("demand" if kind == "demand" else "incident", args=[number])
            yield Finding(
                key("clock", clock.pk), trigger, clock.unit, clock.breached_at, words, url, incident
            )


def _overlooked(reach: Reach, since: datetime) -> Iterable[Finding]:
    """Zeros that an incident contradicted and of which the unit itself says that it was overlooked."""
    rows = (
        ZeroReply.objects.filter(
            reach.filter("inquiry.manage", field="report__unit__path"),
            reason=ReplyReason.OVERLOOKED,
            at__gte=since,
        )
        .exclude(incident__drill=True)
        .select_related("report__unit", "incident__plan")
        .order_by("-at")[:MOST]
    )
    for row in rows:
        words = _("%(unit)s reported “nothing” while %(number)s had happened, and says it was overlooked") % {
            "unit": row.report.unit,
            "number": row.incident.number,
        }
        url = reverse("incident", args=[row.incident.number])
        yield Finding(
            key("zero_reply", row.pk), Trigger.FAILED, row.report.unit, row.at, words, url, row.incident
        )


def _grave(reach: Reach, since: datetime) -> Iterable[Finding]:
    """Incidents in which somebody lost their life: how they were prevented and handled is looked at each time."""
    rows = (
        Incident.objects.visible_to(reach)
        .real()
        .filter(reach.filter("inquiry.manage"), recorded_at__gte=since, facts__casualties__dead__gte=1)
        .exclude(state__in=[State.RETRACTED, State.MERGED])
        .select_related("unit", "plan")
        .order_by("-recorded_at")[:MOST]
    )
    for row in rows:
        words = _("Somebody lost their life in %(number)s") % {"number": row.number}
        url = reverse("incident", args=[row.number])
        yield Finding(row.key, Trigger.GRAVE, row.unit, row.recorded_at, words, url, row)


def _is_held_back(finding: Finding) -> bool:
    return finding.incident is not None and bool(holding_back(finding.incident, "inquiry.started"))


def _incidents(reach: Reach, threads: Iterable[str]) -> dict[int, Incident]:
    rows = Incident.objects.visible_to(reach).filter(pk__in=pks_of(threads, "incident"))
    return {row.pk: row for row in rows.select_related("plan").prefetch_related("checklist_marks")}


def _demands(reach: Reach, subjects: Iterable[str]) -> dict[str, str]:
    rows = Demand.objects.visible_to(reach).filter(pk__in=pks_of(subjects, "demand"))
    return {key("demand", pk): number for pk, number in rows.values_list("pk", "number")}
