"""What is typed, or sent over the API, about a leader case."""

from django import forms
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from cases.demands.choices import Told
from cases.demands.forms import PauseForm
from common.api.serializers import StrictSerializer
from common.dates.date_fields import ApiDayField, ApiMomentField, day_field
from incidents.steps.forms import StepForm

_SENTENCE = 250
_PLAN = 300
_MEASURES = 500
_REPORT = 4000
_NUMBER = 60

_NO_NAMES = _("The matter, not the persons.")


def _text(label, longest: int = _PLAN, rows: int = 2, **more) -> forms.CharField:
    return forms.CharField(
        label=label, max_length=longest, widget=forms.Textarea(attrs={"rows": rows}), **more
    )


class ProposeForm(forms.Form):
    trigger = forms.ChoiceField(label=_("By which trigger of the plan"))
    note = _text(_("Why, in a sentence"), _SENTENCE, help_text=_NO_NAMES)

    def __init__(self, *args, triggers=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["trigger"].choices = triggers


class LeaderForm(forms.Form):
    leader = forms.ChoiceField(label=_("Leader in charge"))

    def __init__(self, *args, leaders=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["leader"].choices = leaders


class CaseReasonForm(forms.Form):
    reason = _text(_("Reason"), _SENTENCE)


class ChangeLeaderForm(LeaderForm):
    reason = CaseReasonForm.base_fields["reason"]


class PlanForm(forms.Form):
    """五定 (the leader is named already) and 三包."""

    measures = _text(_("Measures"), _MEASURES, 3, help_text=_NO_NAMES)
    team = _text(_("The team, by posts"), help_text=_("Who does what, by post; no names needed."))
    helpers = forms.CharField(
        label=_("Units of the team (codes)"),
        max_length=200,
        required=False,
        help_text=_("Separated by spaces."),
    )
    due_date = day_field(label=_("To be settled by"))
    quality = _text(_("What counts as settled"))
    investigate = _text(_("Guarantee: investigate"))
    handle = _text(_("Guarantee: handle"))
    settle = _text(_("Guarantee: settle and keep settled"))


class CaseNoteForm(forms.Form):
    note = _text(_("In a sentence"), _SENTENCE, help_text=_NO_NAMES)
    at = StepForm.base_fields["at"]


class ExtendCaseForm(PauseForm):
    days = forms.IntegerField(label=_("Days more"), min_value=1, max_value=30)
    told_how = forms.ChoiceField(
        label=_("How the party was told"), required=False, choices=[("", "–"), *Told.choices]
    )
    at = StepForm.base_fields["at"]


class ReportForm(forms.Form):
    report = _text(
        _("Closing report"),
        _REPORT,
        14,
        help_text=_("Drafted from the record: check it, and take out names."),
    )


class TellForm(forms.Form):
    number = forms.CharField(label=_("Number of the written notice"), max_length=_NUMBER)
    how = forms.ChoiceField(label=_("How the party was told"), choices=Told)
    at = StepForm.base_fields["at"]


class CloseCaseForm(forms.Form):
    note = _text(_("In a sentence"), _SENTENCE, help_text=_NO_NAMES)


# --- over the API -------------------------------------------------------------------------------------------


class LeaderSerializer(StrictSerializer):
    leader = serializers.CharField(max_length=150)


class CaseReasonSerializer(StrictSerializer):
    reason = serializers.CharField(max_length=_SENTENCE)


class ChangeLeaderSerializer(LeaderSerializer):
    reason = serializers.CharField(max_length=_SENTENCE)


class PlanSerializer(StrictSerializer):
    measures = serializers.CharField(max_length=_MEASURES)
    team = serializers.CharField(max_length=_PLAN)
    support_units = serializers.ListField(
        child=serializers.CharField(max_length=40), required=False, default=list
    )
    due_date = ApiDayField()
    quality = serializers.CharField(max_length=_PLAN)
    investigate = serializers.CharField(max_length=_PLAN)
    handle = serializers.CharField(max_length=_PLAN)
    settle = serializers.CharField(max_length=_PLAN)


class NewLeaderCaseSerializer(StrictSerializer):
    """`leader`, five fixed and three guarantees are all there, or all left out: then it is only proposed."""

    matter = serializers.CharField(max_length=60, required=False, default="")
    incident = serializers.CharField(max_length=60, required=False, default="")
    demand = serializers.CharField(max_length=60, required=False, default="")
    trigger = serializers.CharField(max_length=40)
    note = serializers.CharField(max_length=_SENTENCE)
    leader = serializers.CharField(max_length=150, required=False, default="")
    plan = PlanSerializer(required=False)


class CaseNoteSerializer(StrictSerializer):
    note = serializers.CharField(max_length=_SENTENCE)
    at = ApiMomentField(required=False, allow_null=True, default=None)


class ExtendCaseSerializer(StrictSerializer):
    days = serializers.IntegerField(min_value=1, max_value=30)
    reason = serializers.CharField(max_length=_SENTENCE)
    approved_by = serializers.CharField(max_length=150, required=False, allow_blank=True, default="")
    told_how = serializers.ChoiceField(choices=Told.choices, required=False, allow_blank=True, default="")
    told_at = ApiMomentField(required=False, allow_null=True, default=None)


@extend_schema_serializer(component_name="LeaderCaseReport")
class ReportSerializer(StrictSerializer):
    report = serializers.CharField(max_length=_REPORT)


class NothingSerializer(StrictSerializer):
    """An act that needs no words."""


class TellSerializer(StrictSerializer):
    number = serializers.CharField(max_length=_NUMBER)
    how = serializers.ChoiceField(choices=Told.choices)
    at = ApiMomentField(required=False, allow_null=True, default=None)


class CloseCaseSerializer(StrictSerializer):
    note = serializers.CharField(max_length=_SENTENCE)
