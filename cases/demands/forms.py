"""What is typed, or sent over the API, about a demand."""

from django import forms
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from accounts.models import Unit
from accounts.naming import Names
from accounts.queries import user_named
from accounts.scope import Reach
from cases.demands.choices import DemandOrigin, DemandOutcome, PassedOn, Told
from common.api.serializers import StrictSerializer
from common.dates.date_fields import ApiMomentField
from incidents.steps.forms import StepForm

_SENTENCE = 250
_POINT = 300
_LAW = 200
_NUMBER = 60
_MOST_POINTS = 20

_NUMBER_ONLY = _("The number only: no name, no telephone.")
#: What is typed at the counter without an incident or a matter before one.
TYPED_ORIGINS = [(one.value, one.label) for one in (DemandOrigin.COUNTER, DemandOrigin.TRANSFER, DemandOrigin.NOTE)]  # fmt: skip


class TakeOnForm(forms.Form):
    point = forms.CharField(
        label=_("What is asked for"),
        max_length=_POINT,
        required=False,
        help_text=_("Empty: as it was reported."),
    )
    office_number = forms.CharField(
        label=_("Number in the petition system"),
        max_length=_NUMBER,
        required=False,
        help_text=_NUMBER_ONLY,
    )


class RegisterForm(forms.Form):
    points = forms.CharField(
        label=_("What is asked for, one point a line"),
        max_length=_POINT * _MOST_POINTS,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("The matter, not the persons."),
    )
    origin = forms.ChoiceField(label=_("Came in"), choices=TYPED_ORIGINS)
    passed_on = forms.ChoiceField(
        label=_("Passed on by"), choices=[("", "–"), *PassedOn.choices], required=False,
        help_text=_("Asks whether a leader takes charge of it."),
    )  # fmt: skip
    unit = forms.CharField(label=_("Unit (code)"), max_length=40)
    kind = forms.ChoiceField(label=_("Class"), required=False)
    lead_unit = forms.CharField(
        label=_("Lead unit (code)"), max_length=40, required=False, help_text=_("Empty: the same unit.")
    )
    office_number = TakeOnForm.base_fields["office_number"]
    accused = forms.CharField(
        label=_("It accuses a unit of ours (code)"), max_length=40, required=False,
        help_text=_("That unit, and yours if it is the one, sees nothing of this from now on. Its superior answers."),
    )  # fmt: skip

    def __init__(self, *args, classes=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [("", "–"), *classes]


class AssignDemandForm(forms.Form):
    lead_unit = forms.CharField(label=_("Lead unit (code)"), max_length=40)
    helpers = forms.CharField(
        label=_("Supporting units (codes)"),
        max_length=200,
        required=False,
        help_text=_("Separated by spaces."),
    )
    kind = forms.ChoiceField(label=_("Class"), required=False)
    office_number = TakeOnForm.base_fields["office_number"]

    def __init__(self, *args, classes=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [("", "–"), *classes]


class AccusationForm(forms.Form):
    accused = forms.CharField(
        label=_("Unit complained of (code)"), max_length=40,
        help_text=_("It and the units below it see nothing of this from now on. Its superior answers."),
    )  # fmt: skip
    people = forms.CharField(
        label=_("Staff accused (accounts)"),
        max_length=200,
        required=False,
        help_text=_("Separated by spaces."),
    )
    note = forms.CharField(
        label=_("What it complains of, in a sentence"), max_length=_SENTENCE,
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip


class SaidForm(forms.Form):
    """One step: a sentence and when it happened."""

    note = forms.CharField(
        label=_("In a sentence"),
        max_length=_SENTENCE,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("The matter, not the persons."),
    )
    at = StepForm.base_fields["at"]


class NoticeForm(forms.Form):
    number = forms.CharField(label=_("Number of the notice"), max_length=_NUMBER)
    at = StepForm.base_fields["at"]


class PromiseForm(forms.Form):
    days = forms.IntegerField(label=_("Within how many working days"), min_value=1, max_value=90)
    told_how = forms.ChoiceField(label=_("How it was told"), choices=Told)
    at = StepForm.base_fields["at"]


class ReplyForm(forms.Form):
    outcome = forms.ChoiceField(label=_("What the reply says"), choices=DemandOutcome)
    number = forms.CharField(label=_("Number of the written reply"), max_length=_NUMBER, required=False)
    law = forms.CharField(
        label=_("Legal basis"),
        max_length=_LAW,
        required=False,
        help_text=_("A reply that does not support the demand names it."),
    )
    note = SaidForm.base_fields["note"]
    at = StepForm.base_fields["at"]


class DeliverForm(forms.Form):
    how = forms.ChoiceField(label=_("How it was delivered"), choices=Told)
    signed = forms.BooleanField(label=_("The receipt was signed"), required=False)
    number = ReplyForm.base_fields["number"]
    at = StepForm.base_fields["at"]


class CloseForm(forms.Form):
    note = SaidForm.base_fields["note"]
    office_number = TakeOnForm.base_fields["office_number"]


class ReasonForm(forms.Form):
    note = SaidForm.base_fields["note"]


class TransferForm(forms.Form):
    lead_unit = forms.CharField(label=_("Transferred to (unit code)"), max_length=40)
    note = SaidForm.base_fields["note"]


class PauseForm(forms.Form):
    note = SaidForm.base_fields["note"]
    approved_by = forms.CharField(
        label=_("Approved by (account)"), max_length=150, required=False,
        help_text=_("The head of the organ that answers, or of one above."),
    )  # fmt: skip


class ExtendForm(PauseForm):
    days = forms.IntegerField(label=_("Days more"), min_value=1, max_value=90)
    told_how = forms.ChoiceField(
        label=_("How the reason was told"), required=False, choices=[("", "–"), *Told.choices]
    )
    at = StepForm.base_fields["at"]


def separate(typed: str | list[str]) -> list[str]:
    """What was typed into one field, or came as a list, one by one."""
    return typed.replace("、", " ").replace(",", " ").split() if isinstance(typed, str) else typed


def helpers_named(reach: Reach, typed: str | list[str], field: str = "helpers") -> list[Unit]:
    """Who helps: units that this person works for, above or below. Raises Invalid."""
    return Names.of_verb(reach, "matter.manage", above=True).units(separate(typed), field)


def lead_named(reach: Reach, code: str, field: str = "lead_unit") -> Unit | None:
    """Who answers: as who helps. Another county's is given it by passing it on, which asks that county."""
    return helpers_named(reach, [code], field)[0] if code.strip() else None


def to_pass_on_to(reach: Reach, code: str, field: str) -> Unit:
    """Any unit: passing on is done to whose business it is, wherever that is."""
    return Names.anywhere(reach, "matter.manage").unit(code, field)


def accused_named(reach: Reach, code: str) -> Unit | None:
    """Any unit: people complain of whom they complain of."""
    return Names.anywhere(reach, "matter.manage").unit(code, "accused") if code.strip() else None


def accusation_of(given: dict, reach: Reach) -> dict:
    """What was typed, or sent, about an accusation, as the actions take it."""
    everybody = Names.anywhere(reach, "matter.manage")
    return {
        "accused": everybody.unit(given["accused"], "accused"),
        "people": everybody.people(separate(given["people"]), "people", reach.now),
        "note": given["note"],
    }


def person_named(username: str):
    """Who approved; nobody of that name approves nothing."""
    return user_named(username.strip()) if username.strip() else None


# --- over the API -------------------------------------------------------------------------------------------


class NewDemandSerializer(StrictSerializer):
    point = serializers.CharField(max_length=_POINT)
    unit = serializers.CharField(max_length=40, required=False, default="")
    origin = serializers.ChoiceField(choices=TYPED_ORIGINS, required=False, default=DemandOrigin.COUNTER)
    passed_on = serializers.ChoiceField(
        choices=PassedOn.choices, required=False, allow_blank=True, default=""
    )
    kind = serializers.CharField(max_length=40, required=False, allow_blank=True, default="")
    lead_unit = serializers.CharField(max_length=40, required=False, default="")
    support_units = serializers.ListField(
        child=serializers.CharField(max_length=40), required=False, default=list
    )
    external_number = serializers.CharField(max_length=_NUMBER, required=False, allow_blank=True, default="")
    incident = serializers.CharField(max_length=60, required=False, default="")
    matter = serializers.CharField(max_length=60, required=False, default="")
    reception = serializers.CharField(max_length=60, required=False, default="")
    accused = serializers.CharField(max_length=40, required=False, allow_blank=True, default="")

    def get_fields(self):
        # `class` is a word of Python.
        return {"class" if name == "kind" else name: field for name, field in super().get_fields().items()}


class DemandStepSerializer(StrictSerializer):
    kind = serializers.CharField(max_length=60)
    note = serializers.CharField(max_length=_SENTENCE, required=False, allow_blank=True, default="")
    at = ApiMomentField(required=False, allow_null=True, default=None)


@extend_schema_serializer(component_name="DemandNotice")
class NoticeSerializer(StrictSerializer):
    number = serializers.CharField(max_length=_NUMBER)
    at = ApiMomentField(required=False, allow_null=True, default=None)


class PromiseSerializer(StrictSerializer):
    days = serializers.IntegerField(min_value=1, max_value=90)
    told_how = serializers.ChoiceField(choices=Told.choices)
    at = ApiMomentField(required=False, allow_null=True, default=None)


class ReplySerializer(StrictSerializer):
    outcome = serializers.ChoiceField(choices=DemandOutcome.choices)
    law = serializers.CharField(max_length=_LAW, required=False, allow_blank=True, default="")
    number = serializers.CharField(max_length=_NUMBER, required=False, allow_blank=True, default="")
    note = serializers.CharField(max_length=_SENTENCE)
    at = ApiMomentField(required=False, allow_null=True, default=None)


@extend_schema_serializer(component_name="DemandDeliver")
class DeliverSerializer(StrictSerializer):
    how = serializers.ChoiceField(choices=Told.choices)
    signed = serializers.BooleanField()
    number = serializers.CharField(max_length=_NUMBER, required=False, allow_blank=True, default="")
    at = ApiMomentField(required=False, allow_null=True, default=None)


class PauseSerializer(StrictSerializer):
    reason = serializers.CharField(max_length=_SENTENCE)
    approved_by = serializers.CharField(max_length=150, required=False, allow_blank=True, default="")


class ExtendSerializer(PauseSerializer):
    days = serializers.IntegerField(min_value=1, max_value=90)
    told_how = serializers.ChoiceField(choices=Told.choices, required=False, allow_blank=True, default="")
    told_at = ApiMomentField(required=False, allow_null=True, default=None)


@extend_schema_serializer(component_name="DemandReason")
class ReasonSerializer(StrictSerializer):
    reason = serializers.CharField(max_length=_SENTENCE)


class AccusationSerializer(StrictSerializer):
    accused = serializers.CharField(max_length=40)
    people = serializers.ListField(
        child=serializers.CharField(max_length=150), required=False, default=list, max_length=20
    )
    note = serializers.CharField(max_length=_SENTENCE)


class TransferSerializer(StrictSerializer):
    to = serializers.CharField(max_length=40)
    reason = serializers.CharField(max_length=_SENTENCE)


class DemandCloseSerializer(StrictSerializer):
    note = serializers.CharField(max_length=_SENTENCE)
    external_number = serializers.CharField(max_length=_NUMBER, required=False, allow_blank=True, default="")
