"""What is typed about a screen."""

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit
from accounts.screens.choices import Scale, Theme


class LookForm(forms.Form):
    label = forms.CharField(label=_("Where it hangs"), max_length=40, help_text=_("e.g. duty room, hall"))
    scale = forms.ChoiceField(
        label=_("Size of letters"),
        choices=Scale.choices,
        initial=Scale.MEDIUM,
        help_text=_("For a wall that is read from 8 m."),
    )
    theme = forms.ChoiceField(label=_("Theme"), choices=Theme.choices, initial=Theme.DARK)
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)


class RegisterForm(LookForm):
    unit = forms.ModelChoiceField(
        label=_("Unit that it shows"), queryset=Unit.objects.none(), empty_label=None
    )

    field_order = ("unit", "label", "scale", "theme", "language")

    def __init__(self, *args, units, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = units


class CodeForm(forms.Form):
    code = forms.CharField(
        label=_("Code"),
        max_length=20,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
    )
