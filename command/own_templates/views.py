"""Pages of a unit's own templates: the list, and one with its versions."""

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.paginator import Paginator
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views import View

from command.own_templates import actions, queries
from command.own_templates.forms import NewTemplateForm, TemplateForm
from command.own_templates.permissions import check_can_keep, check_keeps_any
from common.errors import Refused, is_allowed
from common.text.whole_numbers import read_number
from common.web.idempotency import once
from common.web.redirects import see_other
from resources.permissions import check_can_look

PER_PAGE = 50


class TemplateList(LoginRequiredMixin, View):
    def get(self, request):
        check_can_look(request.reach)
        page = Paginator(queries.own_templates(request.reach), PER_PAGE).get_page(request.GET.get("page"))
        context = {"page": page, "may_add": request.reach.has("order_template.keep")}
        return render(request, "command/own_templates/list.html", context)


class NewTemplate(LoginRequiredMixin, View):
    def get(self, request):
        check_keeps_any(request.reach)
        return self._page(request, NewTemplateForm(reach=request.reach))

    @once
    def post(self, request):
        check_keeps_any(request.reach)
        form = NewTemplateForm(request.POST, reach=request.reach)
        if form.is_valid():
            try:
                made = actions.add_template(reach=request.reach, now=request.now, **form.cleaned_data)
                messages.success(request, _("Kept."))
                return see_other("order-template", made.pk)
            except Refused as refusal:
                form.add_error(None, str(refusal))
        return self._page(request, form, status=422)

    def _page(self, request, form, status=200):
        return render(request, "command/own_templates/new.html", {"form": form}, status=status)


class TemplatePage(LoginRequiredMixin, View):
    def get(self, request, pk):
        template = queries.get_own_template(request.reach, pk)
        initial = {name: getattr(template, name) for name in TemplateForm.base_fields}
        return self._page(request, template, TemplateForm(initial=initial, reach=request.reach))

    @once
    def post(self, request, pk):
        """Replace what it says."""
        template = queries.get_own_template(request.reach, pk)
        form = TemplateForm(request.POST, initial={"squad": template.squad}, reach=request.reach)
        if form.is_valid():
            try:
                actions.change_template(**_asked(request, template), **form.cleaned_data)
                messages.success(request, _("Kept."))
                return see_other("order-template", template.pk)
            except Refused as refusal:
                form.add_error(None, str(refusal))
        return self._page(request, template, form, status=422)

    def _page(self, request, template, form, status=200):
        context = {
            "template": template,
            "form": form,
            "squad": dict(form.fields["squad"].choices).get(template.squad, template.squad),
            "versions": queries.versions(template),
            "may_keep": template.is_offered and is_allowed(check_can_keep, request.reach, template.unit),
        }
        return render(request, "command/own_templates/one.html", context, status=status)


class EndTemplate(LoginRequiredMixin, View):
    @once
    def post(self, request, pk):
        template = queries.get_own_template(request.reach, pk)
        actions.end_template(**_asked(request, template))
        messages.success(request, _("No longer offered."))
        return see_other("order-templates")


def _asked(request, template) -> dict:
    rev = read_number(request.POST.get("rev", ""))
    return {"reach": request.reach, "template_id": template.pk, "now": request.now, "rev": rev}
