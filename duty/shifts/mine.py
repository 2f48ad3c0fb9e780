"""One's own duties: confirm, hand over, swap, and the calendar on one's telephone."""

from django.contrib.auth.mixins import LoginRequiredMixin

from common.errors import is_allowed
from duty.shifts import queries as shifts
from journal.live.live_pages import PartsView
from rosters import permissions, queries, rules
from rosters.choices import SwapVerb
from rosters.months import feeds
from rosters.months.pages import tabs


class MinePage(LoginRequiredMixin, PartsView):
    """One's own duties on a phone: confirm, hand over, swap, and the calendar on one's telephone."""

    template_name = "rosters/mine.html"
    parts = {
        "now": ("rosters/_mine_now.html", "now_context"),
        "swaps": ("rosters/_swaps.html", "swaps_context"),
        "coming": ("rosters/_mine_coming.html", "coming_context"),
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
    return bool(rules.SWAPS.row(swap.state, verb)) and is_allowed(
        permissions.check_can_move_swap, reach, swap, verb
    )
