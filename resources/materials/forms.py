"""Is this input well formed?"""

from django import forms
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from common.dates.date_fields import day_field
from resources.forms import OfUnitForm
from resources.materials.actions import MOST
from resources.materials.choices import KitAnswer, Movement

_OF_NO_KIT = pgettext_lazy("stock", "Of no kit")


class MaterialForm(forms.Form):
    name = forms.CharField(label=_("Item"), max_length=80)
    measure = forms.CharField(label=_("Counted in"), max_length=20, help_text=_("Pieces, boxes, sets …"))
    place = forms.CharField(label=_("Where it is kept"), max_length=120)
    minimum = forms.IntegerField(
        label=_("Minimum"), min_value=0, max_value=MOST, initial=0, help_text=_("0: none is asked for.")
    )
    expires_on = day_field(label=_("Last day of use"), required=False)
    kit_item = forms.ChoiceField(label=_("Item of a kit"), required=False)

    def __init__(self, *args, kits=(), present=None, **kwargs):
        """`kits`: of the plans that hold; `present`: what the item belongs to already."""
        super().__init__(*args, **kwargs)
        language = get_language()
        offered = {
            f"{kit.id}/{item.id}": f"{kit.words.in_language(language)} · {item.words.in_language(language)}"
            for kit in kits
            for item in kit.items
        }
        if present and present not in offered:
            offered[present] = present
        self.fields["kit_item"].choices = [("", _OF_NO_KIT), *offered.items()]


class NewMaterialForm(MaterialForm, OfUnitForm):
    field_order = ["name", "measure", "unit", "place", "minimum", "expires_on", "kit_item"]


class MovementForm(forms.Form):
    verb = forms.ChoiceField(label=_("What happened"), choices=Movement)
    quantity = forms.IntegerField(label=_("How many"), min_value=1, max_value=MOST)
    incident = forms.CharField(label=_("For incident number"), max_length=60, required=False)
    squad = forms.CharField(label=_("To which squad"), max_length=40, required=False)
    note = forms.CharField(
        label=_("To whom, or why"),
        max_length=200,
        required=False,
        help_text=_("Staff and units; nobody else."),
    )


class MaterialSearchForm(forms.Form):
    q = forms.CharField(label=_("Item"), max_length=60, required=False)
    wanting = forms.ChoiceField(
        label=_("Show"),
        choices=[("", _("All")), ("on", _("Only what is missing, short or past its date"))],
        required=False,
    )


class KitForm(forms.Form):
    """One answer for each item of a kit."""

    note = forms.CharField(label=_("Note"), max_length=200, required=False)

    def __init__(self, *args, kit, **kwargs):
        super().__init__(*args, **kwargs)
        self._items = [item.id for item in kit.items]
        language = get_language()
        for item in kit.items:
            self.fields[f"item-{item.id}"] = forms.ChoiceField(
                label=item.words.in_language(language), choices=KitAnswer, widget=forms.RadioSelect
            )
        self.order_fields([*(f"item-{item}" for item in self._items), "note"])

    def answers(self) -> dict[str, str]:
        return {item: self.cleaned_data[f"item-{item}"] for item in self._items}
