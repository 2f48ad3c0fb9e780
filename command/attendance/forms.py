"""Is this input well formed?"""

from django import forms
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from command.attendance.choices import CalledKind, Route
from command.attendance.queries import OfAttendance, routes
from command.linkage.choices import Way
from common.api.serializers import StrictSerializer
from common.dates.date_fields import ApiMomentField, moment_field


class NotifyForm(forms.Form):
    called_kind = forms.ChoiceField(label=_("Who is called"), choices=CalledKind)
    units = forms.CharField(
        label=_("Which units"), max_length=1700, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("One on a line: for each its own time runs."),
    )  # fmt: skip
    way = forms.ChoiceField(label=_("How they were told"), choices=Way)
    at = moment_field(label=_("When"), required=False, help_text=_("Empty: now."))
    is_responsible = forms.BooleanField(
        label=_("The matter is theirs: their principal stays"), required=False
    )


class CallForm(forms.Form):
    said = forms.CharField(label=_("Who came, by post"), max_length=80, required=False)
    at = moment_field(label=_("When"), required=False)


class OfferForm(forms.Form):
    place = forms.CharField(label=_("Where people are received"), max_length=120)
    begins_at = moment_field(label=_("From when"))


class RouteForm(forms.Form):
    route = forms.ChoiceField(label=_("Who receives people"), choices=Route)
    who = forms.CharField(label=_("Which units, or which leader by post"), max_length=200)
    reason = forms.CharField(label=_("Why"), max_length=300)


def attendance_forms(found: OfAttendance, is_open: bool) -> dict:
    """The forms of what may be done now; empty where nothing may."""
    forms_now: dict = {}
    if found.may_manage and is_open:
        forms_now |= {
            "notify": NotifyForm(auto_id="notify-%s"),
            "route": RouteForm(auto_id="route-%s"),
            "routes": routes(found.tables),
        }
    if found.may_observe and is_open:
        forms_now["offer"] = OfferForm(auto_id="offer-%s")
    return forms_now


class NotifySerializer(StrictSerializer):
    called_kind = serializers.ChoiceField(choices=CalledKind.choices)
    units = serializers.ListField(child=serializers.CharField(max_length=80), max_length=20)
    way = serializers.ChoiceField(choices=Way.choices, required=False, default=Way.PHONE)
    at = ApiMomentField(required=False, allow_null=True, default=None)
    is_responsible = serializers.BooleanField(required=False, default=False)


class CallSerializer(StrictSerializer):
    """`said`: who came, who stays instead, or why they need not come."""

    said = serializers.CharField(max_length=80, required=False, allow_blank=True, default="")
    at = ApiMomentField(required=False, allow_null=True, default=None)


class OfferSerializer(StrictSerializer):
    place = serializers.CharField(max_length=120)
    begins_at = ApiMomentField()


class OfferAnswerSerializer(StrictSerializer):
    """The address says all."""


class RouteSerializer(StrictSerializer):
    route = serializers.ChoiceField(choices=Route.choices)
    who = serializers.CharField(max_length=200)
    reason = serializers.CharField(max_length=300)
