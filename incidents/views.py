"""Pages of incidents. The page of one incident is in `dashboards`: it also shows warnings, orders and clocks."""

import uuid

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views import View

from accounts.models import Unit
from accounts.queries import open_unit, units_for, user_named
from common.database.paths import prefixes
from common.dates.local_time import day_of
from common.errors import Invalid, NotAllowed, Refused
from common.text.whole_numbers import read_number
from common.web.filling import filled, is_empty, typed_in
from common.web.idempotency import once
from common.web.redirects import back_to, see_other
from incidents import actions, queries, sharing
from incidents.checklist.actions import mark_item
from incidents.choices import Source
from incidents.closing.queries import questions
from incidents.kept_alarms.doors import form_kept_without_database
from incidents.lists import listing
from incidents.lists.listing import Asked
from incidents.models import Share
from incidents.permissions import check_can_share
from incidents.reporting import addressee, forms, templates
from incidents.reporting.actions import Alarm, add_observation, report_incident
from incidents.voice_notes.rules import LONGEST_SECONDS
from incidents.voice_notes.views import leave_from_form
from journal.live.live_pages import PartsView
from plans.document.life_safety import LIFE_LINES
from plans.lifecycle.queries import plan_in_force


class AlarmPage(LoginRequiredMixin, View):
    """One tap on a phone. With JavaScript the device keeps the alarm and sends it; without, a plain form."""

    def get(self, request):
        return self._page(request, self._form(request, initial={"unit": self._units(request).first()}))

    @form_kept_without_database
    @once
    def post(self, request):
        form = self._form(request, data=request.POST)
        if not form.is_valid():
            return self._page(request, form, status=422)
        alarm = Alarm(
            unit=form.cleaned_data["unit"],
            place=form.cleaned_data["place"] or form.cleaned_data["unit"].name,
            what=form.cleaned_data["what"],
            facts=form.facts,
            client_id=request.POST.get("idempotency_key") or uuid.uuid4().hex,
        )
        incident, _is_new = report_incident(reach=request.reach, alarm=alarm, now=request.now)
        leave_from_form(request, incident)
        return see_other("alarm-sent", incident.number)

    def _units(self, request):
        """Where people stand: their own units and those above, nearest first."""
        own = addressee.offered(list(queries.units_to_report_for(request.reach)), request.reach, request.now)
        paths = {path for unit in own for path in prefixes(unit.path)}
        return Unit.objects.open_at(day_of(request.now)).filter(path__in=paths).order_by("-path")

    def _form(self, request, **kwargs):
        units = self._units(request)
        unit = units.first()
        if unit is None:
            raise NotAllowed(
                "no_post",
                _(
                    "No alarm can be raised: you hold no post at the moment. Phone the duty room, and 120 or 110 where a life is at risk."
                ),
            )
        return forms.AlarmForm(units=units, document=plan_in_force(unit, request.now).document, **kwargs)

    def _page(self, request, form, status=200):
        context = {"form": form, "life_lines": LIFE_LINES}
        if settings.VOICE_NOTES:
            context["voice_seconds"] = LONGEST_SECONDS
        return render(request, "incidents/alarm.html", context, status=status)


class DeskEntry(LoginRequiredMixin, View):
    """The duty room's entry form."""

    def get(self, request):
        first = {"known_at": timezone.localtime(request.now).strftime("%Y-%m-%dT%H:%M")}
        post = request.reach.post_for("incident.manage", "") or next(iter(request.reach.posts), None)
        if post:
            own = Unit.objects.filter(pk=post.unit_id)
            first["unit"] = addressee.offered(list(own), request.reach, request.now)[0].code
        return self._page(request, self._form(request, first.get("unit"), initial=first))

    @once
    def post(self, request):
        form = self._form(request, request.POST.get("unit"), data=request.POST)
        if "fill" in request.POST:
            return self._filled_in(request, form)
        if not form.is_valid():
            return self._page(request, form, status=422)
        alarm = Alarm(
            unit=form.cleaned_data["unit"],
            place=form.cleaned_data["place"],
            what=form.cleaned_data["what"],
            facts=form.facts,
            known_at=form.cleaned_data["known_at"],
            client_id=request.POST.get("idempotency_key") or uuid.uuid4().hex,
            source=Source.DESK,
        )
        try:
            incident, _is_new = report_incident(reach=request.reach, alarm=alarm, now=request.now)
        except Invalid as invalid:
            for name, sentences in invalid.fields.items():
                form.add_error(name if name in form.fields else None, sentences)
            return self._page(request, form, status=422)
        return see_other("incident", incident.number)

    def _form(self, request, code, **kwargs):
        """The form, with what the plans of the unit of this code have ready."""
        units = self._units(request)
        self.ready = templates.offered(units.filter(code=code).first() if code else None, request.now)
        return forms.DeskForm(units=units, templates=self.ready, **kwargs)

    def _filled_in(self, request, form):
        """The form as it was sent, its empty fields filled from the chosen template; and what is to be asked."""
        typed = typed_in(form)
        chosen = next((one for one in self.ready if one.id == typed["template"]), None)
        first = filled(typed, chosen.values) if chosen else typed
        fresh = self._form(request, typed["unit"], initial=first)
        empty = next((name for name in ("place", "headcount", "what") if is_empty(first.get(name))), "what")
        fresh.fields[empty].widget.attrs["autofocus"] = True
        return self._page(request, fresh, ask=chosen.ask if chosen else ())

    def _units(self, request):
        return units_for(request.reach, "incident.report").open_at(day_of(request.now))

    def _page(self, request, form, status=200, ask=()):
        context = {"form": form, "life_lines": LIFE_LINES, "ask": ask}
        return render(request, "incidents/desk.html", context, status=status)


