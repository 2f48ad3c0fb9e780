"""All ledgers, in the order of the page. Whoever adds a subject with records adds its line here.

Source: county rules §一 5 (entry by entry), §九 1–3 (by class, bound by time and year); district plan §5.4 (who issues
registers); district plan §4 (orders and reports). F6 and F7 of the county rules are lists of people: there are none.
"""

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cases.demands import rules as demand_rules
from cases.demands.models import Demand
from cases.hotline.classes import class_words
from cases.hotline.models import HotlineTotal
from cases.leader_cases.choices import CaseState
from cases.leader_cases.models import LeaderCase
from cases.matters.choices import MatterState
from cases.matters.models import Matter
from cases.official_forms.choices import FormKind, FormState
from cases.official_forms.models import OfficialForm
from cases.receptions.choices import ReceptionOutcome, ReceptionState
from cases.receptions.models import Reception
from clocks.models import Clock
from command.activation.choices import ResponseState
from command.activation.models import Response
from command.improvements.choices import ImprovementState
from command.improvements.models import Improvement
from command.linkage.choices import LinkageState
from command.linkage.models import LinkageOrder
from command.orders.choices import OrderState
from command.orders.models import Order
from command.report_chain.choices import ReportKind as UpwardKind
from command.report_chain.choices import ReportState as UpwardState
from command.report_chain.models import UpwardReport
from dashboards.ledgers.columns import Choice, Column, Ledger, by_field
from early_warnings.choices import State as WarningState
from early_warnings.models import EarlyWarning
from incidents.choices import Source
from incidents.choices import State as IncidentState
from incidents.models import Incident
from resources.materials.choices import Movement
from resources.materials.models import MaterialMovement
from resources.trainings.choices import TrainingPart
from resources.trainings.models import Training
from supervision.corrections.choices import CorrectionState
from supervision.corrections.models import Correction
from supervision.inquiries.choices import InquiryState, Trigger
from supervision.inquiries.models import Inquiry
from supervision.visits.choices import VisitState
from supervision.visits.models import Visit
from written_reports.choices import WrittenCadence
from written_reports.models import WrittenReport
from zero_reports.filing.choices import Answer, DisputeClass
from zero_reports.filing.classes import class_label, classes_at
from zero_reports.filing.models import ZeroReport

_NUMBER, _UNIT, _STATE = _("Number"), _("Unit"), _("State")


def _page(name):
    return lambda row: reverse(name, args=[row.number])


def _on_time(row, _say):
    return _("Late") if row.is_late else _("In time")


def _dispute_classes(unit, now):
    found = dict(DisputeClass.choices) if unit is None else classes_at(unit, now)
    return by_field("dispute_class", found.items())


#: How a time limit ended, or stands. The picture of clocks counts by the same words.
CLOCK_STATES = {
    "running": Choice(pgettext_lazy("ledger", "Running"), Q(stopped_at=None, cancelled_at=None, breached_at=None)),
    "met": Choice(_("Met"), Q(stopped_at__isnull=False, breached_at=None)),
    "breached": Choice(_("Time limit passed"), Q(breached_at__isnull=False)),
    "cancelled": Choice(_("Cancelled"), Q(cancelled_at__isnull=False, breached_at=None)),
}  # fmt: skip


def _clock_state(row, _say):
    if row.breached_at:
        return CLOCK_STATES["breached"].label
    ended = "met" if row.stopped_at else "cancelled" if row.cancelled_at else "running"
    return CLOCK_STATES[ended].label


_DEMAND_STATES = {
    "open": Choice(_("Open ones"), Q(closed_at=None)),
    demand_rules.REPLIED: Choice(
        _("Replied, not delivered"), Q(closed_at=None, replied_at__isnull=False, delivered_at=None)
    ),
    demand_rules.DELIVERED: Choice(_("Delivered, not closed"), Q(closed_at=None, delivered_at__isnull=False)),
    demand_rules.CLOSED: Choice(_("Closed ones"), Q(closed_at__isnull=False)),
}


