"""Words beside a roll-up."""

from django import forms
from django.utils.translation import gettext_lazy as _


class ConfirmForm(forms.Form):
    note = forms.CharField(
        label=_("Analysis, judgement and outlook"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    reason = forms.CharField(label=_("Why it goes up without them"), max_length=200, required=False)


class ReturnForm(forms.Form):
    reason = forms.CharField(label=_("What has to be put right"), max_length=200)
