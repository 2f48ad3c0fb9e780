"""Pages of responses: the form that asks for one, the response itself, and the acts on it."""

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.paginator import Paginator
from django.forms import Form
from django.http import Http404
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views import View

from command.activation import actions, forms, permissions, prefilled, queries
from command.activation.statement import Statement
from command.obligations.actions import Settled, settle_duty
from command.obligations.choices import DutyVerb
from command.obligations.forms import SettleForm
from command.packages import queries as packages
from common.errors import Invalid, NotAllowed, WrongState
from common.text.whole_numbers import read_number
from common.web.idempotency import once
from common.web.redirects import see_other
from incidents.queries import get_incident
from journal.live.live_pages import PartsView

#: Refusals of the credential: they belong to its field, and everything else stays as it was typed.
CREDENTIAL_REFUSALS = ("credential_wrong", "credential_throttled")


class ResponseList(LoginRequiredMixin, PartsView):
    """Responses this person may see, the newest first: under way, or as they are asked for."""

    template_name = "command/activation/list.html"
    parts = {"responses": ("command/activation/_list.html", "list_context")}
    PAGE = 30

    def page_context(self):
        return {"search": forms.ResponseSearchForm(self.request.GET)}

    def list_context(self):
        search = forms.ResponseSearchForm(self.request.GET)
        asked = search.cleaned_data if search.is_valid() else {}
        page = Paginator(queries.listed(self.request.reach, **asked), self.PAGE).get_page(
            self.request.GET.get("page")
        )
        return {"page": page, "responses": page.object_list, "now": self.request.now}


class StartPage(LoginRequiredMixin, View):
    """The form that asks for a response, or starts it."""

    def get(self, request, number):
        incident = get_incident(request.reach, number)
        permissions.check_can_propose(request.reach, incident, incident.plan.document, request.now)
        live = queries.of_incident(request.reach, incident, request.now)
        if live and live.response.is_live:
            return see_other("response", live.response.number)
        initial = {
            "level": incident.level or incident.proposed_level,
            "matter": incident.title,
            **prefilled.first_texts(incident),
        }
        return self._page(request, incident, self._form(request, incident, initial=initial))

    @once
    def post(self, request, number):
        incident = get_incident(request.reach, number)
        form = self._form(request, incident, data=request.POST)
        made = _submitted(
            form,
            lambda given: actions.propose_response(
                incident_id=incident.pk, reach=request.reach, now=request.now, **_stated(given)
            ),
        )
        if made is None:
            return self._page(request, incident, form, status=422)
        messages.success(request, _said(made))
        return see_other("response", made.number)

    def _form(self, request, incident, **kwargs):
        at_once = queries.may_start_at_once(request.reach, incident, request.now)
        return forms.StatementForm(document=incident.plan.document, at_once=at_once, **kwargs)

    def _page(self, request, incident, form, status=200):
        context = {"incident": incident, "form": form, "drill": incident.drill}
        return render(request, "command/activation/start.html", context, status=status)


class ResponsePage(LoginRequiredMixin, PartsView):
    """One response: what is next, who sits where, what is owed, what was decided."""

    template_name = "command/activation/response.html"
    parts = {
        "head": ("command/activation/_head.html", "whole_context"),
        "duties": ("command/activation/_duties.html", "whole_context"),
        "post": ("command/activation/_post.html", "whole_context"),
        "acts": ("command/activation/_acts.html", "acts_context"),
        "packages": ("command/packages/_for_response.html", "packages_context"),
        "decisions": ("command/activation/_decisions.html", "whole_context"),
    }

    def setup(self, request, *args, **kwargs):
        super().setup(request, *args, **kwargs)
        #: Forms that came back with errors, by the name the template knows them by.
        self.returned: dict[str, Form] = {}

    def prepare(self):
        self.response = queries.get_response(self.request.reach, self.kwargs["number"])
        #: Also the next act looks at what went out.
        self.packages = packages.issued(self.response)
        self.whole = queries.whole(self.request.reach, self.response, self.request.now)

    def page_context(self):
        return {
            "response": self.response,
            "drill": self.response.drill,
            "form": next(iter(self.returned.values()), None),
        }

    def whole_context(self):
        return {
            "response": self.response,
            "incident": self.response.incident,
            "whole": self.whole,
            "now": self.request.now,
        }

    def packages_context(self):
        return {
            "response": self.response,
            "offer": packages.offer_for(self.request.reach, self.response, self.request.now),
            "packages": self.packages,
            "left_behind": packages.left_behind(self.request.reach, self.response, self.packages),
        }

    def acts_context(self):
        response, at_once = self.response, self.whole.may.at_once
        same = ("level", "grade", "matter", "measures", "expected_until")
        initial = {name: getattr(response, name) for name in same}
        return {
            **self.whole_context(),
            "decide_form": self.returned.get("decide") or forms.DecideForm(auto_id="decide_%s"),
            "refuse_form": self.returned.get("refuse") or forms.RefuseForm(auto_id="refuse_%s"),
            "end_form": self.returned.get("end") or forms.EndForm(auto_id="end_%s", at_once=at_once),
            "change_form": self.returned.get("change")
            or forms.StatementForm(
                document=response.plan.document, at_once=at_once, initial=initial, auto_id="change_%s"
            ),
        }


