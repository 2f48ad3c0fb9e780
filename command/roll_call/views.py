"""The page of who leads a roll-call, and the door for an answer."""

from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.views import View

from command.roll_call import actions, forms, permissions, queries
from command.roll_call.choices import RollCallAnswer
from command.roll_call.models import RollCallLine
from common.errors import not_found
from common.web.idempotency import once
from common.web.redirects import back_to, see_other
from incidents.queries import get_incident
from plans.document.general import roll_call_of


class RollCallPage(LoginRequiredMixin, View):
    """Who is on the spot, who has answered what, who has not. POST starts."""

    def get(self, request, number):
        return self._page(request, self._incident(request, number))

    @once
    def post(self, request, number):
        incident = self._incident(request, number)
        form = forms.StartForm(request.POST)
        if not form.is_valid():
            return self._page(request, incident, form, status=422)
        actions.start_roll_call(
            incident_id=incident.pk,
            reach=request.reach,
            every_minutes=form.cleaned_data["every"],
            now=request.now,
        )
        return see_other("roll-call", incident.number)

    def _incident(self, request, number):
        incident = get_incident(request.reach, number)
        permissions.check_can_lead(request.reach, incident)
        return incident

    def _page(self, request, incident, form=None, status=200):
        live = queries.live_of(incident)
        times = roll_call_of(incident.plan.document)
        minutes = int(times.every.total_seconds() // 60)
        context = {
            "incident": incident,
            "present": queries.round_of(live) if live else None,
            "before": queries.rounds_before(incident),
            "there": [] if live else queries.on_the_spot(incident, request.now),
            "answers": RollCallAnswer,
            "answer_minutes": int(times.answer_within.total_seconds() // 60),
            "form": form or forms.StartForm(initial={"every": minutes}),
            "now": request.now,
        }
        return render(request, "command/roll_call/roll_call.html", context, status=status)


class Act(LoginRequiredMixin, View):
    """Ask again, or end."""

    _ACTS = {"ask-again": actions.ask_again, "end": actions.end_roll_call}

    @once
    def post(self, request, number, verb):
        if verb not in self._ACTS:
            raise Http404
        incident = get_incident(request.reach, number)
        live = queries.live_of(incident)
        if live is None:
            raise not_found()
        self._ACTS[verb](roll_call_id=live.pk, reach=request.reach, now=request.now)
        return see_other("roll-call", incident.number)


class Answer(LoginRequiredMixin, View):
    """One tap of who is asked, or a note of who leads: POST, then back to where it was tapped."""

    @once
    def post(self, request, pk):
        line = line_of(request.reach, pk)
        form = forms.AnswerForm(request.POST)
        form.is_valid()
        actions.answer_roll_call(
            line_id=line.pk,
            reach=request.reach,
            answer=form.cleaned_data.get("answer", ""),
            note=form.cleaned_data.get("note", ""),
            now=request.now,
        )
        return back_to(request, reverse("incident", args=[line.roll_call.incident.number]))


def line_of(reach, pk: int) -> RollCallLine:
    """A line of one's own, or of an incident that one may see; NotFound otherwise."""
    line = RollCallLine.objects.select_related("roll_call__incident").filter(pk=pk).first()
    if line is None:
        raise not_found()
    if line.person_id != reach.user.pk:
        get_incident(reach, line.roll_call.incident.number)
    return line
