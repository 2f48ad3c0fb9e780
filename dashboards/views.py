"""Pages that read everything: the boards of each role, the page of one incident, the journal."""

from django.contrib.auth.mixins import LoginRequiredMixin
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views import View

from accounts.models import Unit
from cases.matters.queries import numbers_of as matter_numbers
from clocks.queries import SOON, clocks_about, due_until, running_by_thread
from command.activation import queries as response_queries
from command.activation.queries import waiting as responses_waiting
from command.attendance import queries as attendance
from command.attendance.forms import attendance_forms
from command.evidence import queries as evidence
from command.evidence.forms import EvidenceForm
from command.handing_over import queries as handing_over
from command.handing_over.forms import HandOverForm
from command.linkage import queries as linkage
from command.linkage.choices import ReportKind
from command.linkage.forms import ReportForm
from command.measures import queries as measures
from command.measures.forms import MeasureForm, RequestForm
from command.orders import queries as order_queries
from command.orders.permissions import check_can_issue
from command.report_chain.queries import waiting as upward_reports_waiting
from command.statements import queries as statements
from command.statements.forms import StatementForm
from common.database.composed import Composed
from common.database.cuts import cut
from common.database.paths import prefixes
from common.errors import NotAllowed, is_allowed
from common.text.whole_numbers import read_number
from dashboards import timeline
from dashboards.archive.package import check_can_archive
from dashboards.boards import start_of
from dashboards.cards import incident_cards
from dashboards.inbox import inbox_of, inboxes_of, with_notices
from duty.shifts import queries as shifts
from early_warnings import queries as warnings
from incidents import permissions, queries
from incidents.checklist.queries import checklist
from incidents.closing.queries import questions
from incidents.reporting import forms
from incidents.serializers import shown_reasons
from incidents.steps.forms import StepForm
from incidents.steps.queries import choices as step_choices
from incidents.steps.queries import steps_of
from journal.live.live_pages import PartsView
from journal.models import Entry, Head
from notices.silence import manual_calls
from plans.engine.facts import Facts
from resources.experts import queries as experts
from resources.experts.permissions import check_can_call
from resources.partners.queries import partners_serving
from rosters.queries import on_duty
from zero_reports.counts.silent import missing_today

#: A board shows so many cards; the list page has the rest.
MOST_CARDS = 50
#: Journal kinds that change a card, its place in the order or its clocks.
CARD_KINDS = (
    "incident. warning. order. clock. first_responder. superior_report. upward_report. response. obligation. "
    "linkage_order. linkage. dispatch. attendance."
)
#: Kinds after which something else may wait for a desk. An alarm alone is no task: the incident's card is there, and
#: its notice in the inbox.
DESK_KINDS = (
    "warning. shift. first_responder. superior_report. upward_report. notice. order. linkage_order. linkage. "
    "response. obligation. "
    "dispatch. incident.taken incident.level_set incident.linked incident.retracted incident.closed "
    "incident.reopened incident.shared incident.unshared incident.life_safety_alerted"
)
INBOX_KINDS = "response. obligation. warning. shift. first_responder. superior_report. upward_report. notice. incident. order. linkage_order."
#: Whatever begins or ends a time limit of a plan, but for reports of every day: they have a panel of their own.
CLOCK_KINDS = (
    "clock. incident. warning. order. superior_report. upward_report. first_responder. response. obligation. "
    "linkage_order. linkage. dispatch. attendance. expert. measure. statement. demand. petition. written_ transfer. "
    "objection. handling_opinion. review recheck dispute. mediation. form. leader_case. supervision_visit. inquiry. "
    "coordination_meeting. site_group."
)
#: Time limits beside the cards; their own page has the rest.
MOST_CLOCKS = 20


_TO_CONFIRM = Composed(shifts.to_confirm)


class Home(View):
    """The start page of whoever signs in."""

    def get(self, request):
        if not request.user.is_authenticated:
            return redirect("account_login")
        start = start_of(request.reach)
        if start is None:
            return render(request, "dashboards/no_post.html")
        return redirect(start)


def _inboxes(requests):
    return inboxes_of([(request.reach, request.now) for request in requests])


