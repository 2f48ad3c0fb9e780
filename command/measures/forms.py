"""Is this input well formed?"""

from django import forms
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from command.measures.queries import MajorKind
from common.api.serializers import StrictSerializer
from common.dates.date_fields import ApiMomentField, moment_field


class MeasureForm(forms.Form):
    major = forms.ChoiceField(label=_("Kind of measure"), required=False)
    what = forms.CharField(
        label=_("What is done"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("The act, not the persons."),
    )  # fmt: skip
    legal_basis = forms.CharField(
        label=_("On which law"), max_length=200, widget=forms.TextInput(attrs={"list": "legal-bases"}),
        help_text=_("Law and article."),
    )  # fmt: skip
    touches_rights = forms.BooleanField(label=_("It touches people's rights"), required=False)
    proportionality = forms.CharField(
        label=_("Why nothing milder is enough"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Needed where it touches rights (Emergency Response Law art. 10)."),
    )  # fmt: skip
    at = moment_field(label=_("When"), required=False, help_text=_("Empty: now."))

    def __init__(self, *args, majors: list[MajorKind], **kwargs):
        super().__init__(*args, **kwargs)
        named = [
            (one.kind.id, _("%(kind)s – approval: %(whose)s") % {"kind": one.title, "whose": one.whose})
            for one in majors
        ]
        self.fields["major"].choices = [("", _("None that needs approval beforehand")), *named]
        if not majors:
            del self.fields["major"]


class RequestForm(MeasureForm):
    """The same, asked for beforehand: a kind has to be chosen, and nothing has happened yet."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        del self.fields["at"]
        if "major" in self.fields:
            self.fields["major"].required = True
            self.fields["major"].choices = self.fields["major"].choices[1:]


class AnswerForm(forms.Form):
    approver = forms.CharField(label=_("Who answered, by post"), max_length=120, required=False)
    reason = forms.CharField(label=_("Reason or conditions"), max_length=300, required=False)


class MomentForm(forms.Form):
    at = moment_field(label=_("When"), required=False)


class RequestSerializer(StrictSerializer):
    """`major`: the plan's id of the kind; `approval_by`: the plan's role. Either makes it a major measure."""

    what = serializers.CharField(max_length=500)
    legal_basis = serializers.CharField(max_length=200)
    touches_rights = serializers.BooleanField(required=False, default=False)
    proportionality = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")
    major = serializers.CharField(max_length=60, required=False, allow_blank=True, default="")
    approval_by = serializers.CharField(max_length=60, required=False, allow_blank=True, default="")


class MeasureSerializer(RequestSerializer):
    at = ApiMomentField(required=False, allow_null=True, default=None)


class MeasureActSerializer(StrictSerializer):
    """`reason` when refusing and withdrawing; `approver` (by post) for a role outside; `at` when taken."""

    reason = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")
    approver = serializers.CharField(max_length=120, required=False, allow_blank=True, default="")
    at = ApiMomentField(required=False, allow_null=True, default=None)


def detail(row) -> dict:
    return {
        "id": row.pk,
        "state": row.state,
        "what": row.what,
        "legal_basis": row.legal_basis,
        "touches_rights": row.touches_rights,
        "proportionality": row.proportionality or None,
        "major": row.title or None,
        "approval_by": row.role or None,
        "approval_of": row.whose or None,
        "cite": row.cite or None,
        "asked_at": row.asked_at,
        "approver": row.approver or None,
        "answered_at": row.answered_at,
        "reason": row.reason or None,
        "taken_at": row.taken_at,
    }
