"""Doors of rosters: the month, one's own duties, calendar feeds."""

from datetime import timedelta

from django.contrib.auth.mixins import LoginRequiredMixin
from django.urls import reverse
from django.views import View

from accounts.names import told_apart
from command.rosters import actions, feeds, forms, permissions, queries, rules
from command.rosters.choices import SwapVerb
from command.rosters.models import Rotation
from command.rosters.pages import chosen_month, chosen_unit, tabs, unit_or_404
from command.shifts import queries as shifts
from common.errors import is_allowed
from common.local_time import day_of
from common.once import once
from common.redirects import see_other
from journal.parts import PartsView


class MonthPage(LoginRequiredMixin, PartsView):
    """A month of one unit: for the wall, the printer and the phone; with what may be done about it."""

    template_name = "command/rosters/month.html"
    parts = {
        "month": ("command/rosters/_month.html", "month_context"),
        "fairness": ("command/rosters/_fairness.html", "fairness_context"),
    }

    def check_may_open(self):
        self.unit = unit_or_404(self.request)
        self.first = chosen_month(self.request)
        self.posts = queries.rostered_posts(self.unit)

    def page_context(self):
        reach, unit = self.request.reach, self.unit
        return {
            "unit": unit,
            "units": list(queries.units_with_posts(reach)[:60]),
            "tabs": tabs(self.request, unit, "rosters"),
            "first": self.first,
            "earlier": (self.first - timedelta(days=1)).replace(day=1),
            "later": actions.end_of_month(self.first) + timedelta(days=1),
            "may_draft": is_allowed(permissions.check_can_draft, reach, unit),
            "rosters": list(queries.rosters_of(reach, unit)[:6]),
            "rotations": {row.post_id for row in Rotation.objects.filter(post__in=self.posts)},
            "draft_form": forms.DraftForm(initial=_coming_month(self.request.now)),
        }

    def month_context(self):
        last = actions.end_of_month(self.first)
        posts = queries.posts_with_duties(self.unit, self.posts, self.first, last)
        lines = queries.month_lines(self.unit, posts, self.first, last)
        return {
            "unit": self.unit,
            "posts": posts,
            "lines": lines,
            "names": told_apart(shift.person for line in lines for cell in line.cells for shift in cell),
            "today": day_of(self.request.now),
            "may_change": is_allowed(permissions.check_can_publish, self.request.reach, self.unit),
            "now": self.request.now,
        }

    def fairness_context(self):
        last = actions.end_of_month(self.first)
        loads = queries.fairness(self.unit, self.posts, last)
        return {"loads": loads, "names": told_apart(line.person for line in loads), "until": last}


def _coming_month(now) -> dict:
    first = actions.end_of_month(day_of(now)) + timedelta(days=1)
    return {"first_day": first, "last_day": actions.end_of_month(first)}


class MinePage(LoginRequiredMixin, PartsView):
    """One's own duties on a phone: confirm, hand over, swap, and the calendar on one's telephone."""

    template_name = "command/rosters/mine.html"
    parts = {
        "now": ("command/rosters/_mine_now.html", "now_context"),
        "swaps": ("command/rosters/_swaps.html", "swaps_context"),
        "coming": ("command/rosters/_mine_coming.html", "coming_context"),
    }

    def page_context(self):
        unit = next(iter(queries.units_with_posts(self.request.reach)[:1]), None)
        return {
            "tabs": tabs(self.request, unit, "rosters-mine"),
            "unit": unit,
            "feeds": feeds.open_keys(self.request.user),
            "feed_url": self.request.session.pop("feed_url", ""),
        }

    def now_context(self):
        return {
            "to_confirm": list(shifts.to_confirm(self.request.reach, self.request.now)),
            "handovers": list(shifts.my_handovers(self.request.reach, self.request.now)),
            "now": self.request.now,
        }

    def swaps_context(self):
        reach = self.request.reach
        rows = []
        for swap in queries.open_swaps(reach):
            verbs = [v for v in SwapVerb if _may_move(reach, swap, v)]
            rows.append((swap, verbs))
        return {"swaps": rows, "now": self.request.now}

    def coming_context(self):
        return {
            "shifts": list(queries.own_shifts(self.request.user, self.request.now)[:40]),
            "now": self.request.now,
        }


def _may_move(reach, swap, verb) -> bool:
    return bool(rules.next_swap_state(swap.state, verb)) and is_allowed(
        permissions.check_can_move_swap, reach, swap, verb
    )


class NewFeed(LoginRequiredMixin, View):
    """Open a calendar feed; its address is shown once."""

    @once
    def post(self, request):
        unit = chosen_unit(request) if request.POST.get("unit") else None
        token = feeds.issue(reach=request.reach, unit=unit, now=request.now)
        path = (
            reverse("api:roster-feed", args=[unit.code])
            if unit
            else reverse("api:roster-feed-own", args=[request.user.username])
        )
        request.session["feed_url"] = f"{request.build_absolute_uri(path)}?token={token}"
        return see_other("rosters-mine")


class EndFeed(LoginRequiredMixin, View):
    """Take a feed back."""

    @once
    def post(self, request, pk):
        feeds.revoke(reach=request.reach, feed_id=pk, now=request.now)
        return see_other("rosters-mine")
