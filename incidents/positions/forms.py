"""Is this input well formed?"""

from django import forms
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from common.api.serializers import StrictSerializer
from incidents.choices import CoordinateSystem
from incidents.reporting.actions import Position
from incidents.serializers import PositionSerializer


class PositionForm(forms.Form):
    """Figures as somebody read them off, and in which system: none is assumed and none is converted."""

    latitude = forms.DecimalField(
        label=_("Latitude"), max_digits=9, decimal_places=6, min_value=-90, max_value=90
    )
    longitude = forms.DecimalField(
        label=_("Longitude"), max_digits=9, decimal_places=6, min_value=-180, max_value=180
    )
    crs = forms.ChoiceField(
        label=_("Coordinate system"),
        choices=[("", "—"), *CoordinateSystem.choices],
        help_text=_("That of the map or device the figures were read from. Nothing is converted."),
    )
    accuracy_m = forms.IntegerField(
        label=_("Accurate to (metres)"), min_value=0, max_value=1_000_000, required=False,
        help_text=_("Empty: not known."),
    )  # fmt: skip
    reason = forms.CharField(
        label=_("Why"),
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("How you know: it stays in the timeline. The matter, not the persons."),
    )

    @property
    def position(self) -> Position:
        given = self.cleaned_data
        return Position(given["latitude"], given["longitude"], given["accuracy_m"], given["crs"])


class CorrectPositionSerializer(StrictSerializer):
    position = PositionSerializer()
    reason = serializers.CharField(max_length=200)
