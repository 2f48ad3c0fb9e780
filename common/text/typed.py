"""Text as people and programs type it: width, spaces and signs nobody sees; days, moments and whole numbers.

`tidy` is for what is read by people and keeps its Chinese punctuation; `plain` is for what machines compare:
codes, usernames, numbers, days.
"""

import re
import unicodedata
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation

from common.dates.days import in_range
from common.dates.local_time import LOCAL

#: What comes along from chats, web pages and PDFs: control characters (not the ends of lines), soft hyphen,
#: zero-width space and marks of direction, word joiner, byte order mark. Joiners within emoji stay in prose.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff]"
)
_JOINERS = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200c\u200d\u3164\ufe00-\ufe0f\uffa0]")
#: No-break, figure, ideographic and other spaces; the ends of lines stay.
_SPACES = re.compile("[\t\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")
#: Dashes that are no hyphen to a machine, and look like one: minus, en dash, figure dash, hyphen.
_DASHES = re.compile("[\u2010-\u2015\u2212\ufe63]")


def tidy(text: str) -> str:
    """The text without unseen signs, every space an ordinary one, none at either end."""
    if text.isascii() and text.isprintable():
        return text.strip()
    return _SPACES.sub(" ", _UNSEEN.sub("", text)).strip()


def plain(text: str) -> str:
    """The text at normal width (NFKC: Ｔ１１ → T11, ：→ :), tidied, runs of spaces as one, dashes as hyphens."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", _JOINERS.sub("", text))
        text = _DASHES.sub("-", text)
    return " ".join(_UNSEEN.sub("", text).split())


def is_same_name(one: str, other: str) -> bool:
    """Whether two writings are one name: 张　三 is 张三, and width and case do not count."""
    return plain(one).replace(" ", "").casefold() == plain(other).replace(" ", "").casefold()


# --- days, moments, numbers ----------------------------------------------------------------------------------

_DAY = re.compile(r"([12][0-9]{3})(?:-|/|\.|年 ?)([0-9]{1,2})(?:-|/|\.|月 ?)([0-9]{1,2})日?")
_EIGHT_FIGURES = re.compile(r"([12][0-9]{3})([0-9]{2})([0-9]{2})")
_TIME = re.compile(r"([0-9]{1,2}):([0-9]{2})(?::([0-9]{2})(?:\.0+)?)?")
#: A day as spreadsheet programs count them, from 30 December 1899: 2000 to 2099, with the time as a fraction.
_SERIAL = re.compile(
    r"(3652[6-9]|365[3-9][0-9]|36[6-9][0-9]{2}|3[7-9][0-9]{3}|[4-6][0-9]{4}|7[0-2][0-9]{3}|730[0-4][0-9])(\.[0-9]+)?"
)
_SERIAL_BEGINS = datetime(1899, 12, 30, tzinfo=LOCAL)


def day_in(text: str) -> date:
    """Read a day: 2026-11-22, 2026/11/22, 2026.11.22, 2026年11月22日, 20261122, or a spreadsheet's own figure.

    A time of 00:00 behind it is left out: that is how a day comes out of a cell. Raises ValueError for anything else;
    22.11.2026 and 11/22/2026 too, which not everybody reads alike.
    """
    at = _read(text)
    if at is None or at.time() != time():
        raise ValueError(f"not a day: {text!r}")
    return at.date()


def moment_in(text: str) -> datetime:
    """Read a day and a time of Asia/Shanghai, 24:00 being the next day's 00:00. Raises ValueError without a time."""
    at = _read(text)
    if at is None or not (":" in plain(text) or "." in plain(text)[5:]):
        raise ValueError(f"not a moment: {text!r}")
    return at


def _read(text: str) -> datetime | None:
    """Raises ValueError for a day or time that does not exist or no calendar holds; None for what is written
    otherwise."""
    text = plain(text)
    if serial := _SERIAL.fullmatch(text):
        seconds = round(float(serial[0]) * 86400)
        return in_range(_SERIAL_BEGINS + timedelta(seconds=seconds))
    written, _, clock = text.replace("T", " ", 1).partition(" ") if "年" not in text else _split(text)
    day = _DAY.fullmatch(written) or _EIGHT_FIGURES.fullmatch(written)
    if day is None:
        return None
    at = in_range(datetime(int(day[1]), int(day[2]), int(day[3]), tzinfo=LOCAL))
    return at + _clock(clock) if clock else at


def _split(text: str) -> tuple[str, str, str]:
    """2026年 11月22日 08:30 → the day and the time."""
    day, _, clock = text.partition("日")
    return f"{day}日", "", clock.strip()


def _clock(text: str) -> timedelta:
    found = _TIME.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"not a time: {text!r}")
    hours, minutes, seconds = (int(part or 0) for part in found.groups())
    if hours == 24 and not minutes and not seconds:
        return timedelta(days=1)
    at = time(hours, minutes, seconds)
    return timedelta(hours=at.hour, minutes=at.minute, seconds=at.second)


def whole_number_in(text: str) -> int:
    """Read a whole number as cells hold it: 3, ３, 3.0, 1,234, 1.2E+03. Raises ValueError for anything else."""
    figures = plain(text)
    if not re.fullmatch(r"[0-9][0-9,]{0,11}(\.[0-9]+)?([eE]\+?0?[0-9])?", figures):
        raise ValueError(f"not a whole number: {text!r}")
    try:
        number = Decimal(figures.replace(",", ""))
    except InvalidOperation:
        raise ValueError(f"not a whole number: {text!r}") from None
    if number != number.to_integral_value():
        raise ValueError(f"not a whole number: {text!r}")
    return int(number)


#: 1.38E+10: a spreadsheet program has thrown figures away before it wrote the file.
_SHORTENED = re.compile(r"[0-9](\.[0-9]+)?[eE]\+[0-9]{1,2}")


def is_shortened(text: str) -> bool:
    """Whether a long number (a telephone, a code) was written in scientific notation and is lost."""
    return bool(_SHORTENED.fullmatch(plain(text)))
