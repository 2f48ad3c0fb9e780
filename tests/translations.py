"""Every string the product shows, found in its source: templates by Django's own reader, Python by its syntax tree."""

import ast
import re
from collections import defaultdict
from pathlib import Path

import polib
from django.conf import settings
from django.utils.translation.template import templatize

from tests.rooms import ROOMS

#: function → (position of the context or None, position of the text)
CALLS = {
    "_": (None, 0), "gettext": (None, 0), "gettext_lazy": (None, 0), "gettext_noop": (None, 0),
    "ngettext": (None, 0), "ngettext_lazy": (None, 0), "pgettext": (0, 1), "pgettext_lazy": (0, 1),
    "npgettext": (0, 1),
}  # fmt: skip


def strings_used() -> dict[tuple[str | None, str], set[str]]:
    """(context, English text) → the files that show it."""
    found = defaultdict(set)
    root = Path(settings.BASE_DIR)
    for room in ROOMS:
        for file in (root / room).rglob("*.py"):
            if "migrations" not in file.parts:
                _from_python(file.read_text(), str(file.relative_to(root)), found)
    for file in (root / "templates").rglob("*.*"):
        _from_template(file.read_text(), str(file.relative_to(root)), found)
    return found


def strings_translated() -> set[tuple[str | None, str]]:
    """(context, English text) of every Chinese translation there is."""
    catalogs = [polib.pofile(str(po)) for po in (Path(settings.BASE_DIR) / "locale").rglob("zh_Hans/**/*.po")]
    return {(entry.msgctxt, entry.msgid) for catalog in catalogs for entry in catalog.translated_entries()}


def _from_python(source, name, found):
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        called = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        if called not in CALLS:
            continue
        context_at, text_at = CALLS[called]
        texts = [arg.value if isinstance(arg, ast.Constant) else None for arg in node.args]
        if len(texts) > text_at and isinstance(texts[text_at], str):
            context = texts[context_at] if context_at is not None else None
            found[context, texts[text_at]].add(name)


_TEMPLATE_CALL = re.compile(
    r"""\b(n?p?n?gettext)\(\s*((?:u?(?:'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*")\s*,?\s*)+)""", re.S
)


def _from_template(source, name, found):
    for match in _TEMPLATE_CALL.finditer(templatize(source)):
        arguments = [
            ast.literal_eval(text)
            for text in re.findall(r"""u?('(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*")""", match[2])
        ]
        context_at, text_at = CALLS.get(match[1], (None, 0))
        context = arguments[context_at] if context_at is not None else None
        found[context, arguments[text_at]].add(name)
    # _("…") inside a tag's arguments is not seen by templatize.
    for match in re.finditer(r"""[\s=|:]_\(("(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')\)""", source):
        found[None, ast.literal_eval(match[1])].add(name)
