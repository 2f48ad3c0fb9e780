"""The list of receptions, booking, the counter, the page of one reception and the acts on it."""

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404
from django.shortcuts import render
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _
from django.views import View

from accounts.models import Unit
from accounts.naming import Names
from accounts.queries import open_unit, title_labels
from cases.demands import queries as demands
from cases.demands.forms import lead_named
from cases.matters.queries import get_matter
from cases.receptions import actions, counter, forms, permissions, queries, rules
from cases.receptions.choices import ReceptionState, ReceptionVerb
from cases.receptions.models import Reception
from cases.receptions.paper import respond_with
from cases.receptions.points import Point
from command.attendance.queries import get_offer
from common.documents.workbooks import Sheet, all_of, respond
from common.errors import is_allowed, not_found
from common.text.whole_numbers import read_number
from common.web.idempotency import once
from common.web.redirects import see_other
from incidents.queries import get_incident
from zero_reports.filing.reading import check_may_look, valid


def classes_at(unit: Unit, now) -> list[tuple[str, str]]:
    return [(line.id, line.words.in_language(get_language())) for line in demands.classes_for(unit, now)]


def _day_words() -> dict[str, str]:
    return {
        "today": _("Today"),
        "week": _("The next seven days"),
        "past": _("Before today"),
        "all": _("All"),
    }


class ReceptionList(LoginRequiredMixin, View):
    """By day, state and unit; `as=xlsx`: the same rows as a workbook."""

    def get(self, request):
        check_may_look(request.reach)
        asked = request.GET
        unit = open_unit(asked["unit"]) if asked.get("unit") else None
        state = asked.get("state") if asked.get("state") in ReceptionState.values else ""
        day = asked.get("day") if asked.get("day") in queries.DAYS else "week"
        rows = queries.receptions(request.reach, now=request.now, unit=unit, state=state, day=day)
        if asked.get("as") == "xlsx":
            return respond(_sheet(rows.real()), name=_("Receptions"))
        page = Paginator(rows, 25).get_page(asked.get("page"))
        words = _day_words()
        context = {
            "page": page,
            "unit": unit,
            "state": state,
            "day": day,
            "states": ReceptionState.choices,
            "days": [(value, words[value]) for value in queries.DAYS],
            "may_receive": request.reach.has("matter.manage"),
            "receiving": self._receiving(request),
            "now": request.now,
        }
        return render(request, "cases/receptions/list.html", context)

    @staticmethod
    def _receiving(request) -> list:
        path = next(iter(request.reach.paths("report.view")), None)
        unit = Unit.objects.filter(path=path).first() if path else None
        return queries.receiving_on(unit, request.now) if unit else []


def _sheet(rows) -> Sheet:
    return Sheet(
        title=_("Receptions"),
        headings=[_("Number"), _("Unit"), _("Hour of the reception"), _("Place"), _("What it is about"), _("State"),
                  pgettext("reception", "What came of it"), _("They have come"), _("How many have come"), _("Representatives"),
                  _("Points"), _("Ended")],
        rows=[
            [one.number, str(one.unit), one.scheduled_at, one.place, one.about, one.get_state_display(),
             one.get_outcome_display(), one.begun_at, one.came, one.representatives, one.point_count, one.ended_at]
            for one in queries.with_counts(all_of(rows))
        ],
        widths=[24, 24, 18, 20, 36, 12, 18, 18, 12, 12, 10, 18],
    )  # fmt: skip


class _Where:
    """For whom: the incident or matter of the address, else the person's own unit."""

    def __init__(self, request):
        asked = request.POST if request.method == "POST" else request.GET
        self.incident = get_incident(request.reach, asked["incident"]) if asked.get("incident") else None
        self.matter = get_matter(request.reach, asked["matter"]) if asked.get("matter") else None
        pk = read_number(asked.get("offer", ""))
        self.offer = get_offer(request.reach, pk) if pk else None
        if self.offer:
            self.incident = self.offer.incident
        self.unit = self._unit(request)

    def _unit(self, request) -> Unit:
        for thing in (self.incident, self.matter):
            if thing:
                return thing.unit
        paths = request.reach.paths("matter.manage")
        if not paths:
            raise not_found()
        return Unit.objects.get(path=paths[0])

    def unit_named(self, request) -> Unit:
        """What the form says, else where it is; a unit that this person manages."""
        code = request.POST.get("unit", "").strip()
        if code in ("", self.unit.code):
            return self.unit
        return Names.of_verb(request.reach, "matter.manage").unit(code)

    @property
    def fixed(self) -> dict:
        return {"incident": self.incident, "matter": self.matter}

    @property
    def about(self) -> str:
        return self.matter.note if self.matter else self.incident.what if self.incident else ""


