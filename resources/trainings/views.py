"""Pages of trainings: what was held, one with who was there, and who is to come (again)."""

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.paginator import Paginator
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views import View

from accounts.models import Unit
from common.errors import Refused, is_allowed
from common.text.whole_numbers import read_number
from common.web.idempotency import once
from common.web.redirects import see_other
from resources.permissions import check_can_keep, check_can_look
from resources.trainings import actions, queries
from resources.trainings.choices import TrainingPart
from resources.trainings.forms import AttendanceForm, TrainingForm, TrainingSearchForm
from resources.visibility import unit_looked_up

PER_PAGE = 50


class TrainingList(LoginRequiredMixin, View):
    def get(self, request):
        check_can_look(request.reach)
        search = TrainingSearchForm(request.GET)
        wanted = search.cleaned_data if search.is_valid() else {}
        rows = queries.trainings(request.reach, **wanted)
        page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
        pks = {post.unit_id for post in request.reach.posts}
        kept = Unit.objects.filter(request.reach.filter("resource.keep", "path"), pk__in=pks).order_by("path")
        context = {"search": search, "page": page, "units": list(kept)}
        return render(request, "resources/trainings/list.html", context)


class NewTraining(LoginRequiredMixin, View):
    """Write down a training of one unit."""

    def get(self, request, unit):
        found = self._unit(request, unit)
        return self._page(request, found, self._form(request, found))

    @once
    def post(self, request, unit):
        found = self._unit(request, unit)
        form = self._form(request, found, request.POST)
        if form.is_valid():
            try:
                training = actions.record_training(
                    reach=request.reach, unit=found, now=request.now, **form.cleaned_data
                )
                messages.success(request, _("Kept."))
                return see_other("training", training.pk)
            except Refused as refusal:
                form.add_error(None, str(refusal))
        return self._page(request, found, form, status=422)

    def _unit(self, request, code):
        unit = unit_looked_up(request.reach, code)
        check_can_keep(request.reach, unit)
        return unit

    def _form(self, request, unit, *args):
        return TrainingForm(*args, staff=queries.staff_offered(unit, request.now))

    def _page(self, request, unit, form, status=200):
        return render(request, "resources/trainings/new.html", {"form": form, "unit": unit}, status=status)


class TrainingPage(LoginRequiredMixin, View):
    """One training. Who was there is shown to who keeps the record; POST says it anew."""

    def get(self, request, pk):
        return self._page(request, queries.get_training(request.reach, pk))

    @once
    def post(self, request, pk):
        training = queries.get_training(request.reach, pk)
        check_can_keep(request.reach, training.unit)
        form = self._form(request, training, request.POST)
        if form.is_valid():
            rev = read_number(request.POST.get("rev", ""))
            actions.correct_attendance(
                reach=request.reach, training_id=training.pk, now=request.now, rev=rev, **form.cleaned_data
            )
            messages.success(request, _("Kept."))
            return see_other("training", training.pk)
        return self._page(request, training, form, status=422)

    def _form(self, request, training, *args):
        there = [attendance.person for attendance in training.attendances.select_related("person")]
        offered = {one.pk: one for one in [*queries.staff_offered(training.unit, request.now), *there]}
        return AttendanceForm(
            *args, staff=offered.values(), initial={"people": [str(one.pk) for one in there]}
        )

    def _page(self, request, training, form=None, status=200):
        may_keep = is_allowed(check_can_keep, request.reach, training.unit)
        context = {
            "training": training,
            "people": training.attendances.count(),
            "may_keep": may_keep,
            "form": (form or self._form(request, training)) if may_keep else None,
            "there": list(training.attendances.select_related("person").order_by("person__username"))
            if may_keep
            else [],
        }
        return render(request, "resources/trainings/one.html", context, status=status)


class WhoIsDue(LoginRequiredMixin, View):
    """Who of a unit and those below is to come (again), by the plan; for those who keep the record."""

    def get(self, request, unit):
        found = unit_looked_up(request.reach, unit)
        check_can_keep(request.reach, found)
        rows = queries.standings(found, request.now)
        if request.GET.get("due"):
            rows = [one for one in rows if one.due]
        page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
        context = {
            "unit": found,
            "page": page,
            "rows": [(one, _parts(one)) for one in page.object_list],
            "terms": queries.terms_at(found, request.now),
            "only_due": bool(request.GET.get("due")),
        }
        return render(request, "resources/trainings/due.html", context)


def _parts(one: queries.Standing) -> list[tuple]:
    return [(TrainingPart(part).label, day, part in one.due) for part, day in one.last.items()]
