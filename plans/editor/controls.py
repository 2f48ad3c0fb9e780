"""What can be changed in a plan by form: one control for each value, in blocks, in sections.

A control knows where its value stands, which field asks for it, and how an answer becomes steps that change
the plan (plans.editor.changes). It never knows which plan it is.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django import forms

from plans.document.words import NO_WORDS, Words, words
from plans.editor.changes import Add, Change, Drop, Path, Put, found

#: answer, document → steps
Reader = Callable[[Any, dict], list[Change]]


@dataclass(frozen=True, slots=True)
class Control:
    name: str
    field: forms.Field
    initial: Any
    read: Reader
    #: The criterion or clock whose figure this is: when it changes, the source no longer says so.
    figure_of: Path | None = None


@dataclass(slots=True)
class Block:
    title: Words
    controls: list[Control] = field(default_factory=list)
    cite: str = ""
    why: Words = NO_WORDS
    #: The level it belongs to, for its badge.
    level: Any = None
    is_new: bool = False


@dataclass(slots=True)
class Section:
    id: str
    title: Words
    blocks: list[Block] = field(default_factory=list)

    def controls(self) -> Iterator[Control]:
        for block in self.blocks:
            yield from block.controls


def name_of(path: Path) -> str:
    return ".".join(map(str, path))


# --- one value ---------------------------------------------------------------------------------------------


def value(document: dict, path: Path, field_: forms.Field, figure_of: Path | None = None) -> Control:
    """A value that is put as it was answered; an empty answer takes it away."""
    present = found(document, path)

    def read(answer: Any, _document: dict) -> list[Change]:
        if answer in ("", None):
            return [Drop(path)] if present is not None else []
        return [Put(path, answer)] if answer != present else []

    return Control(name_of(path), field_, present, read, figure_of)


def text(
    document: dict, path: Path, label: str, *, most: int = 300, required: bool = False, rows: int = 0
) -> Control:
    widget = forms.Textarea(attrs={"rows": rows}) if rows else forms.TextInput()
    return value(
        document, path, forms.CharField(label=label, max_length=most, required=required, widget=widget)
    )


def number(document: dict, path: Path, label: str, figure_of: Path) -> Control:
    asked = forms.IntegerField(label=label, min_value=0, max_value=9_999_999_999)
    return value(document, path, asked, figure_of)


def choice(
    document: dict,
    path: Path,
    label: str,
    choices: list,
    *,
    required: bool = True,
    figure_of: Path | None = None,
) -> Control:
    """One of some choices; what stands there now is always among them."""
    present = found(document, path, "")
    listed = list(choices) if required else [("", "—"), *choices]
    if present and present not in dict(listed):
        listed.append((present, str(present)))
    return value(document, path, forms.ChoiceField(label=label, choices=listed, required=required), figure_of)


def flag(document: dict, path: Path, label: str) -> Control:
    present = bool(found(document, path))

    def read(answer: bool, _document: dict) -> list[Change]:
        return [Put(path, bool(answer))] if bool(answer) != present else []

    return Control(name_of(path), forms.BooleanField(label=label, required=False), present, read)


def several(
    document: dict,
    path: Path,
    label: str,
    choices: list,
    *,
    required: bool = False,
    figure_of: Path | None = None,
) -> Control:
    """Some of some choices. Only what was ticked or unticked changes, so that the others keep their comments."""
    present = list(found(document, path) or ())
    listed = [*choices, *((code, code) for code in present if code not in dict(choices))]
    asked = forms.MultipleChoiceField(
        label=label, choices=listed, required=required, widget=forms.CheckboxSelectMultiple
    )

    def read(answer: list[str], _document: dict) -> list[Change]:
        gone = [Drop((*path, index)) for index, code in enumerate(present) if code not in answer]
        return [*(Add(path, code) for code in answer if code not in present), *gone]

    return Control(name_of(path), asked, present, read, figure_of)


def lines(document: dict, path: Path, label: str, hint: str) -> Control:
    """A list of sentences, one a line, "中文 | English". Only the lines that were changed change."""
    present = [words(entry) for entry in found(document, path) or ()]
    entries = found(document, path) or ()
    initial = "\n".join(said.zh if said.zh == said.en else f"{said.zh} | {said.en}" for said in present)
    asked = forms.CharField(
        label=label,
        required=False,
        max_length=4000,
        help_text=hint,
        widget=forms.Textarea(attrs={"rows": max(2, len(present))}),
    )

    def read(answer: str, _document: dict) -> list[Change]:
        said = [_line(row) for row in answer.splitlines() if row.strip()]
        steps: list[Change] = []
        for index, (old, new) in enumerate(zip(present, said, strict=False)):
            if old != new:
                steps += _say((*path, index), entries[index], new)
        steps += [Add(path, _as_entry(new)) for new in said[len(present) :]]
        return steps + [Drop((*path, index)) for index in range(len(said), len(present))]

    return Control(name_of(path), asked, initial, read)


def _line(row: str) -> Words:
    zh, _bar, en = (part.strip() for part in row.partition("|"))
    return Words(zh, en or zh)


def _as_entry(said: Words) -> Any:
    return said.zh if said.zh == said.en else {"zh": said.zh, "en": said.en}


def _say(path: Path, entry: Any, said: Words) -> list[Change]:
    if isinstance(entry, dict):
        return [Put((*path, "zh"), said.zh), Put((*path, "en"), said.en)]
    return [Put(path, _as_entry(said))]


def drop(path: Path, label: str, also: Callable[[dict], list[Path]] = lambda _document: []) -> Control:
    """`also`: what names the thing and goes with it."""

    def read(answer: bool, document: dict) -> list[Change]:
        return [Drop(path), *(Drop(other) for other in also(document))] if answer else []

    return Control("drop." + name_of(path), forms.BooleanField(label=label, required=False), False, read)


# --- durations ---------------------------------------------------------------------------------------------

#: How a form writes a duration: the number and a letter for the unit.
UNITS = {"minutes": "PT{}M", "hours": "PT{}H", "days": "P{}D", "workdays": "{}WD"}


class DurationWidget(forms.MultiWidget):
    def __init__(self, choices=()):
        super().__init__(
            [forms.NumberInput(attrs={"min": 1, "inputmode": "numeric"}), forms.Select(choices=choices)]
        )

    def decompress(self, value):
        return parts_of(value) if value else [None, ""]


class DurationField(forms.MultiValueField):
    """A number with a unit, or one of the words that stand for no number. Gives a plan's duration, or ""."""

    def __init__(self, *, units: list, plain: list, sentence: str, **kwargs):
        choices = [*units, *plain]
        self.sentence = sentence
        fields = (
            forms.IntegerField(required=False, min_value=1, max_value=3660),
            forms.ChoiceField(choices=choices, required=False),
        )
        super().__init__(fields, require_all_fields=False, widget=DurationWidget(choices), **kwargs)

    def compress(self, parts):
        amount, unit = parts or (None, "")
        if unit in UNITS:
            if not amount:
                raise forms.ValidationError(self.sentence)
            return UNITS[unit].format(amount)
        return unit


def parts_of(text: str) -> list:
    """ "PT3M" → [3, "minutes"]; "PT90M" → [90, "minutes"]; a word → [None, the word]."""
    for unit, pattern in UNITS.items():
        head, tail = pattern.split("{}")
        middle = text.removeprefix(head).removesuffix(tail)
        if text == head + middle + tail and middle.isdigit():
            return [int(middle), unit]
    return [None, text]
