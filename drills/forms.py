"""Is this input well formed?"""

from django import forms
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit
from common.dates.date_fields import day_field
from drills.choices import Grade, ScenarioKind, StaffRole
from drills.conduct.actions import Plan
from drills.conduct.queries import Seat
from drills.scenarios.document import Scenario


class ChooseForm(forms.Form):
    """The first step of planning: where, and which scenario."""

    unit = forms.ChoiceField(label=_("Unit"))
    scenario = forms.ChoiceField(label=pgettext_lazy("drill", "Scenario"), required=False)

    def __init__(self, *args, units=(), scenarios=(), **kwargs):
        super().__init__(*args, **kwargs)
        language = get_language()
        self.fields["unit"].choices = [(unit.code, str(unit)) for unit in units]
        self.fields["scenario"].choices = [
            ("", _("Not chosen yet")),
            *((one.id, one.title.in_language(language)) for one in scenarios),
        ]


class DrillForm(forms.Form):
    """What is planned of a drill; who plays which role of the scenario is a field of its own for each role."""

    kind = forms.ChoiceField(label=pgettext_lazy("drill", "Kind"), choices=ScenarioKind, required=False)
    month = day_field(label=_("Month"), help_text=_("Any day of the month it is planned for."))
    objectives = forms.CharField(
        label=_("What it is to show"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    speed = forms.IntegerField(
        label=pgettext_lazy("drill", "Speed"),
        min_value=1,
        max_value=600,
        initial=1,
        help_text=_(
            "Minutes of the scenario in one real minute. Time limits of the plan always run in real time."
        ),
    )

    def __init__(self, *args, scenario: Scenario | None = None, seats: list[Seat] = (), staff=(), **kwargs):  # type: ignore[assignment]
        super().__init__(*args, **kwargs)
        self.seats = list(seats)
        language = get_language()
        if scenario is not None:
            del self.fields["kind"]
        for seat in self.seats:
            self.fields[f"plays_{seat.role.id}"] = forms.ChoiceField(
                label=seat.role.words.in_language(language),
                choices=[("", "–"), *((one.username, f"{one} ({one.username})") for one in seat.people)],
                required=False,
            )
        for role in StaffRole:
            self.fields[f"staff_{role}"] = forms.MultipleChoiceField(
                label=role.label,
                choices=[(one.username, str(one)) for one in staff],
                required=False,
                widget=forms.CheckboxSelectMultiple,
            )

    def plan(self, scenario: str) -> Plan:
        given = self.cleaned_data
        people = [(given[f"plays_{seat.role.id}"], seat.role.id) for seat in self.seats]
        people += [(name, str(role)) for role in StaffRole for name in given[f"staff_{role}"]]
        return Plan(
            scenario=scenario,
            kind=given.get("kind", ""),
            month=given["month"],
            objectives=given["objectives"],
            speed=given["speed"],
            participants=tuple((name, role) for name, role in people if name),
        )


class OwnInjectForm(forms.Form):
    text = forms.CharField(
        label=pgettext_lazy("inject", "What happens"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    role = forms.ChoiceField(label=_("Who hears of it"))

    def __init__(self, *args, scenario: Scenario | None = None, **kwargs):
        super().__init__(*args, **kwargs)
        language = get_language()
        roles = scenario.roles if scenario else ()
        self.fields["role"].choices = [(one.id, one.words.in_language(language)) for one in roles]


class RemarkForm(forms.Form):
    text = forms.CharField(
        label=_("What was seen"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("What was done, not who did it well or badly."),
    )
    number = forms.IntegerField(label=_("Inject number"), required=False, min_value=1, max_value=999)


class RatingForm(forms.Form):
    objective = forms.CharField(max_length=10, widget=forms.HiddenInput)
    grade = forms.ChoiceField(
        label=pgettext_lazy("drill", "How it went"), choices=[("", "–"), *Grade.choices]
    )
    text = forms.CharField(label=_("Which challenges"), max_length=500, required=False)


class ReviewForm(forms.Form):
    summary = forms.CharField(
        label=pgettext_lazy("drill", "What it comes to"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


def units_of(reach) -> list[Unit]:
    """Where this person plans drills: the units of their own posts."""
    own = Unit.objects.filter(reach.filter("drill.manage", "path"), valid_to=None)
    return list(own.filter(pk__in={post.unit_id for post in reach.posts}).order_by("path"))
