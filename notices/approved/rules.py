"""Which wordings the product sends, what each is filled in with, and what an approved template must not leave out."""

from collections.abc import Iterable, Mapping
from string import Formatter
from typing import Any, NamedTuple

from notices.choices import Channel
from notices.sending.message_templates import MUST_SAY, SUMMARY, TEXT, WORDINGS

LANGUAGES = ("zh", "en")


class Wording(NamedTuple):
    """One wording as one channel says it."""

    key: str
    channel: str
    version: int
    #: Language → the sentence with its placeholders.
    patterns: Mapping[str, str]
    #: What may be filled in, in the order of the sentence.
    facts: tuple[str, ...]

    @property
    def must_say(self) -> tuple[str, ...]:
        return tuple(fact for fact in MUST_SAY if fact in self.facts)


#: What has no wording of its own, as it would be applied for.
_PLAIN = {
    TEXT: {"zh": "{text}", "en": "{text}"},
    SUMMARY: {"zh": "{count}条通知：{text}", "en": "{count} notices: {text}"},
}


def wordings(channel: str) -> list[Wording]:
    """Every wording that this channel may have to say, those that have none of their own last."""
    own = [
        Wording(key, channel, one.version, one.patterns[channel], facts_in(one.patterns[channel].values()))
        for key, one in WORDINGS.items()
    ]
    plain = [
        Wording(key, channel, 1, patterns, facts_in(patterns.values())) for key, patterns in _PLAIN.items()
    ]
    return own + plain


def wording_of(key: str, channel: str) -> Wording | None:
    return next((one for one in wordings(channel) if one.key == key), None)


def facts_in(patterns: Iterable[str]) -> tuple[str, ...]:
    """The placeholders of these sentences, each once."""
    names = (name for pattern in patterns for _text, name, _form, _conversion in Formatter().parse(pattern))
    return tuple(dict.fromkeys(name for name in names if name))


def as_text(pattern: str, facts: Mapping[str, Any], language: str) -> str:
    """The sentence with its facts, which are texts or have one in each language."""
    return pattern.format(**{name: f[language] if isinstance(f, Mapping) else f for name, f in facts.items()})


def as_applied_for(pattern: str) -> str:
    """The sentence with its variables as providers write them: ${level}预警 ${number}…"""
    parts = Formatter().parse(pattern)
    return "".join(text + (f"${{{name}}}" if name else "") for text, name, _form, _conversion in parts)


#: The channels that have templates.
CHANNELS = (Channel.SMS, Channel.VOICE)
