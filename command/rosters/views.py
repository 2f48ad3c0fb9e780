"""Doors of rosters: the month, one's own duties, rotations, drafts, changes, swaps, workbooks, feeds."""

from datetime import date, datetime, timedelta

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views import View

from accounts.models import Post, User
from accounts.queries import holders
from command.rosters import actions, changes, feeds, forms, permissions, queries, rules, sheets, swaps
from command.rosters.choices import SwapVerb
from command.rosters.models import Rotation, Shift
from command.shifts import queries as shifts
from common import workbooks
from common.errors import Invalid, NotFound, Refused, is_allowed
from common.once import once
from common.periods import day_of
from incidents.views import see_other
from journal.parts import PartsView


def chosen_unit(request):
    """The unit of the address, else the person's own."""
    code = request.GET.get("unit") or request.POST.get("unit") or ""
    return queries.get_unit(request.reach, code) if code else queries.home_unit(request.reach)


def chosen_month(request) -> date:
    """The first day of the month in the address ("2026-12"); this month for anything else."""
    try:
        return datetime.strptime(request.GET.get("month", ""), "%Y-%m").date()  # noqa: DTZ007
    except ValueError:
        return day_of(request.now).replace(day=1)


def with_unit(address: str, unit, **more) -> str:
    query = "&".join([f"unit={unit.code}", *(f"{name}={value}" for name, value in more.items())])
    return f"{reverse(address)}?{query}"


def tabs(request, unit, current: str) -> list[dict]:
    """The pages of duty this person may open, for this unit where it has one."""
    listed = [("rosters", _("Month"), unit), ("rosters-mine", _("My duty"), None)]
    if unit and request.reach.holds("readiness.view", unit.path):
        listed += [("readiness", _("Who would be reached"), unit), ("ask-roster", _("Ask the roster"), unit)]
    if unit and request.reach.holds("paper.view", unit.path):
        listed.append(("papers", _("Paper packs"), unit))
    return [
        {"url": with_unit(name, own) if own else reverse(name), "label": label, "current": name == current}
        for name, label, own in listed
    ]


class MonthPage(LoginRequiredMixin, PartsView):
    """A month of one unit: for the wall, the printer and the phone; with what may be done about it."""

    template_name = "command/rosters/month.html"
    parts = {
        "month": ("command/rosters/_month.html", "month_context"),
        "fairness": ("command/rosters/_fairness.html", "fairness_context"),
    }

    def check_may_open(self):
        self.unit = _unit_or_404(self.request)
        self.first = chosen_month(self.request)
        self.posts = queries.rostered_posts(self.unit)

    def page_context(self):
        reach, unit = self.request.reach, self.unit
        return {
            "unit": unit,
            "units": list(queries.units_with_posts(reach)[:60]),
            "tabs": tabs(self.request, unit, "rosters"),
            "first": self.first,
            "earlier": (self.first - timedelta(days=1)).replace(day=1),
            "later": actions.end_of_month(self.first) + timedelta(days=1),
            "may_draft": is_allowed(permissions.check_can_draft, reach, unit),
            "rosters": list(queries.rosters_of(reach, unit)[:6]),
            "rotations": {row.post_id for row in Rotation.objects.filter(post__in=self.posts)},
            "draft_form": forms.DraftForm(initial=_coming_month(self.request.now)),
        }

    def month_context(self):
        last = actions.end_of_month(self.first)
        posts = queries.posts_with_duties(self.unit, self.posts, self.first, last)
        return {
            "unit": self.unit,
            "posts": posts,
            "lines": queries.month_lines(self.unit, posts, self.first, last),
            "today": day_of(self.request.now),
            "may_change": is_allowed(permissions.check_can_publish, self.request.reach, self.unit),
            "now": self.request.now,
        }

    def fairness_context(self):
        last = actions.end_of_month(self.first)
        return {"loads": queries.fairness(self.unit, self.posts, last), "until": last}


def _unit_or_404(request):
    try:
        return chosen_unit(request)
    except NotFound:
        raise Http404 from None


def _coming_month(now) -> dict:
    first = actions.end_of_month(day_of(now)) + timedelta(days=1)
    return {"first_day": first, "last_day": actions.end_of_month(first)}


