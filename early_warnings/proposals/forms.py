"""Is this input well formed?"""

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.sign_in.credentials import CredentialField
from common.templatetags.levels import badge
from early_warnings.choices import CallOutcome, ReportChannel
from plans.engine.evaluation import Document, levels_of


def level_choices(document: Document) -> list[tuple[str, str]]:
    """The plan's levels as everywhere: shape, colour and word; the highest first."""
    return [(level.id, badge(level)) for level in levels_of(document)]


def _long(label, **more):
    rows = more.pop("rows", 3)
    return forms.CharField(label=label, widget=forms.Textarea(attrs={"rows": rows}), **more)


def _credential(why):
    return CredentialField(
        label=_("Your password, or a one-time code"),
        help_text=why,
    )


class ProposalForm(forms.Form):
    """A warning as it is drafted: level and reason are asked for, the rest comes filled in."""

    level = forms.ChoiceField(label=pgettext_lazy("warning", "Level"), widget=forms.RadioSelect)
    reason = _long(_("Why this level"), max_length=2000,
                   help_text=_("For the signatory: what is known, and what may come of it. No names or numbers of persons."))  # fmt: skip
    matter = _long(_("What is warned of"), max_length=500, rows=2)
    area = forms.CharField(label=_("Area"), max_length=120)
    measures = _long(_("Measures and advice"), max_length=4000, rows=5)

    def __init__(self, *args, document: Document, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["level"].choices = level_choices(document)


class AdjustForm(ProposalForm):
    """The successor of a warning in force; its own level cannot be chosen again."""

    def __init__(self, *args, level_in_force: str, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["level"].choices = [
            choice for choice in self.fields["level"].choices if choice[0] != level_in_force
        ]


class SignForm(forms.Form):
    remark = _long(_("Remark"), max_length=500, rows=2, required=False)
    credential = _credential(_("Asked again because this is your signature."))


class ReturnForm(forms.Form):
    return_reason = _long(_("What has to be changed"), max_length=500, rows=2)


class LiftForm(forms.Form):
    lift_reason = _long(_("Why it is over"), max_length=500, rows=2)
    credential = _credential(_("Asked again because it ends what was signed."))


class CallForm(forms.Form):
    person = forms.IntegerField(widget=forms.HiddenInput)
    outcome = forms.ChoiceField(choices=CallOutcome.choices)
    note = forms.CharField(label=_("Note"), max_length=200, required=False)


class ReportSentForm(forms.Form):
    channel = forms.ChoiceField(label=_("How it was sent"), choices=ReportChannel.choices)
