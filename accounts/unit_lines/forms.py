"""Is this input well formed?"""

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

#: A number of an office, as it is dialled.
office_number = RegexValidator(
    r"^[0-9+][0-9 ()-]{2,38}$",
    _("This is no telephone number. Digits, spaces and hyphens, e.g. 0500-8100000."),
)


def _phone(*, max_length: int, help_text) -> forms.CharField:
    return forms.CharField(
        label=_("Telephone of its duty room"),
        max_length=max_length,
        required=False,
        validators=[office_number],
        widget=forms.TextInput(attrs={"type": "tel"}),
        help_text=help_text,
    )


class DutyPhoneForm(forms.Form):
    phone = _phone(
        max_length=30,
        help_text=_("The office's number, never a person's own. Empty: the unit above is rung."),
    )


class LocalSuperiorForm(forms.Form):
    name = forms.CharField(
        label=_("Local superior"),
        max_length=80,
        required=False,
        help_text=_(
            "The authority of the area, e.g. the county or township government. Empty: none of its own."
        ),
    )
    phone = _phone(max_length=40, help_text=_("The office's number, never a person's own."))
