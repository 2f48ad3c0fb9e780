"""The boards of each role: what comes in, what waits for me, which time limits run, who is on duty."""

from django.contrib.auth.mixins import LoginRequiredMixin
from django.shortcuts import redirect, render
from django.views import View

from accounts.models import Unit
from cases.demands import queries as demand_queries
from cases.leader_cases import queries as leader_case_queries
from cases.matters.queries import numbers_of as matter_numbers
from cases.receptions import queries as reception_queries
from clocks.queries import SOON, due_until, running_by_thread
from command.activation.queries import waiting as responses_waiting
from command.linkage import queries as linkage
from command.orders import queries as order_queries
from command.report_chain.queries import waiting as upward_reports_waiting
from common.database.composed import Composed
from common.database.cuts import cut
from common.database.paths import prefixes
from common.dates.local_time import day_of
from dashboards.boards.boards import check_has_board, start_of
from dashboards.boards.cards import incident_cards
from dashboards.boards.figures import glance_of, squad_glance
from dashboards.boards.inbox import inbox_of, inboxes_of, with_notices
from dashboards.device.queries import duty_room
from dashboards.statistics.charts import queries as charts
from duty.shifts import queries as shifts
from early_warnings import queries as warnings
from incidents import queries
from journal.live.live_pages import PartsView
from notices.silence import manual_calls
from rosters.queries import on_duty
from zero_reports.counts.queries import top_units
from zero_reports.counts.silent import missing_today

