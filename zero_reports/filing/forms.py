"""Is this input well formed? Rows of a report, named as the API reads them: `items.0.class`."""

from django import forms
from django.utils.translation import gettext_lazy as _

from common.text.personal_data import unsigned_personal_data_in
from zero_reports.filing.actions import Item
from zero_reports.filing.classes import class_label

#: So many matters can be said at once; all but the first row are folded away.
ROWS = 7

NOTHING_CHOSEN = _("Choose a class. If there is nothing to report, go back and choose “Nothing to report”.")


def name_of_tick(number: int) -> str:
    """The field that names the `number`-th incident: after the rows."""
    return f"items.{ROWS + number}.incident"


class ItemsForm(forms.Form):
    """Up to seven matters: class, how many, one sentence; and incidents already recorded, to be ticked.

    Without JavaScript every row is there from the beginning; empty rows are passed over.
    """

    def __init__(self, *args, classes, incidents=(), said=(), **kwargs):
        super().__init__(*args, **kwargs)
        # What is corrected may stand under a class that the plan has given up since.
        self.classes = {
            item.dispute_class: class_label(item.dispute_class) for item in said if not item.incident
        }
        self.classes = classes | self.classes
        self.incidents = list(incidents)
        matters = [item for item in said if not item.incident]
        ticked = {item.incident for item in said if item.incident}
        for number in range(ROWS):
            self._add_row(number, matters[number] if number < len(matters) else None)
        for number, incident in enumerate(self.incidents):
            self.fields[name_of_tick(number)] = forms.BooleanField(
                required=False,
                label=f"{incident.number} {incident.title}",
                widget=forms.CheckboxInput(attrs={"value": incident.number}),
                initial=not said or incident.number in ticked,
            )

    def _add_row(self, number: int, item: Item | None) -> None:
        self.fields[f"items.{number}.class"] = forms.ChoiceField(
            required=number == 0 and not self.incidents,
            label=_("Class"),
            choices=list(self.classes.items()),
            initial=item.dispute_class if item else "",
            widget=forms.RadioSelect,
            error_messages={"required": NOTHING_CHOSEN},
        )
        self.fields[f"items.{number}.count"] = forms.IntegerField(
            required=False,
            label=_("How many"),
            min_value=1,
            max_value=99_999,
            initial=item.count if item else 1,
            widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
        )
        self.fields[f"items.{number}.note"] = forms.CharField(
            required=False,
            label=_("In one sentence"),
            max_length=200,
            initial=item.note if item else "",
            widget=forms.Textarea(attrs={"rows": 2}),
        )

    def rows(self) -> list[dict]:
        """The rows for the template, each with those after it; open if it or a later one holds something."""
        rows: list[dict] = []
        for number in reversed(range(ROWS)):
            category, count, note = (self[f"items.{number}.{part}"] for part in ("class", "count", "note"))
            holds = bool(category.value() or note.value() or category.errors or count.errors or note.errors)
            is_open = holds or any(row["is_open"] for row in rows[:1])
            row = {"class": category, "count": count, "note": note, "is_open": is_open, "further": rows}
            rows = [{**row, "number": number + 1}, *rows]
        return rows

    def ticks(self) -> list[forms.BoundField]:
        return [self[name_of_tick(number)] for number in range(len(self.incidents))]

    def clean(self):
        given = super().clean()
        self.items = [item for number in range(ROWS) if (item := self._item(number, given))]
        for number, incident in enumerate(self.incidents):
            if given.get(name_of_tick(number)):
                self.items.append(Item(incident=incident.number))
        if not self.items and not self.errors:
            self.add_error("items.0.class", NOTHING_CHOSEN)
        return given

    def _item(self, number: int, given: dict) -> Item | None:
        category, count, note = (given.get(f"items.{number}.{part}") for part in ("class", "count", "note"))
        if not category and not note:
            return None
        if not category:
            self.add_error(f"items.{number}.class", _("Choose the class this sentence belongs to."))
            return None
        if note and unsigned_personal_data_in(note):
            self.add_error(
                f"items.{number}.note",
                _("Take out the identity, telephone or card number: reports name no people."),
            )
            return None
        return Item(category, count or 1, note or "")
