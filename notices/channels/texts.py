"""What one message says: a notice's own text, or the first lines of several; and of what it was made."""

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from common.drills import MARK
from notices.models import Notice
from notices.rules import summary
from notices.sending.message_templates import LIMITS, SUMMARY, TEXT

_HEADS = {"zh": "{count}条通知：", "en": "{count} notices:"}

#: Control characters but the line feed; half of a character; what a reader takes for the end of a line.
_UNSPEAKABLE = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")


_NO_VERSION = "1"


class Said(NamedTuple):
    """A message as a template and what it is filled in with; its text says the same."""

    #: "zh" | "en"
    language: str
    #: A key of message_templates.WORDINGS, `TEXT` or `SUMMARY`.
    key: str
    version: int
    parameters: Mapping[str, str]
    #: The mark of a drill, empty where it is none: a template of somebody else's does not begin with it.
    mark: str
    #: A link or code added as it leaves; see notices.sending.before_sending.
    addendum: str


def said(notices: Sequence[Notice], language: str = "") -> Said:
    """In this language, else that of the (first) recipient; values are whole, whoever fills them in shortens them."""
    notice = notices[0]
    language = language or notice.language_for_recipient()
    mark = MARK[language] if notice.drill else ""
    if len({one.text_for_recipient() for one in notices}) > 1:
        count, lines = str(len(notices)), text_of(notices).partition("\n")[2]
        return Said(language, SUMMARY, 1, {"count": count, "text": lines}, mark, "")
    addendum = readable(notice.addendum)
    name, _form, version = _parts(notice.wording)
    if facts := notice.facts.get(language) if name else None:
        parameters = {key: readable(value) for key, value in facts.items()}
        return Said(language, name, int(version), parameters, mark, addendum)
    text = readable(notice.text_in(language).removeprefix(mark))
    return Said(language, TEXT, 1, {"text": text}, mark, addendum)


def _parts(wording: str) -> tuple[str, str, str]:
    """The name, the form and the version of "warning.signed/sms@1"."""
    name, _slash, rest = wording.partition("/")
    form, _at, version = rest.partition("@")
    return name, form, version or _NO_VERSION


def text_of(notices: Sequence[Notice]) -> str:
    """In the language of the (first) recipient. Several notices to one person are one summary, most urgent first."""
    return readable(_text_of(notices))


def _text_of(notices: Sequence[Notice]) -> str:
    texts = dict.fromkeys(notice.text_for_recipient() for notice in notices)
    added = {notice.text_for_recipient(): f" {notice.addendum}" for notice in notices if notice.addendum}
    if len(texts) == 1:
        return "".join(text + added.get(text, "") for text in texts)
    language = "en" if notices[0].recipient.language.startswith("en") else "zh"
    lines = (text.partition("\n")[0][:80] + added.get(text, "") for text in texts)
    return summary(_HEADS[language].format(count=len(texts)), lines, LIMITS[notices[0].channel])


def readable(text: str) -> str:
    """Without what no telephone shows and some gateways refuse; lines end with one line feed."""
    return _UNSPEAKABLE.sub(" ", text.replace("\r\n", "\n"))


def digits_of(number: str) -> str:
    """A telephone number as providers write it: digits alone, without the country."""
    digits = "".join(letter for letter in number if letter.isascii() and letter.isdigit())
    return digits.removeprefix("00").removeprefix("86") if len(digits) > 12 else digits


def in_one_line(text: str) -> str:
    """For a header: a line break in it would be refused for good, or begin a header of its own."""
    return " ".join(readable(text).split())