#: A board shows so many cards; the list page has the rest.
MOST_CARDS = 50
#: Journal kinds that change a card, its place in the order or its clocks.
CARD_KINDS = (
    "incident. warning. order. clock. first_responder. superior_report. upward_report. response. obligation. "
    "linkage_order. linkage. dispatch. attendance. demand. petition. written_ transfer. objection. review recheck "
    "handling_opinion."
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
    "coordination_meeting. daily_meeting. daily_meetings. site_group. reception. follow_up. improvement. recheck_opinion. review_opinion. review_reply."
)
#: What changes a figure of the line on top.
GLANCE_KINDS = f"{CLOCK_KINDS} duty. shift. appointment. roster. swap. zero_report. period."
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

    def glance_context(self):
        return {"glance": glance_of(self.request.reach, self.request.now), "now": self.request.now}

    def desk_context(self):
        tasks = warnings.desk_tasks(self.request.reach, self.request.now)
        reports = upward_reports_waiting(self.request.reach, self.request.now)
        responses = responses_waiting(self.request.reach, self.request.now)
        asked = [one.report for one in reports if one.what == "sign"]
        to_decide = [one.response for one in responses if one.is_to_decide]
        with_notices(self.request.user, [*tasks["to_sign"], *asked, *to_decide])
        return {
            "to_confirm": _TO_CONFIRM(self.request.reach, self.request.now),
            **tasks,
            "now": self.request.now,
            "to_phone": manual_calls.waiting(self.request.reach, self.request.now),
            "upward_reports": reports,
            "responses": responses,
            # Whatever waits for this person's signature, not warnings alone.
            "signatures": len(tasks["to_sign"]) + len(asked) + len(to_decide),
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

    def receptions_context(self):
        today = reception_queries.todays(self.request.reach, self.request.now)[:MOST_CARDS]
        return {
            "today": list(today),
            "receiving": reception_queries.receiving_for(self.request.reach, self.request.now),
            "may_receive": self.request.reach.has("matter.manage"),
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
        "glance": ("dashboards/_glance.html", "glance_context"),
        "desk": ("dashboards/_desk.html", "desk_context"),
        "inbox": ("dashboards/_board_inbox.html", "inbox_context"),
        "incidents": ("dashboards/_incidents.html", "incidents_context"),
        "orders": ("dashboards/_orders.html", "orders_context"),
        "clocks": ("dashboards/_clocks.html", "clocks_context"),
        "missing": ("dashboards/_missing.html", "missing_context"),
        "receptions": ("dashboards/_receptions.html", "receptions_context"),
    }
    lazy = frozenset({"missing", "clocks", "receptions"})
    shared = {
        "glance": GLANCE_KINDS,
        "incidents": CARD_KINDS,
        "clocks": CLOCK_KINDS,
        "missing": "zero_report. period.",
        "receptions": "reception.",
    }

    def desk_context(self):
        waiting = linkage.waiting(self.request.reach, self.request.now)
        return {**super().desk_context(), "linkage_waiting": waiting}

    def check_may_open(self):
        check_has_board(self.request.reach, "incident.manage")


class CommanderBoard(Board):
    """Who signs: requests by deadline, then incidents, orders, and who is on duty."""

    template_name = "dashboards/commander.html"
    parts = {
        "glance": ("dashboards/_glance.html", "glance_context"),
        "sign": ("dashboards/_sign.html", "desk_context"),
        "inbox": ("dashboards/_inbox.html", "inbox_context"),
        "incidents": ("dashboards/_incidents.html", "incidents_context"),
        "orders": ("dashboards/_orders.html", "orders_context"),
        "duty": ("dashboards/_on_duty.html", "duty_context"),
        "pictures": ("dashboards/_pictures.html", "pictures_context"),
    }
    lazy = frozenset({"pictures"})
    shared = {
        "glance": GLANCE_KINDS,
        "incidents": CARD_KINDS,
        "duty": "duty. appointment.",
        # Reports of the days before today hardly ever change: they are looked at every ten minutes.
        "pictures": CLOCK_KINDS,
    }

    def pictures_context(self):
        """Of the outermost unit of this reader; causes take room, and are on the page of pictures."""
        reach, now = self.request.reach, self.request.now
        (unit, *_others) = top_units(reach)
        months = charts.months_until(day_of(now))
        drawn = [
            charts.clocks_by_month(reach, unit, months),
            charts.demands_by_age(reach, unit, now),
            charts.incidents_by_level(reach, unit, months),
            charts.reports_by_day(unit, now),
        ]
        return {"charts": drawn, "unit": unit}

    def check_may_open(self):
        check_has_board(self.request.reach, "incident.manage")


class SquadBoard(Board):
    """Those who are sent: my orders, with big buttons."""

    template_name = "dashboards/squad.html"
    parts = {
        "glance": ("dashboards/_squad_glance.html", "glance_context"),
        "orders": ("dashboards/_my_orders.html", "my_orders_context"),
    }

    def glance_context(self):
        return {"glance": squad_glance(self.request.reach, self.request.now), "now": self.request.now}

    def my_orders_context(self):
        orders = cut(order_queries.my_orders, MOST_CARDS, self.request.reach)
        return {
            "order_cards": order_queries.cards(self.request.reach, orders.rows),
            "orders": orders,
            "duty_room": duty_room(self.request.reach, self.request.now),
            # The order's own card is its notice here.
            "inbox": inbox_of(self.request.reach, self.request.now, besides=["order.issued"]),
            "now": self.request.now,
        }

    def check_may_open(self):
        check_has_board(self.request.reach, "order.answer")


def with_numbers(clocks):
    """Each clock with the number of the matter, reception, linkage order or incident it runs for (a query for each of them)."""
    numbers = queries.numbers_of([clock.thread for clock in clocks])
    matters = matter_numbers([clock.subject for clock in clocks])
    orders = linkage.numbers_of([clock.subject for clock in clocks])
    demands = demand_queries.numbers_of([clock.subject for clock in clocks])
    receptions = reception_queries.numbers_of([clock.subject for clock in clocks])
    cases = leader_case_queries.numbers_of([clock.subject for clock in clocks])
    for clock in clocks:
        clock.reception = receptions.get(clock.subject, "")
        clock.leader_case = cases.get(clock.subject, "")
        clock.demand = demands.get(clock.subject, "")
        clock.matter = matters.get(clock.subject, "")
        clock.linkage = orders.get(clock.subject, "")
        clock.incident = (
            "" if clock.matter or clock.demand or clock.leader_case else numbers.get(clock.thread, "")
        )
    return clocks
