"""Is this input well formed?"""

from django import forms
from django.utils.translation import gettext_lazy, pgettext_lazy
from rest_framework import serializers

from common.api.serializers import StrictSerializer
from common.dates.date_fields import ApiDayField, day_field
from supervision.visits.actions import Seen
from supervision.visits.choices import LookedAt, Show
from supervision.visits.queries import VisitCard


def _long(label, length=500, **more):
    return forms.CharField(label=label, max_length=length, widget=forms.Textarea(attrs={"rows": 3}), **more)


class VisitForm(forms.Form):
    """The fields of form F8 that a visit knows; dangers and corrections are set on its page."""

    unit = forms.ChoiceField(label=gettext_lazy("Visited unit"))
    visited_on = day_field(label=gettext_lazy("Day of the visit"))
    villages = forms.IntegerField(label=gettext_lazy("Villages visited (number)"), min_value=0, max_value=500)
    came = forms.CharField(label=gettext_lazy("Supervision team (posts)"), max_length=120)
    topics = forms.MultipleChoiceField(
        label=gettext_lazy("What was looked at"), choices=LookedAt, widget=forms.CheckboxSelectMultiple
    )
    looked_at = _long(gettext_lazy("What was looked at, in words"), 400)
    found = _long(
        gettext_lazy("What was found"),
        help_text=gettext_lazy("The agency's own work; nobody's name, no blame."),
    )
    said = _long(gettext_lazy("What was said to the unit"))
    responsible = forms.CharField(label=gettext_lazy("Responsible post"), max_length=120)

    def __init__(self, *args, units, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["unit"].choices = [("", "–"), *units]


class VisitActForm(forms.Form):
    answer = forms.CharField(label=gettext_lazy("Answer of the unit"), max_length=500, required=False)


class VisitSearchForm(forms.Form):
    show = forms.ChoiceField(label=pgettext_lazy("supervision visits", "Show"), choices=Show, required=False)
    unit = forms.CharField(label=gettext_lazy("Unit"), max_length=20, required=False)
    team = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=1, max_value=2**31)
    since = day_field(label=gettext_lazy("From"), required=False)
    until = day_field(label=gettext_lazy("Until"), required=False)


class VisitSerializer(StrictSerializer):
    """`team` by its id, `unit` by code; the other fields as form F8 has them."""

    team = serializers.IntegerField(min_value=1, max_value=2**31)
    unit = serializers.CharField(max_length=20)
    visited_on = ApiDayField()
    villages = serializers.IntegerField(min_value=0, max_value=500)
    came = serializers.CharField(max_length=120)
    topics = serializers.ListField(child=serializers.ChoiceField(choices=LookedAt.choices), max_length=4)
    looked_at = serializers.CharField(max_length=400)
    found = serializers.CharField(max_length=500)
    said = serializers.CharField(max_length=500)
    responsible = serializers.CharField(max_length=120)


class VisitActSerializer(StrictSerializer):
    """`answer` when answered."""

    answer = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")


def seen_of(given: dict) -> Seen:
    return Seen(**{name: given[name] for name in Seen.__dataclass_fields__})


def detail(card: VisitCard) -> dict:
    visit, clock = card.visit, card.clock
    return {
        "number": visit.number,
        "team": {"id": visit.team_id, "name": visit.team.name, "unit": visit.team.unit.code},
        "unit": visit.unit.code,
        "visited_on": visit.visited_on,
        "villages": visit.villages,
        "came": visit.came,
        "topics": visit.topics,
        "looked_at": visit.looked_at,
        "found": visit.found,
        "said": visit.said,
        "responsible": visit.responsible,
        "state": visit.state,
        "recorded_at": visit.recorded_at,
        "form": {
            "number": visit.form.number,
            "state": visit.form.state,
            "due_at": clock.due_at if clock else None,
            "sent_at": visit.form.sent_at,
        },
        "read_at": visit.read_at,
        "answer": visit.answer or None,
        "answered_at": visit.answered_at,
        "may": card.verbs,
        "rev": visit.rev,
    }
