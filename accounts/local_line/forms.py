"""Is this input well formed?"""

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _


class LocalSuperiorForm(forms.Form):
    name = forms.CharField(
        label=_("Local superior"),
        max_length=80,
        required=False,
        help_text=_(
            "The authority of the area, e.g. the county or township government. Empty: none of its own."
        ),
    )
    phone = forms.CharField(
        label=_("Telephone of its duty room"),
        max_length=40,
        required=False,
        validators=[
            RegexValidator(
                r"^[0-9+][0-9 ()-]{2,38}$",
                _("This is no telephone number. Digits, spaces and hyphens, e.g. 0500-8100000."),
            )
        ],
        widget=forms.TextInput(attrs={"type": "tel"}),
        help_text=_("The office's number, never a person's own."),
    )
