"""Pages of a plan's versions: two side by side, and the acts that move one on."""

from django.contrib.auth.mixins import LoginRequiredMixin
from django.shortcuts import render
from django.views import View

from common.errors import Invalid, NotAllowed
from common.web.idempotency import once
from common.web.redirects import see_other
from plans.lifecycle import queries
from plans.lifecycle.choices import PlanVerb
from plans.versions import actions, forms, permissions
from plans.versions.difference import difference
from plans.versions.queries import act_for, history


class Difference(LoginRequiredMixin, View):
    """Two versions side by side. Without a choice: the one before and the newest."""

    def get(self, request, plan_id):
        versions = list(history(queries.get_version(plan_id)))
        by_number = {version.version: version for version in versions}
        form = forms.CompareForm(request.GET or self._first(versions), versions=versions)
        context = {"plan": versions[0].plan, "form": form}
        if not form.is_valid():
            return render(request, "plans/versions/difference.html", context, status=422)
        before, after = (by_number[form.cleaned_data[side]] for side in ("before", "after"))
        context |= {
            "before": before,
            "after": after,
            "sections": difference(before.document, after.document),
            "act": act_for(request.user, after, request.now),
        }
        return render(request, "plans/versions/difference.html", context)

    def _first(self, versions):
        return {"before": versions[min(1, len(versions) - 1)].version, "after": versions[0].version}


class Act(LoginRequiredMixin, View):
    """One act on one version: a page with a reason, then back to the plan."""

    verb = ""
    form_class = forms.FileForm
    template_name = ""

    def get(self, request, plan_id, number):
        version = self._version(request, plan_id, number)
        return self._page(request, version, self.form(request, version))

    @once
    def post(self, request, plan_id, number):
        version = self._version(request, plan_id, number)
        form = self.form(request, version, request.POST)
        if not form.is_valid():
            return self._page(request, version, form, status=422)
        try:
            self.act(request, version, form)
        except Invalid as invalid:
            for name, sentences in invalid.fields.items():
                form.add_error(name if name in form.fields else None, sentences)
            return self._page(request, version, form, status=422)
        except NotAllowed as refusal:
            if not refusal.code.startswith("credential"):
                raise
            form.add_error("credential", str(refusal))
            return self._page(request, version, form, status=422)
        return see_other("plan-version", version.plan.plan_id, version.version)

    def form(self, request, version, data=None):
        return self.form_class(data)

    def act(self, request, version, form):
        raise NotImplementedError

    def _version(self, request, plan_id, number):
        version = queries.get_version(plan_id, number)
        permissions.check_can_move(request.user, version, self.verb, request.now)
        return version

    def _page(self, request, version, form, status=200):
        in_force = next((one for one in history(version) if one.state == "in_force"), None)
        context = {
            "version": version,
            "form": form,
            "in_force": in_force,
            "sections": difference(in_force.document, version.document) if in_force else None,
        }
        return render(request, self.template_name, context, status=status)


class FileIt(Act):
    verb = PlanVerb.FILE
    template_name = "plans/versions/file.html"

    def act(self, request, version, form):
        actions.file_draft(
            version_id=version.pk, actor=request.user, reason=form.cleaned_data["reason"], now=request.now
        )


class PutInForce(Act):
    verb = PlanVerb.PUT_IN_FORCE
    template_name = "plans/versions/put_in_force.html"

    def form(self, request, version, data=None):
        return forms.PutInForceForm(data, document=version.document, reach=request.reach)

    def act(self, request, version, form):
        given = form.cleaned_data
        actions.put_in_force(
            version_id=version.pk,
            actor=request.user,
            reason=given["reason"],
            credential=given["credential"],
            term=form.term,
            now=request.now,
        )
