"""Is this input well formed?"""

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from common.dates.date_fields import moment_field


class SettleForm(forms.Form):
    note = forms.CharField(label=_("What was done, or why it is not needed"), max_length=500)
    told = forms.CharField(label=pgettext_lazy("duty", "Who was told"), max_length=120, required=False)
    told_at = moment_field(label=_("Told at"), required=False, help_text=_("Empty: now."))
    answer = forms.CharField(label=_("What they answered"), max_length=500, required=False)
