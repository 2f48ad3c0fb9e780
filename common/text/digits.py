"""Digits as people write them: full width, Chinese numerals, split by spaces, hyphens and dots.

Every reading keeps the place of each digit in the text, so that what was found can be masked where it stands.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

_CHINESE = {
    "〇": 0, "零": 0, "○": 0, "一": 1, "壹": 1, "幺": 1, "二": 2, "贰": 2, "三": 3, "叁": 3, "四": 4, "肆": 4,
    "五": 5, "伍": 5, "六": 6, "陆": 6, "七": 7, "柒": 7, "八": 8, "捌": 8, "九": 9, "玖": 9,
}  # fmt: skip
#: Digits of every script lie below; above are only unassigned and private places, and looking at a million costs 85 ms.
_LAST_SCRIPT = 0x20000
#: Every decimal digit Unicode knows, the Chinese numerals, and what people type for the X of an identity number.
_READ_AS = {
    code: str(unicodedata.decimal(chr(code))) for code in range(128, _LAST_SCRIPT) if chr(code).isdecimal()
}
_READ_AS |= {ord(word): str(value) for word, value in _CHINESE.items()}
_READ_AS |= {ord(letter): "X" for letter in "xｘＸХх×"}

_BETWEEN = r"[\s\u200b-\u200f\u2060\ufeff\u00ad\-‐-―−﹣－~～_ー.．。·•・‧∙,，、/／\\|()（）\[\]【】]{0,3}"
_RUN = re.compile(rf"[0-9](?:{_BETWEEN}[0-9])*(?:{_BETWEEN}X(?![0-9A-Za-z]))?")
#: Written in one with a number, before it.
_LEADS = ("0086", "86", "0")
#: The fewest of any number looked for.
_FEWEST = 10
#: A word that may stand right before or after a number ("tel138…"); a digest or a code ("T11", "9f3a") is none.
_WORD_BEFORE = re.compile(r"(?<![0-9A-Za-z_])(?=[A-Za-z]*[g-zG-Z])[A-Za-z]{2,}\Z")
_WORD_AFTER = re.compile(r"(?=[A-Za-z]*[g-zG-Z])[A-Za-z]{2,}(?![0-9A-Za-z_])")


@dataclass(frozen=True, slots=True)
class Run:
    """Digits that follow each other, with where each stands in the text and where a number may begin or end."""

    digits: str
    places: tuple[int, ...]
    #: True where a separator stands before this digit.
    parted: tuple[bool, ...]
    begins: frozenset[int]
    ends: frozenset[int]
    #: Where a number begins, or goes on after a country code or a 0 written in one with it; in their order.
    starts: tuple[int, ...]

    def sizes(self, begin: int, end: int) -> list[int]:
        """How many digits stand in each group of what is written: [3, 4, 4] for "138 0013 8000"."""
        sizes = [0]
        for at in range(begin, end):
            if at > begin and self.parted[at]:
                sizes.append(0)
            sizes[-1] += 1
        return sizes


def runs_in(text: str) -> Iterator[Run]:
    """The runs of at least ten digits."""
    if len(text) < _FEWEST:
        return
    plain = text.translate(_READ_AS)
    # Most texts end here, without the dearer search.
    if sum(map(plain.count, "0123456789")) < _FEWEST:
        return
    for match in _RUN.finditer(plain):
        run = _run(text, plain, match)
        if len(run.digits) >= _FEWEST:
            yield run


def _run(text: str, plain: str, match: re.Match[str]) -> Run:
    written = text[match.start() : match.end()]
    if written.isascii() and written.isdigit():
        # In one, as most numbers are and as long ones are sent to keep us busy: nothing to look for inside.
        places, parted, inner = tuple(range(*match.span())), (False,) * len(written), set()
    else:
        places = tuple(at for at in range(*match.span()) if plain[at] in "0123456789X")
        parted = tuple(at > 0 and place != places[at - 1] + 1 for at, place in enumerate(places))
        inner = {at for at in range(1, len(places)) if parted[at] or _is_seam(text, places, at)}
    begins = inner | ({0} if _is_free_before(plain, match.start()) else set())
    ends = inner | ({len(places)} if _is_free_after(plain, match.end()) else set())
    digits = "".join(plain[at] for at in places)
    after = {at + len(lead) for at in begins for lead in _LEADS if digits.startswith(lead, at)}
    starts = tuple(sorted(begins | after))
    return Run(digits, places, parted, frozenset(begins), frozenset(ends), starts)


def _is_seam(text: str, places: tuple[int, ...], at: int) -> bool:
    """A number may begin beside any Chinese numeral: "张三13800138000" has one digit too many."""
    return text[places[at]] in _CHINESE or text[places[at - 1]] in _CHINESE


def _is_free_before(plain: str, at: int) -> bool:
    before = plain[max(0, at - 20) : at]
    return not re.search(r"[0-9A-Za-z_]\Z", before) or bool(_WORD_BEFORE.search(before))


def _is_free_after(plain: str, at: int) -> bool:
    return not re.match(r"[0-9A-Za-z_]", plain[at : at + 1]) or bool(_WORD_AFTER.match(plain, at))
