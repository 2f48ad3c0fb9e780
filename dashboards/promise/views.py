"""The page of the promise: how long it took from the entry to the first ear, as a table and a picture."""

from django.contrib.auth.mixins import LoginRequiredMixin
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from common.errors import NotAllowed
from dashboards.promise import rules
from dashboards.promise.queries import chains
from journal.live.live_pages import PartsView

PERIODS = {"7": gettext_lazy("7 days"), "30": gettext_lazy("30 days"), "365": gettext_lazy("1 year")}
STAGES = {
    "proposal": gettext_lazy("Entry to proposal"),
    "signature": gettext_lazy("Proposal to signature"),
    "push": gettext_lazy("Signature to push"),
    "ear": gettext_lazy("Push to first ear"),
    "whole": pgettext_lazy("stage", "The whole way"),
}


class PromisePage(LoginRequiredMixin, PartsView):
    """For who commands: whether the promise is kept, and where the time goes. Never by person or unit."""

    template_name = "dashboards/promise.html"
    parts = {"promise": ("dashboards/_promise.html", "promise_context")}

    def check_may_open(self):
        if not (self.request.reach.has("incident.manage") or self.request.reach.has("journal.audit")):
            raise NotAllowed(
                "not_your_board",
                _("This board was not opened: it belongs to another post. Go to your start page."),
            )

    def page_context(self):
        return {
            "periods": PERIODS.items(),
            "chosen": self._days(),
            "drills": self._drills(),
            "drill": self._drills(),
        }

    def promise_context(self):
        start, end = rules.last_days(self.request.now, int(self._days()))
        promise = rules.measured(chains(self.request.reach, start, end, drill=self._drills()))
        bars = rules.bars(promise)
        return {
            "promise": promise,
            "rows": [_row(figures) for figures in [*promise.stages, promise.whole]],
            "bars": [(bar, STAGES[bar.stage]) for bar in bars],
            "ticks": [(round(x, 1), span(seconds)) for x, seconds in rules.ticks(promise)],
            "height": rules.ROW * len(bars),
            "slowest": STAGES.get(promise.slowest, ""),
            "now": self.request.now,
        }

    def _days(self) -> str:
        given = self.request.GET.get("days", "")
        return given if given in PERIODS else "30"

    def _drills(self) -> bool:
        return self.request.GET.get("drills") == "1"


def _row(figures: rules.Figures) -> dict:
    return {
        "stage": STAGES[figures.stage],
        "measured": figures.measured,
        "p50": span(figures.p50),
        "p95": span(figures.p95),
        "worst": span(figures.worst),
        "worst_number": figures.worst_number,
    }


def span(seconds: float | None) -> str:
    """A length of time in two units at most."""
    if seconds is None:
        return "–"
    whole = round(seconds)
    if whole < 60:
        return _("%(s)s s") % {"s": whole}
    if whole < 3600:
        return _("%(m)s min %(s)s s") % {"m": whole // 60, "s": whole % 60}
    if whole < 86400:
        return _("%(h)s h %(m)s min") % {"h": whole // 3600, "m": whole % 3600 // 60}
    return _("%(d)s d %(h)s h") % {"d": whole // 86400, "h": whole % 86400 // 3600}
