"""What each page is for, in two languages: one file for each subject, looked up by the name of the page's address."""

from functools import cache
from pathlib import Path
from typing import NamedTuple

import yaml
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from common.errors import NotFound

FOLDER = Path(__file__).resolve().parent
LANGUAGES = ("zh", "en")


class Text(NamedTuple):
    title: str
    #: What the page is for.
    what: str
    #: The three acts that one does there.
    acts: tuple[str, ...]
    #: What happens then.
    then: str
    #: Whom to ask.
    ask: str


class Subject(NamedTuple):
    slug: str
    #: Names of addresses.
    pages: frozenset[str]
    #: Whoever has one of these in the menu reads this subject first.
    boards: frozenset[str]
    texts: dict[str, Text]

    @property
    def text(self) -> Text:
        return self.texts["zh" if (get_language() or "").startswith("zh") else "en"]


@cache
def subjects() -> dict[str, Subject]:
    """By name of the file, in its order."""
    whom = yaml.safe_load((FOLDER / "whom.yaml").read_text(encoding="utf-8"))
    return {file.stem: _read(file, whom) for file in sorted((FOLDER / "texts").glob("*.yaml"))}


def _read(file: Path, whom: dict) -> Subject:
    written = yaml.safe_load(file.read_text(encoding="utf-8"))
    texts = {}
    for language in LANGUAGES:
        one = written[language]
        acts = tuple(one["acts"])
        texts[language] = Text(one["title"], one["what"], acts, one["then"], whom[written["ask"]][language])
    pages = frozenset(written["pages"])
    return Subject(file.stem, pages, frozenset(written.get("boards", pages)), texts)


@cache
def subject_by_page() -> dict[str, Subject]:
    return {page: subject for subject in subjects().values() for page in subject.pages}


def get_subject(slug: str) -> Subject:
    if (subject := subjects().get(slug)) is None:
        raise NotFound("no_such_help", _("There is no help with this name. Look in the list of all helps."))
    return subject
