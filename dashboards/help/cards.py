"""The card of each role: one sheet with what its holder does first, its figures out of the plan in force."""

from collections.abc import Collection, Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import yaml
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from accounts.choices import PostKind
from accounts.scope import Reach
from accounts.verbs import VERBS
from common.errors import NotFound
from dashboards.help.first_hour import Step, first_hour
from plans.document.sections import Role, actions_for, two_person_levels
from plans.document.words import Words, joined
from plans.engine.evaluation import Document, Level, levels_of
from plans.engine.facts import same
from plans.lifecycle.citations import cited

FOLDER = Path(__file__).resolve().parent
LANGUAGES = ("zh", "en")
#: A sheet holds so many lines of a window for the reader, and so many of what others do meanwhile.
MOST_OWN, MOST_OTHERS = 5, 4


class Text(NamedTuple):
    title: str
    what: str
    acts: tuple[str, ...]


class First(NamedTuple):
    """One of the three things somebody does first who holds such a post for the first time."""

    #: Name of an address.
    page: str
    words: Words
    #: Kinds of posts, where not all of the card's have that page.
    posts: frozenset[str]


class Card(NamedTuple):
    slug: str
    place: int
    posts: frozenset[str]
    #: Roles a plan names only in the act itself, that fall to these posts.
    named: frozenset[str]
    texts: dict[str, Text]
    first: tuple[First, ...]

    @property
    def text(self) -> Text:
        return self.texts[_language()]

    @property
    def may_alarm(self) -> bool:
        return bool(self.posts & VERBS["incident.report"])

    def first_of(self, kinds: Collection[str]) -> list[First]:
        return [one for one in self.first if one.posts.intersection(kinds)][:3]


def _language() -> str:
    return "zh" if (get_language() or "").startswith("zh") else "en"


@cache
def cards() -> dict[str, Card]:
    """By name of the file, in the order of the list."""
    found = [_read(file) for file in (FOLDER / "cards").glob("*.yaml")]
    return {card.slug: card for card in sorted(found, key=lambda card: card.place)}


def _read(file: Path) -> Card:
    written = yaml.safe_load(file.read_text(encoding="utf-8"))
    posts = frozenset(written["posts"])
    texts = {}
    for language in LANGUAGES:
        one = written[language]
        texts[language] = Text(one["title"], one["what"], tuple(one["acts"]))
    first = tuple(
        First(one["page"], Words(one["zh"], one["en"]), frozenset(one.get("posts", posts)))
        for one in written["first"]
    )
    return Card(file.stem, written["place"], posts, frozenset(written.get("named", ())), texts, first)


@cache
def _every_card() -> dict:
    return yaml.safe_load((FOLDER / "every_card.yaml").read_text(encoding="utf-8"))


def alarm_lines(card: Card) -> list[str]:
    return _every_card()["alarm" if card.may_alarm else "ring"][_language()]


def never_lines() -> list[str]:
    """What is typed nowhere."""
    return _every_card()["never"][_language()]


def get_card(slug: str) -> Card:
    if (card := cards().get(slug)) is None:
        raise NotFound("no_such_card", _("There is no card with this name. Look in the list of all helps."))
    return card


def cards_of(reach: Reach) -> list[Card]:
    """Those of the posts held now."""
    kinds = {post.kind for post in reach.posts}
    return [card for card in cards().values() if card.posts & kinds]


# --- what the plan says ---


class CardLine(NamedTuple):
    step: Step
    #: Whom it falls to.
    who: Words
    levels: list[Level]
    #: How long, from when, and where it is written.
    note: str


class Window(NamedTuple):
    minutes: int
    own: list[CardLine]
    others: list[CardLine]
    #: How many more the plan has than the sheet holds.
    more: int


class Signs(NamedTuple):
    level: Level
    role: Role
    where_absent: Role | None
    #: Whoever drafted it does not sign it.
    by_another: bool
    cite: str


def windows(card: Card, document: Document) -> list[Window]:
    levels = {level.id: level for level in levels_of(document)}
    found = []
    for minutes, steps in first_hour(document).items():
        own = [step for step in steps if _falls_to(card, step)]
        others = [step for step in steps if not _falls_to(card, step)]
        shown = own[:MOST_OWN], others[:MOST_OTHERS]
        more = len(steps) - len(shown[0]) - len(shown[1])
        found.append(Window(minutes, *([_line(step, levels) for step in some] for some in shown), more))
    return found


def _falls_to(card: Card, step: Step) -> bool:
    if card.posts.intersection(step.posts):
        return True
    return any(
        role.kind == "anyone" or role.post in card.posts or role.name in card.named for role in step.roles
    )


def _line(step: Step, levels: dict[str, Level]) -> CardLine:
    who = [role.words for role in step.roles] or [same(str(PostKind(post).label)) for post in step.posts]
    # At every level: there is nothing to tell apart.
    some = [] if len(step.levels) == len(levels) else [levels[name] for name in step.levels if name in levels]
    return CardLine(step, joined(who, "、", ", "), some, _note(step))


def _note(step: Step) -> str:
    language = get_language()
    since = step.since.in_language(language)
    where = cited(step.cite)
    if not where and step.is_proposal:
        where = pgettext("role card", "set by the bureau")
    begun = pgettext("role card", "from “%(act)s”") % {"act": since} if since else ""
    return " · ".join(filter(None, (step.time.in_language(language), begun, where)))


def signs(document: Document) -> Iterator[Signs]:
    """Who signs which level, highest first."""
    apart = two_person_levels(document)
    entries = {entry["id"]: entry for entry in document.get("levels", ())}
    for level in levels_of(document):
        actions = actions_for(document, level.id)
        if actions.signatories:
            cite = (entries[level.id].get("signatory") or document.get("signatory", {})).get("cite", "")
            yield Signs(level, actions.signatories[0], actions.where_absent, level.id in apart, cite)
