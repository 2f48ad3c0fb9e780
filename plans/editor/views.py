"""The editor's page: the plan as a form, with the rehearsal beside it."""

from django.contrib.auth.mixins import LoginRequiredMixin
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views import View

from common.errors import Invalid, Stale
from common.web.idempotency import once
from plans.editor.actions import save_draft
from plans.editor.changes import applied
from plans.editor.forms import EditorForm
from plans.lifecycle import queries
from plans.lifecycle.permissions import check_can_manage
from plans.rehearsal.forms import FactsForm
from plans.rehearsal.labels import labels_of
from plans.rehearsal.outcome import rehearse
from plans.rehearsal.queries import units_to_try
from plans.versions.queries import newest_number
from plans.versions.views import see_other


class EditPage(LoginRequiredMixin, View):
    """GET shows the form; `act=try` answers with the rehearsal of what is typed; else it is saved as a draft.

    `seen` is the newest version when the form was opened; whoever was overtaken may save on top of the newer
    one (`onto`): only what this person changed is put there.
    """

    def get(self, request, plan_id, number):
        version = self._version(request, plan_id, number)
        form = EditorForm(document=version.document)
        return self._page(request, version, form, self._facts(request, version), seen=newest_number(version))

    @once
    def post(self, request, plan_id, number):
        version = self._version(request, plan_id, number)
        is_trial = request.POST.get("act") == "try"
        form = EditorForm(request.POST, document=version.document, needs_reason=not is_trial)
        facts = self._facts(request, version)
        seen = _number(request.POST.get("seen"))
        if not form.is_valid():
            return self._page(request, version, form, facts, seen=seen, status=422)
        if is_trial:
            form.fields["reason"].required = True  # the next time, when it is saved
            return self._page(request, version, form, facts, seen=seen, tried=True)
        onto = _number(request.POST.get("onto"))
        base = queries.get_version(plan_id, onto) if onto else version
        try:
            saved = save_draft(version_id=base.pk, changes=form.changes(), seen=onto or seen,
                               reason=form.cleaned_data["reason"], actor=request.user, now=request.now)  # fmt: skip
        except Stale as stale:
            return self._page(request, version, form, facts, seen=seen, overtaken=stale, status=412)
        except Invalid as invalid:
            _explain(form, invalid)
            return self._page(request, version, form, facts, seen=seen, status=422)
        return see_other("plan-version", saved.plan.plan_id, saved.version)

    def _version(self, request, plan_id, number):
        version = queries.get_version(plan_id, number)
        check_can_manage(request.user, version.plan.owner_unit, request.now)
        return version

    def _facts(self, request, version):
        first = {"at": timezone.localtime(request.now).strftime("%Y-%m-%dT%H:%M")}
        data = request.POST if request.method == "POST" else None
        return FactsForm(
            data, prefix="try", initial=first, document=version.document, units=units_to_try(request.reach)
        )

    def _page(self, request, version, form, facts, *, seen, status=200, tried=False, overtaken=None):
        context = {
            "version": version,
            "form": form,
            "facts": facts,
            "seen": seen,
            "overtaken": overtaken,
        }
        if tried and facts.is_valid():
            context |= _trial(version, form, facts, request.now)
        return render(request, "plans/editor/edit.html", context, status=status)


def _trial(version, form, facts, now) -> dict:
    """The same facts under the version that is edited and under what is typed."""
    edited = applied(version.document, form.changes())
    unit, at = facts.cleaned_data["unit"], facts.cleaned_data["at"] or now
    after = rehearse(edited, facts.facts, unit, at)
    return {
        "tried": True,
        "document": edited,
        "before": rehearse(version.document, facts.facts, unit, at),
        "after": after,
        "after_labels": labels_of(after, unit),
        "unit": unit,
        "at": at,
    }


def _explain(form, invalid) -> None:
    """Each problem of the plan beside its field where the form has one, else above the form."""
    for problem in invalid.extra.get("problems", ()):
        name = problem["path"].replace("[", ".").replace("]", "")
        sentence = problem["message"]
        form.add_error(name if name in form.fields else None, sentence if name in form.fields else _("%(path)s: %(problem)s") % {"path": problem["path"], "problem": sentence})  # fmt: skip
    for name, sentences in invalid.fields.items():
        form.add_error(name if name in form.fields else None, sentences)
    if not form.errors:
        form.add_error(None, str(invalid))


def _number(text) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 7 else 0
