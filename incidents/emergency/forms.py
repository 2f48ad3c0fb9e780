"""Is this input well formed?"""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.emergency.choices import Verdict
from accounts.sign_in.credentials import CredentialField


def _credential() -> forms.CharField:
    return CredentialField(
        label=_("Your password or one-time code"),
    )


class OpenForm(forms.Form):
    asked = forms.CharField(
        label=_("Number of the incident, or code of the unit"),
        max_length=60,
        help_text=_("Of a unit: its incidents that are open now."),
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )
    reason = forms.CharField(
        label=_("Why, in a sentence"),
        max_length=250,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("What happens there, and whom you could not reach. No names or numbers of people."),
    )
    credential = _credential()


class ReviewForm(forms.Form):
    verdict = forms.ChoiceField(label=_("Finding"), choices=Verdict.choices, widget=forms.RadioSelect)
    statement = forms.CharField(
        label=_("Statement"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("What you looked at, and why you find so."),
    )
    credential = _credential()
