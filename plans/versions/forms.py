"""Is this input well formed?"""

from django import forms
from django.utils.translation import gettext_lazy as _


class FileForm(forms.Form):
    reason = forms.CharField(
        label=_("Why"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("What changed, and who decided it. It stands beside the version for good."),
    )


class PutInForceForm(FileForm):
    credential = forms.CharField(
        label=_("Your password or one-time code"),
        max_length=256,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class CompareForm(forms.Form):
    """Which two versions: numbers out of the plan's own list."""

    before = forms.TypedChoiceField(label=_("Earlier version"), coerce=int)
    after = forms.TypedChoiceField(label=_("Later version"), coerce=int)

    def __init__(self, *args, versions, **kwargs):
        super().__init__(*args, **kwargs)
        choices = [(one.version, f"{one.version} · {one.get_state_display()}") for one in versions]
        self.fields["before"].choices = self.fields["after"].choices = choices
