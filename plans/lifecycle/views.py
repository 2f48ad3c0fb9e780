"""The pages of plans. Every member of staff may read every plan."""

from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpResponse
from django.shortcuts import render
from django.views import View

from common.errors import is_allowed
from plans.checks import staffing
from plans.document.strict_yaml import MAX_BYTES
from plans.lifecycle import pages, queries
from plans.lifecycle.actions import finding_as_text, vocabulary_at
from plans.lifecycle.forms import CheckForm
from plans.lifecycle.permissions import check_can_manage
from plans.versions.queries import act_for, history


class PlanList(LoginRequiredMixin, View):
    def get(self, request):
        versions = queries.plan_list()
        context = {
            "versions": versions,
            "overtaken": _overtaken(versions, request.now),
            "against_rights": _against_rights(versions),
        }
        return render(request, "plans/list.html", context)


class PlanPage(LoginRequiredMixin, View):
    """One version of a plan: what it decides in advance, and where each word of it is written."""

    def get(self, request, plan_id, number=None):
        version = queries.get_version(plan_id, number)
        context = {
            "version": version,
            "history": history(version),
            "act": act_for(request.user, version, request.now),
            "may_edit": is_allowed(check_can_manage, request.user, version.plan.owner_unit, request.now),
            "overtaken": _overtaken([version], request.now),
            "against_rights": _against_rights([version]),
            **pages.plan_page(version.document),
        }
        return render(request, "plans/detail.html", context)


def _overtaken(versions, now) -> list[tuple]:
    """(version, sentences) of each that is longer than a statute in force now."""
    return _in_words(versions, queries.overtaken_by_statute(versions, now))


def _against_rights(versions) -> list[tuple]:
    """(version, sentences) of each that asks for what no plan may."""
    return _in_words(versions, queries.against_rights(versions))


def _in_words(versions, found) -> list[tuple]:
    return [(one, [finding_as_text(each) for each in found[one.pk]]) for one in versions if one.pk in found]


class PlanCheck(LoginRequiredMixin, View):
    """Check a plan's text without storing it: every problem and note, with line, path and a sentence."""

    def get(self, request):
        return self._page(request, CheckForm())

    def post(self, request):
        form = CheckForm(request.POST, request.FILES)
        if not form.is_valid():
            return self._page(request, form, status=422)
        text = form.plan_text()
        checked = staffing.check_here(text, vocabulary_at(request.now))
        shown = CheckForm(initial={"text": text.decode("utf-8", "replace")[:MAX_BYTES]})
        lines = text.decode("utf-8", "replace").split("\n")
        findings = [
            {
                "found": found,
                "text": finding_as_text(found),
                "line": lines[found.line - 1][:160] if found.line <= len(lines) else "",
            }
            for found in checked.problems
        ]
        context = {"checked": checked, "findings": findings}
        return self._page(request, shown, status=200 if checked.is_loadable else 422, **context)

    def _page(self, request, form, status=200, **more):
        return render(request, "plans/check.html", {"form": form, **more}, status=status)


class PlanSource(LoginRequiredMixin, View):
    """The text of a version exactly as it was loaded."""

    def get(self, request, plan_id, number):
        version = queries.get_version(plan_id, number)
        response = HttpResponse(version.text.source, content_type="text/plain; charset=utf-8")
        response["Content-Disposition"] = f'inline; filename="{version.plan.plan_id}-{version.version}.yaml"'
        return response
