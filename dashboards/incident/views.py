"""The page of one incident: whatever the rooms know of it and let this reader do, each subject in its panel."""

from django.contrib.auth.mixins import LoginRequiredMixin
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import get_language

from cases.demands import queries as demand_queries
from cases.demands.permissions import check_can_register
from cases.leader_cases import queries as leader_case_queries
from cases.receptions import queries as reception_queries
from cases.receptions.permissions import check_can_receive
from clocks.queries import clocks_about
from command.activation import queries as response_queries
from command.attendance import queries as attendance
from command.attendance.forms import attendance_forms
from command.enough.queries import short_calls
from command.evidence import queries as evidence
from command.evidence.forms import EvidenceForm
from command.handing_over import queries as handing_over
from command.handing_over.forms import HandOverForm
from command.linkage import queries as linkage
from command.linkage.choices import ReportKind, ReportWay
from command.linkage.forms import ReportForm
from command.measures import queries as measures
from command.measures.forms import MeasureForm, RequestForm
from command.orders import queries as order_queries
from command.orders.permissions import check_can_issue
from command.place_codes.permissions import may_show as may_show_codes
from command.statements import queries as statements
from command.statements.forms import StatementForm
from common.errors import is_allowed
from dashboards.archive.package import check_can_archive
from dashboards.brief.views import check_can_read
from dashboards.incident.folds import folded
from dashboards.journal import timeline
from dashboards.maps import layers
from dashboards.maps.picture import picture_around
from dashboards.maps.systems import warning_between
from dashboards.next_step.queries import Seen, next_of
from dashboards.next_step.rules import Step
from dashboards.next_step.texts import close_summary
from early_warnings import queries as warnings
from incidents import permissions, queries
from incidents.checklist.queries import bring_marks, checklist
from incidents.choices import State
from incidents.closing.queries import questions
from incidents.positions.queries import former_positions
from incidents.queries import kept_closed
from incidents.reporting import forms
from incidents.serializers import shown_reasons
from incidents.steps.forms import StepForm
from incidents.steps.queries import choices as step_choices
from incidents.steps.queries import steps_of
from incidents.voice_notes.queries import note_of
from journal.live.live_pages import PartsView
from plans.engine.facts import Facts
from resources.experts import queries as experts
from resources.experts.permissions import check_can_call
from resources.partners.queries import partners_serving