class MinePage(LoginRequiredMixin, PartsView):
    """One's own duties on a phone: confirm, hand over, swap, and the calendar on one's telephone."""

    template_name = "command/rosters/mine.html"
    parts = {
        "now": ("command/rosters/_mine_now.html", "now_context"),
        "swaps": ("command/rosters/_swaps.html", "swaps_context"),
        "coming": ("command/rosters/_mine_coming.html", "coming_context"),
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
    return bool(rules.next_swap_state(swap.state, verb)) and is_allowed(
        permissions.check_can_move_swap, reach, swap, verb
    )


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
        return _go(with_unit("rosters", post.unit))

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
        return present | {f"place_{member.person_id}": member.place for member in rotation.members.all()}

    def _page(self, request, post, form, status=200):
        return render(request, "command/rosters/rotation.html", {"post": post, "form": form}, status=status)


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
        shown = roster.shifts.for_lists() if roster.is_draft else roster.shifts.in_force().for_lists()
        may_draft = is_allowed(permissions.check_can_draft, request.reach, roster.unit)
        form.owe_reason(bool(found))
        context = {
            "roster": roster,
            "unit": roster.unit,
            "posts": posts,
            "lines": queries.lines_of(shown, posts, roster.first_day, roster.last_day),
            "found": found,
            "choices": self._choices(roster, request.now) if roster.is_draft and may_draft else {},
            "form": form,
            "may_publish": roster.is_draft
            and is_allowed(permissions.check_can_publish, request.reach, roster.unit),
            "tabs": tabs(request, roster.unit, "rosters"),
        }
        return render(request, "command/rosters/roster.html", context, status=status)

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
                rev=int(rev) if rev.isdigit() else None,
            )
        except Refused as refused:
            if refused.code != "roster_has_findings":
                raise
            form.add_error("reason", str(refused))
            return self.page(request, roster, form, status=422)
        messages.success(request, _("The roster is published. Everybody on it is told."))
        return _go(with_unit("rosters", roster.unit, month=f"{roster.first_day:%Y-%m}"))


class Assign(LoginRequiredMixin, View):
    """Put somebody else on one duty of a draft."""

    @once
    def post(self, request, pk):
        shift = _draft_shift(request, pk)
        person = request.POST.get("person", "")
        chosen = get_object_or_404(User, pk=int(person), is_active=True) if person.isdigit() else None
        actions.assign(reach=request.reach, shift_id=shift.pk, person=chosen, now=request.now)
        return see_other("roster", shift.roster_id)


def _draft_shift(request, pk):
    shift = get_object_or_404(
        Shift.objects.select_related("roster", "post__unit"), pk=pk, roster__isnull=False
    )
    queries.get_roster(request.reach, shift.roster_id)
    return shift


class ChangeShift(LoginRequiredMixin, View):
    """Give a published duty, or part of it, to somebody else."""

    def get(self, request, pk):
        shift = queries.get_shift(request.reach, pk)
        permissions.check_can_publish(request.reach, shift.post.unit)
        first = {
            "starts_at": localtime(
                max(shift.starts_at, request.now if shift.starts_at <= request.now else shift.starts_at)
            ),
            "ends_at": localtime(shift.ends_at),
        }
        return self._page(request, shift, self._form(request, shift, initial=first))

    @once
    def post(self, request, pk):
        shift = queries.get_shift(request.reach, pk)
        form = self._form(request, shift, data=request.POST)
        if not form.is_valid():
            return self._page(request, shift, form, status=422)
        given = form.cleaned_data
        try:
            changes.override_shift(
                reach=request.reach,
                shift_id=shift.pk,
                person=User.objects.get(pk=given["person"]),
                starts_at=given["starts_at"],
                ends_at=given["ends_at"],
                reason=given["reason"],
                now=request.now,
            )
        except Invalid as invalid:
            _add_errors(form, invalid)
            return self._page(request, shift, form, status=422)
        messages.success(request, _("The duty is changed. Both are told."))
        return _go(with_unit("rosters", shift.post.unit, month=f"{localtime(shift.starts_at):%Y-%m}"))

    def _form(self, request, shift, **kwargs):
        return forms.ChangeForm(people=queries.swap_partners(shift, request.now), **kwargs)

    def _page(self, request, shift, form, status=200):
        return render(request, "command/rosters/change.html", {"shift": shift, "form": form}, status=status)