class Book(LoginRequiredMixin, View):
    """An hour ahead; at an incident (`?incident=`), for an offer made there (`?offer=`), for a matter (`?matter=`)."""

    def get(self, request):
        where = _Where(request)
        first = {
            "unit": where.unit.code,
            "place": where.offer.place if where.offer else queries.usual_place(where.unit),
            "about": where.about[:200],
        }
        if where.offer:
            first["scheduled_at"] = where.offer.received_from
        form = forms.BookForm(
            initial=first, staff=queries.staff_of([where.unit], request.now), auto_id="book-%s"
        )
        return render(request, "cases/receptions/book.html", {"form": form, "where": where})

    @once
    def post(self, request):
        where = _Where(request)
        unit = where.unit_named(request)
        # Those offered on the page go along when the unit is changed: leaders of the county receive in a township.
        form = forms.BookForm(request.POST, staff=queries.staff_of([where.unit, unit], request.now))
        given = valid(form)
        made = actions.book_reception(
            reach=request.reach, unit=unit, place=given["place"], scheduled_at=given["scheduled_at"],
            about=given["about"], is_group=given["kind"] == "group", expected=given["expected"],
            receivers=form.people(), offer=where.offer, now=request.now, **where.fixed,
        )  # fmt: skip
        messages.success(request, _("Booked: %(number)s") % {"number": made.number})
        return see_other("reception", made.number)


class Counter(LoginRequiredMixin, View):
    """One page for people who have come: with a number in the address those who were booked, else whoever simply came."""

    def get(self, request, number=None):
        booked = self._booked(request, number)
        where = _Where(request) if booked is None else None
        unit = booked.unit if booked else where.unit
        context = {
            "booked": booked,
            "where": where,
            "unit": unit,
            "receiving": queries.receiving_on(unit, request.now),
            "guide": queries.guide_for(unit, request.now),
            "known": list(booked.points.all()) if booked else [],
            "arrival": forms.ArrivalForm(
                classes=classes_at(unit, request.now), auto_id="come-%s", initial=_expected(booked)
            ),
        }
        if where:
            first = {"unit": unit.code, "place": queries.usual_place(unit), "about": where.about[:200]}
            context["form"] = forms.WhereForm(
                initial=first, staff=queries.staff_of([unit], request.now), auto_id="where-%s"
            )
        return render(request, "cases/receptions/counter.html", context)

    @once
    def post(self, request, number=None):
        booked = self._booked(request, number)
        where = _Where(request) if booked is None else None
        unit = booked.unit if booked else where.unit_named(request)
        arrived = forms.ArrivalForm(request.POST, classes=classes_at(unit, request.now))
        given = valid(arrived)
        about = {
            "reach": request.reach,
            "now": request.now,
            "arrival": arrived.arrival(),
            "points": arrived.said(lead_named(request.reach, given["lead_unit"])),
        }
        with transaction.atomic():
            if booked:
                made = counter.begin_reception(reception_id=booked.pk, **about)
            else:
                form = forms.WhereForm(request.POST, staff=queries.staff_of([where.unit, unit], request.now))
                said = valid(form)
                made = counter.receive_people(
                    unit=unit, place=said["place"], about=said["about"], receivers=form.people(),
                    **where.fixed, **about,
                )  # fmt: skip
            if given["notice_number"].strip():
                counter.hand_over_notice(
                    reach=request.reach, reception_id=made.pk, number=given["notice_number"], now=request.now
                )
        messages.success(request, _("Taken down: %(number)s") % {"number": made.number})
        return see_other("reception", made.number)

    @staticmethod
    def _booked(request, number) -> Reception | None:
        return queries.get_reception(request.reach, number) if number else None


def _expected(booked: Reception | None) -> dict:
    if booked is None:
        return {}
    return {
        "kind": "group" if booked.is_group else "single",
        "came": booked.expected,
        "representatives": booked.representatives,
    }


