"""House rule: Chinese and English are both complete."""

import re

import polib
import pytest
from django.conf import settings

from tests.translations import strings_translated, strings_used

CATALOGS = sorted((settings.BASE_DIR / "locale").rglob("*.po"))


def test_every_string_has_a_chinese_translation():
    translated = strings_translated()

    missing = {
        text: sorted(files)
        for (context, text), files in strings_used().items()
        if (context, text) not in translated and not (context is None and _is_django(text))
    }

    assert missing == {}


def test_a_text_says_the_same_in_every_catalogue():
    """The catalogues become one: of two translations of one text, one would be shown in the wrong place."""
    said = {}
    for catalog in CATALOGS:
        for entry in polib.pofile(str(catalog)).translated_entries():
            chinese = entry.msgstr or tuple(sorted(entry.msgstr_plural.items()))
            said.setdefault((entry.msgctxt, entry.msgid, entry.msgid_plural), {})[chinese] = catalog.parts[-4]

    assert {text: found for text, found in said.items() if len(found) > 1} == {}


def _is_django(text):
    """Texts that Django itself brings in Chinese."""
    from django.utils.translation import gettext, override

    with override("zh-hans"):
        return gettext(text) != text


@pytest.mark.parametrize("catalog", CATALOGS, ids=lambda path: path.parts[-4])
def test_translations_keep_their_placeholders(catalog):
    for entry in polib.pofile(str(catalog)).translated_entries():
        wanted = _places(entry.msgid_plural or entry.msgid)
        for text in [entry.msgstr] if entry.msgstr else entry.msgstr_plural.values():
            assert _places(text) == wanted, entry.msgid


def _places(text: str) -> set[str]:
    """What is filled in. A lone per cent sign is one too: `blocktranslate` takes it for a place, and shows nothing."""
    lone = {"%"} if re.search(r"%(?![%(])", text.replace("%%", "")) else set()
    return set(re.findall(r"%\(\w+\)s|\{\w*\}", text)) | lone


@pytest.mark.parametrize("catalog", CATALOGS, ids=lambda path: path.parts[-4])
def test_what_is_compiled_is_what_is_written(catalog):
    written = {
        (e.msgctxt, e.msgid): e.msgstr or e.msgstr_plural
        for e in polib.pofile(str(catalog)).translated_entries()
    }
    compiled = {
        (e.msgctxt, e.msgid): e.msgstr or e.msgstr_plural
        for e in polib.mofile(str(catalog.with_suffix(".mo")))
    }

    assert compiled == written
