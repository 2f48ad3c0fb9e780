"""YAML as plan authors read it: what is written is what is meant, and every value knows its line.

Ordinary YAML turns `no` into False, `12:30` into 750 and `010` into 8, and lets the second of two equal
keys win in silence. A plan decides who signs at which headcount, so none of that is allowed here:

- whole numbers, decimal numbers, `true`, `false` and `null` are read as such; all else stays text;
- a key given twice, an anchor, an alias, a tag, a second document or a nest too deep is refused.
"""

import re
from typing import Any, NamedTuple

import yaml

MAX_BYTES = 512 * 1024
MAX_DEPTH = 24

_INTEGER = re.compile(r"-?(0|[1-9][0-9]{0,14})")
_DECIMAL = re.compile(r"-?(0|[1-9][0-9]{0,14})\.[0-9]{1,9}")
_WORDS = {"true": True, "false": False, "null": None, "": None}


class Lined(NamedTuple):
    """A document and, for every path in it such as `levels[0].match`, the line it stands on."""

    value: Any
    lines: dict[str, int]
    #: What a comma in an unquoted text left behind, with its path: `{why: one, two}` is read as {why: one}.
    cut_off: list[tuple[str, str]]


class Unreadable(Exception):
    """The text is not a document we read. `sentence` holds named placeholders for `values`."""

    def __init__(self, sentence: str, line: int = 1, path: str = "", **values: Any):
        super().__init__(sentence % values)
        self.sentence, self.line, self.path, self.values = sentence, line, path, values


def at(path: str, step: str | int) -> str:
    """One step further down: at("levels[0]", "match") is "levels[0].match"."""
    if isinstance(step, int):
        return f"{path}[{step}]"
    return f"{path}.{step}" if path else step


def read(text: str | bytes) -> Lined:
    """Read one strict YAML document. Raises Unreadable with the line of the first fault."""
    decoded = _decoded(text)
    try:
        return _Reader(yaml.CSafeLoader(decoded)).document()
    except yaml.YAMLError:
        return _read_for_the_fault(decoded)


def _read_for_the_fault(decoded: str) -> Lined:
    """libyaml reads ten times as fast and says less of what is wrong: its elder says more."""
    try:
        return _Reader(yaml.SafeLoader(decoded)).document()
    except yaml.reader.ReaderError as error:
        line = decoded.count("\n", 0, error.position) + 1
        raise Unreadable("The plan contains a control character.", line) from None
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise Unreadable("This is not well-formed YAML: %(fault)s.", line, fault=error.problem) from None


def _decoded(text: str | bytes) -> str:
    raw = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    if len(raw) > MAX_BYTES:
        raise Unreadable("The plan is larger than %(most)s KB.", most=MAX_BYTES // 1024)
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise Unreadable("The plan is not UTF-8 text.", line) from None


class _Reader:
    """Builds the document from the parser's events: nothing is resolved that we did not ask for."""

    def __init__(self, events: yaml.CSafeLoader | yaml.SafeLoader):
        self.events = events
        self.lines: dict[str, int] = {}
        self.cut_off: list[tuple[str, str]] = []

    def document(self) -> Lined:
        self.events.get_event()  # the stream starts
        if self.events.check_event(yaml.StreamEndEvent):
            raise Unreadable("The plan is empty.")
        start = self.events.get_event()
        if start.tags:
            raise Unreadable("Tags are not allowed in a plan.", _line(start))
        value = self.value("", 0)
        self.events.get_event()  # the document ends
        if not self.events.check_event(yaml.StreamEndEvent):
            raise Unreadable(
                "A plan is one document; a second one starts here.", _line(self.events.peek_event())
            )
        return Lined(value, self.lines, self.cut_off)

    def value(self, path: str, depth: int) -> Any:
        event = self.events.get_event()
        self._check_plain(event, path, depth)
        self.lines.setdefault(path, _line(event))
        if isinstance(event, yaml.ScalarEvent):
            return _scalar(event)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._sequence(path, depth)
        return self._mapping(path, depth, in_braces=event.flow_style)

    def _sequence(self, path: str, depth: int) -> list:
        items: list = []
        while not self.events.check_event(yaml.SequenceEndEvent):
            items.append(self.value(at(path, len(items)), depth + 1))
        self.events.get_event()
        return items

    def _mapping(self, path: str, depth: int, in_braces: bool) -> dict:
        result: dict = {}
        while not self.events.check_event(yaml.MappingEndEvent):
            key = self._key(path, depth, result)
            if in_braces and _is_nothing(self.events.peek_event()):
                self.events.get_event()
                self.cut_off.append((at(path, key), key))
            else:
                result[key] = self.value(at(path, key), depth + 1)
        self.events.get_event()
        return result

    def _key(self, path: str, depth: int, taken: dict) -> str:
        event = self.events.get_event()
        self._check_plain(event, path, depth)
        if not isinstance(event, yaml.ScalarEvent):
            raise Unreadable("A key must be a plain word.", _line(event), path)
        if event.value in taken:
            raise Unreadable("The key “%(key)s” is given twice.", _line(event), at(path, event.value),
                             key=event.value)  # fmt: skip
        # A problem with a key's value is shown at the key, where the author looks for it.
        self.lines[at(path, event.value)] = _line(event)
        return event.value

    def _check_plain(self, event: Any, path: str, depth: int) -> None:
        if isinstance(event, yaml.AliasEvent) or event.anchor is not None:
            raise Unreadable("Anchors and aliases are not allowed in a plan.", _line(event), path)
        if event.tag is not None:
            raise Unreadable("Tags are not allowed in a plan.", _line(event), path)
        if depth > MAX_DEPTH:
            raise Unreadable("The plan is nested more than %(most)s levels deep.", _line(event), path,
                             most=MAX_DEPTH)  # fmt: skip


def _line(event: Any) -> int:
    return event.start_mark.line + 1


def _is_nothing(event: Any) -> bool:
    plain = isinstance(event, yaml.ScalarEvent) and not event.style
    return plain and not event.value and event.anchor is None and event.tag is None


def _scalar(event: yaml.ScalarEvent) -> Any:
    text = event.value
    if event.style:  # quoted or block text is text, whatever it looks like
        return text
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    if _DECIMAL.fullmatch(text):
        return float(text)
    return text