class ProposeSwap(LoginRequiredMixin, View):
    """Offer one's own duty to a colleague."""

    def get(self, request, pk):
        shift = queries.get_shift(request.reach, pk)
        permissions.check_can_offer(request.reach, shift)
        return self._page(request, shift, self._form(request, shift))

    @once
    def post(self, request, pk):
        shift = queries.get_shift(request.reach, pk)
        form = self._form(request, shift, data=request.POST)
        if not form.is_valid():
            return self._page(request, shift, form, status=422)
        given = form.cleaned_data
        try:
            swaps.propose_swap(
                reach=request.reach,
                shift_id=shift.pk,
                other=User.objects.get(pk=given["other"]),
                in_return_id=int(given["in_return"]) if given["in_return"] else None,
                reason=given["reason"],
                now=request.now,
            )
        except Invalid as invalid:
            _add_errors(form, invalid)
            return self._page(request, shift, form, status=422)
        messages.success(request, _("The swap is proposed. Your colleague is told."))
        return see_other("rosters-mine")

    def _form(self, request, shift, **kwargs):
        people = queries.swap_partners(shift, request.now)
        theirs = queries.coming_of(shift, people, request.now)
        returns = [(one.pk, f"{one.person} {localtime(one.starts_at):%m-%d %H:%M}") for one in theirs]
        return forms.SwapForm(people=people, returns=returns, **kwargs)

    def _page(self, request, shift, form, status=200):
        return render(request, "command/rosters/swap.html", {"shift": shift, "form": form}, status=status)


class MoveSwap(LoginRequiredMixin, View):
    """Accept, decline, withdraw, approve, refuse."""

    @once
    def post(self, request, pk, verb):
        if verb not in SwapVerb.values:
            raise Http404
        swap = queries.get_swap(request.reach, pk)
        swaps.move_swap(reach=request.reach, swap_id=swap.pk, verb=verb, now=request.now)
        return see_other("rosters-mine")


class SheetOut(LoginRequiredMixin, View):
    """A month as a workbook."""

    def get(self, request):
        unit, first = chosen_unit(request), chosen_month(request)
        rows = queries.shifts_between(unit, first, actions.end_of_month(first)).filter(in_force=True)
        sheet = sheets.sheet_of(rows.for_lists(), title=f"{unit.code} {first:%Y-%m}")
        return workbooks.respond(sheet, name=f"roster-{unit.code}-{first:%Y-%m}")


class SheetIn(LoginRequiredMixin, View):
    """A workbook read line by line; taken in as a draft when the reader says so."""

    def get(self, request):
        return self._page(request, self._unit(request), forms.SheetForm())

    @once
    def post(self, request):
        unit = self._unit(request)
        form = forms.SheetForm(request.POST, request.FILES)
        if not form.is_valid():
            return self._page(request, unit, form, status=422)
        try:
            lines = sheets.read(form.cleaned_data["file"], unit)
            if request.POST.get("act") != "apply":
                return self._page(request, unit, forms.SheetForm(), lines=lines)
            roster = sheets.take_in(reach=request.reach, unit=unit, lines=lines, now=request.now)
        except Invalid as invalid:
            _add_errors(form, invalid)
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
        return render(request, "command/rosters/sheet.html", context, status=status)


class NewFeed(LoginRequiredMixin, View):
    """Open a calendar feed; its address is shown once."""

    @once
    def post(self, request):
        unit = chosen_unit(request) if request.POST.get("unit") else None
        token = feeds.issue(reach=request.reach, unit=unit, now=request.now)
        path = (
            reverse("api:roster-feed", args=[unit.code])
            if unit
            else reverse("api:roster-feed-own", args=[request.user.username])
        )
        request.session["feed_url"] = f"{request.build_absolute_uri(path)}?token={token}"
        return see_other("rosters-mine")


class EndFeed(LoginRequiredMixin, View):
    """Take a feed back."""

    @once
    def post(self, request, pk):
        feeds.revoke(reach=request.reach, feed_id=pk, now=request.now)
        return see_other("rosters-mine")


def _add_errors(form, invalid: Invalid) -> None:
    """The refusal's sentences beside their fields; its own sentence where it names none."""
    for name, sentences in (invalid.fields or {"": [str(invalid)]}).items():
        form.add_error(name if name in form.fields else None, sentences)


def _go(url: str):
    response = redirect(url)
    response.status_code = 303
    return response
