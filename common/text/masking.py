"""Free text: made safe for a record that must not name people.

The product never asks for a petitioner's name, identity number or telephone. Somebody will type one all the same;
this finds the numbers that are certain enough to speak up about, in all the ways in which people write them.
Source: PIPL art. 6; Emergency Response Law (2024) arts. 83-85; GB 11643 (identity numbers).
"""

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import NamedTuple

from common.text.digits import Run, runs_in

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK = "10X98765432"
#: First two digits of an identity number: provinces, then Taiwan, Hong Kong, Macau and foreign residents.
_PROVINCES = {*range(11, 16), 21, 22, 23, *range(31, 38), *range(41, 47), *range(50, 55), *range(61, 66),
              71, 81, 82, 83, 91}  # fmt: skip
_MOBILE = re.compile(r"1[3-9]\d{9}")
#: Area code and number.
_LANDLINE = re.compile(r"(010|02\d|0[3-9]\d\d)([1-9]\d{6,7})")
_LOCAL_GROUPS = ([7], [8], [3, 4], [4, 3], [4, 4], [2, 2, 2, 2], [1] * 7, [1] * 8)
_CARD_GROUPS = ([4, 6, 5], [4, 6, 4], [6, 13], [6, 10], [8, 8], [8, 11], [4, 12], [4, 4, 8], [4, 4, 11])
#: Words after which digits are somebody's number, however they are grouped.
_ANNOUNCED = re.compile(
    r"(电话|手机|联系|号码|拨打|致电|微信|身份证|证件|卡号|账号|帐号|tel|phone|mobile|call)[^0-9]{0,8}\Z",
    re.I,
)


class Finding(NamedTuple):
    kind: str  # identity | mobile | landline | bank_card
    #: As it was typed.
    text: str
    begin: int
    end: int
    masked: str


def personal_data_in(text: str) -> list[Finding]:
    """Identity numbers (18 digits with a right check digit, or the old 15), mobile numbers, landlines with their
    area code, and bank cards (Luhn), in the order of the text."""
    found: list[Finding] = []
    for run in runs_in(text):
        taken: set[int] = set()
        for kind, spans in _LOOKED_FOR.items():
            for begin, end in spans(run, text):
                if taken.isdisjoint(range(begin, end)):
                    taken.update(range(begin, end))
                    found.append(_finding(kind, run, begin, end, text))
    return sorted(found, key=lambda finding: finding.begin)


def masked(text: str) -> str:
    """The text with every such number masked; the ends stay, so that who knows the number recognises it."""
    for finding in reversed(personal_data_in(text)):
        text = text[: finding.begin] + finding.masked + text[finding.end :]
    return text


#: A number as `masked` leaves it: "138****8000", "0500-****567", "110***********21".
_MASKED = re.compile(r"(?:0\d{2,3}-)?\d*\*{3,}\d+[Xx]?")


def masks_in(text: str) -> list[str]:
    """The numbers that were masked in a stored text, as they stand there."""
    return _MASKED.findall(text)


def _finding(kind: str, run: Run, begin: int, end: int, text: str) -> Finding:
    first, last = run.places[begin], run.places[end - 1] + 1
    if text[first - 1 : first] in ("(", "（") and re.search(r"[)）]", text[first:last]):
        first -= 1
    return Finding(kind, text[first:last], first, last, _mask(kind, run.digits[begin:end]))


def _mask(kind: str, digits: str) -> str:
    kept = {"mobile": (3, 4), "identity": (3, 2), "bank_card": (0, 4), "landline": (0, 3)}
    if kind == "landline" and (parts := _LANDLINE.fullmatch(digits)):
        return f"{parts[1]}-{'*' * (len(parts[2]) - 3)}{parts[2][-3:]}"
    head, tail = kept[kind]
    return digits[:head] + "*" * (len(digits) - head - tail) + digits[-tail:]


def _spans(run: Run, lengths: Iterable[int], fits: Callable[[int, int], bool]) -> Iterator[tuple[int, int]]:
    return ((at, at + n) for at in run.starts for n in lengths if at + n in run.ends and fits(at, at + n))


def _identities(run: Run, text: str) -> Iterator[tuple[int, int]]:
    return _spans(run, (18,), lambda begin, end: _is_identity(run.digits[begin:end]))


def _old_identities(run: Run, text: str) -> Iterator[tuple[int, int]]:
    def fits(begin, end):
        return _is_old_identity(run.digits[begin:end]) and _is_grouped(run, begin, end, text)

    return _spans(run, (15,), fits)


def _mobiles(run: Run, text: str) -> Iterator[tuple[int, int]]:
    def fits(begin, end):
        return bool(_MOBILE.fullmatch(run.digits[begin:end])) and _is_grouped(run, begin, end, text)

    return _spans(run, (11,), fits)