class Board(LoginRequiredMixin, PartsView):
    """What the boards share: the parts that several of them show."""

    read_together = {"inbox": _inboxes}

    def incidents_context(self):
        board = queries.board_of(self.request.reach, self.request.now, MOST_CARDS)
        clocks = running_by_thread([incident.key for incident in board.rows])
        return {"cards": incident_cards(board.rows, clocks), "board": board, "now": self.request.now}

    def page_context(self):
        return {"desk_kinds": DESK_KINDS, "inbox_kinds": INBOX_KINDS}

    def desk_context(self):
        tasks = warnings.desk_tasks(self.request.reach, self.request.now)
        return {
            "to_confirm": _TO_CONFIRM(self.request.reach, self.request.now),
            **tasks,
            "to_sign": with_notices(self.request.user, tasks["to_sign"]),
            "now": self.request.now,
            "to_phone": manual_calls.waiting(self.request.reach, self.request.now),
            "upward_reports": upward_reports_waiting(self.request.reach, self.request.now),
            "responses": responses_waiting(self.request.reach, self.request.now),
        }

    def inbox_context(self):
        return {"inbox": self.read("inbox"), "now": self.request.now}

    def orders_context(self):
        orders = cut(order_queries.live_orders, MOST_CARDS, self.request.reach)
        return {
            "order_cards": order_queries.cards(self.request.reach, orders.rows),
            "orders": orders,
            "now": self.request.now,
        }

    def clocks_context(self):
        soon = cut(due_until, MOST_CLOCKS, self.request.reach, self.request.now + SOON)
        return {"clocks": with_numbers(soon.rows), "soon": soon, "now": self.request.now}

    def missing_context(self):
        return {
            "missing": missing_today(self.request.reach, self.request.now),
            "now": self.request.now,
        }

    def duty_context(self):
        own = {path for post in self.request.reach.posts for path in prefixes(post.unit_path)}
        below = Unit.objects.filter(parent__in={post.unit_id for post in self.request.reach.posts})
        units = {*Unit.objects.filter(path__in=own), *below}
        return {"on_duty": on_duty(units, self.request.now), "now": self.request.now}


class DutyBoard(Board):
    """The duty room: what comes in, what waits for me, which time limits run, who has not reported."""

    template_name = "dashboards/duty.html"
    parts = {
        "desk": ("dashboards/_desk.html", "desk_context"),
        "inbox": ("dashboards/_board_inbox.html", "inbox_context"),
        "incidents": ("dashboards/_incidents.html", "incidents_context"),
        "orders": ("dashboards/_orders.html", "orders_context"),
        "clocks": ("dashboards/_clocks.html", "clocks_context"),
        "missing": ("dashboards/_missing.html", "missing_context"),
    }
    lazy = frozenset({"missing", "clocks"})
    shared = {"incidents": CARD_KINDS, "clocks": CLOCK_KINDS, "missing": "zero_report. period."}

    def desk_context(self):
        waiting = linkage.waiting(self.request.reach, self.request.now)
        return {**super().desk_context(), "linkage_waiting": waiting}

    def check_may_open(self):
        _check_has_board(self.request.reach, "incident.manage")


class CommanderBoard(Board):
    """Who signs: requests by deadline, then incidents, orders, and who is on duty."""

    template_name = "dashboards/commander.html"
    parts = {
        "sign": ("dashboards/_sign.html", "desk_context"),
        "inbox": ("dashboards/_inbox.html", "inbox_context"),
        "incidents": ("dashboards/_incidents.html", "incidents_context"),
        "orders": ("dashboards/_orders.html", "orders_context"),
        "duty": ("dashboards/_on_duty.html", "duty_context"),
    }
    shared = {"incidents": CARD_KINDS, "duty": "duty. appointment."}

    def check_may_open(self):
        _check_has_board(self.request.reach, "incident.manage")


class SquadBoard(Board):
    """Those who are sent: my orders, with big buttons."""

    template_name = "dashboards/squad.html"
    parts = {"orders": ("dashboards/_my_orders.html", "my_orders_context")}

    def my_orders_context(self):
        orders = cut(order_queries.my_orders, MOST_CARDS, self.request.reach)
        return {
            "order_cards": order_queries.cards(self.request.reach, orders.rows),
            "orders": orders,
            # The order's own card is its notice here.
            "inbox": inbox_of(self.request.reach, self.request.now, besides=["order.issued"]),
            "now": self.request.now,
        }

    def check_may_open(self):
        _check_has_board(self.request.reach, "order.answer")