class ReceptionPage(LoginRequiredMixin, View):
    def get(self, request, number):
        reception = queries.get_reception(request.reach, number)
        steps = list(reception.steps.select_related("by"))
        titles = title_labels(step.post for step in steps)
        for step in steps:
            step.post = titles.get(step.post, "")
        points = list(reception.points.select_related("demand__lead_unit"))
        may_work = is_allowed(permissions.check_can_work_on, request.reach, reception)
        verbs = rules.TRANSITIONS.verbs_for(reception.state) if may_work else []
        context = {
            "reception": reception,
            "receivers": reception.receivers.order_by("name", "pk"),
            "clocks": queries.clocks_of(reception),
            "ready": queries.preparation_of(reception, request.now),
            "points": points,
            "steps": steps,
            "verbs": verbs,
            "waits_for_notice": any(one.demand and one.demand.accepted_at is None for one in points),
            "drill": reception.drill,
            "now": request.now,
        }
        if verbs:
            context |= _forms(reception, points, verbs, request.now)
        return render(request, "cases/receptions/one.html", context)


def _forms(reception: Reception, points, verbs, now) -> dict:
    classes = classes_at(reception.unit, now)
    found = {
        "move_form": forms.MoveForm(auto_id="move-%s"),
        "cancel_form": forms.CancelForm(auto_id="cancel-%s"),
        "absent_form": forms.AbsentForm(auto_id="absent-%s"),
        "end_form": forms.EndForm(auto_id="end-%s"),
        "notice_form": forms.NoticeNumberForm(auto_id="notice-%s"),
        "point_form": forms.NewPointForm(classes=classes, auto_id="new-%s"),
    }
    if ReceptionVerb.CONFIRM in verbs:
        for one in points:
            if one.confirmed_at is None:
                one.form = forms.PointForm(
                    classes=classes, initial={"point": one.point}, auto_id=f"point-{one.place}-%s"
                )
    return found


class ReceptionAct(LoginRequiredMixin, View):
    """One act on one reception; the address says which."""

    @once
    def post(self, request, number, verb):
        if verb not in _DOORS:
            raise Http404
        reception = queries.get_reception(request.reach, number)
        asked = {"reach": request.reach, "reception_id": reception.pk, "now": request.now}
        _DOORS[verb](request.POST, reception, asked)
        messages.success(request, _("Kept."))
        return see_other("reception", number)


def _point_words(posted, reception, form_class, asked):
    given = valid(form_class(posted, classes=classes_at(reception.unit, asked["now"])))
    return given, lead_named(asked["reach"], given["lead_unit"])


def _add(posted, reception, asked) -> None:
    given, lead = _point_words(posted, reception, forms.NewPointForm, asked)
    counter.add_points(
        **asked, points=[Point(given["point"], given["confirmed"], given["demand_kind"], lead)]
    )


def _confirm(posted, reception, asked) -> None:
    given, lead = _point_words(posted, reception, forms.PointForm, asked)
    counter.confirm_point(
        **asked, place=_place(posted), text=given["point"], kind=given["demand_kind"], lead_unit=lead
    )


def _place(posted) -> int:
    return read_number(posted.get("place_number", "")) or 0


_DOORS = {
    "move": lambda posted, _row, asked: actions.move_reception(**asked, **valid(forms.MoveForm(posted))),
    "cancel": lambda posted, _row, asked: actions.cancel_reception(
        **asked, reason=valid(forms.CancelForm(posted))["note"]
    ),
    "check-in": lambda posted, _row, asked: actions.check_in_site_group(**asked),
    "check": lambda posted, _row, asked: actions.check_line(**asked, item=posted.get("item", "")),
    "nobody-came": lambda posted, _row, asked: actions.note_nobody_came(
        **asked, **valid(forms.AbsentForm(posted))
    ),
    "points": _add,
    "confirm": _confirm,
    "strike": lambda posted, _row, asked: counter.strike_point(**asked, place=_place(posted)),
    "notice": lambda posted, _row, asked: counter.hand_over_notice(
        **asked, **valid(forms.NoticeNumberForm(posted))
    ),
    "end": lambda posted, _row, asked: counter.end_reception(**asked, **valid(forms.EndForm(posted))),
}


class Receipt(LoginRequiredMixin, View):
    def get(self, request, number, kind):
        return respond_with(queries.get_reception(request.reach, number), kind, request.now)
