"""Official papers as PDF and as a Word file: title, number, body, signature and date.

Layout after GB/T 9704-2012 (A4; margins 37/35/28/26 mm; 22 lines of 28 characters of size 3; page numbers between
dashes at the outer edge; name and date as on paper without a seal), without the red head, which belongs to sealed
paper. The text reaches the typesetter
as JSON and is never markup: what somebody typed is printed as it was typed.

A typesetter with Chinese fonts takes 70 MB and would keep them, so `common/documents/typesetter.py` runs as a short-lived
process of its own: about 0.3 s for a paper of two pages.
"""

import json
import re
import struct
import subprocess
import sys
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

from django.http import HttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from common.drills import marked
from common.errors import NotFound, Refused

PDF, DOCX = "pdf", "docx"
CONTENT_TYPES = {
    PDF: "application/pdf",
    DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
#: The typesetter's exit status → the code of the refusal.
NO_FONT, NOT_CLEAN = 3, 4
#: A yearly volume of 2,000 lines takes about 3 s.
SECONDS = 60

#: Millimetres: of a picture, and of the text of a page that stands upright.
HIGHEST, TEXT_WIDTH = 115, 156
#: Pixels from which a picture is one of a desk.
DESK = 1000

_TYPESETTER = Path(__file__).with_name("typesetter.py")
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Heading:
    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph, its first line set in by two characters; line ends inside are kept."""

    text: str


@dataclass(frozen=True, slots=True)
class Table:
    """A table whose headings repeat on every page. `widths` are shares; columns of `figures` stand right."""

    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[int, ...] = ()
    figures: tuple[int, ...] = ()
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Fields:
    """A form: label and what was entered, two to a row where both are short."""

    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """A PNG of the product's own, and what it shows: at most half a page high. Of a long page of a desk, its top."""

    file: Path
    shows: str

    def shape(self) -> dict[str, float | bool]:
        """`share` of the width of the text; `ratio` of height to width; whether it `is_cut` at half a page."""
        with self.file.open("rb") as file:
            width, height = struct.unpack(">16x2I", file.read(24))
        share = HIGHEST / TEXT_WIDTH * width / height
        is_cut = share < 1 and width >= DESK
        return {"share": 1.0 if is_cut else min(1.0, share), "ratio": height / width, "is_cut": is_cut}


Block = Heading | Paragraph | Table | Fields | Picture


@dataclass(frozen=True, slots=True)
class Paper:
    """One paper. Empty parts are left out. `number` is the document's number (文号), `to` its recipients."""

    title: str
    body: tuple[Block, ...]
    issuer: str = ""
    number: str = ""
    to: str = ""
    signed: str = ""
    dated: date | None = None
    notes: tuple[str, ...] = ()
    landscape: bool = False
    #: The title begins with the mark, and every sheet says it: in its head, and large behind the text.
    drill: bool = False


def as_pdf(paper: Paper) -> bytes:
    """Set the paper. Raises Refused where this machine cannot set Chinese, or the typesetter has a doubt."""
    return _press(paper, PDF)


def as_docx(paper: Paper) -> bytes:
    """The paper as a Word file. It names the fonts of Chinese offices; the reader's machine has them."""
    return _press(paper, DOCX)


def respond(paper: Paper, kind: str, *, name: str) -> HttpResponse:
    """The paper as a file to save, `name` without its ending. Raises NotFound for an unknown kind."""
    if kind not in CONTENT_TYPES:
        raise NotFound(
            "no_such_format", _("Nothing was made: papers come as pdf or docx. Choose one of them.")
        )
    response = HttpResponse(_press(paper, kind), content_type=CONTENT_TYPES[kind])
    response["Content-Disposition"] = content_disposition_header(True, f"{name}.{kind}")
    response["Cache-Control"] = "no-store"
    return response


def as_text(paper: Paper) -> str:
    """The paper as plain text: for an archive that has to be read without this product."""
    lines = [paper.issuer, paper.number, paper.title, ""]
    for block in paper.body:
        if isinstance(block, Heading | Paragraph):
            lines += [block.text]
        elif isinstance(block, Table):
            lines += ["\t".join(row) for row in (block.headings, *block.rows)]
        elif isinstance(block, Picture):
            lines += [block.shows]
    return "\n".join([*lines, "", *paper.notes, paper.signed, str(paper.dated), ""])


def official_date(day: date) -> str:
    """2026年11月22日, or 22 November 2026: written out, as under a signature, in the reader's language."""
    if _is_chinese():
        return f"{day.year}年{day.month}月{day.day}日"
    return f"{day.day} {day:%B} {day.year}"


def _is_chinese() -> bool:
    return (get_language() or "").startswith("zh")


def _press(paper: Paper, kind: str) -> bytes:
    order = {**_order(paper), "kind": kind}
    # -I: nothing of the working folder or the environment is imported, `common.database.numbers` above all.
    command = [sys.executable, "-I", str(_TYPESETTER)]
    try:
        done = subprocess.run(  # noqa: S603  # our own interpreter and our own file
            command, input=json.dumps(order).encode(), capture_output=True, timeout=SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        raise Refused(
            "paper_too_large",
            _(
                "“%(title)s” was not made: it takes longer than %(n)d seconds. Choose a shorter time or a "
                "smaller unit, or print the page."
            )
            % {"title": paper.title, "n": SECONDS},
        ) from None
    if done.returncode == NO_FONT:
        raise Refused(
            "no_chinese_font",
            _(
                "“%(title)s” was not made as PDF: this server has no font with Chinese characters. Ask its "
                "administrator to install one (Debian and Ubuntu: fonts-noto-cjk); until then take the Word "
                "file, or print the page."
            )
            % {"title": paper.title},
        )
    if done.returncode == NOT_CLEAN:
        raise Refused(
            "paper_not_clean",
            _(
                "“%(title)s” was not made as PDF: the typesetter is not sure of the result (%(why)s). Take the "
                "Word file, or print the page, and tell your administrator."
            )
            % {"title": paper.title, "why": done.stderr.decode(errors="replace").strip()[:300]},
        )
    if done.returncode:
        raise RuntimeError(f"the typesetter failed: {done.stderr.decode(errors='replace')[-2000:]}")
    return done.stdout


def _order(paper: Paper) -> dict:
    """The paper as plain values, with everything that cannot be printed taken out."""
    blocks = [_as_values(block) for block in paper.body]
    order = {
        "highest": HIGHEST,
        "title": marked(paper.title, paper.drill),
        "mark": marked("", paper.drill).strip(" 【】[]"),
        "issuer": paper.issuer,
        "number": paper.number,
        "to": paper.to,
        "signed": paper.signed,
        "dated": official_date(paper.dated) if paper.dated else "",
        "notes": list(paper.notes),
        "landscape": paper.landscape,
        "lang": "zh" if _is_chinese() else "en",
        "colon": "：" if _is_chinese() else ":",
        "body": blocks,
    }
    return _printable(order)


def _as_values(block: Block) -> dict:
    values = {"is": type(block).__name__.lower(), **asdict(block)}
    return values | block.shape() if isinstance(block, Picture) else values


def _printable(value):
    if isinstance(value, dict):
        return {name: _printable(found) for name, found in value.items()}
    if isinstance(value, list | tuple):
        return [_printable(found) for found in value]
    if isinstance(value, bool | int | float) or value is None:
        return value
    return _UNPRINTABLE.sub("", str(value))