class IncidentPage(LoginRequiredMixin, PartsView):
    """One incident: life safety first, then what is known, warnings, orders, clocks and the timeline."""

    template_name = "dashboards/incident.html"
    parts = {
        "head": ("dashboards/incident/_head.html", "head_context"),
        "checklist": ("dashboards/incident/_checklist.html", "checklist_context"),
        "warnings": ("dashboards/incident/_warnings.html", "warnings_context"),
        "response": ("dashboards/incident/_response.html", "response_context"),
        "orders": ("dashboards/incident/_orders.html", "orders_context"),
        "linkage": ("command/linkage/_for_incident.html", "linkage_context"),
        "agencies": ("dashboards/incident/_agencies.html", "agencies_context"),
        "measures": ("dashboards/incident/_measures.html", "measures_context"),
        "firsts": ("command/statements/_firsts.html", "firsts_context"),
        "clocks": ("dashboards/incident/_clocks.html", "clocks_context"),
        "facts": ("dashboards/incident/_facts.html", "facts_context"),
        "experts": ("dashboards/incident/_experts.html", "experts_context"),
        "partners": ("dashboards/incident/_partners.html", "partners_context"),
        "timeline": ("dashboards/incident/_timeline.html", "timeline_context"),
        "acts": ("dashboards/incident/_acts.html", "acts_context"),
    }
    lazy = frozenset({"experts", "partners"})

    def prepare(self):
        self.incident = queries.get_incident(self.request.reach, self.kwargs["number"])

    def page_context(self):
        return {"incident": self.incident, "drill": self.incident.drill}

    def acts_context(self):
        reach, incident = self.request.reach, self.incident
        may_close = is_allowed(permissions.check_can_close, reach, incident)
        left_open = questions(incident, self.request.now) if may_close and incident.is_open else []
        return {
            "incident": incident,
            "observation_form": forms.ObservationForm(
                initial=forms.ObservationForm.picture(incident.facts), document=incident.plan.document
            ),
            "share_form": forms.ShareForm(),
            "close_form": forms.CloseForm(questions=left_open),
            "reason_form": forms.ReasonForm(),
            "may_observe": is_allowed(permissions.check_can_observe, reach, incident),
            "step_form": StepForm(steps=step_choices(steps_of(incident, self.request.now))),
            "may_share": is_allowed(permissions.check_can_manage, reach, incident),
            "may_close": may_close,
        }

    def head_context(self):
        reach, incident = self.request.reach, self.incident
        may_manage = is_allowed(permissions.check_can_manage, reach, incident)
        return {
            "incident": incident,
            "may_take": may_manage and incident.state == "reported",
            "may_draft": reach.holds("warning.draft", incident.unit_path)
            and incident.is_open
            and bool(incident.plan.document.get("levels")),
            "may_order": is_allowed(check_can_issue, reach, incident) and incident.is_open,
            "may_retract": incident.is_open
            and is_allowed(permissions.check_can_retract, reach, incident, self.request.now),
            "similar": list(queries.similar_incidents(reach, incident)[:3]) if incident.is_open else [],
            "can_manage": may_manage,
            "now": self.request.now,
        }

    def checklist_context(self):
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
            "warnings": warnings.for_incident(self.incident),
            "now": self.request.now,
        }

    def orders_context(self):
        rows = order_queries.for_incident(self.incident)
        return {"order_cards": order_queries.cards(self.request.reach, rows), "now": self.request.now}

    def response_context(self):
        reach, incident, now = self.request.reach, self.incident, self.request.now
        whole = response_queries.of_incident(reach, incident, now)
        is_free = whole is None or not whole.response.is_live
        return {
            "incident": incident,
            "whole": whole,
            "may_start": is_free and response_queries.may_propose(reach, incident, now),
            "now": now,
        }

    def clocks_context(self):
        return {"clocks": list(clocks_about(self.request.reach, self.incident.key)), "now": self.request.now}

    def linkage_context(self):
        found = linkage.of_incident(self.request.reach, self.incident)
        form = ReportForm(kinds=ReportKind.without_order(), auto_id="linkage-%s") if found.may_tell else None
        return {"incident": self.incident, "linkage": found, "linkage_form": form, "now": self.request.now}

    def agencies_context(self):
        """What other agencies were told, and who is called to the scene."""
        reach, incident, now = self.request.reach, self.incident, self.request.now
        partners = partners_serving(incident.unit) if incident.is_open else []
        handed, called = (
            handing_over.of_incident(reach, incident),
            attendance.of_incident(reach, incident, now),
        )
        return {
            "incident": incident,
            "handing_over": handed,
            "hand_over_form": HandOverForm(partners=partners, auto_id="handing-%s")
            if handed.may_hand_over
            else None,
            "attendance_of": called,
            "attendance_forms": attendance_forms(called, incident.is_open),
            "now": now,
        }

    def measures_context(self):
        """What is done, on which law; what was said publicly; what is kept as evidence."""
        found = measures.of_incident(self.request.reach, self.incident, self.request.now)
        said = statements.of_incident(self.request.reach, self.incident)
        kept = evidence.of_incident(self.request.reach, self.incident)
        forms_now = {}
        if found.may_record:
            forms_now = {"take": MeasureForm(majors=found.majors, auto_id="measure-%s")}
            if found.majors:
                forms_now["ask"] = RequestForm(majors=found.majors, auto_id="measure-ask-%s")
        return {
            "incident": self.incident,
            "measures": found,
            "measure_forms": forms_now,
            "evidence": kept,
            "evidence_form": EvidenceForm(auto_id="evidence-%s") if kept.may_enter else None,
            "statements": said,
            "statement_form": StatementForm(auto_id="statement-%s") if said.may_draft else None,
            "now": self.request.now,
        }

    def firsts_context(self):
        return {"firsts": statements.firsts_of(self.incident, self.request.now), "now": self.request.now}

    def facts_context(self):
        return {
            "incident": self.incident,
            "described": Facts.from_dict(self.incident.facts).described(),
            "reasons": shown_reasons(get_language(), self.incident),
            "shares": list(self.incident.shares.filter(ended_at=None).select_related("unit", "person", "by")),
            "may_share": is_allowed(permissions.check_can_manage, self.request.reach, self.incident),
            "may_switch_plan": self.incident.is_open
            and is_allowed(permissions.check_can_switch_plan, self.request.reach, self.incident),
        }

    def experts_context(self):
        reach, incident = self.request.reach, self.incident
        may_call = incident.is_open and is_allowed(check_can_call, reach, incident)
        calls = experts.with_clocks(experts.calls_of(incident), may_act=False)
        return {"incident": incident, "calls": calls, "may_call": may_call, "now": self.request.now}

    def partners_context(self):
        return {"partners": partners_serving(self.incident.unit)}

    def timeline_context(self):
        entries = queries.timeline(self.request.reach, self.incident)
        return {
            "rows": timeline.rows(entries, self.incident.plan.document),
            "incident": self.incident,
            "may_archive": is_allowed(check_can_archive, self.request.reach, self.incident),
        }


