"""The page of daily meetings."""

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views import View

from cases.answers_due.queries import unit_asked
from cases.meetings import actions, queries
from cases.meetings.forms import MeetingForm
from common.web.idempotency import once
from common.web.redirects import see_other
from zero_reports.filing.reading import check_may_look, valid


class MeetingsPage(LoginRequiredMixin, View):
    def get(self, request):
        check_may_look(request.reach)
        found = queries.meetings_of(request.reach, request.now)
        context = {
            "meetings": [(one, MeetingForm(auto_id=f"meeting-{one.unit.pk}-%s")) for one in found],
            "now": request.now,
        }
        return render(request, "cases/meetings/list.html", context)


class NoteMeeting(LoginRequiredMixin, View):
    @once
    def post(self, request, code):
        unit = unit_asked(request.reach, code)
        given = valid(MeetingForm(request.POST))
        actions.note_meeting(reach=request.reach, unit=unit, now=request.now, **given)
        messages.success(request, _("Kept."))
        return see_other("daily-meetings")


class EndMeetings(LoginRequiredMixin, View):
    @once
    def post(self, request, code):
        unit = unit_asked(request.reach, code)
        actions.end_meetings(reach=request.reach, unit=unit, note="", now=request.now)
        messages.success(request, _("No further meeting is asked for, until one is noted again."))
        return see_other("daily-meetings")
