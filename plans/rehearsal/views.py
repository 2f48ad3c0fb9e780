"""Pages that try a plan: with facts, on the roster, on the incidents of the last weeks. They change nothing."""

from datetime import datetime

from django.contrib.auth.mixins import LoginRequiredMixin
from django.shortcuts import render
from django.utils import timezone
from django.views import View

from common.errors import not_found
from common.web.idempotency import once
from plans.engine.evaluation import evaluate
from plans.lifecycle import queries
from plans.rehearsal import works
from plans.rehearsal.forms import DAYS, DaysForm, FactsForm
from plans.rehearsal.labels import labels_of
from plans.rehearsal.outcome import rehearse
from plans.rehearsal.picture import picture_of
from plans.rehearsal.queries import replayed, units_to_try
from plans.rehearsal.replay_source import how_many_cases, signed_levels, still_seen
from works.actions import ask_for_work
from works.queries import read_result
from works.views import sent_to_works


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
    """A version replayed over the incidents of the last days: what it would have proposed instead. Over very many of
    them it is done in the background (POST)."""

    FIRST_DAYS = 90

    def get(self, request, plan_id, number):
        version = queries.get_version(plan_id, number)
        form = DaysForm(request.GET or {"days": self.FIRST_DAYS})
        context = {"version": version, "form": form}
        if not form.is_valid():
            return render(request, "plans/rehearsal/replay.html", context, status=422)
        days = form.cleaned_data["days"]
        many = how_many_cases(request.reach, version, request.now - DAYS[days])
        if many > works.MOST_AT_ONCE:
            context |= {"days": days, "many": many}
        else:
            context |= _shown(request, version, replayed(request.reach, version, days, request.now))
        return render(request, "plans/rehearsal/replay.html", context)

    @once
    def post(self, request, plan_id, number):
        version = queries.get_version(plan_id, number)
        form = DaysForm(request.POST)
        if not form.is_valid():
            raise not_found()
        arguments = works.arguments_of(version, form.cleaned_data["days"])
        work = ask_for_work(reach=request.reach, kind="replay", arguments=arguments, now=request.now)
        return sent_to_works(request, work)


class ReplayedPage(LoginRequiredMixin, View):
    """What came of a replay in the background, for whoever asked for it."""

    def get(self, request, pk):
        work, kept = read_result(request.reach, pk, "replay")
        given = work.arguments
        version = queries.get_version(given["plan"], given["version"])
        context = {"version": version, "form": DaysForm({"days": given["days"]}),
                   "replayed_at": datetime.fromisoformat(kept["at"])}  # fmt: skip
        context |= _shown(request, version, works.from_plain(kept, version))
        return render(request, "plans/rehearsal/replay.html", context)


def _shown(request, version, result):
    listed = result.gravest()
    seen = still_seen(request.reach, [one.case.key for one in listed])
    rows = _listed(version, [one for one in listed if one.case.key in seen])
    figures = _figures(result)
    return {"result": result, "picture": picture_of(result), "rows": rows, "figures": figures,
            "left_out": figures["changed"] - len(rows)}  # fmt: skip


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
        "changed": result.count(),
        "higher": result.count("higher"),
        "lower": result.count("lower"),
        "appears": result.count(warning="appears"),
        "disappears": result.count(warning="disappears"),
    }
