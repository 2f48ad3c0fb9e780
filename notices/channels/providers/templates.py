"""Which approved template says a message, filled in. Rows come beside the notices (notices.approved.queries)."""

from collections.abc import Mapping, Sequence

from notices.channels import SendResult
from notices.channels.providers import Account, Filled, Provider
from notices.channels.providers.answers import NO_TEMPLATE, REFUSED, TEMPLATE
from notices.channels.providers.filling import NoRoom, fill
from notices.channels.texts import readable, said, text_of
from notices.models import ApprovedTemplate, Notice
from notices.sending.message_templates import MUST_SAY, SUMMARY, TEXT

#: What most templates are approved in.
CHINESE = "zh"


class NoTemplate(Exception):
    """It cannot be said in approved words; `outcome` says why."""

    def __init__(self, error: str):
        super().__init__(error)
        self.outcome = SendResult("never", error=error)


def template_for(notices: Sequence[Notice], who: Provider, account: Account) -> Filled | None:
    """None: this provider takes text, and no template is named. Raises NoTemplate.

    The wording's own template first, then the one for texts without a wording; the recipient's language first, then
    Chinese.
    """
    notice = notices[0]
    languages = tuple(dict.fromkeys((notice.language_for_recipient(), CHINESE)))
    for language in languages:
        what = said(notices, language)
        if row := notice.approved.get((notice.gateway, notice.channel, what.key, language)):
            return _filled(row, what.parameters, _mark(what.mark), who, account)
    for language in languages:
        if row := notice.approved.get((notice.gateway, notice.channel, TEXT, language)):
            return _as_text(row, notices, language, who, account)
    if notice.channel in who.templates_on:
        raise NoTemplate(NO_TEMPLATE)
    return None


def _as_text(
    row: ApprovedTemplate, notices: Sequence[Notice], language: str, who: Provider, account: Account
) -> Filled:
    """The whole text in a template that is nothing but variables. What is cut off it must not be which or how grave."""
    what = said(notices, language)
    text = text_of(notices) if what.key == SUMMARY else readable(notices[0].text_in(language))
    filled = _filled(row, {"text": text}, "", who, account)
    kept = "".join(filled.values.values())
    for name in MUST_SAY:
        if what.parameters.get(name, "") not in kept:
            raise NoTemplate(f"{REFUSED}{TEMPLATE} ({name})")
    return filled


def _filled(
    row: ApprovedTemplate, facts: Mapping[str, str], mark: str, who: Provider, account: Account
) -> Filled:
    try:
        values = fill(row.pairs(), facts, row.variable_limit or who.variable_limit, mark)
    except (KeyError, NoRoom) as error:
        raise NoTemplate(f"{REFUSED}{TEMPLATE} ({error.args[0]})") from error
    return Filled(row.code, row.sign or account.sign, values)


def _mark(mark: str) -> str:
    """A drill's mark without the brackets, which stand for a signature."""
    word = mark.strip("【】[] ")
    return f"{word}：" if word and not word.isascii() else f"{word}: " if word else ""
