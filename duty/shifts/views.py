"""Doors of shifts: confirm, hand over, take over, downtime packs."""

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views import View

from common.errors import WrongState
from common.text.whole_numbers import read_number
from common.web.idempotency import once
from common.web.redirects import back_to, see_other
from duty.shifts import actions, downtime_packs, handovers, queries, reading
from journal.live.live_pages import PartsView
from rosters.months.pages import chosen_unit, tabs, with_unit
from rosters.queries import get_shift


class ConfirmShift(LoginRequiredMixin, View):
    """ "I am on duty." """

    @once
    def post(self, request, pk):
        shift = get_shift(request.reach, pk)
        actions.confirm_shift(reach=request.reach, shift_id=shift.pk, now=request.now)
        return back_to(request, reverse("rosters-mine"))


class HandoverPage(LoginRequiredMixin, PartsView):
    """The list between two shifts: what is open now until the one signs, what was signed from then on."""

    template_name = "duty/shifts/handover.html"
    parts = {"list": ("duty/shifts/_handover.html", "list_context")}

    def prepare(self):
        self.handover = queries.get_handover(self.request.reach, self.kwargs["pk"])

    def page_context(self):
        return {"handover": self.handover, "tabs": tabs(self.request, self.handover.unit, "")}

    def list_context(self):
        reach, handover, now = self.request.reach, self.handover, self.request.now
        items = reading.readable(reach, handover.items.all())
        return {
            "handover": handover,
            "coming": handovers.incoming(handover, now),
            "things": items if handover.given_at else self._open_now(),
            "left": [item for item in items if item.taken_at is None],
            "reads_note": reading.reads_note(reach, handover),
            "may_give": handover.given_at is None and handovers.may_give(reach, handover),
            "may_take": handover.given_at is not None
            and handovers.may_take(reach, handover, now)
            and (handover.taken_at is None or any(item.taken_at is None for item in items)),
            "now": now,
        }

    def _open_now(self):
        passing = queries.what_passes(self.handover.incoming.post, self.request.now)
        return reading.readable(self.request.reach, passing)


class Give(LoginRequiredMixin, View):
    @once
    def post(self, request, pk):
        handover = queries.get_handover(request.reach, pk)
        note = request.POST.get("note", "")[:500]
        handovers.give_handover(reach=request.reach, handover_id=handover.pk, note=note, now=request.now)
        return see_other("handover", handover.pk)


class Take(LoginRequiredMixin, View):
    @once
    def post(self, request, pk):
        handover = queries.get_handover(request.reach, pk)
        items = [number for value in request.POST.getlist("item") if (number := read_number(value))]
        handovers.take_handover(reach=request.reach, handover_id=handover.pk, items=items, now=request.now)
        return see_other("handover", handover.pk)


class PacksPage(LoginRequiredMixin, View):
    """The packs of a unit, newest first."""

    def get(self, request):
        unit = chosen_unit(request)
        _check_may_read(request.reach, unit)
        rows = list(queries.packs_of(request.reach, unit)[:60])
        context = {"unit": unit, "packs": rows, "tabs": tabs(request, unit, "papers")}
        return render(request, "duty/shifts/downtime_packs.html", context)


def _check_may_read(reach, unit) -> None:
    if not reach.holds("paper.view", unit.path):
        raise queries.not_found()


class PackFile(LoginRequiredMixin, View):
    """The PDF itself; reading it is recorded."""

    def get(self, request, pk):
        pack = queries.get_pack(request.reach, pk)
        content = downtime_packs.read_pack(pack=pack, actor=request.user, now=request.now)
        if content is None:
            raise WrongState(
                "no_file",
                _(
                    "There is nothing to download: the pack is not written yet, failed, or was deleted after its time."
                ),
            )
        response = HttpResponse(content, content_type="application/pdf")
        response["Content-Disposition"] = f'attachment; filename="{pack.file}"'
        response["Cache-Control"] = "no-store"
        return response


class PackAgain(LoginRequiredMixin, View):
    @once
    def post(self, request, pk):
        pack = queries.get_pack(request.reach, pk)
        downtime_packs.write_pack_again(pack=pack)
        messages.success(request, _("The pack is being written again; it takes up to a minute."))
        return back_to(request, with_unit("papers", pack.unit))
