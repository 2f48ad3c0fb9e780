"""The columns of the workbook and what one line of it says. Pure.

One line per unit: a word, or how many of each class and one sentence. A heading ends with its name in code, so
that a workbook saved by a Chinese reader is read for an English one.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from common.text.typed import plain, whole_number_in
from zero_reports.rounds.rules import ITEMS, NIL

CODE, UNIT, PERIOD, ANSWER, NOTE = "code", "unit", "period", "answer", "sentence"
FIXED = (CODE, UNIT, PERIOD, ANSWER)
#: A county has some hundred townships and villages; what is longer is split by township.
MOST_LINES = 500
MOST_COUNT = 99_999
MOST_NOTE = 200

#: What is written for an answer, and what is read as one.
WRITTEN = {NIL: "无", ITEMS: "有"}
READ = {"无": NIL, "nil": NIL, "nothing": NIL, "有": ITEMS, "items": ITEMS, "something": ITEMS}


class LineAnswer(NamedTuple):
    """What a line says; no answer = the line was left empty."""

    answer: str = ""
    #: (class, how many), by the name of the class.
    counts: tuple[tuple[str, int], ...] = ()
    note: str = ""

    @property
    def items(self) -> list[tuple[str, int, str]]:
        """Class, how many, sentence: the sentence stands at the first one."""
        return [(name, many, self.note if n == 0 else "") for n, (name, many) in enumerate(self.counts)]

    def cells(self, classes: Iterable[str]) -> list:
        """The line's cells from the answer on."""
        counts = dict(self.counts)
        return [WRITTEN.get(self.answer, ""), *(counts.get(name) for name in classes), self.note]


def headings(words: Mapping[str, str], classes: Mapping[str, str]) -> list[str]:
    """The first line. `words`: column → its name for the reader; `classes`: class → its name."""
    named = {**{name: words[name] for name in FIXED}, **classes, NOTE: words[NOTE]}
    return [f"{said} {name}" for name, said in named.items()]


def as_line_answer(answer: str, items: Iterable[tuple[str, int, str]]) -> LineAnswer:
    """A report as a line would say it: the counts of a class added up, the sentences joined."""
    counts: Counter[str] = Counter()
    notes = []
    for name, many, note in items:
        if name:
            counts[name] += many
        if note:
            notes.append(note)
    return LineAnswer(answer, tuple(sorted(counts.items())), "；".join(notes)[:MOST_NOTE])


def read(cells: Sequence[str], classes: Sequence[str]) -> tuple[LineAnswer, str]:
    """What the cells of a line say, and the code of what is wrong with them ("" = nothing)."""
    word, note = plain(cells[len(FIXED) - 1]).casefold(), cells[-1].strip()
    counts = []
    for name, text in zip(classes, cells[len(FIXED) : -1], strict=True):
        many = _count_in(text)
        if many is None:
            return LineAnswer(), "bad_count"
        if many:
            counts.append((name, many))
    if word and word not in READ:
        return LineAnswer(), "bad_word"
    answer = READ[word] if word else (ITEMS if counts else "")
    said = LineAnswer(answer, tuple(sorted(counts)), note)
    return said, _fault_of(said)


def _count_in(text: str) -> int | None:
    """How many, as cells hold it; an empty one is 0, and what is no count None."""
    if not text:
        return 0
    try:
        many = whole_number_in(text)
    except ValueError:
        return None
    return many if many <= MOST_COUNT else None


def _fault_of(said: LineAnswer) -> str:
    if said.answer == NIL and (said.counts or said.note):
        return "nil_with_items"
    if said.answer == ITEMS and not said.counts:
        return "no_counts"
    if not said.answer and said.note:
        return "only_a_sentence"
    if len(said.note) > MOST_NOTE:
        return "long_sentence"
    return ""
