"""Doors of drafts: rotations, a draft and its publishing, workbooks in and out."""

from datetime import datetime
from itertools import chain

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views import View

from accounts.models import Post, User
from accounts.people.names import distinct_names
from accounts.queries import holders
from common.dates.local_time import day_of
from common.documents import workbooks
from common.errors import Invalid, Refused, is_allowed, not_found
from common.text.whole_numbers import read_number
from common.web.idempotency import once
from common.web.redirects import see_other
from rosters import permissions, queries
from rosters.models import Rotation, Shift
from rosters.months import actions, forms, workbook_import
from rosters.months.pages import add_errors, chosen_month, chosen_unit, go, tabs, with_unit


class RotationPage(LoginRequiredMixin, View):
    """Who takes turns on a post, in what order, from what hour."""

    def get(self, request, pk):
        post = self._post(request, pk)
        return self._page(request, post, self._form(request, post, initial=self._present(request, post)))

    @once
    def post(self, request, pk):
        post = self._post(request, pk)
        form = self._form(request, post, data=request.POST)
        if not form.is_valid():
            return self._page(request, post, form, status=422)
        try:
            actions.set_rotation(
                reach=request.reach, post=post, people=form.people(), now=request.now, **form.rotation()
            )
        except Invalid as invalid:
            form.add_error(None, str(invalid))
            return self._page(request, post, form, status=422)
        messages.success(request, _("The rotation is saved. Draft a roster to use it."))
        return go(with_unit("rosters", post.unit))

    def _post(self, request, pk):
        post = get_object_or_404(
            Post.objects.select_related("unit"), pk=pk, kind__in=queries.ROSTERED, closed_at__isnull=True
        )
        queries.get_unit(request.reach, post.unit.code)
        permissions.check_can_draft(request.reach, post.unit)
        return post

    def _form(self, request, post, **kwargs):
        found = holders(unit=post.unit, kind=post.kind, squad=post.squad, now=request.now)
        people = {held.person.pk: held.person for held in found if held.post.pk == post.pk}
        return forms.RotationForm(holders=people.values(), **kwargs)

    def _present(self, request, post) -> dict:
        rotation = Rotation.objects.filter(post=post).prefetch_related("members").first()
        if rotation is None:
            return {
                "first_day": day_of(request.now), "hand_over": queries.USUAL_HAND_OVER, "days_each": 1, "minimum": 1,
                "confirm_minutes": 5,
            }  # fmt: skip
        present = {name: getattr(rotation, name) for name in forms.RotationForm.base_fields}
        present["weekdays"] = list(rotation.weekdays)
        return present | {f"place_{member.person_id}": member.place for member in rotation.members.all()}

    def _page(self, request, post, form, status=200):
        return render(request, "rosters/rotation.html", {"post": post, "form": form}, status=status)


class NewDraft(LoginRequiredMixin, View):
    """Draft a roster from the rotations."""

    @once
    def post(self, request):
        unit = chosen_unit(request)
        form = forms.DraftForm(request.POST)
        if not form.is_valid():
            raise Invalid("days_missing", _("No roster was drafted: give its first and its last day."))
        roster = actions.draft_roster(reach=request.reach, unit=unit, now=request.now, **form.cleaned_data)
        return see_other("roster", roster.pk)


class RosterPage(LoginRequiredMixin, View):
    """A draft with what was found, or a published one as it was published."""

    def get(self, request, pk):
        return self.page(request, queries.get_roster(request.reach, pk), forms.PublishForm())

    def page(self, request, roster, form, status=200):
        posts = queries.rostered_posts(roster.unit)
        found = queries.findings_of(roster) if roster.is_draft else []
        may_draft = is_allowed(permissions.check_can_draft, request.reach, roster.unit)
        rows = roster.shifts if roster.is_draft else roster.shifts.in_force()
        shown = list(rows.for_lists())
        choices = self._choices(roster, request.now) if roster.is_draft and may_draft else {}
        form.owe_reason(bool(found))
        context = {
            "roster": roster,
            "unit": roster.unit,
            "posts": posts,
            "lines": queries.lines_of(shown, posts, roster.first_day, roster.last_day),
            "found": found,
            "choices": choices,
            "names": distinct_names([*(shift.person for shift in shown), *chain(*choices.values())]),
            "form": form,
            "may_publish": roster.is_draft
            and is_allowed(permissions.check_can_publish, request.reach, roster.unit),
            "tabs": tabs(request, roster.unit, "rosters"),
        }
        return render(request, "rosters/roster.html", context, status=status)

    def _choices(self, roster, now) -> dict[int, list[User]]:
        """Post → who holds it, for the select of each duty (one query)."""
        return queries.holders_by_post([roster.unit], queries.ROSTERED, now)


