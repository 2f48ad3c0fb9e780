"""What one message says: a notice's own text, or the first lines of several."""

from collections.abc import Sequence

from notices.models import Notice
from notices.rules import summary
from notices.wordings import LIMITS

_HEADS = {"zh": "{count}条通知：", "en": "{count} notices:"}


def text_of(notices: Sequence[Notice]) -> str:
    """In the language of the (first) recipient. Several notices to one person are one summary, most urgent first."""
    texts = dict.fromkeys(notice.text_for_recipient() for notice in notices)
    added = {notice.text_for_recipient(): f" {notice.addendum}" for notice in notices if notice.addendum}
    if len(texts) == 1:
        return "".join(text + added.get(text, "") for text in texts)
    language = "en" if notices[0].recipient.language.startswith("en") else "zh"
    lines = (text.partition("\n")[0][:80] + added.get(text, "") for text in texts)
    return summary(_HEADS[language].format(count=len(texts)), lines, LIMITS[notices[0].channel])
