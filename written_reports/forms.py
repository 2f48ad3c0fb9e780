"""Is what was written well formed? Fields are named as the API names them: `texts.analysis`, `lines.0.what`."""

import re

from django import forms
from django.utils.translation import gettext_lazy as _

from common.dates.date_fields import day_field
from written_reports import rules
from written_reports.choices import Part
from zero_reports.filing.classes import class_label

#: So many empty lines stand below those that are filled.
SPARE = 3
_LINE = re.compile(r"lines\.([0-9]{1,2})\.")
_LABELS = {
    "what": _("What it is about (no names, no numbers)"),
    "measure": _("Proposed measure"),
    "responsible": _("Responsible unit"),
    "deadline": _("Deadline"),
}
_HINTS = {
    Part.ANALYSIS: _("What the figures say, and why: causes, not persons."),
    Part.JUDGEMENT: _("How serious it is, and what is proposed."),
    Part.OUTLOOK: _("What is to be expected in the next period."),
}


class WrittenForm(forms.Form):
    """The written parts and the lines. Nothing is required here: a draft may have gaps, the hand-in finds them."""

    # The browser lets a draft with gaps pass; the page does not call optional what the hand-in will ask for.
    use_required_attribute = False
    rev = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    def __init__(self, *args, slot, classes, texts=None, lines=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.parts, self.line_fields = rules.written_parts(slot.parts), rules.fields_of(slot.line_kind)
        self.fields["rev"].initial = slot.rev
        for part in self.parts:
            self.fields[f"texts.{part}"] = forms.CharField(
                required=False,
                label=Part(part).label,
                help_text=_HINTS[Part(part)],
                max_length=rules.LONGEST_TEXT,
                initial=(texts or {}).get(part, ""),
                widget=forms.Textarea(attrs={"rows": 5}),
            )
        known = {line["class"]: class_label(line["class"]) for line in lines if line.get("class")}
        self.classes = {**classes, **known}
        self.count = self._count(lines) if self.line_fields else 0
        for number in range(self.count):
            self._add_line(number, lines[number] if number < len(lines) else {})
        for field in self.fields.values():
            field.is_needed = True

    def _count(self, lines) -> int:
        """As many as there are, or were sent, and a few more."""
        sent = [int(found[1]) + 1 for name in self.data if (found := _LINE.match(name))]
        return min(max([len(lines) + SPARE, *sent]), rules.MOST_LINES)

    def _add_line(self, number: int, line: dict) -> None:
        for name in self.line_fields:
            self.fields[f"lines.{number}.{name}"] = self._control(name, line.get(name, ""))
        self.fields[f"lines.{number}.matter"] = forms.CharField(
            required=False, max_length=60, initial=line.get("matter", ""), widget=forms.HiddenInput
        )

    def _control(self, name: str, initial: str) -> forms.Field:
        if name == "class":
            choices = [("", "–"), *self.classes.items()]
            return forms.ChoiceField(required=False, label=_("Class"), choices=choices, initial=initial)
        if name == "deadline":
            return day_field(required=False, label=_LABELS[name], initial=initial)
        widget = forms.TextInput() if name == "responsible" else forms.Textarea(attrs={"rows": 2})
        longest = 120 if name == "responsible" else rules.LONGEST_LINE
        return forms.CharField(
            required=False, label=_LABELS[name], max_length=longest, initial=initial, widget=widget
        )

    def as_asked(self) -> "WrittenForm":
        """For the page, after the check: what the hand-in needs is not labelled as optional."""
        for name, field in self.fields.items():
            field.required = not name.endswith(".matter")
        return self

    def text_fields(self) -> list[forms.BoundField]:
        return [self[f"texts.{part}"] for part in self.parts]

    def line_rows(self) -> list[dict]:
        """For the template: each line's fields; only filled ones and the first spare one are open."""
        rows, spare_shown = [], False
        for number in range(self.count):
            fields = [self[f"lines.{number}.{name}"] for name in self.line_fields]
            is_filled = any(bound.value() or bound.errors for bound in fields)
            rows.append(
                {
                    "number": number + 1,
                    "fields": fields,
                    "matter": self[f"lines.{number}.matter"],
                    "is_open": is_filled or not spare_shown,
                }
            )
            spare_shown = spare_shown or not is_filled
        return rows

    def texts(self) -> dict[str, str]:
        return {part: _unix(self.cleaned_data.get(f"texts.{part}", "")) for part in self.parts}

    def lines(self) -> list[dict]:
        """The lines that say something, in order; a day as text."""
        return [line for number in self.filled() if (line := self._line(number))]

    def filled(self) -> list[int]:
        """The numbers of the lines that say something: empty ones in between are passed over."""
        return [
            number
            for number in range(self.count)
            if any(self.cleaned_data.get(f"lines.{number}.{name}") for name in self.line_fields)
        ]

    def _line(self, number: int) -> dict:
        given = {name: self.cleaned_data.get(f"lines.{number}.{name}") or "" for name in self.line_fields}
        if given["deadline"]:
            given["deadline"] = given["deadline"].isoformat()
        given = {name: _unix(value) for name, value in given.items()}
        return {**given, "matter": self.cleaned_data.get(f"lines.{number}.matter", "")}

    def take(self, errors: dict[str, list]) -> None:
        """Put a refusal's sentences at the fields they are about; its lines are numbered without empty ones."""
        filled = self.filled()
        for name, sentences in errors.items():
            if found := _LINE.match(name):
                name = f"lines.{filled[int(found[1])]}.{name.split('.')[2]}"
            if name in self.fields:
                self.add_error(name, sentences)


def _unix(text: str) -> str:
    """Line ends as the API sends them: a browser's make no other text of the same one."""
    return text.replace("\r\n", "\n")
