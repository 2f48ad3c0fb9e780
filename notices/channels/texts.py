"""What one message says: a notice's own text, or the first lines of several."""

import re
from collections.abc import Sequence

from notices.models import Notice
from notices.rules import summary
from notices.sending.message_templates import LIMITS

_HEADS = {"zh": "{count}条通知：", "en": "{count} notices:"}

#: Control characters but the line feed; half of a character; what a reader takes for the end of a line.
_UNSPEAKABLE = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")


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


def in_one_line(text: str) -> str:
    """For a header: a line break in it would be refused for good, or begin a header of its own."""
    return " ".join(readable(text).split())
