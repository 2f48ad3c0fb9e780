"""Pages that try a plan: with facts, on the roster, on the incidents of the last weeks. They change nothing."""

from django.contrib.auth.mixins import LoginRequiredMixin
from django.shortcuts import render
from django.utils import timezone
from django.views import View

from plans.engine.evaluation import evaluate
from plans.lifecycle import queries
from plans.rehearsal.forms import DaysForm, FactsForm
from plans.rehearsal.labels import labels_of
from plans.rehearsal.outcome import rehearse
from plans.rehearsal.picture import picture_of
from plans.rehearsal.queries import replayed, units_to_try
from plans.rehearsal.replay_source import signed_levels


class TryPage(LoginRequiredMixin, View):
    """Facts in a form; level, reasons, signatory by name, recipients, squads and clocks out."""

    def get(self, request, plan_id, number):
        version = queries.get_version(plan_id, number)
        first = {"at": timezone.localtime(request.now).strftime("%Y-%m-%dT%H:%M")}
        form = FactsForm(request.GET or None, initial=first, document=version.document, units=units_to_try(request.reach))  # fmt: skip
        context = {"version": version, "facts": form, "document": version.document}
        status = 200
        if form.is_bound and form.is_valid():
            unit, at = form.cleaned_data["unit"], form.cleaned_data["at"] or request.now
            outcome = rehearse(version.document, form.facts, unit, at)
            context |= {"outcome": outcome, "labels": labels_of(outcome, unit), "unit": unit}
        elif form.is_bound:
            status = 422
        return render(request, "plans/rehearsal/try.html", context, status=status)


class ReplayPage(LoginRequiredMixin, View):
    """A version replayed over the incidents of the last days: what it would have proposed instead."""

    DAYS = 90
    #: So many rows are listed; the counts and the picture are of all.
    LISTED = 100

    def get(self, request, plan_id, number):
        version = queries.get_version(plan_id, number)
        form = DaysForm(request.GET or {"days": self.DAYS})
        context = {"version": version, "form": form}
        if not form.is_valid():
            return render(request, "plans/rehearsal/replay.html", context, status=422)
        result = replayed(request.reach, version, form.cleaned_data["days"], request.now)
        rows = _listed(version, sorted(result.changed, key=_gravest)[: self.LISTED])
        context |= {"result": result, "picture": picture_of(result), "rows": rows,
                    "figures": _figures(result), "left_out": len(result.changed) - len(rows)}  # fmt: skip
        return render(request, "plans/rehearsal/replay.html", context)


def _gravest(changed):
    """Lower than it was first, for that is what a bureau must look at; then by level, the newest first."""
    ranks = [level.rank if level else 1_000_000 for level in (changed.before, changed.after)]
    return (changed.direction != "lower", min(ranks), -changed.case.at.timestamp())


def _listed(version, changed):
    signed = signed_levels(one.case.key for one in changed)
    return [
        {
            "changed": one,
            "signed": signed.get(one.case.key, []),
            "facts": one.facts.described(),
            "reasons": evaluate(version.document, one.facts).reasons,
        }
        for one in changed
    ]


def _figures(result):
    return {
        "total": result.total,
        "changed": len(result.changed),
        "higher": result.count("higher"),
        "lower": result.count("lower"),
        "appears": result.count(warning="appears"),
        "disappears": result.count(warning="disappears"),
    }
