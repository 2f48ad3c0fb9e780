"""Doors of rosters: the month, one's own duties, calendar feeds."""

from datetime import timedelta

from django.contrib.auth.mixins import LoginRequiredMixin
from django.urls import reverse
from django.views import View

from accounts.people.names import distinct_names
from common.dates.local_time import day_of
from common.errors import is_allowed
from common.web.idempotency import once
from common.web.redirects import see_other
from journal.live.live_pages import PartsView
from rosters import permissions, queries
from rosters.models import Rotation
from rosters.months import actions, feeds, forms
from rosters.months.pages import chosen_month, chosen_unit, tabs, unit_or_404


class MonthPage(LoginRequiredMixin, PartsView):
    """A month of one unit: for the wall, the printer and the phone; with what may be done about it."""

    template_name = "rosters/month.html"
    parts = {
        "month": ("rosters/_month.html", "month_context"),
        "fairness": ("rosters/_fairness.html", "fairness_context"),
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
            "names": distinct_names(shift.person for line in lines for cell in line.cells for shift in cell),
            "today": day_of(self.request.now),
            "may_change": is_allowed(permissions.check_can_publish, self.request.reach, self.unit),
            "now": self.request.now,
        }

    def fairness_context(self):
        last = actions.end_of_month(self.first)
        loads = queries.fairness(self.unit, self.posts, last)
        return {"loads": loads, "names": distinct_names(line.person for line in loads), "until": last}


def _coming_month(now) -> dict:
    first = actions.end_of_month(day_of(now)) + timedelta(days=1)
    return {"first_day": first, "last_day": actions.end_of_month(first)}


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