class IncidentListPage(LoginRequiredMixin, PartsView):
    """Every incident this person may see, open ones or all, page by page. Open ones have the boards' order."""

    template_name = "incidents/list.html"
    parts = {"incidents": ("incidents/_list.html", "list_context")}
    shared = {"incidents": "incident."}

    def page_context(self):
        """What stands around the list, which is rendered by itself."""
        return {
            "asked": Asked.of(self.request.GET),
            "may_report": self.request.reach.has("incident.report"),
        }

    def list_context(self):
        reach, now, asked = self.request.reach, self.request.now, Asked.of(self.request.GET)
        rows = listing.rows_of(reach, asked, now)
        page = listing.pages(rows, asked).get_page(self.request.GET.get("page"))
        return {
            "page": page,
            "incidents": page.object_list,
            "asked": asked,
            "total": page.paginator.count,
            "is_more": page.paginator.is_cut,
            "may_report": reach.has("incident.report"),
            "now": now,
        }


class IncidentAct(LoginRequiredMixin, View):
    """One act on one incident: POST, then back to its page. Subclasses carry it out."""

    form_class = None
    done = ""
    #: Its form stands on the receipt of whoever raised the alarm too, and leads back there.
    goes_back = False

    @once
    def post(self, request, number):
        incident = queries.get_incident(request.reach, number)
        form = self.form_of(request, incident)
        if form is not None and not form.is_valid():
            raise Invalid(
                "form_not_in_order",
                _("Nothing was saved: a field is missing or not in order. Correct it and send again."),
                fields={
                    name: [
                        _("%(field)s: %(error)s") % {"field": form[name].label, "error": said}
                        for said in errors
                    ]
                    if name in form.fields
                    else errors
                    for name, errors in form.errors.items()
                },
            )
        self.act(request, incident, form)
        if self.done:
            messages.success(request, self.done)
        page = reverse("incident", args=[incident.number])
        return back_to(request, page) if self.goes_back else see_other(page)

    def form_of(self, request, incident):
        return self.form_class(request.POST) if self.form_class else None

    def act(self, request, incident, form):
        raise NotImplementedError


class Take(IncidentAct):
    def act(self, request, incident, form):
        actions.take_over(incident_id=incident.pk, reach=request.reach, now=request.now)


class Observe(IncidentAct):
    goes_back = True

    def form_of(self, request, incident):
        return forms.ObservationForm(request.POST, document=incident.plan.document)

    def act(self, request, incident, form):
        add_observation(
            incident_id=incident.pk,
            reach=request.reach,
            what=form.cleaned_data["what"],
            facts=form.facts,
            now=request.now,
        )


class Check(IncidentAct):
    form_class = forms.CheckForm

    def act(self, request, incident, form):
        mark_item(incident_id=incident.pk, reach=request.reach, now=request.now, **form.cleaned_data)


class MergeInto(IncidentAct):
    form_class = forms.MergeForm

    def act(self, request, incident, form):
        into = queries.get_incident(request.reach, form.cleaned_data["into"].strip())
        actions.merge_incident(incident_id=incident.pk, into_id=into.pk, reach=request.reach, now=request.now)


class ShareWith(IncidentAct):
    form_class = forms.ShareForm

    def act(self, request, incident, form):
        check_can_share(request.reach, incident)
        given = form.cleaned_data
        unit = open_unit(given["unit"]) if given["unit"] else None
        person = user_named(given["person"]) if given["person"] else None
        if unit is None and (person is None or not person.is_active):
            raise Invalid(
                "unknown_recipient",
                _("Nothing was shared: there is no such unit or person. Check the code or the username."),
                fields={"unit": [_("There is no such unit or person.")]},
            )
        sharing.share_incident(incident_id=incident.pk, reach=request.reach, unit=unit, person=person, reason=given["reason"], now=request.now)  # fmt: skip


class Unshare(IncidentAct):
    def act(self, request, incident, form):
        share = Share.objects.filter(
            incident=incident, pk=read_number(request.POST.get("share", "")) or 0
        ).first()
        if share is None:
            raise Refused("no_such_share", _("Nothing was changed: this share does not exist."))
        sharing.end_share(share_id=share.pk, reach=request.reach, now=request.now)


class Retract(IncidentAct):
    goes_back = True

    def act(self, request, incident, form):
        actions.retract_incident(incident_id=incident.pk, reach=request.reach, now=request.now)


class Close(IncidentAct):
    def form_of(self, request, incident):
        return forms.CloseForm(request.POST, questions=questions(incident, request.now))

    def act(self, request, incident, form):
        rev = request.POST.get("rev", "")
        actions.close_incident(
            incident_id=incident.pk,
            reach=request.reach,
            summary=form.cleaned_data["summary"],
            answers=form.answers,
            now=request.now,
            rev=read_number(rev),
        )


class Reopen(IncidentAct):
    form_class = forms.ReasonForm

    def act(self, request, incident, form):
        actions.reopen_incident(
            incident_id=incident.pk, reach=request.reach, now=request.now, **form.cleaned_data
        )
