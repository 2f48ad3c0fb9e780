"""The handbook of each role, in two languages: one file for each, shown as a page and set as a PDF.

What stands on a button or over a list is quoted, 「接办」 or “Take over”; `tests/dashboards/test_handbooks.py` looks each of
them up in the catalogues, so that no handbook names a button the product has not.
"""

import re
from functools import cache
from pathlib import Path
from typing import NamedTuple

import yaml
from django.conf import settings
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from common.documents.official_documents import Block, Fields, Heading, Paper, Paragraph, Picture
from common.errors import NotFound
from dashboards.help.cards import FOLDER, LANGUAGES, _language, never_lines

LABEL = {"zh": re.compile("「([^」]+)」"), "en": re.compile("“([^”]+)”")}
#: Pictures that the journeys of the suite take; settings.STATICFILES_DIRS serves them under this name.
PICTURES = "pictures"


class Part(NamedTuple):
    title: str
    #: Paragraphs, then what is done one after the other.
    text: tuple[str, ...]
    steps: tuple[str, ...]
    #: Name of a picture and what it shows; empty: none.
    picture: str
    shows: str


class Text(NamedTuple):
    title: str
    lead: str
    parts: tuple[Part, ...]
    #: What may go wrong, and what to do then.
    wrong: tuple[tuple[str, str], ...]

    def sentences(self) -> list[str]:
        found = [self.lead]
        for part in self.parts:
            found += [part.title, *part.text, *part.steps, part.shows]
        return [*found, *(sentence for pair in self.wrong for sentence in pair)]


class Handbook(NamedTuple):
    slug: str
    place: int
    texts: dict[str, Text]

    @property
    def text(self) -> Text:
        return self.texts[_language()]


@cache
def handbooks() -> dict[str, Handbook]:
    """By name of the file, which is that of the role's card, in the order of the list."""
    found = [_read(file) for file in (FOLDER / "handbooks").glob("*.yaml")]
    return {one.slug: one for one in sorted(found, key=lambda one: one.place)}


def _read(file: Path) -> Handbook:
    written = yaml.safe_load(file.read_text(encoding="utf-8"))
    return Handbook(file.stem, written["place"], {name: _text(written[name]) for name in LANGUAGES})


def _text(written: dict) -> Text:
    parts = tuple(
        Part(
            part["title"],
            tuple(part.get("text", ())),
            tuple(part.get("steps", ())),
            part.get("picture", ""),
            part.get("shows", ""),
        )
        for part in written["parts"]
    )
    wrong = tuple((case["when"], case["do"]) for case in written["wrong"])
    return Text(written["title"], written["lead"], parts, wrong)


def get_handbook(slug: str) -> Handbook:
    if (handbook := handbooks().get(slug)) is None:
        raise NotFound(
            "no_such_handbook", _("There is no handbook with this name. Look in the list of all helps.")
        )
    return handbook


def labels(sentence: str, language: str) -> list[str]:
    return LABEL[language].findall(sentence)


def with_labels(sentence: str) -> SafeString:
    """The sentence as HTML, what stands on the screen in bold."""
    shown = LABEL[_language()].sub(lambda found: f"<b>{found[0]}</b>", escape(sentence))
    return mark_safe(shown)  # noqa: S308  # escaped above; the tags are ours


def picture_file(name: str, language: str) -> Path:
    return settings.PICTURES_FOLDER / f"{name}.{language}.png"


def picture_path(name: str) -> str:
    """For the static files, in the reader's language."""
    return f"{PICTURES}/{name}.{_language()}.png"


def as_paper(handbook: Handbook) -> Paper:
    """The same words and pictures for the typesetter."""
    text = handbook.text
    body: list[Block] = [Paragraph(text.lead)]
    for part in text.parts:
        body.append(Heading(part.title))
        body += [Paragraph(sentence) for sentence in part.text]
        body += [Paragraph(f"{number}. {step}") for number, step in enumerate(part.steps, 1)]
        if part.picture:
            body.append(Picture(picture_file(part.picture, _language()), part.shows))
    body += [Heading(_("When something goes wrong")), Fields(text.wrong)]
    body += [Heading(_("Never typed anywhere")), *(Paragraph(line) for line in never_lines())]
    return Paper(title=paper_title(handbook), body=tuple(body))


def paper_title(handbook: Handbook) -> str:
    return _("Handbook: %(role)s") % {"role": handbook.text.title}
