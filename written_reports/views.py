"""Pages of written reports: what is asked, one report to write or to read, its paper, a year's list."""

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views import View

from common.documents.official_documents import respond
from common.errors import Invalid, Refused, Stale, is_allowed, not_found
from common.text.whole_numbers import read_number
from common.web.idempotency import once
from common.web.redirects import see_other
from exchange.queries import right_above
from written_reports import actions, exchanged, permissions, queries
from written_reports.choices import Part, SlotState
from written_reports.forms import WrittenForm
from written_reports.paper.documents import file_name, written_paper
from written_reports.paper.drafts import drafts
from written_reports.paper.figures import figures
from written_reports.paper.labels import data_rows, line_cells, line_heads, state_look
from zero_reports.counts.queries import get_unit, top_units
from zero_reports.filing.classes import classes_at
from zero_reports.filing.reading import check_may_look

#: How many periods back the list goes.
FURTHEST = 60


class WrittenList(LoginRequiredMixin, View):
    """What is asked of a unit and those below it, kind by kind."""

    def get(self, request):
        check_may_look(request.reach)
        code, text = request.GET.get("unit", ""), request.GET.get("ago", "")
        unit = get_unit(request.reach, code) if code else top_units(request.reach)[0]
        ago = min(read_number(text) or 0, FURTHEST)
        found = queries.asked_below(request.reach, unit, request.now, ago)
        lists = [
            (asked, [(slot, state := slot.state(request.now), state_look(state)) for slot in asked.slots])
            for asked in found
        ]
        context = {
            "unit": unit,
            "lists": lists,
            "earlier": ago + 1 if ago < FURTHEST else None,
            "later": ago - 1 if ago else None,
            "is_later": ago > 0,
            "years": queries.years(unit),
            "now": request.now,
        }
        return render(request, "written_reports/list.html", context)


class _OneWritten(LoginRequiredMixin, View):
    def setup(self, request, *args, **kwargs):
        super().setup(request, *args, **kwargs)
        if request.user.is_authenticated:
            names = (kwargs["unit"], kwargs["plan"], kwargs["clock"], kwargs["period"])
            self.slot = queries.get_slot(request.reach, *names, request.now)
            self.names = names


class WrittenPage(_OneWritten):
    """Write, keep, hand in; and read what was handed in."""

    def get(self, request, **names):
        return self._page(request)

    @once
    def post(self, request, **names):
        form = self._form(request, data=request.POST)
        if not form.is_valid():
            return self._page(request, form, status=422)
        said = {"texts": form.texts(), "lines": form.lines(), "rev": form.cleaned_data["rev"]}
        act = actions.hand_in if "hand_in" in request.POST else actions.keep_draft
        try:
            act(reach=request.reach, slot=self.slot, now=request.now, **said)
        except Refused as refused:
            form.add_error(None, str(refused))
            if isinstance(refused, Invalid):
                form.take(refused.fields)
            return self._page(request, form, refused.status, theirs=isinstance(refused, Stale))
        if act is actions.keep_draft:
            messages.success(request, _("Kept as a draft."))
        else:
            messages.success(request, _("Handed in. The receipt stands on this page."))
        return see_other("written-report", *self.names)

    def _form(self, request, **kwargs):
        report, slot = self.slot.report, self.slot
        return WrittenForm(
            slot=slot,
            classes=classes_at(slot.unit, request.now),
            texts=self._texts(request),
            lines=report.lines if report else queries.first_lines(slot.unit, slot.line_kind),
            **kwargs,
        )

    def _texts(self, request):
        """What was kept; parts without a word begin with the draft where nothing was kept or the draft is asked for."""
        kept = self.slot.report.texts if self.slot.report else {}
        if self.slot.report and "draft" not in request.GET:
            return kept
        drafted = drafts(self.slot.unit, self.slot.period, request.now)
        return {part: kept.get(part) or text for part, text in drafted.items()}

    def _page(self, request, form=None, status=200, theirs=False):
        slot, now = self.slot, request.now
        if theirs:
            self.slot = slot = queries.get_slot(request.reach, *self.names, now)
            # What was typed stays; it is kept over what is shown of theirs, and no longer unseen.
            form.data = {**form.data.dict(), "rev": slot.rev}
        report, versions = slot.report, queries.versions(slot)
        last = versions[0] if versions else None
        is_open = now >= slot.period.starts_at and not (report and report.received_at)
        may_write = is_open and is_allowed(permissions.check_can_write, request.reach, slot.unit)
        state = slot.state(now)
        context = {
            "slot": slot,
            "report": report,
            "state": state,
            "state_look": state_look(state),
            "is_drafted": "draft" in request.GET,
            "form": (form or self._form(request)).as_asked() if may_write else None,
            "data": data_rows(last.data if last else figures(slot.unit, slot.period, now)),
            "last": last,
            "pushed": exchanged.sent_of(last) if last else None,
            "goes_to": right_above(slot.unit),
            "last_contents": contents_of(last, slot.line_kind) if last else None,
            "theirs": contents_of(report, slot.line_kind) if theirs and report else None,
            "former": versions[1:],
            "has_changed": bool(last and report and (report.texts, report.lines) != (last.texts, last.lines)),
            "may_receive": bool(last)
            and state != SlotState.RECEIVED
            and is_allowed(permissions.check_can_receive, request.reach, slot.unit),
            "now": now,
        }
        return render(request, "written_reports/one.html", context, status=status)


def contents_of(thing, line_kind: str) -> dict:
    """Words and lines of a draft or a version, for reading."""
    return {
        "texts": [(Part(part).label, text) for part, text in thing.texts.items() if text],
        "heads": line_heads(line_kind),
        "lines": [line_cells(line, line_kind) for line in thing.lines],
    }


class Receive(_OneWritten):
    @once
    def post(self, request, **names):
        text = request.POST.get("version", "")
        version = read_number(text) or 0
        actions.confirm_receipt(reach=request.reach, slot=self.slot, version=version, now=request.now)
        messages.success(request, _("Receipt confirmed. The unit sees it; the report stands."))
        return see_other("written-report", *self.names)


class WrittenPaper(_OneWritten):
    """What was handed in, as PDF or Word file; a draft has no paper."""

    def get(self, request, kind, **names):
        versions = queries.versions(self.slot)
        if not versions:
            raise not_found()
        return respond(written_paper(self.slot, versions[0]), kind, name=file_name(self.slot))


class WrittenYear(LoginRequiredMixin, View):
    """What a unit handed in for a year, in the order of its numbers."""

    def get(self, request, unit, year):
        found = get_unit(request.reach, unit)
        rows = queries.of_year(request.reach, found, year)
        context = {
            "unit": found,
            "year": year,
            "rows": [(row, state := row.state(request.now), state_look(state)) for row in rows],
            "years": queries.years(found),
            "now": request.now,
        }
        return render(request, "written_reports/year.html", context)