class IncidentPage(LoginRequiredMixin, PartsView):
    """One incident: life safety first, time limits, what is under way, what can be added, and the timeline.

    A subject has its panel once there is something of it. Whatever may be begun stands in one group, always in the same
    place: what is being typed there stays while others add.
    """

    template_name = "dashboards/incident.html"
    parts = {
        "head": ("dashboards/incident/_head.html", "head_context"),
        "next": ("dashboards/incident/_next.html", "next_context"),
        "tools": ("dashboards/incident/_tools.html", "tools_context"),
        "checklist": ("dashboards/incident/_checklist.html", "checklist_context"),
        "warnings": ("dashboards/incident/_warnings.html", "warnings_context"),
        "response": ("dashboards/incident/_response.html", "response_context"),
        "orders": ("dashboards/incident/_orders.html", "orders_context"),
        "demands": ("dashboards/incident/_demands.html", "demands_context"),
        "linkage": ("command/linkage/_for_incident.html", "linkage_context"),
        "agencies": ("dashboards/incident/_agencies.html", "agencies_context"),
        "measures": ("dashboards/incident/_measures.html", "measures_context"),
        "firsts": ("command/statements/_firsts.html", "firsts_context"),
        "clocks": ("dashboards/incident/_clocks.html", "clocks_context"),
        "facts": ("dashboards/incident/_facts.html", "facts_context"),
        "where": ("dashboards/incident/_where.html", "where_context"),
        "experts": ("dashboards/incident/_experts.html", "experts_context"),
        "acts": ("dashboards/incident/_acts.html", "acts_context"),
        "partners": ("dashboards/incident/_partners.html", "partners_context"),
        "timeline": ("dashboards/incident/_timeline.html", "timeline_context"),
    }
    lazy = frozenset({"where", "experts", "partners"})

    def prepare(self):
        self.incident = queries.get_incident(self.request.reach, self.kwargs["number"])

    def page_context(self):
        return {"incident": self.incident, "drill": self.incident.drill}

    # Read once: for the subject's panel, for what may be added to it, and for what comes next.

    @cached_property
    def warnings_now(self):
        return list(warnings.for_incident(self.incident))

    @cached_property
    def orders_now(self):
        return list(order_queries.for_incident(self.incident))

    @cached_property
    def order_cards_now(self):
        return order_queries.cards(self.request.reach, self.orders_now)

    @cached_property
    def short_calls_now(self):
        directs = self.incident.is_open and is_allowed(check_can_issue, self.request.reach, self.incident)
        return short_calls(self.incident, self.orders_now) if directs else []

    @cached_property
    def response_now(self):
        return response_queries.of_incident(self.request.reach, self.incident, self.request.now)

    @cached_property
    def may_start(self):
        is_free = self.response_now is None or not self.response_now.response.is_live
        return is_free and response_queries.may_propose(self.request.reach, self.incident, self.request.now)

    @cached_property
    def demands_now(self):
        return demand_queries.of_incident(self.request.reach, self.incident)

    @cached_property
    def statements_now(self):
        return statements.of_incident(self.request.reach, self.incident)

    @cached_property
    def linkage_now(self):
        return linkage.of_incident(self.request.reach, self.incident)

    @cached_property
    def attendance_now(self):
        return attendance.of_incident(self.request.reach, self.incident, self.request.now)

    @cached_property
    def measures_now(self):
        return measures.of_incident(self.request.reach, self.incident, self.request.now)

    @cached_property
    def clocks_now(self):
        return list(clocks_about(self.request.reach, self.incident.key))

    @cached_property
    def next_now(self):
        bring_marks(self.incident)
        seen = Seen(
            self.warnings_now,
            self.order_cards_now,
            bool(self.short_calls_now),
            self.response_now,
            self.may_start,
            self.clocks_now,
            self.demands_now,
            self.statements_now,
        )
        return next_of(self.request.reach, self.incident, seen, self.request.now)

    def acts_context(self):
        """Whatever this reader may begin now."""
        reach, incident = self.request.reach, self.incident
        bring_marks(incident)
        may_manage = is_allowed(permissions.check_can_manage, reach, incident)
        may_observe = is_allowed(permissions.check_can_observe, reach, incident)
        may_close = is_allowed(permissions.check_can_close, reach, incident)
        left_open = questions(incident, self.request.now) if may_close and incident.is_open else []
        return {
            "incident": incident,
            "observation_form": forms.ObservationForm(
                initial=forms.ObservationForm.picture(incident.facts), document=incident.plan.document
            ),
            "share_form": forms.ShareForm(),
            "close_form": forms.CloseForm(questions=left_open, initial={"summary": self._summary(may_close)}),
            "reason_form": forms.ReasonForm(),
            "may_observe": may_observe,
            # As incidents.permissions.check_can_add_observation, without asking for the grant a second time.
            "may_add_observation": may_observe or reach.has_opened(incident.key),
            "step_form": StepForm(steps=step_choices(steps_of(incident, self.request.now))),
            "may_share": is_allowed(permissions.check_can_share, reach, incident),
            "may_close": may_close,
            "may_reopen": may_close and incident.state == State.CLOSED and not kept_closed(incident),
            "evidence_form": EvidenceForm(auto_id="evidence-%s") if may_observe else None,
            **self._additions(may_manage and incident.is_open),
        }

    def _summary(self, may_close: bool) -> str:
        return close_summary(self.incident, self.orders_now) if may_close and self.incident.is_open else ""

    def _additions(self, may_add: bool) -> dict:
        """The forms of subjects that have a panel of their own once there is something of them."""
        incident, found = self.incident, self.measures_now
        partners = partners_serving(incident.unit) if may_add else []
        return {
            "measures": found,
            "measure_form": MeasureForm(majors=found.majors, auto_id="measure-%s")
            if found.may_record
            else None,
            "ask_form": RequestForm(majors=found.majors, auto_id="measure-ask-%s")
            if found.may_record and found.majors
            else None,
            "attendance_forms": attendance_forms(self.attendance_now, incident.is_open),
            "hand_over_form": HandOverForm(partners=partners, auto_id="handing-%s") if may_add else None,
            "statement_form": StatementForm(auto_id="statement-%s") if may_add else None,
            "linkage_form": ReportForm(
                kinds=ReportKind.without_order(), ways=ReportWay.offered(), auto_id="linkage-%s"
            )
            if self.linkage_now.may_tell
            else None,
        }

    def head_context(self):
        return {"incident": self.incident, "now": self.request.now}

    def tools_context(self):
        """The quiet buttons: what the blue one does is not offered again beside it."""
        reach, incident = self.request.reach, self.incident
        may_manage = is_allowed(permissions.check_can_manage, reach, incident)
        return {
            "incident": incident,
            "may_take": may_manage and incident.state == "reported" and not self._does_next(Step.TAKE),
            "may_draft": reach.holds("warning.draft", incident.unit_path)
            and incident.is_open
            and bool(incident.plan.document.get("levels"))
            and not self._does_next(Step.LEVEL),
            "may_order": is_allowed(check_can_issue, reach, incident)
            and incident.is_open
            and not self._does_next(Step.SEND),
            "has_reports": not self._does_next(Step.REPORT),
            "has_review": incident.state == State.CLOSED and not self._does_next(Step.REVIEW),
            "may_retract": incident.is_open
            and is_allowed(permissions.check_can_retract, reach, incident, self.request.now),
            "similar": list(queries.similar_incidents(reach, incident)[:3]) if incident.is_open else [],
            "can_manage": may_manage,
        }

    def _does_next(self, step: Step) -> bool:
        return self.next_now is not None and self.next_now.does(step)

    def next_context(self):
        """The one blue button of the page, and why; who is to act where it is not this reader."""
        return {"next_step": self.next_now, "now": self.request.now}

    def checklist_context(self):
        bring_marks(self.incident)
        can_mark = self.incident.is_open and is_allowed(
            permissions.check_can_mark_checklist, self.request.reach, self.incident
        )
        return {
            "incident": self.incident,
            "checklist": checklist(self.incident),
            "can_mark": can_mark,
        }

    def warnings_context(self):
        return {
            "incident": self.incident,
            "warnings": self.warnings_now,
            "now": self.request.now,
        }

    def orders_context(self):
        reach, incident = self.request.reach, self.incident
        directs = incident.is_open and is_allowed(check_can_issue, reach, incident)
        return {
            "incident": incident,
            "order_cards": self.order_cards_now,
            "short_calls": self.short_calls_now,
            "may_call_roll": directs,
            "shows_codes": incident.is_open and may_show_codes(reach, incident.unit_path),
            "now": self.request.now,
        }

    def response_context(self):
        return {
            "incident": self.incident,
            "whole": self.response_now,
            "may_start": self.may_start,
            "now": self.request.now,
        }

    def clocks_context(self):
        clocks = self.clocks_now
        running = [clock for clock in clocks if clock.is_running]
        return {
            "running": sorted(running, key=lambda clock: (clock.due_at is None, clock.due_at, clock.pk)),
            "over": [clock for clock in clocks if not clock.is_running],
            "now": self.request.now,
        }

    def demands_context(self):
        reach, incident = self.request.reach, self.incident
        return {
            "incident": incident,
            "demands": self.demands_now,
            "may_register": not incident.drill and is_allowed(check_can_register, reach, incident.unit),
            "receptions": reception_queries.of_incident(reach, incident),
            "may_receive": is_allowed(check_can_receive, reach, incident.unit),
            "leader_cases": [] if incident.drill else leader_case_queries.of_thing(reach, incident=incident),
            "now": self.request.now,
        }

    def linkage_context(self):
        return {"incident": self.incident, "linkage": self.linkage_now, "now": self.request.now}

    def agencies_context(self):
        """What other agencies were told, and who is called to the scene."""
        reach, incident, now = self.request.reach, self.incident, self.request.now
        offers = [offer for offer, _verbs in self.attendance_now.offers]
        return {
            "incident": incident,
            "handing_over": handing_over.of_incident(reach, incident),
            "attendance_of": self.attendance_now,
            "offers_to_book": reception_queries.offers_to_book(reach, incident, offers, now),
            "now": now,
        }

    def measures_context(self):
        """What is done, on which law; what was said publicly; what is kept as evidence."""
        return {
            "incident": self.incident,
            "measures": self.measures_now,
            "evidence": evidence.of_incident(self.request.reach, self.incident),
            "statements": self.statements_now,
            "now": self.request.now,
        }

    def firsts_context(self):
        return {
            "firsts": statements.firsts_of(self.incident, self.request.now, self.clocks_now),
            "now": self.request.now,
        }

    def facts_context(self):
        return {
            "incident": self.incident,
            "described": Facts.from_dict(self.incident.facts).described(),
            "reasons": shown_reasons(get_language(), self.incident),
            "map_address": self._map_address(),
            "voice_note": note_of(self.incident),
            "shares": list(self.incident.shares.filter(ended_at=None).select_related("unit", "person", "by")),
            "may_share": is_allowed(permissions.check_can_share, self.request.reach, self.incident),
            "may_switch_plan": self.incident.is_open
            and is_allowed(permissions.check_can_switch_plan, self.request.reach, self.incident),
        }

    def where_context(self):
        """A piece of the map around it, marked where its coordinate system is another one."""
        reach, incident = self.request.reach, self.incident
        may_see = reach.has("wall.view") and incident.latitude is not None
        shown = layers.shown_layers() if may_see else []
        return {
            "incident": incident,
            "map": picture_around(incident, shown),
            "warning": warning_between(incident.crs, shown[0].crs) if shown else "",
            "map_address": self._map_address(),
            "former": former_positions(incident),
            "may_correct": incident.is_open and is_allowed(permissions.check_can_manage, reach, incident),
            "now": self.request.now,
        }

    def _map_address(self) -> str:
        """Where it is on the map, for whoever has the map; empty once it is over: the map has open ones alone."""
        incident = self.incident
        if incident.latitude is None or not incident.is_open or not self.request.reach.has("wall.view"):
            return ""
        at = f"{incident.latitude:f},{incident.longitude:f}"
        return f"{reverse('map')}?at={at}&zoom=15{'&show=drill' if incident.drill else ''}"

    def experts_context(self):
        reach, incident = self.request.reach, self.incident
        may_call = incident.is_open and is_allowed(check_can_call, reach, incident)
        calls = experts.with_clocks(experts.calls_of(incident), may_act=False)
        return {"incident": incident, "calls": calls, "may_call": may_call, "now": self.request.now}

    def partners_context(self):
        return {"partners": partners_serving(self.incident.unit)}

    def timeline_context(self):
        # Newest first: the newest fact is what somebody looks for. On paper the order is that of what happened.
        entries = list(queries.timeline(self.request.reach, self.incident))[::-1]
        return {
            "rows": folded(entries, timeline.rows(entries, self.incident.plan.document)),
            "newest_first": True,
            "incident": self.incident,
            "may_brief": is_allowed(check_can_read, self.request.reach, self.incident),
            "may_archive": is_allowed(check_can_archive, self.request.reach, self.incident),
        }
