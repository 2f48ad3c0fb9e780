"""Is this input well formed?"""

from django import forms
from django.utils.translation import gettext_lazy as _

from common.dates.date_fields import day_field
from resources.trainings.choices import Audience, TrainingPart


class AttendanceForm(forms.Form):
    people = forms.MultipleChoiceField(
        label=_("Who was there"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args, staff=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["people"].choices = [(str(one.pk), f"{one} ({one.username})") for one in staff]

    def clean_people(self):
        return [int(one) for one in self.cleaned_data["people"]]


class TrainingForm(AttendanceForm):
    subject = forms.CharField(label=_("What it was about"), max_length=120)
    part = forms.ChoiceField(label=_("Part"), choices=TrainingPart)
    audience = forms.ChoiceField(label=_("For whom"), choices=Audience)
    held_on = day_field(label=_("Held on"))
    place = forms.CharField(label=_("Place"), max_length=120, required=False)
    note = forms.CharField(label=_("Note"), max_length=200, required=False)

    field_order = ["subject", "part", "audience", "held_on", "place", "note", "people"]


class TrainingSearchForm(forms.Form):
    part = forms.ChoiceField(label=_("Part"), choices=[("", _("All")), *TrainingPart.choices], required=False)
    audience = forms.ChoiceField(
        label=_("For whom"), choices=[("", _("All")), *Audience.choices], required=False
    )