class ResponseAct(ResponsePage):
    """One act on a response: POST, then back to its page; what is not in order comes back on the same page."""

    #: What the template calls the form, and what its field ids begin with.
    name = ""

    @once
    def post(self, request, number, **more):
        self.prepare()
        form = self.form()
        done = _submitted(form, self.act)
        if done is None:
            self.status, self.returned = 422, {self.name: form}
            return self.get(request, number=number)
        messages.success(request, _said(done))
        return see_other("response", number)

    def form(self) -> Form:
        return Form(self.request.POST)

    def act(self, given: dict):
        """Carry it out; returns the response."""
        raise NotImplementedError

    @property
    def about(self) -> dict:
        request = self.request
        return {
            "response_id": self.response.pk,
            "reach": request.reach,
            "now": request.now,
            "rev": read_number(request.POST.get("rev", "")),
        }


class Decide(ResponseAct):
    name = "decide"

    def form(self):
        return forms.DecideForm(self.request.POST, auto_id="decide_%s")

    def act(self, given):
        return actions.sign_decision(credential=given["credential"], **self.about)


class Refuse(ResponseAct):
    name = "refuse"

    def form(self):
        return forms.RefuseForm(self.request.POST, auto_id="refuse_%s")

    def act(self, given):
        return actions.refuse_decision(reason=given["reason"], **self.about)


class Withdraw(ResponseAct):
    name = "withdraw"

    def act(self, given):
        return actions.withdraw_decision(**self.about)


class Change(ResponseAct):
    name = "change"

    def form(self):
        return forms.StatementForm(
            self.request.POST,
            document=self.response.plan.document,
            at_once=self.whole.may.at_once,
            auto_id="change_%s",
        )

    def act(self, given):
        return actions.change_response(**_stated(given), **self.about)


class End(ResponseAct):
    name = "end"

    def form(self):
        return forms.EndForm(self.request.POST, auto_id="end_%s", at_once=self.whole.may.at_once)

    def act(self, given):
        return actions.end_response(**given, **self.about)


class SettleDuty(ResponsePage):
    """A duty done, or not needed: POST, then back to the response."""

    @once
    def post(self, request, number, duty, verb):
        if verb not in DutyVerb.values:
            raise Http404
        self.prepare()
        form = SettleForm(request.POST)
        done = _tried(form, lambda: self._settle(form, duty, verb))
        if done is None:
            self.status, self.returned = 422, {"duty": form}
            return self.get(request, number=number)
        messages.success(request, _("“%(what)s” is settled.") % {"what": done.title})
        return see_other("response", number)

    def _settle(self, form, duty, verb):
        return settle_duty(
            response_id=self.response.pk,
            duty_id=duty,
            reach=self.request.reach,
            verb=verb,
            settled=Settled(**form.cleaned_data),
            now=self.request.now,
        )

    def whole_context(self):
        return {
            **super().whole_context(),
            "duty_form": self.returned.get("duty"),
            "returned_duty": self.kwargs["duty"] if self.returned else None,
        }


def _submitted(form: Form, act):
    """Carry out `act` with what the form says; None, with its errors filled in, if it is not in order."""
    return _tried(form, lambda: act(dict(form.cleaned_data)))


def _stated(given: dict) -> dict:
    """The parts of a statement, and the credential of who may decide."""
    credential = given.pop("credential", "")
    return {"statement": Statement(**given), "credential": credential}


def _tried(form: Form, run):
    if not form.is_valid():
        return None
    try:
        return run()
    except Invalid as invalid:
        _add_errors(form, invalid)
    except NotAllowed as refused:
        if refused.code in CREDENTIAL_REFUSALS:
            form.add_error("credential", str(refused))
        elif refused.code == "not_a_decider":
            # Of another level than this person decides on: what was typed stays, to be asked for instead.
            form.add_error(None, str(refused))
        else:
            raise
    except WrongState as refused:
        if refused.code != "still_open":
            raise
        form.add_error(None, str(refused))
    return None


def _add_errors(form: Form, invalid: Invalid) -> None:
    if not invalid.fields:
        form.add_error(None, str(invalid))
    for name, sentences in invalid.fields.items():
        form.add_error(name if name in form.fields else None, sentences)


def _said(response) -> str:
    """What has become of an act, for the message on the next page."""
    return _("Response %(number)s: %(state)s.") % {
        "number": response.number,
        "state": response.get_state_display(),
    }