class JournalPage(LoginRequiredMixin, PartsView):
    """The auditor's page: every entry this person may see, newest first, with the head's hash to write down."""

    template_name = "dashboards/journal.html"
    parts = {"entries": ("dashboards/_journal.html", "entries_context")}
    PAGE = 100

    def check_may_open(self):
        _check_has_board(self.request.reach, "journal.audit")

    def entries_context(self):
        chosen = self.request.GET
        entries = Entry.objects.numbered().visible_to(self.request.reach).select_related("unit")
        if kind := chosen.get("kind", "").strip():
            entries = entries.filter(kind__startswith=kind)
        if before := read_number(chosen.get("before", "")):
            entries = entries.filter(number__lt=before)
        page = list(entries.order_by("-number")[: self.PAGE + 1])
        shown = page[: self.PAGE]
        return {
            "entries": list(zip(shown, timeline.rows(shown), strict=True)),
            "next_before": shown[-1].number if len(page) > self.PAGE else None,
            "head": Head.objects.filter(pk=1).first(),
            "kind": kind,
            "now": self.request.now,
        }


def with_numbers(clocks):
    """Each clock with the number of the matter, linkage order or incident it runs for (a query for each of them)."""
    numbers = queries.numbers_of([clock.thread for clock in clocks])
    matters = matter_numbers([clock.subject for clock in clocks])
    orders = linkage.numbers_of([clock.subject for clock in clocks])
    for clock in clocks:
        clock.matter = matters.get(clock.subject, "")
        clock.linkage = orders.get(clock.subject, "")
        clock.incident = "" if clock.matter else numbers.get(clock.thread, "")
    return clocks


def _check_has_board(reach, verb: str) -> None:
    """A board is for those whose work it shows; everybody else is told where theirs is."""
    if not reach.has(verb):
        raise NotAllowed(
            "not_your_board",
            _("This board was not opened: it belongs to another post. Go to your start page."),
        )
