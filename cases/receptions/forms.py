"""What is typed, or sent over the API, about a reception."""

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from rest_framework import serializers

from accounts.people.names import distinct_names
from cases.receptions.choices import ReceptionOutcome
from cases.receptions.counter import Arrival
from cases.receptions.points import Point
from cases.receptions.rules import MOST_POINTS, OUTCOMES
from common.api.serializers import StrictSerializer
from common.dates.date_fields import ApiMomentField, moment_field

_PLACE, _ABOUT, _POINT, _EVIDENCE, _SENTENCE, _NUMBER = 120, 200, 300, 500, 250, 60
#: Lines for points on the counter's page; more are added on the reception's own.
ROWS = 5
_MATTER_ONLY = _("The matter, not the persons.")
_MOST_PEOPLE = 2000
_KINDS = [("single", _("One person or one household")), ("group", _("A group"))]
_RECORDING = [
    ("", _("Nothing is recorded")),
    ("yes", _("Recorded, told beforehand")),
    ("no", _("Recorded, not told yet")),
]
_TOLD = {"yes": True, "no": False}


class WhereForm(forms.Form):
    """Where and what about: of a booked reception and of one that simply begins."""

    unit = forms.CharField(label=_("Unit (code)"), max_length=40)
    place = forms.CharField(label=_("Place of the reception"), max_length=_PLACE)
    about = forms.CharField(
        label=_("What it is about"), max_length=_ABOUT, required=False, help_text=_MATTER_ONLY
    )
    receivers = forms.MultipleChoiceField(
        label=_("Who receives"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args, staff=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.staff = {str(person.pk): person for person in staff}
        self.fields["receivers"].choices = [(str(pk), name) for pk, name in distinct_names(staff).items()]

    def people(self) -> list:
        return [self.staff[pk] for pk in self.cleaned_data["receivers"]]


class BookForm(WhereForm):
    scheduled_at = moment_field(label=_("Hour of the reception"))
    kind = forms.ChoiceField(label=_("Who comes"), choices=_KINDS)
    expected = forms.IntegerField(
        label=_("How many are expected"), min_value=1, max_value=_MOST_PEOPLE, required=False
    )

    field_order = ("scheduled_at", "place", "about", "kind", "expected", "unit", "receivers")


class ArrivalForm(forms.Form):
    """Who has come, in numbers, and their points, each with its tick once it was read back."""

    kind = forms.ChoiceField(
        label=_("Who has come"), choices=_KINDS, widget=forms.RadioSelect, initial="single"
    )
    came = forms.IntegerField(label=_("How many have come"), min_value=1, max_value=_MOST_PEOPLE)
    representatives = forms.IntegerField(
        label=_("Representatives of the group"), min_value=1, max_value=_MOST_PEOPLE, required=False,
        help_text=_("At most five: a number, never names."),
    )  # fmt: skip
    recording = forms.ChoiceField(label=_("Sound and picture"), choices=_RECORDING, required=False)
    evidence = forms.CharField(
        label=_("Evidence shown or handed over"), max_length=_EVIDENCE, required=False,
        widget=forms.Textarea(attrs={"rows": 2}), help_text=_("What it is, not whose."),
    )  # fmt: skip
    demand_kind = forms.ChoiceField(label=_("Class of the points"), required=False)
    lead_unit = forms.CharField(
        label=_("Lead unit (code)"), max_length=40, required=False, help_text=_("Empty: the same unit.")
    )
    notice_number = forms.CharField(
        label=_("Number of the written notice handed over now"), max_length=_NUMBER, required=False,
        help_text=_("Empty: it follows within 15 days."),
    )  # fmt: skip

    def __init__(self, *args, classes=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["demand_kind"].choices = [("", "–"), *classes]
        for n in range(1, ROWS + 1):
            self.fields[f"point_{n}"] = forms.CharField(
                label=_("Point %(n)s") % {"n": n}, max_length=_POINT, required=False
            )
            self.fields[f"ok_{n}"] = forms.BooleanField(label=_("Read back and confirmed"), required=False)

    @property
    def points(self) -> list:
        return [(self[f"point_{n}"], self[f"ok_{n}"]) for n in range(1, ROWS + 1)]

    def arrival(self) -> Arrival:
        given = self.cleaned_data
        return Arrival(
            given["came"], given["kind"] == "group", given["representatives"], _TOLD.get(given["recording"]),
            given["evidence"],
        )  # fmt: skip

    def said(self, lead_unit) -> list[Point]:
        given = self.cleaned_data
        return [
            Point(given[f"point_{n}"], given[f"ok_{n}"], given["demand_kind"], lead_unit)
            for n in range(1, ROWS + 1)
        ]


class MoveForm(forms.Form):
    scheduled_at = BookForm.base_fields["scheduled_at"]
    place = forms.CharField(
        label=_("Place of the reception"),
        max_length=_PLACE,
        required=False,
        help_text=_("Empty: the same place."),
    )


class CancelForm(forms.Form):
    note = forms.CharField(
        label=_("Why it does not take place"), max_length=_SENTENCE,
        widget=forms.Textarea(attrs={"rows": 2}), help_text=_MATTER_ONLY,
    )  # fmt: skip


class AbsentForm(forms.Form):
    note = forms.CharField(
        label=_("Note"), max_length=_SENTENCE, required=False, help_text=_("No reason is asked for.")
    )


class PointForm(forms.Form):
    """One more point, or how one reads once it was read back."""

    point = forms.CharField(label=_("What is asked for"), max_length=_POINT, help_text=_MATTER_ONLY)
    demand_kind = ArrivalForm.base_fields["demand_kind"]
    lead_unit = ArrivalForm.base_fields["lead_unit"]

    def __init__(self, *args, classes=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["demand_kind"].choices = [("", "–"), *classes]


class NewPointForm(PointForm):
    confirmed = forms.BooleanField(label=_("Read back and confirmed"), required=False)


class NoticeNumberForm(forms.Form):
    number = forms.CharField(label=_("Number of the notice"), max_length=_NUMBER)


class EndForm(forms.Form):
    outcome = forms.ChoiceField(
        label=pgettext_lazy("reception", "What came of it"),
        widget=forms.RadioSelect,
        choices=[(one, ReceptionOutcome(one).label) for one in OUTCOMES],
    )
    result = forms.CharField(
        label=_("In a sentence"), max_length=_SENTENCE, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_MATTER_ONLY,
    )  # fmt: skip
    as_incident = forms.BooleanField(label=_("Major: report it as an incident too"), required=False)


# --- over the API -------------------------------------------------------------------------------------------


class ApiPointSerializer(StrictSerializer):
    """A sentence alone is a point that is not read back yet."""

    point = serializers.CharField(max_length=_POINT)
    confirmed = serializers.BooleanField(required=False, default=False)
    kind = serializers.CharField(max_length=40, required=False, allow_blank=True, default="")
    lead_unit = serializers.CharField(max_length=40, required=False, allow_blank=True, default="")

    def to_internal_value(self, data):
        return super().to_internal_value({"point": data} if isinstance(data, str) else data)

    def get_fields(self):
        # `class` is a word of Python.
        return {"class" if name == "kind" else name: field for name, field in super().get_fields().items()}


class NewReceptionSerializer(StrictSerializer):
    """`at`: booked for then; without it people are there, and `came` says how many."""

    unit = serializers.CharField(max_length=40)
    at = ApiMomentField(required=False, allow_null=True, default=None)
    kind = serializers.ChoiceField(choices=["single", "group"])
    place = serializers.CharField(max_length=_PLACE, required=False, allow_blank=True, default="")
    about = serializers.CharField(max_length=_ABOUT, required=False, allow_blank=True, default="")
    expected = serializers.IntegerField(
        min_value=1, max_value=_MOST_PEOPLE, required=False, allow_null=True, default=None
    )
    came = serializers.IntegerField(
        min_value=1, max_value=_MOST_PEOPLE, required=False, allow_null=True, default=None
    )
    representatives = serializers.IntegerField(
        min_value=0, max_value=_MOST_PEOPLE, required=False, allow_null=True, default=None
    )
    recording_told = serializers.BooleanField(required=False, allow_null=True, default=None)
    evidence = serializers.CharField(max_length=_EVIDENCE, required=False, allow_blank=True, default="")
    points = serializers.ListField(
        child=ApiPointSerializer(), max_length=MOST_POINTS, required=False, default=list
    )
    receivers = serializers.ListField(
        child=serializers.CharField(max_length=150), max_length=50, required=False, default=list
    )
    incident = serializers.CharField(max_length=60, required=False, allow_blank=True, default="")
    matter = serializers.CharField(max_length=60, required=False, allow_blank=True, default="")


class ApiArrivalSerializer(StrictSerializer):
    kind = serializers.ChoiceField(choices=["single", "group"])
    came = serializers.IntegerField(min_value=1, max_value=_MOST_PEOPLE)
    representatives = NewReceptionSerializer().fields["representatives"]
    recording_told = serializers.BooleanField(required=False, allow_null=True, default=None)
    evidence = serializers.CharField(max_length=_EVIDENCE, required=False, allow_blank=True, default="")
    points = serializers.ListField(
        child=ApiPointSerializer(), max_length=MOST_POINTS, required=False, default=list
    )


class ApiPointsSerializer(StrictSerializer):
    points = serializers.ListField(child=ApiPointSerializer(), max_length=MOST_POINTS)


class ApiConfirmSerializer(StrictSerializer):
    place = serializers.IntegerField(min_value=1, max_value=MOST_POINTS)
    point = serializers.CharField(max_length=_POINT, required=False, allow_blank=True, default="")
    lead_unit = serializers.CharField(max_length=40, required=False, allow_blank=True, default="")


class ApiPlaceSerializer(StrictSerializer):
    place = serializers.IntegerField(min_value=1, max_value=MOST_POINTS)


class ApiMoveSerializer(StrictSerializer):
    at = ApiMomentField()
    place = serializers.CharField(max_length=_PLACE, required=False, allow_blank=True, default="")


class ApiReasonSerializer(StrictSerializer):
    reason = serializers.CharField(max_length=_SENTENCE)


class ApiNoteSerializer(StrictSerializer):
    note = serializers.CharField(max_length=_SENTENCE, required=False, allow_blank=True, default="")


class ApiItemSerializer(StrictSerializer):
    item = serializers.CharField(max_length=100)


class ApiNoticeSerializer(StrictSerializer):
    number = serializers.CharField(max_length=_NUMBER)


class ApiNothingSerializer(StrictSerializer):
    pass


class ApiEndSerializer(StrictSerializer):
    outcome = serializers.ChoiceField(choices=OUTCOMES)
    result = serializers.CharField(max_length=_SENTENCE)
    as_incident = serializers.BooleanField(required=False, default=False)
