"""A plan's text, changed in place: every byte that a change does not touch stays as it was written.

ruamel.yaml finds where each value stands (its positions, not its writer: writing the whole text anew would
reflow the short maps and lose the comments inside them); the new value is spliced in there. What the result
says is read again by the strict reader and compared with what it should say, so that a text laid out in a
way this cannot handle is refused and never damaged. See ADR 0062.
"""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from plans.document import strict_yaml
from plans.editor.changes import Add, Change, Drop, Path, Put, applied, in_order

Edit = tuple[int, int, str]


class NotInPlace(Exception):
    """The text is laid out in a way that cannot be changed in place."""


def changed_text(source: str, changes: Iterable[Change]) -> str:
    """The text after the changes. Raises NotInPlace if it cannot be changed without touching anything else."""
    source = source.replace("\r\n", "\n")
    steps = in_order(changes)
    try:
        result = _changed(source, steps)
        says = strict_yaml.read(result).value
    except (strict_yaml.Unreadable, LookupError, ValueError, AttributeError) as fault:
        raise NotInPlace(str(fault)) from fault
    if says != applied(strict_yaml.read(source).value, steps):
        raise NotInPlace("the changed text does not say what it should")
    return result


def _changed(source: str, steps: list[Change]) -> str:
    root = _composed(source)
    replaced = [step for step in steps if isinstance(step, Put) and _find(root, step.path) is not None]
    source = _spliced(source, [_replace(source, root, step) for step in replaced])
    for step in steps:
        if step in replaced:
            continue
        root = _composed(source)
        source = _spliced(source, [_edit(source, root, step)])
    return source


def _composed(source: str) -> Any:
    from ruamel.yaml import YAML

    return YAML(typ="safe", pure=True).compose(source)


def _spliced(source: str, edits: list[Edit]) -> str:
    for start, end, text in sorted(edits, reverse=True):
        source = source[:start] + text + source[end:]
    return source


def _edit(source: str, root: Any, step: Change) -> Edit:
    if isinstance(step, Drop):
        return _drop(source, root, step.path)
    if isinstance(step, Add):
        sequence = _find(root, step.path)
        if sequence is not None:
            return _append(source, sequence, step.value)
        return _insert(source, root, step.path, [step.value])
    return _insert(source, root, step.path, step.value)


# --- one edit ----------------------------------------------------------------------------------------------


def _replace(source: str, root: Any, step: Put) -> Edit:
    node = _find(root, step.path)
    return node.start_mark.index, _end(source, node), written(step.value)


def _insert(source: str, root: Any, path: Path, value: Any) -> Edit:
    """A new key at the end of its mapping; mappings on the way that are missing are begun with it."""
    depth = next(length for length in range(len(path) - 1, -1, -1) if _find(root, path[:length]) is not None)
    for step in reversed(path[depth + 1 :]):
        value = {step: value}
    mapping, entry = _find(root, path[:depth]), f"{path[depth]}: {written(value)}"
    if mapping.flow_style:
        return _into_braces(source, mapping, entry)
    return _new_line(source, mapping, " " * mapping.start_mark.column + entry)


def _append(source: str, sequence: Any, value: Any) -> Edit:
    if sequence.flow_style:
        return _into_braces(source, sequence, written(value))
    return _new_line(source, sequence, " " * sequence.start_mark.column + "- " + written(value))


def _into_braces(source: str, node: Any, entry: str) -> Edit:
    """Before the closing brace, after the last entry: a comment between the two stays where it is."""
    if not node.value:
        return node.end_mark.index - 1, node.end_mark.index - 1, entry
    end = _end(source, _last_part(node))
    return end, end, ", " + entry


def _new_line(source: str, node: Any, line: str) -> Edit:
    """After the line on which the node ends, comment included."""
    break_at = source.find("\n", _end(source, node))
    return (len(source), len(source), "\n" + line) if break_at < 0 else (break_at, break_at, "\n" + line)


def _drop(source: str, root: Any, path: Path) -> Edit:
    parent, last = _find(root, path[:-1]), path[-1]
    spans = [(part[0], part[-1]) if isinstance(part, tuple) else (part, part) for part in parent.value]
    index = last if isinstance(last, int) else [key.value for key, _value in parent.value].index(last)
    first, end_node = spans[index]
    if parent.flow_style:
        return _cut_from_braces(source, spans, index)
    if len(spans) == 1:
        return parent.start_mark.index, _end(source, parent), "[]" if isinstance(last, int) else "{}"
    return _cut_lines(source, first, end_node)


def _cut_from_braces(source: str, spans: list, index: int) -> Edit:
    first, last = spans[index]
    if index + 1 < len(spans):
        return first.start_mark.index, spans[index + 1][0].start_mark.index, ""
    start = _end(source, spans[index - 1][1]) if index else first.start_mark.index
    return start, _end(source, last), ""


def _cut_lines(source: str, first: Any, last: Any) -> Edit:
    start = source.rfind("\n", 0, first.start_mark.index) + 1
    if source[start : first.start_mark.index].strip(" ") not in ("", "-"):
        raise ValueError("what is dropped shares its line")
    if source[start : first.start_mark.index].strip(" ") == "-" and first is not last:
        raise ValueError("the first key of a list's entry cannot be dropped")
    break_at = source.find("\n", _end(source, last))
    return start, len(source) if break_at < 0 else break_at + 1, ""


# --- finding -----------------------------------------------------------------------------------------------


def _find(node: Any, path: Path) -> Any:
    """The node at the path, None where the text has none."""
    for step in path:
        if isinstance(step, int):
            node = node.value[step] if step < len(node.value) else None
        else:
            node = next((value for key, value in node.value if key.value == step), None)
        if node is None:
            return None
    return node


def _end(source: str, node: Any) -> int:
    """Where the node's last character stands; a block's own mark lies behind the comments that follow it."""
    if isinstance(node.value, list) and not node.flow_style:
        return _end(source, _last_part(node))
    start, end = node.start_mark.index, node.end_mark.index
    return start + len(source[start:end].rstrip())


def _last_part(node: Any) -> Any:
    last = node.value[-1]
    return last[1] if isinstance(last, tuple) else last


# --- writing -----------------------------------------------------------------------------------------------

#: Text that means itself without quotes, inside braces too. Words YAML or the strict reader take for something
#: else begin with a digit or are listed.
_PLAIN = re.compile(r"[A-Za-z_§\u4e00-\u9fff“（][\w§.()/\u4e00-\u9fff、。，；：“”（）—–+ -]*")
_WORDS = {"true", "false", "null", "yes", "no", "on", "off", "y", "n"}


def written(value: Any) -> str:
    """A value as YAML in one line."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {written(part)}" for key, part in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(written(part) for part in value) + "]"
    if (
        isinstance(value, str)
        and _PLAIN.fullmatch(value)
        and value == value.strip()
        and value.lower() not in _WORDS
    ):
        return value
    return json.dumps(value, ensure_ascii=False)
