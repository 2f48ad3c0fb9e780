"""What is typed, or sent over the API, about an inquiry."""

from django import forms
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from accounts.models import Post, Unit
from common.api.serializers import StrictSerializer
from common.errors import Invalid
from supervision.inquiries.choices import Delivered, InquiryState, Measure, Trigger

_SENTENCE = 300
_TEXT = 2000
_REPORT = 4000


class SearchForm(forms.Form):
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[("live", _("Not over")), ("all", _("All")), *InquiryState.choices],
    )
    unit = forms.CharField(label=_("Unit (code)"), max_length=40, required=False)


class OpenForm(forms.Form):
    """From the record (`about`) or from a paper: then trigger, unit and reason are typed."""

    about = forms.CharField(max_length=80, required=False, widget=forms.HiddenInput)
    trigger = forms.ChoiceField(label=_("What calls for it"), choices=Trigger)
    unit = forms.CharField(label=_("Whose conduct (unit code)"), max_length=40)
    reason = forms.CharField(
        label=_("Why, in a sentence"),
        max_length=_SENTENCE,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Of a paper from outside its number. The conduct, not persons."),
    )
    post = forms.CharField(
        label=_("Post it is about (kind)"),
        max_length=40,
        required=False,
        help_text=_("Empty: the unit. A post, never a name."),
    )
    investigator = forms.CharField(label=_("Who looks (account)"), max_length=150)
    decider = forms.CharField(label=_("Who decides (account)"), max_length=150, help_text=_("Somebody else."))


class DismissForm(forms.Form):
    about = OpenForm.base_fields["about"]
    why = forms.CharField(
        label=_("Why no inquiry is needed"), max_length=_SENTENCE, widget=forms.Textarea(attrs={"rows": 2})
    )


class StatementForm(forms.Form):
    statement = forms.CharField(
        label=_("What whoever holds the post says to it"),
        max_length=_TEXT,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class ReportForm(forms.Form):
    report = forms.CharField(
        label=_("What was found: before, during, after"),
        max_length=_REPORT,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_("Was it prevented, screened, was duty clear; was it taken seriously, fast, fitting; was it followed up."),
    )  # fmt: skip


class DecisionForm(forms.Form):
    measure = forms.ChoiceField(label=_("Measure"), choices=Measure)
    decision = forms.CharField(
        label=_("Decision and its grounds"), max_length=_TEXT, widget=forms.Textarea(attrs={"rows": 4})
    )


class DeliverForm(forms.Form):
    how = forms.ChoiceField(label=_("How it was delivered"), choices=Delivered)


class EraseForm(forms.Form):
    """Nothing is typed."""


class NewInquirySerializer(StrictSerializer):
    bureau = serializers.CharField(max_length=40)
    trigger = serializers.CharField(max_length=2, required=False, default="")
    unit = serializers.CharField(max_length=40, required=False, default="")
    reason = serializers.CharField(max_length=_SENTENCE, required=False, default="")
    about = serializers.CharField(max_length=80, required=False, default="")
    post = serializers.CharField(max_length=40, required=False, allow_blank=True, default="")
    investigator = serializers.CharField(max_length=150)
    decider = serializers.CharField(max_length=150)


@extend_schema_serializer(component_name="InquiryStatement")
class StatementSerializer(StrictSerializer):
    statement = serializers.CharField(max_length=_TEXT)


@extend_schema_serializer(component_name="InquiryReport")
class ReportSerializer(StrictSerializer):
    report = serializers.CharField(max_length=_REPORT)


class DecisionSerializer(StrictSerializer):
    measure = serializers.ChoiceField(choices=Measure.choices)
    decision = serializers.CharField(max_length=_TEXT)


@extend_schema_serializer(component_name="InquiryDeliver")
class DeliverSerializer(StrictSerializer):
    how = serializers.ChoiceField(choices=Delivered.choices)


class EraseSerializer(StrictSerializer):
    """Nothing is sent."""


def post_named(unit: Unit, kind: str) -> Post | None:
    """The post of that kind in the unit; None where none is asked for."""
    if not kind.strip():
        return None
    found = Post.objects.filter(unit=unit, kind=kind.strip()).order_by("pk").first()
    if found is None:
        raise _unknown("post", _("The unit has no such post."))
    return found


def _unknown(field: str, sentence) -> Invalid:
    return Invalid(
        f"unknown_{field}",
        _("Nothing was saved: %(sentence)s") % {"sentence": sentence},
        fields={field: [sentence]},
    )