def _demand_state(row, _say):
    return _DEMAND_STATES[row.state].label if row.state != "open" else _("Being answered")


LEDGERS = (
    Ledger(
        "incidents", _("Incidents"), _("What happened, where, at which level, how it ended."), "incident.view",
        lambda reach: Incident.objects.visible_to(reach).real().select_related("unit"),
        "recorded_at",
        (
            Column(_NUMBER, "number", 20), Column(_("Recorded"), "recorded_at", 18), Column(_UNIT, "unit", 18),
            Column(_("Place"), "place", 20), Column(_("What happened"), "title", 44),
            Column(_("By way of"), "get_source_display"),
            Column(_("Highest level signed"), lambda row, say: say.level(row.plan_id, row.highest_level), 16, "highest_level"),
            Column(_STATE, "get_state_display"), Column(_("Taken over"), "taken_at", 18),
            Column(_("Closed"), "closed_at", 18), Column(_("Summary"), "summary", 44),
        ),
        _page("incident"), states=by_field("state", IncidentState.choices),
        kind_label=_("By way of"), kinds=lambda unit, now: by_field("source", Source.choices),
    ),
    Ledger(
        "warnings", _("Early warnings"), _("Levels proposed and signed, by which post, when lifted."), "incident.view",
        lambda reach: EarlyWarning.objects.visible_to(reach).real().select_related("unit", "incident", "signed_post"),
        "drafted_at",
        (
            Column(_NUMBER, "number", 22), Column(_("Drafted"), "drafted_at", 18), Column(_UNIT, "unit", 18),
            Column(_("Incident"), "incident.number", 20),
            Column(_("Level"), lambda row, say: say.level(row.plan_id, row.level), 16, "level"),
            Column(_("Matter"), "matter", 44), Column(_("Area"), "area", 20), Column(_STATE, "get_state_display"),
            Column(_("Signed"), "signed_at", 18), Column(_("Signed by post"), "signed_post", 18),
            Column(_("Lifted"), "lifted_at", 18),
        ),
        _page("warning"), states=by_field("state", WarningState.choices),
    ),
    Ledger(
        "responses", _("Responses"), _("Emergency responses proposed, started and ended."), "incident.view",
        lambda reach: Response.objects.visible_to(reach).real().select_related("unit", "incident"),
        "proposed_at",
        (
            Column(_NUMBER, "number", 22), Column(_("Proposed"), "proposed_at", 18), Column(_UNIT, "unit", 18),
            Column(_("Incident"), "incident.number", 20),
            Column(_("Level"), lambda row, say: say.level(row.plan_id, row.level), 16, "level"), Column(_("Matter"), "matter", 44),
            Column(_STATE, "get_state_display"), Column(_("Started"), "started_at", 18),
            Column(_("Ended"), "ended_at", 18),
        ),
        _page("response"), states=by_field("state", ResponseState.choices),
    ),
    Ledger(
        "orders", _("Orders"), _("What was ordered, until when, how it ended."), "incident.view",
        lambda reach: Order.objects.visible_to(reach).real().select_related("unit", "incident", "target_unit"),
        "issued_at",
        (
            Column(_NUMBER, "number", 22), Column(_("Issued"), "issued_at", 18), Column(_UNIT, "unit", 18),
            Column(_("Incident"), "incident.number", 20), Column(_("Unit ordered"), "target_unit", 18),
            Column(_("Task"), "task", 44), Column(_("To arrive by"), "arrive_by", 18),
            Column(_STATE, "get_state_display"), Column(_("Ended"), "ended_at", 18),
        ),
        lambda row: reverse("incident", args=[row.incident.number]),
        states=by_field("state", OrderState.choices),
    ),
    Ledger(
        "linkage", _("Orders of joint command"), _("What a joint command centre asked for, and what became of it."),
        "incident.view",
        lambda reach: LinkageOrder.objects.visible_to(reach).real().select_related("unit", "incident"),
        "received_at",
        (
            Column(_NUMBER, "number", 22), Column(_("Received"), "received_at", 18), Column(_UNIT, "unit", 18),
            Column(_("Centre"), "centre", 20), Column(_("Number at the centre"), "outside_number", 20),
            Column(_("Nature"), "nature", 24), Column(_("Place"), "place", 20), Column(_("What is asked"), "asked", 40),
            Column(_STATE, "get_state_display"), Column(_("Incident"), "incident.number", 20),
            Column(_("Ended"), "ended_at", 18),
        ),
        _page("linkage-order"), states=by_field("state", LinkageState.choices), cite=_("district plan §4"),
    ),
    Ledger(
        "upward-reports", _("Reports to the level above"), _("First, follow-up and final reports, sent and received."),
        "incident.view",
        lambda reach: UpwardReport.objects.visible_to(reach).real().select_related("unit", "incident"),
        "drafted_at",
        (
            Column(_NUMBER, "reference", 24), Column(_("Drafted"), "drafted_at", 18), Column(_UNIT, "unit", 18),
            Column(_("Kind"), "get_kind_display"), Column(_STATE, "get_state_display"),
            Column(_("Due"), "due_at", 18), Column(_("Signed"), "signed_at", 18), Column(_("Sent"), "sent_at", 18),
        ),
        lambda row: reverse("upward-report", args=[row.incident.number, row.n]),
        states=by_field("state", UpwardState.choices),
        kind_label=_("Kind"), kinds=lambda unit, now: by_field("kind", UpwardKind.choices), cite=_("district plan §4"),
    ),
    Ledger(
        "matters", _("Matters"), _("Disputes and issues found by screening, who leads, how they were settled."),
        "report.view",
        lambda reach: Matter.objects.visible_to(reach).select_related("unit", "lead_unit", "incident"),
        "registered_at",
        (
            Column(_NUMBER, "number", 20), Column(_("Registered"), "registered_at", 18), Column(_UNIT, "unit", 18),
            Column(_("Class"), lambda row, say: class_label(row.dispute_class), 18, "class"), Column(_("How many"), "count", 10),
            Column(_("What it is about"), "note", 40), Column(_STATE, "get_state_display"),
            Column(_("Lead unit"), "lead_unit", 18), Column(_("Helping units"), "helpers", 24),
            Column(_("Due"), "due_date", 12), Column(_("Filed"), "filed_at", 18), Column(_("Result"), "result", 40),
            Column(_("File number"), "file_number", 18),
        ),
        _page("matter"), states=by_field("state", MatterState.choices),
        kind_label=_("Class"), kinds=_dispute_classes, cite=_("county rules §1(5), §9"),
    ),
    Ledger(
        "demands", _("Demands"), _("What people are owed an answer to, by which unit, until when. Never who asked."),
        "report.view",
        lambda reach: Demand.objects.visible_to(reach).select_related("unit", "lead_unit"),
        "registered_at",
        (
            Column(_NUMBER, "number", 20), Column(_("Registered"), "registered_at", 18), Column(_UNIT, "unit", 18),
            Column(_("Lead unit"), "lead_unit", 18), Column(_("What is asked for"), "point", 44),
            Column(_STATE, _demand_state, 16, "state"), Column(_("Due"), "due", 18), Column(_("Promised by"), "promised_until", 18),
            Column(_("Reply"), "replied_at", 18), Column(_("Outcome"), "get_outcome_display", 20),
            Column(_("Number of the reply"), "reply_number", 18), Column(_("Delivered"), "delivered_at", 18),
            Column(_("Number in the petition system"), "office_number", 20), Column(_("Closed"), "closed_at", 18),
        ),
        _page("demand"), states=_DEMAND_STATES,
    ),
    Ledger(
        "receptions", _("Receptions"), _("Who was received, booked or at the counter: when, where, how it ended. No names."),
        "report.view",
        lambda reach: Reception.objects.visible_to(reach).filter(drill=False).select_related("unit"),
        "day_at",
        (
            Column(_NUMBER, "number", 20), Column(_("Day"), "day_at", 18), Column(_UNIT, "unit", 18),
            Column(_("Place"), "place", 20), Column(_("What it is about"), "about", 40),
            Column(_STATE, "get_state_display"), Column(_("Begun"), "begun_at", 18),
            Column(_("How many came"), "came", 10), Column(_("Outcome"), "get_outcome_display", 20),
            Column(_("Result"), "result", 40), Column(_("Ended"), "ended_at", 18),
        ),
        _page("reception"), states=by_field("state", ReceptionState.choices),
        kind_label=_("Outcome"), kinds=lambda unit, now: by_field("outcome", ReceptionOutcome.choices),
        cite=_("county rules §7"),
    ),
    Ledger(
        "leader-cases", _("Leader cases"), _("Matters that a leader answers for to the end: leader, plan, time limit, closing."),
        "report.view",
        lambda reach: LeaderCase.objects.visible_to(reach).select_related("unit"),
        "proposed_at",
        (
            Column(_NUMBER, "number", 20), Column(_("Proposed"), "proposed_at", 18), Column(_UNIT, "unit", 18),
            Column(_("What it is about"), "point", 40), Column(_STATE, "get_state_display"),
            Column(_("Leader in charge"), "leader_post", 18), Column(_("Listed"), "decided_at", 18),
            Column(_("To be settled by"), "due_date", 14), Column(_("Due"), "due", 18),
            Column(_("Party told"), "told_at", 18), Column(_("Closed"), "closed_at", 18),
        ),
        _page("leader-case"), states=by_field("state", CaseState.choices), cite=_("county rules §6"),
    ),
    Ledger(
        "visits", _("Supervision visits"), _("Which unit was visited when, what was looked at, found and said."),
        "supervision.view",
        lambda reach: Visit.objects.visible_to(reach).select_related("unit", "team", "form"),
        "visited_on",
        (
            Column(_NUMBER, "number", 22), Column(_("Day"), "visited_on", 12), Column(_UNIT, "unit", 18),
            Column(_("Team"), "team", 18), Column(_("Villages"), "villages", 10), Column(_("Who came (posts)"), "came", 24),
            Column(_("What was looked at"), "looked_at", 40), Column(pgettext_lazy("supervision visit", "What was found"), "found", 40),
            Column(pgettext_lazy("supervision visit", "What was said"), "said", 40), Column(_("Responsible post"), "responsible", 18),
            Column(_STATE, "get_state_display", 16), Column(_("Answer of the unit"), "answer", 40),
            Column(pgettext_lazy("supervision visit", "Answered at"), "answered_at", 18),
            Column(_("Form F8"), "form.get_state_display", 12),
        ),
        _page("supervision-visit"), is_day=True, states=by_field("state", VisitState.choices),
        cite=_("county rules §8"),
    ),
    Ledger(
        "corrections", _("Corrections"), _("Hidden dangers in our own work: what is to be put right, by whom, until when."),
        "supervision.view",
        lambda reach: Correction.objects.visible_to(reach).select_related("unit", "visit"),
        "set_at",
        (
            Column(_NUMBER, "number", 24), Column(pgettext_lazy("correction", "Set at"), "set_at", 18),
            Column(_UNIT, "unit", 18), Column(_("Visit"), "visit.number", 22), Column(_("Hidden danger"), "danger", 40),
            Column(_("Measures"), "measures", 40), Column(_("Responsible post"), "responsible", 18),
            Column(_("Due"), "due_at", 18), Column(_("Times extended"), "extensions", 10),
            Column(_STATE, "get_state_display", 16), Column(pgettext_lazy("correction", "What was done"), "report", 40),
            Column(pgettext_lazy("correction", "Reported at"), "reported_at", 18),
            Column(pgettext_lazy("correction", "Verified at"), "verified_at", 18),
        ),
        _page("correction"), states=by_field("state", CorrectionState.choices), cite=_("county rules §8"),
    ),
    # Neither post nor person nor any text: what is destroyed in an inquiry must not live on in a workbook (ADR 0179).
    Ledger(
        "inquiries", _("Inquiries"), _("What called for one, how far it is, what followed. Nobody's name, post or words."),
        "inquiry.view",
        lambda reach: Inquiry.objects.visible_to(reach).select_related("unit", "bureau"),
        "opened_at",
        (
            Column(_NUMBER, "number", 22), Column(pgettext_lazy("inquiry", "Opened at"), "opened_at", 18),
            Column(_UNIT, "unit", 18), Column(_("Led by"), "bureau", 18),
            Column(_("What called for it"), "get_trigger_display", 40), Column(_STATE, "get_state_display", 20),
            Column(pgettext_lazy("inquiry", "Heard at"), "heard_at", 18),
            Column(pgettext_lazy("inquiry", "Reported at"), "reported_at", 18),
            Column(pgettext_lazy("inquiry", "Decided at"), "decided_at", 18),
            Column(_("Measure"), "get_measure_display", 24),
            Column(pgettext_lazy("inquiry", "Delivered at"), "delivered_at", 18),
        ),
        _page("inquiry"), path="unit__path", states=by_field("state", InquiryState.choices),
        kind_label=_("What called for it"), kinds=lambda unit, now: by_field("trigger", Trigger.choices),
        cite=_("county rules §10"),
    ),
    Ledger(
        "hotline", _("12345 totals"), _("Calls to the hotline by month and class, as imported. Totals only."),
        "report.view",
        lambda reach: HotlineTotal.objects.visible_to(reach).select_related("unit"),
        "month",
        (
            Column(_("Month"), lambda row, say: f"{row.month:%Y-%m}", 10, "month"), Column(_UNIT, "unit", 18),
            Column(_("Class"), lambda row, say: class_words(row.dispute_class), 18, "class"),
            Column(_("How many"), "count", 10), Column(_("Imported"), "imported_at", 18),
            Column(_("Imported by post"), "post", 18),
        ),
        is_day=True, kind_label=_("Class"), kinds=_dispute_classes,
    ),
    Ledger(
        "zero-reports", _("Zero-reports"), _("Which unit reported nothing or something for which day or week."),
        "report.view",
        lambda reach: ZeroReport.objects.visible_to(reach).filter(current=True).select_related("unit"),
        "day",
        (
            Column(_("Receipt"), "receipt", 28), Column(_("Period"), "period", 12), Column(_UNIT, "unit", 18),
            Column(_("Answer"), "get_answer_display", 18), Column(_("First answered"), "first_received_at", 18),
            Column(_("Due"), "due_at", 18), Column(_("In time?"), _on_time, 10, "in_time"),
            Column(_("Filed by post"), "post", 18), Column(_("By way of"), "get_via_display"),
        ),
        path="unit__path", is_day=True,
        kind_label=_("Answer"), kinds=lambda unit, now: by_field("answer", Answer.choices),
        cite=_("county rules §4"),
    ),
    Ledger(
        "written-reports", _("Written reports"), _("Weekly lists, monthly reviews and quarterly reports handed in."),
        "report.view",
        lambda reach: WrittenReport.objects.visible_to(reach).filter(version__gte=1).select_related("unit"),
        "day",
        (
            Column(_NUMBER, "number", 26), Column(_("Title"), "title", 28), Column(_("Period"), "period", 12),
            Column(_UNIT, "unit", 18), Column(_("Due"), "due_at", 18), Column(_("Handed in"), "handed_in_at", 18),
            Column(_("In time?"), _on_time, 10, "in_time"), Column(_("Version"), "version", 8),
            Column(_("Receipt confirmed"), "received_at", 18),
        ),
        lambda row: reverse("written-report", args=[row.unit.code, row.plan, row.clock, str(row.period)]),
        is_day=True, kind_label=_("How often"),
        kinds=lambda unit, now: by_field("cadence", WrittenCadence.choices), cite=_("county rules §2"),
    ),
    Ledger(
        "forms", _("Official forms"), _("F1 to F5 and F8 as they were begun and sent."), "report.view",
        lambda reach: OfficialForm.objects.visible_to(reach).select_related("unit", "matter"),
        "day",
        (
            Column(_NUMBER, "number", 24), Column(_("Kind"), "get_kind_display", 30), Column(_("Day"), "day", 12),
            Column(_UNIT, "unit", 18), Column(_("Matter"), "matter.number", 20), Column(_STATE, "get_state_display"),
            Column(_("Begun"), "begun_at", 18), Column(_("Sent"), "sent_at", 18), Column(_("Sent by post"), "post", 18),
        ),
        _page("official-form"), is_day=True, states=by_field("state", FormState.choices),
        kind_label=_("Kind"), kinds=lambda unit, now: by_field("kind", FormKind.choices),
        cite=_("county rules §1(5), §3"),
    ),
    Ledger(
        "time-limits", _("Time limits"), _("What had to be done within which time, met or passed."), "incident.view",
        lambda reach: Clock.objects.visible_to(reach).real().filter(unit__isnull=False).select_related("unit"),
        "started_at",
        (
            Column(_("Time limit"), "title", 40), Column(_("Clock"), "clock_id", 12), Column(_UNIT, "unit", 18),
            Column(_("Begun"), "started_at", 18), Column(_("Due"), "due_at", 18), Column(_STATE, _clock_state, 16, "state"),
            Column(_("Done"), "stopped_at", 18), Column(_("Plan"), "plan", 30), Column(_("Source"), "cite"),
        ),
        states=CLOCK_STATES,
    ),
    Ledger(
        "improvements", _("Improvement tasks"), _("What was learned and is to be done better, until when."),
        "incident.view",
        lambda reach: Improvement.objects.visible_to(reach).filter(drill=False).with_names(),
        "set_at",
        (
            Column(_("Comes from"), "about", 20), Column(_("Set"), "set_at", 18), Column(_UNIT, "unit", 18),
            Column(_("What is to be done"), "text", 44), Column(_("Due"), "due_at", 18),
            Column(_STATE, "get_state_display"), Column(_("What was done"), "report", 44),
            Column(_("Ended"), "ended_at", 18),
        ),
        lambda row: reverse("improvement", args=[row.pk]), states=by_field("state", ImprovementState.choices),
    ),
    Ledger(
        "materials", _("Movements of stock"), _("What was received, issued, returned and written off."), "resource.view",
        lambda reach: MaterialMovement.objects.filter(reach.filter("resource.view", "material__unit_path"))
        .exclude(incident__drill=True).select_related("material__unit"),
        "at",
        (
            Column(_("Item"), "material.name", 24), Column(_("When"), "at", 18),
            Column(_UNIT, "material.unit", 18), Column(_("Movement"), "get_verb_display"),
            Column(_("Quantity"), "quantity", 10), Column(_("In measures of"), "material.measure", 10),
            Column(_("On hand after"), "on_hand_after", 12), Column(_("Out after"), "out_after", 12),
            Column(_("Registered by post"), "post", 18), Column(_("Note"), "note", 30),
        ),
        lambda row: reverse("material", args=[row.material_id]), path="material__unit_path",
        kind_label=_("Movement"), kinds=lambda unit, now: by_field("verb", Movement.choices), cite=_("district plan §5.4"),
    ),
    Ledger(
        "trainings", _("Trainings"), _("What was trained, for whom, when."), "resource.view",
        lambda reach: Training.objects.filter(reach.filter("resource.view")).select_related("unit"),
        "held_on",
        (
            Column(_("Subject"), "subject", 36), Column(_("Day"), "held_on", 12), Column(_UNIT, "unit", 18),
            Column(_("Part"), "get_part_display"), Column(_("Audience"), "get_audience_display"),
            Column(_("Place"), "place", 20), Column(_("Note"), "note", 30),
        ),
        lambda row: reverse("training", args=[row.pk]), is_day=True,
        kind_label=_("Part"), kinds=lambda unit, now: by_field("part", TrainingPart.choices),
        cite=_("district plan §6.1"),
    ),
)  # fmt: skip
BY_SLUG = {ledger.slug: ledger for ledger in LEDGERS}
