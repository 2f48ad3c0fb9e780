"""What a part of a live page answers: rendered once for everybody who asks the same, and only the rows that differ.

An answer holds no token of a page (static/js/patch.js fills them in), so that it is the same for all who may have it
and an unchanged one is known by its ETag. A screen that says which answers it has (`If-None-Match`, `A-IM: rows`) gets
304, or 226 with a stub in the place of each row that it has (RFC 3229). Several parts asked for at once come as one
JSON object: part → status, tag, number, html.

Nothing here goes out of date with time: an answer is good for the journal number and the minute in which it was
rendered. One that was thrown away is rendered again.
"""

import gzip
import json
import re
from collections import OrderedDict, deque
from collections.abc import Callable, Hashable, Mapping
from concurrent.futures import Future
from datetime import datetime
from hashlib import blake2b
from random import randrange
from threading import Lock
from typing import NamedTuple

from common.web.tokens import without_tokens

#: Smaller ones fit into one packet either way.
SMALLEST = 1400
#: Against guessing by the length (BREACH), as Django does it: a file name of random length.
LONGEST_PADDING = 100
#: Earlier answers to the same question whose rows are remembered.
REMEMBERED = 6

_BEFORE_ROW = re.compile(r'(?=<li\b[^>]*\sdata-key=")')
_ROW_KEY = re.compile(r'\sdata-key="([^"]*)"')

#: Row → print of its markup.
Rows = dict[str, bytes]


class Reply(NamedTuple):
    """What goes out."""

    status: int
    headers: dict[str, str]
    body: bytes


class Asking(NamedTuple):
    """What a screen has and takes."""

    #: The ETags of the answers it has.
    has: frozenset[str] = frozenset()
    takes_rows: bool = False
    takes_gzip: bool = False

    @classmethod
    def of(cls, header: "Callable[[str], str]") -> "Asking":
        """`header(name)` gives a request's header."""
        has = frozenset(filter(None, map(str.strip, header("If-None-Match").split(","))))
        return cls(has, header("A-IM") == "rows", "gzip" in header("Accept-Encoding"))


class Answer:
    """The markup of one part."""

    def __init__(self, html: str, number: int):
        #: Everything up to this journal number is in it.
        self.number = number
        self.html = without_tokens(html).strip()
        self.etag = f'W/"{_print(self.html).hex()}"'
        self._deltas: dict[str, str] = {}
        self._packed: dict[tuple[int, str], bytes] = {}

    def told(self, asking: "Asking", earlier: "Earlier | None" = None) -> "Told":
        """What of it a screen needs that has what it says it has."""
        if self.etag in asking.has:
            return Told(304, "", "")
        base = (
            next((tag for tag in asking.has if earlier and earlier.rows_of(tag)), "")
            if asking.takes_rows
            else ""
        )
        if not base or earlier is None:
            return Told(200, "", self.html)
        if base not in self._deltas:
            self._deltas[base] = self._without(earlier.rows_of(base) or {})
        return Told(226, base, self._deltas[base])

    def reply(self, asking: "Asking", earlier: "Earlier | None" = None) -> Reply:
        """The answer by itself."""
        status, base, text = self.told(asking, earlier)
        headers = {
            "Content-Type": "text/html; charset=utf-8",
            "ETag": self.etag,
            "X-Journal-Number": str(self.number),
        }
        if base:
            headers |= {"IM": "rows", "Delta-Base": base}
        if (status, base) not in self._packed:
            self._packed[status, base] = _packed(text.encode())
        return _reply(status, headers, text.encode(), asking, self._packed[status, base])

    def rows(self) -> Rows:
        """Each row of the lists in it. Empty where two have one key: then they cannot be told apart."""
        _head, pieces, _tail = self._pieces()
        rows = {key: _print(piece) for key, piece in pieces}
        return rows if len(rows) == len(pieces) else {}

    def _without(self, known: Rows) -> str:
        head, pieces, tail = self._pieces()
        return "".join((head, *(_stub_or_row(key, piece, known) for key, piece in pieces), tail))

    def _pieces(self) -> tuple[str, list[tuple[str, str]], str]:
        """What comes before the rows, the rows with their keys, and what comes after them; as patch.js does it."""
        head, *pieces = _BEFORE_ROW.split(self.html)
        if not pieces:
            return head, [], ""
        last, end, tail = pieces[-1].rpartition("</li>")
        pieces[-1] = last + end
        return head, [(_key_of(piece), piece) for piece in pieces], tail


class Told(NamedTuple):
    """What of an answer goes out: 304 and nothing, 226 and the rows that are not in `base`, 200 and all of it."""

    status: int
    base: str
    html: str


def together(answers: "Mapping[str, tuple[Answer, Earlier | None]]", asking: "Asking") -> Reply:
    """The answers to several parts asked for at once."""
    told = {name: (answer, answer.told(asking, earlier)) for name, (answer, earlier) in answers.items()}
    headers = {"Content-Type": "application/json"}
    if all(one.status == 304 for _answer, one in told.values()):
        number = min(answer.number for answer, _one in told.values())
        return _reply(304, headers | {"X-Journal-Number": str(number)}, b"", asking)
    members = {
        name: {"status": one.status, "tag": answer.etag, "number": answer.number, "html": one.html}
        for name, (answer, one) in told.items()
    }
    return _reply(
        200, headers, json.dumps(members, ensure_ascii=False, separators=(",", ":")).encode(), asking
    )


