"""The same thing said in Chinese and in English: a plan carries its own words, in both."""

from collections.abc import Mapping
from typing import Any, NamedTuple


class Words(NamedTuple):
    zh: str
    en: str

    def in_language(self, language: str | None) -> str:
        """The words for a language code such as "zh-hans" or "en"; Chinese wherever in doubt."""
        return self.en if (language or "").startswith("en") else self.zh


NO_WORDS = Words("", "")


def words(value: Any) -> Words:
    """Read a plan's words: {zh, en}, {zh} alone, or a plain text for both."""
    if not isinstance(value, Mapping):
        return Words(str(value or ""), str(value or ""))
    zh, en = value.get("zh"), value.get("en")
    return Words(zh or en or "", en or zh or "")


def named(entry: Mapping[str, Any]) -> Words:
    """The words of an entry of a plan; its id where it has none."""
    found = words(entry)
    return found if found.zh else words(entry["id"])


def joined(parts: list[Words], zh: str, en: str) -> Words:
    return Words(zh.join(part.zh for part in parts), en.join(part.en for part in parts))
