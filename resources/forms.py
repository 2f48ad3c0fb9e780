"""Fields that the forms of several subjects share."""

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.scope import Reach
from resources.visibility import units_kept

#: Short ones too: 110, 119, 120, 122.
NUMBER = RegexValidator(
    r"^[0-9+][0-9 ()-]{2,28}( *(转|ext\.?) *\d{1,5})?$",
    gettext_lazy("This is no telephone number. Digits, spaces and hyphens, e.g. 0500-8100000."),
)


class ReaderForm(forms.Form):
    """A form in which what may be named depends on who fills it in."""

    def __init__(self, *args, reach: Reach, **kwargs):
        super().__init__(*args, **kwargs)
        self.reach = reach


class OfUnitForm(ReaderForm):
    """Something that is kept for a unit, which is typed by its code."""

    unit = forms.CharField(label=gettext_lazy("Unit code"), max_length=40)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["unit"].initial = next((unit.code for unit in units_kept(self.reach)[:1]), "")
        self.fields["unit"].widget.attrs["autocomplete"] = "off"

    def clean_unit(self):
        unit = units_kept(self.reach).filter(code=self.cleaned_data["unit"]).first()
        if unit is None:
            raise forms.ValidationError(_("There is no such unit among yours. Check the code."))
        return unit
