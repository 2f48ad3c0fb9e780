"""Is this input well formed?"""

from django import forms
from django.utils.translation import gettext_lazy as _

from resources.forms import NUMBER, OfUnitForm
from resources.partners.choices import PartnerKind


class PartnerForm(forms.Form):
    kind = forms.ChoiceField(label=_("Kind of agency"), choices=PartnerKind)
    name = forms.CharField(label=_("Name of the agency"), max_length=80)
    phone = forms.CharField(
        label=_("Telephone of its duty room"),
        max_length=40,
        validators=[NUMBER],
        widget=forms.TextInput(attrs={"type": "tel"}),
        help_text=_("The office's number, never a person's own."),
    )
    note = forms.CharField(label=_("What it is called for"), max_length=200, required=False)


class NewPartnerForm(PartnerForm, OfUnitForm):
    field_order = ["kind", "name", "phone", "unit", "note"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["unit"].help_text = _("It serves this unit and all below it.")


class PartnerSearchForm(forms.Form):
    q = forms.CharField(label=_("Name of the agency"), max_length=60, required=False)
    kind = forms.ChoiceField(
        label=_("Kind of agency"), choices=[("", _("All")), *PartnerKind.choices], required=False
    )
