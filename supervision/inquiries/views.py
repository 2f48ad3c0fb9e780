"""What calls for an inquiry, the inquiries, one of them with its acts, the paper of its decision."""

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.paginator import Paginator
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views import View

from accounts.models import Unit, User
from accounts.naming import Names
from accounts.queries import open_unit
from common.documents import official_documents
from common.errors import Invalid, NotAllowed, is_allowed, not_found
from common.web.idempotency import once
from common.web.redirects import see_other
from journal.numbering import settled_head
from supervision.inquiries import actions, forms, permissions, queries, rules
from supervision.inquiries.actions import Cause
from supervision.inquiries.acts import ACTS
from supervision.inquiries.choices import InquiryVerb
from supervision.inquiries.documents import decision_paper
from zero_reports.filing.reading import valid

V = InquiryVerb


def bureau_of(request, code: str = "") -> Unit:
    """The bureau that leads: asked for by its code, else the first in which this person may open one."""
    paths = request.reach.paths("inquiry.manage")
    bureau = open_unit(code) if code else Unit.objects.filter(path__in=paths[:1]).first()
    if bureau is None or not request.reach.holds("inquiry.manage", bureau.path):
        raise NotAllowed(
            "not_allowed",
            _("No inquiry was opened: this is done by a director or deputy director. Ask them."),
        )
    return bureau


def cause_of(request, given: dict) -> Cause:
    """Of the record by its key, else what was typed of a paper. NotFound where the record calls for nothing such now."""
    if given["about"]:
        found = queries.finding_about(request.reach, given["about"], request.now)
        if found is None:
            raise not_found()
        return Cause(found.trigger, found.reason, found.unit, found.about, found.incident)
    if not given["reason"].strip() or not given["unit"].strip():
        sentence = _("No inquiry was opened: say whose conduct it is about, and why.")
        raise Invalid("reason_missing", sentence, fields={"reason": [_("Say why in a sentence.")]})
    return Cause(
        given["trigger"], given["reason"], Names.of_verb(request.reach, "inquiry.manage").unit(given["unit"])
    )


def who_looks(bureau: Unit, given: dict, now) -> dict[str, User]:
    """Who looks and who decides: people of the bureau or of one above."""
    people = Names.at_or_above(bureau)
    return {field: people.person(given[field], field, now) for field in ("investigator", "decider")}


class InquiryList(LoginRequiredMixin, View):
    """`state`, `unit` in the address."""

    def get(self, request):
        permissions.check_can_look(request.reach)
        search = forms.SearchForm(request.GET)
        asked = search.cleaned_data if search.is_valid() else {}
        state = asked.get("state") or "live"
        unit = open_unit(asked["unit"]) if asked.get("unit") else None
        rows = queries.inquiries(request.reach, state=state, unit=unit)
        may_manage = request.reach.has("inquiry.manage")
        context = {
            "search": search,
            "page": Paginator(rows, 25).get_page(request.GET.get("page")),
            "findings": queries.findings(request.reach, request.now) if may_manage else [],
            "may_manage": may_manage,
        }
        return render(request, "supervision/inquiries/list.html", context)


class NewInquiry(LoginRequiredMixin, View):
    """`about`: what of the record calls for it; without it a paper from outside does."""

    def get(self, request):
        bureau, about = bureau_of(request), request.GET.get("about", "")
        finding = queries.finding_about(request.reach, about, request.now) if about else None
        if about and finding is None:
            raise not_found()
        form = forms.OpenForm(initial={"about": about}, auto_id="open-%s")
        if finding:
            for name in ("trigger", "unit", "reason"):
                del form.fields[name]
        context = {
            "bureau": bureau,
            "finding": finding,
            "form": form,
            "dismiss_form": forms.DismissForm(initial={"about": about}, auto_id="no-%s") if finding else None,
        }
        return render(request, "supervision/inquiries/new.html", context)

    @once
    def post(self, request):
        bureau = bureau_of(request)
        form = forms.OpenForm(request.POST)
        if request.POST.get("about"):
            for name in ("trigger", "unit", "reason"):
                del form.fields[name]
        given = valid(form)
        cause = cause_of(request, given)
        row = actions.open_inquiry(
            reach=request.reach, bureau=bureau, cause=cause, post=forms.post_named(cause.unit, given["post"]),
            now=request.now, **who_looks(bureau, given, request.now),
        )  # fmt: skip
        messages.success(request, _("Opened."))
        return see_other("inquiry", row.number)


class Dismiss(LoginRequiredMixin, View):
    @once
    def post(self, request):
        given = valid(forms.DismissForm(request.POST))
        cause = cause_of(request, {**given, "reason": "", "unit": ""})
        actions.dismiss_cause(
            reach=request.reach, bureau=bureau_of(request), cause=cause, why=given["why"], now=request.now
        )
        messages.success(request, _("Kept."))
        return see_other("inquiries")


class InquiryPage(LoginRequiredMixin, View):
    def get(self, request, number):
        after, _is_settled = settled_head()
        row = queries.get_inquiry(request.reach, number)
        verbs = rules.TRANSITIONS.verbs_for(row.state)
        context = {
            "inquiry": row,
            "clocks": queries.clocks_of(row),
            "acts": [
                (verb, V(verb).label, ACTS[verb][0](auto_id=f"{verb}-%s"))
                for verb in verbs
                if verb in ACTS and self._may(request, row, verb)
            ],
            "after": after,
            "now": request.now,
        }
        return render(request, "supervision/inquiries/one.html", context)

    @staticmethod
    def _may(request, row, verb) -> bool:
        if verb == V.ERASE:
            ended = row.delivered_at or row.opened_at
            if row.erased_at or not rules.may_erase(ended, request.now):
                return False
        if verb in (V.HEAR, V.REPORT):
            return row.investigator_id == request.user.pk and (verb == V.HEAR or row.heard_at is not None)
        if verb == V.DECIDE:
            return row.decider_id == request.user.pk
        return is_allowed(permissions.check_can_manage, request.reach, row.bureau)


class Act(LoginRequiredMixin, View):
    @once
    def post(self, request, number, verb):
        if verb not in ACTS:
            raise not_found()
        row = queries.get_inquiry(request.reach, number)
        form, _body, action = ACTS[verb]
        action(reach=request.reach, inquiry_id=row.pk, now=request.now, **valid(form(request.POST)))
        messages.success(request, _("Kept."))
        return see_other("inquiry", number)


class DecisionPaper(LoginRequiredMixin, View):
    def get(self, request, number, kind):
        row = queries.get_inquiry(request.reach, number)
        if row.decided_at is None or row.erased_at:
            raise not_found()
        return official_documents.respond(decision_paper(row), kind, name=row.number)