def _reply(status: int, headers: dict[str, str], body: bytes, asking: "Asking", packed: bytes = b"") -> Reply:
    headers = {**headers, "Cache-Control": "no-store", "Vary": "Accept-Encoding, Cookie"}
    if not asking.takes_gzip or len(body) < SMALLEST:
        return Reply(status, headers, body)
    return Reply(status, headers | {"Content-Encoding": "gzip"}, packed or _packed(body, level=1))


def _key_of(piece: str) -> str:
    found = _ROW_KEY.search(piece)
    assert found, piece
    return found[1]


def _stub_or_row(key: str, piece: str, known: Rows) -> str:
    return f'<li data-key="{key}" data-same></li>' if known.get(key) == _print(piece) else piece


def _print(text: str) -> bytes:
    return blake2b(text.rstrip().encode(), digest_size=12).digest()


def _packed(body: bytes, level: int = 6) -> bytes:
    if len(body) < SMALLEST:
        return b""
    packed = gzip.compress(body, compresslevel=level, mtime=0)
    # The name goes between the header's ten bytes and the data (RFC 1952, FLG.FNAME).
    return packed[:3] + b"\x08" + packed[4:10] + b"a" * randrange(LONGEST_PADDING) + b"\0" + packed[10:]  # noqa: S311


class Earlier:
    """The last answers to one question, by their rows."""

    def __init__(self) -> None:
        self._rows: deque[tuple[str, Rows]] = deque(maxlen=REMEMBERED)

    def add(self, answer: Answer) -> None:
        if rows := answer.rows():
            self._rows.append((answer.etag, rows))

    def rows_of(self, etag: str) -> Rows | None:
        return next((rows for known, rows in self._rows if known == etag), None)


class _Asked:
    """One question: its newest answer, and who is finding the next one."""

    __slots__ = ("answer", "earlier", "minute", "under_way")

    def __init__(self) -> None:
        self.answer: Answer | None = None
        self.minute: datetime | None = None
        self.earlier = Earlier()
        #: Number and minute that are being rendered, and the answer to come.
        self.under_way: tuple[int, datetime, Future[Answer]] | None = None


class SharedAnswers:
    """The answers to the last `most` questions, for whoever asks the same. From any thread.

    A question is whatever decides what is shown beside the journal: page, address, language, the reader's posts.
    """

    def __init__(self, most: int):
        self._most = most
        self._asked: OrderedDict[Hashable, _Asked] = OrderedDict()
        self._lock = Lock()

    def find(
        self, question: Hashable, number: int, now: datetime, is_untouched: Callable[[int], bool]
    ) -> Answer | None:
        """The answer, if it is ready and still shows everything up to `number`: nothing came after its own number, or
        `is_untouched` says that nothing of that changes it."""
        with self._lock:
            asked = self._asked.get(question)
            if asked is None or asked.answer is None or asked.minute != _minute(now):
                return None
            if asked.answer.number < number and is_untouched(asked.answer.number):
                asked.answer.number = number
            return asked.answer if asked.answer.number >= number else None

    def earlier(self, question: Hashable) -> Earlier | None:
        asked = self._asked.get(question)
        return asked.earlier if asked else None

    def get(self, question: Hashable, number: int, now: datetime, render: Callable[[], str]) -> Answer:
        """The answer that shows everything up to `number` (read before this call). Rendered by the first who asks;
        who asks the same meanwhile waits for that. Raises what `render` raises."""
        future: Future[Answer] = Future()
        with self._lock:
            asked = self._of(question)
            if _is_good(asked, number, now):
                assert asked.answer
                return asked.answer
            if asked.under_way and asked.under_way[0] >= number and asked.under_way[1] == _minute(now):
                waiting = asked.under_way[2]
            else:
                waiting = None
                asked.under_way = (number, _minute(now), future)
        if waiting is not None:
            return waiting.result()
        return self._render(asked, future, number, now, render)

    def forget(self) -> None:
        """Another journal than before: a smaller number may be newer."""
        with self._lock:
            self._asked.clear()

    def _of(self, question: Hashable) -> _Asked:
        asked = self._asked.setdefault(question, _Asked())
        self._asked.move_to_end(question)
        while len(self._asked) > self._most:
            self._asked.popitem(last=False)
        return asked

    def _render(self, asked: _Asked, future: Future, number: int, now: datetime, render) -> Answer:
        try:
            answer = Answer(render(), number)
        except BaseException as error:
            self._end(asked, future)
            future.set_exception(error)
            raise
        with self._lock:
            if asked.answer is None or asked.answer.number <= number:
                if asked.answer is not None and asked.answer.etag == answer.etag:
                    # Packed already, and nobody has to fetch it again.
                    answer, asked.answer.number = asked.answer, number
                else:
                    asked.earlier.add(answer)
                asked.answer, asked.minute = answer, _minute(now)
        self._end(asked, future)
        future.set_result(answer)
        return answer

    def _end(self, asked: _Asked, future: Future) -> None:
        with self._lock:
            if asked.under_way and asked.under_way[2] is future:
                asked.under_way = None


def _is_good(asked: _Asked, number: int, now: datetime) -> bool:
    return asked.answer is not None and asked.answer.number >= number and asked.minute == _minute(now)


def _minute(now: datetime) -> datetime:
    return now.replace(second=0, microsecond=0)


#: Of this process. Some 60 KB each with a long list in it.
SHARED = SharedAnswers(most=256)
