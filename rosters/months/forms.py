"""Is this input well formed?"""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.people.names import distinct_names
from common.dates.date_fields import day_field, hour_field, moment_field
from notices.choices import Channel

WEEKDAYS = [
    (str(n), name)
    for n, name in enumerate(
        (_("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"), _("Saturday"), _("Sunday")),
        start=1,
    )
]


class RotationForm(forms.Form):
    """The hours and the order of one post; `place_N` gives person N's place, empty = not in the round."""

    first_day = day_field(label=_("First day of the round"))
    hand_over = hour_field(
        label=_("Hand-over"), help_text=_("The duty day goes from this hour to the same of the next day.")
    )
    night_from = hour_field(
        label=_("The night's shift begins at"),
        required=False,
        help_text=_("Empty: one shift for the whole day."),
    )
    day_ends = hour_field(
        label=_("The duty ends the same day at"),
        required=False,
        help_text=_("For a duty of certain hours, as receiving people is. Empty: until the next hand-over."),
    )
    weekdays = forms.MultipleChoiceField(
        label=_("Only on these days of the week"),
        choices=WEEKDAYS,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None chosen: every day. Of the chosen ones holidays are left out."),
    )
    days_each = forms.IntegerField(
        label=_("Days per turn"), min_value=1, max_value=31, help_text=_("1 = day by day, 7 = week by week.")
    )
    off_days_apart = forms.BooleanField(
        label=_("Weekends and holidays go round in an order of their own"), required=False
    )
    minimum = forms.IntegerField(label=_("People on duty at once"), min_value=1, max_value=20)
    confirm_minutes = forms.IntegerField(
        label=_("Minutes to confirm at the hour"),
        min_value=1,
        max_value=60,
        help_text=_("After that the stand-in is on duty."),
    )
    test_channel = forms.ChoiceField(
        label=_("How the number is tested"),
        choices=[
            ("", _("As the plan reaches people")),
            (Channel.SMS, Channel.SMS.label),
            (Channel.VOICE, Channel.VOICE.label),
        ],
        required=False,
    )

    def __init__(self, *args, holders, **kwargs):
        super().__init__(*args, **kwargs)
        self.holders = {person.pk: person for person in holders}
        names = distinct_names(self.holders.values())
        for pk in self.holders:
            self.fields[f"place_{pk}"] = forms.IntegerField(
                label=names[pk], min_value=1, max_value=99, required=False
            )

    @property
    def places(self):
        return [self[f"place_{pk}"] for pk in self.holders]

    @property
    def hours(self):
        return [self[name] for name in self.base_fields]

    def people(self):
        """In the order of their places; two with the same place in the order of their names."""
        placed = [
            (self.cleaned_data.get(f"place_{pk}"), str(person), person) for pk, person in self.holders.items()
        ]
        return [person for place, _name, person in sorted((p for p in placed if p[0]), key=lambda p: p[:2])]

    def rotation(self) -> dict:
        given = {name: self.cleaned_data[name] for name in self.base_fields}
        return given | {"weekdays": "".join(sorted(given["weekdays"]))}


class DraftForm(forms.Form):
    first_day = day_field(label=_("From"))
    last_day = day_field(label=_("To (included)"))


class PublishForm(forms.Form):
    #: The server refuses with the findings beside the field; the browser would only say "fill in".
    use_required_attribute = False

    reason = forms.CharField(
        label=_("Why it is published all the same"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def owe_reason(self, owed: bool) -> None:
        """With findings the reason is not optional, and the field says so."""
        self.fields["reason"].required = owed


class ChangeForm(forms.Form):
    person = forms.ChoiceField(label=_("Who takes it"))
    starts_at = moment_field(label=_("From"))
    ends_at = moment_field(label=_("Until"))
    reason = forms.CharField(label=_("Why"), max_length=200)

    def __init__(self, *args, people, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["person"].choices = list(distinct_names(people).items())


class SwapForm(forms.Form):
    other = forms.ChoiceField(label=_("With whom"))
    in_return = forms.ChoiceField(
        label=_("For which of their duties"), required=False, help_text=_("Empty: they take it over.")
    )
    reason = forms.CharField(label=_("Why"), max_length=200, required=False)

    def __init__(self, *args, people, returns, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["other"].choices = list(distinct_names(people).items())
        self.fields["in_return"].choices = [("", "–"), *returns]


class WorkbookForm(forms.Form):
    file = forms.FileField(label=_("Workbook (XLSX)"))
