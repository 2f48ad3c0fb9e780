"""Is this input well formed?"""

from django import forms
from django.utils.translation import gettext_lazy as _


class OrderForm(forms.Form):
    to = forms.ChoiceField(label=_("To whom"))
    task = forms.CharField(label=_("Task"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}))
    minutes = forms.IntegerField(
        label=_("Be there within (minutes)"),
        min_value=1,
        max_value=24 * 60,
        required=False,
        help_text=_("Empty: the plan's own time."),
    )

    def __init__(self, *args, recipients, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["to"].choices = [(recipient.value, recipient.label) for recipient in recipients]


class StepForm(forms.Form):
    note = forms.CharField(label=_("Why"), max_length=200, required=False)