def _landlines(run: Run, text: str) -> Iterator[tuple[int, int]]:
    def fits(begin, end):
        parts = _LANDLINE.fullmatch(run.digits[begin:end])
        return bool(parts) and _is_landline(run.sizes(begin, end), len(parts[1]), parts[2])

    # Called from abroad it has no 0: +86 731 8888 8888.
    abroad = {prefix.end() for prefix in re.finditer("86", run.digits)}
    found = list(_spans(run, (12, 11), fits))
    return iter(found + [span for at in abroad for span in _from_abroad(run, at, text)])


def _from_abroad(run: Run, at: int, text: str) -> Iterator[tuple[int, int]]:
    before = text[max(0, run.places[at - 2] - 3) : run.places[at - 2]]
    if not (before.rstrip("(（ ").endswith(("+", "＋")) or run.digits[max(0, at - 4) : at] == "0086"):
        return
    for length in (11, 10):
        if at + length in run.ends and _LANDLINE.fullmatch("0" + run.digits[at : at + length]):
            yield at, at + length


def _cards(run: Run, text: str) -> Iterator[tuple[int, int]]:
    def fits(begin, end):
        digits = run.digits[begin:end]
        return digits.isdigit() and _is_card(digits) and _is_card_grouped(run.sizes(begin, end))

    return _spans(run, range(19, 12, -1), fits)


#: In this order: what an earlier one has taken, a later one does not look at again.
_LOOKED_FOR: dict[str, Callable[[Run, str], Iterator[tuple[int, int]]]] = {
    "identity": lambda run, text: iter([*_identities(run, text), *_old_identities(run, text)]),
    "bank_card": _cards,
    "mobile": _mobiles,
    "landline": _landlines,
}


def _is_identity(digits: str) -> bool:
    if not digits[:17].isdigit() or int(digits[:2]) not in _PROVINCES:
        return False
    total = sum(int(digit) * weight for digit, weight in zip(digits[:17], _WEIGHTS, strict=True))
    return _CHECK[total % 11] == digits[17] and digits[6:8] in ("18", "19", "20") and _is_day(digits[6:14])


def _is_old_identity(digits: str) -> bool:
    return digits.isdigit() and int(digits[:2]) in _PROVINCES and _is_day("19" + digits[6:12])


def _is_day(digits: str) -> bool:
    if len(digits) != 8:
        return False
    try:
        return bool(date(int(digits[:4]), int(digits[4:6]), int(digits[6:8])))
    except ValueError:
        return False


def _is_card(digits: str) -> bool:
    """Luhn; but no card begins with 0 or 1, and what begins with a day is a number of ours or a time."""
    begins_with_day = digits[:2] in ("19", "20") and _is_day(digits[:8])
    is_phone = re.fullmatch(r"(00)?86(1[3-9]\d{9}|[2-9]\d{9,10})", digits)
    return digits[0] not in "01" and not begins_with_day and not is_phone and _is_luhn(digits)


def _is_luhn(digits: str) -> bool:
    doubled = [int(d) * (2 if place % 2 else 1) for place, d in enumerate(reversed(digits))]
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0


def _is_grouped(run: Run, begin: int, end: int, text: str) -> bool:
    """Written as people split one number, not as a list of counts ("15 20 30 50 100") stands in a line."""
    sizes = run.sizes(begin, end)
    short = [size for size in sizes if size < 3]
    return (
        # 9 and 2 is an amount of money.
        (len(short) <= 1 and sizes != [9, 2])
        or (sizes[0] == 3 and 1 not in sizes)
        or _is_even(sizes, (1, 2))
        or bool(_ANNOUNCED.search(text[max(0, run.places[begin] - 20) : run.places[begin]]))
    )


def _is_even(sizes: list[int], allowed: Iterable[int]) -> bool:
    return sizes[0] in allowed and set(sizes[:-1]) == {sizes[0]} and sizes[-1] <= sizes[0]


def _is_landline(sizes: list[int], area: int, local: str) -> bool:
    """A time and a day ("0830 20261122") are none; nor is what begins with 1 and does not stand apart."""
    if sizes[0] == area:
        return sizes[1:] in _LOCAL_GROUPS and not (local[:2] in ("19", "20") and _is_day(local))
    if local[0] == "1":
        return False
    return len(sizes) == 1 or _is_even(sizes, (1, 2, 3, 4)) or (sizes[0] > area and min(sizes) >= 3)


def _is_card_grouped(sizes: list[int]) -> bool:
    in_fours = set(sizes[:-1]) == {4} and sizes[-1] <= 7
    return len(sizes) == 1 or in_fours or sizes in _CARD_GROUPS or _is_even(sizes, (1, 2, 3, 5))
