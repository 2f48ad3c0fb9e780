"""The pages of plans. Every member of staff may read every plan."""

from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpResponse
from django.shortcuts import render
from django.views import View

from common.errors import is_allowed
from plans import pages, queries
from plans.permissions import check_can_manage
from plans.versions.queries import act_for, history


class PlanList(LoginRequiredMixin, View):
    def get(self, request):
        return render(request, "plans/list.html", {"versions": queries.plan_list()})


class PlanPage(LoginRequiredMixin, View):
    """One version of a plan: what it decides in advance, and where each word of it is written."""

    def get(self, request, plan_id, number=None):
        version = queries.get_version(plan_id, number)
        context = {
            "version": version,
            "history": history(version),
            "act": act_for(request.user, version, request.now),
            "may_edit": is_allowed(check_can_manage, request.user, version.plan.owner_unit, request.now),
            **pages.plan_page(version.document),
        }
        return render(request, "plans/detail.html", context)


class PlanSource(LoginRequiredMixin, View):
    """The text of a version exactly as it was loaded."""

    def get(self, request, plan_id, number):
        version = queries.get_version(plan_id, number)
        response = HttpResponse(version.text.source, content_type="text/plain; charset=utf-8")
        response["Content-Disposition"] = f'inline; filename="{version.plan.plan_id}-{version.version}.yaml"'
        return response
