"""An official paper as the texts of a document: a label for each heading, a line for each row of a table."""

from collections.abc import Iterable, Iterator

from common.documents.official_documents import Block, Fields, Heading, Paper, Table, official_date
from exchange.documents import LONGEST_TEXT

_LABEL = 80


def texts_of(paper: Paper) -> list[tuple[str, str]]:
    """What a person reads on it, in its order; last who stands for it, and when."""
    parts: list[tuple[str, list[str]]] = []
    for block in paper.body:
        if isinstance(block, Heading):
            parts.append((block.text, []))
        else:
            if not parts:
                parts.append(("", []))
            parts[-1][1].extend(_lines(block))
    dated = official_date(paper.dated) if paper.dated else ""
    parts.append(("落款", [*paper.notes, f"{paper.signed} {dated}".strip()]))
    return [(label[:_LABEL], text) for label, lines in parts for text in _fitting(lines)]


def _lines(block: Block) -> list[str]:
    if isinstance(block, Table):
        return [_row(zip(block.headings, row, strict=True)) for row in block.rows]
    if isinstance(block, Fields):
        return [f"{label}：{value}" for label, value in block.rows]
    return [block.text]


def _row(cells: Iterable[tuple[str, str]]) -> str:
    return "；".join(f"{heading} {cell}" for heading, cell in cells)


def _fitting(lines: Iterable[str]) -> Iterator[str]:
    """As few texts as hold them, none longer than the form of documents allows."""
    text = ""
    for line in lines:
        if text and len(text) + 1 + len(line) > LONGEST_TEXT:
            yield text
            text = ""
        text = f"{text}\n{line}" if text else line[:LONGEST_TEXT]
    yield text
