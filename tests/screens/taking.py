"""Small pictures of a screen: by language, theme and size."""

import io
from collections.abc import Callable, Collection
from itertools import product

from PIL import Image
from playwright.sync_api import Browser

from tests.screens.installation import LANGUAGES, SIZES, THEMES, BureauAtRest, dress, look_at
from tests.screens.pictures import small
from tests.screens.references import Screen

#: ("zh-hans", "light", "desk")
Look = tuple[str, str, str]
ALL_LOOKS: list[Look] = list(product(LANGUAGES, THEMES, SIZES))


def some_looks(turn: int) -> list[Look]:
    """Four of the sixteen: each size once, and each theme in each language once; four turns are all of them."""
    return [
        (*look, size)
        for size, look in zip(
            SIZES, (list(product(LANGUAGES, THEMES)) * 2)[turn % 4 : turn % 4 + 4], strict=True
        )
    ]


def one_look(turn: int) -> Look:
    """Another one with each turn; sixteen turns are all of them."""
    return ALL_LOOKS[turn % len(ALL_LOOKS)]


def taken(
    bureau: BureauAtRest,
    chromium: Browser,
    screen: Screen,
    looks: Collection[Look] = ALL_LOOKS,
    change: Callable = lambda page: None,
) -> dict[Look, Image.Image]:
    """`change` may do something to each page first. A page is opened once in each language."""
    pictures = {}
    for language in dict.fromkeys(look[0] for look in looks):
        with bureau.page_of(chromium, screen.username, language) as page:
            look_at(page, screen.address)
            change(page)
            for _language, theme, size in (look for look in looks if look[0] == language):
                dress(page, size, theme)
                with Image.open(io.BytesIO(page.screenshot())) as picture:
                    pictures[language, theme, size] = small(picture)
    return pictures