class Publish(RosterPage):
    """Publish a draft: refused with the findings, or with a reason on the record."""

    def get(self, request, pk):
        return see_other("roster", pk)

    @once
    def post(self, request, pk):
        roster = queries.get_roster(request.reach, pk)
        form = forms.PublishForm(request.POST)
        reason = form.cleaned_data["reason"] if form.is_valid() else ""
        rev = request.POST.get("rev", "")
        try:
            actions.publish_roster(
                reach=request.reach,
                roster_id=roster.pk,
                reason=reason,
                now=request.now,
                rev=read_number(rev),
            )
        except Refused as refused:
            if refused.code != "roster_has_findings":
                raise
            form.add_error("reason", str(refused))
            return self.page(request, roster, form, status=422)
        messages.success(request, _("The roster is published. Everybody on it is told."))
        return go(with_unit("rosters", roster.unit, month=f"{roster.first_day:%Y-%m}"))


class Assign(LoginRequiredMixin, View):
    """Put somebody else on one duty of a draft."""

    @once
    def post(self, request, pk):
        shift = _draft_shift(request, pk)
        person = request.POST.get("person", "")
        chosen = _holder(shift, read_number(person), request.now) if person else None
        actions.assign_shift(reach=request.reach, shift_id=shift.pk, person=chosen, now=request.now)
        return see_other("roster", shift.roster_id)


def _holder(shift: Shift, pk: int | None, now: datetime) -> User:
    """Who holds the post when the duty begins; anybody else is answered like somebody who does not exist."""
    at = max(now, shift.starts_at)
    people = queries.holders_by_post([shift.post.unit], [shift.post.kind], at).get(shift.post_id, [])
    found = next((person for person in people if person.pk == pk), None)
    if found is None:
        raise not_found()
    return found


def _draft_shift(request, pk):
    shift = get_object_or_404(
        Shift.objects.select_related("roster", "post__unit"), pk=pk, roster__isnull=False
    )
    queries.get_roster(request.reach, shift.roster_id)
    return shift


class WorkbookDownload(LoginRequiredMixin, View):
    """A month as a workbook."""

    def get(self, request):
        unit, first = chosen_unit(request), chosen_month(request)
        rows = queries.shifts_between(unit, first, actions.end_of_month(first)).filter(in_force=True)
        sheet = workbook_import.sheet_of(rows.for_lists(), title=f"{unit.code} {first:%Y-%m}")
        return workbooks.respond(sheet, name=f"roster-{unit.code}-{first:%Y-%m}")


class WorkbookUpload(LoginRequiredMixin, View):
    """A workbook read line by line; taken in as a draft when the reader says so."""

    def get(self, request):
        return self._page(request, self._unit(request), forms.WorkbookForm())

    @once
    def post(self, request):
        unit = self._unit(request)
        form = forms.WorkbookForm(request.POST, request.FILES)
        if not form.is_valid():
            return self._page(request, unit, form, status=422)
        try:
            lines = workbook_import.read(form.cleaned_data["file"], unit)
            if request.POST.get("act") != "apply":
                return self._page(request, unit, forms.WorkbookForm(), lines=lines)
            roster = workbook_import.take_in(reach=request.reach, unit=unit, lines=lines, now=request.now)
        except Invalid as invalid:
            add_errors(form, invalid)
            return self._page(request, unit, form, status=422)
        messages.success(request, _("The draft is made. Look at what was found, then publish it."))
        return see_other("roster", roster.pk)

    def _unit(self, request):
        unit = chosen_unit(request)
        permissions.check_can_draft(request.reach, unit)
        return unit

    def _page(self, request, unit, form, status=200, lines=None):
        wrong = [line for line in lines or () if line.problem]
        context = {"unit": unit, "form": form, "lines": lines, "wrong": wrong}
        return render(request, "rosters/workbook.html", context, status=status)
