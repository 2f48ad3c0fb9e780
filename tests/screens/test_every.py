"""Every screen that links lead to looks as it did: each in one of its sixteen looks, in the next one at another commit.

The pictures are a twelfth of the screen: a button, a panel, a colour or a line that is gone is seen, a letter is not. Where
a screen was meant to change: see test_kept.py.
"""

import pytest

from tests.screens.pictures import OTHER_LETTERS, Tolerance, difference
from tests.screens.references import EVERY, NEVER_STILL, SCREENS, all_others, kept_of_another, smaller
from tests.screens.showing import FOUND, show
from tests.screens.taking import ALL_LOOKS, one_look, taken
from tests.turns import turn

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(600)]

OTHERS = all_others()
#: A small pixel is the mean of 12 × 12, in steps of 16: a word that is another one, or a line that lies one pixel lower,
#: stays below (0.0024 of a tablet).
SAME_LETTERS = Tolerance(place=1, step=24, share=0.004)


@pytest.fixture(scope="module")
def tolerance_of(draws_the_same_letters):
    """tolerance_of("en") → how exactly this machine is held to the pictures."""
    return lambda language: (
        SAME_LETTERS if draws_the_same_letters else OTHER_LETTERS[language]._replace(place=4)
    )


@pytest.mark.parametrize("screen", OTHERS, ids=[screen.name for screen in OTHERS])
def test_every_screen_looks_as_it_did(bureau, chromium, tolerance_of, screen):
    look = one_look(turn() + OTHERS.index(screen))

    now = smaller(taken(bureau, chromium, screen, [look])[look])

    was = kept_of_another(screen)[look]
    found = difference(now, was, tolerance_of(look[0]))
    if found.share > tolerance_of(look[0]).share:
        show(f"{screen.name}.{'.'.join(look)}", now, was, found.where)
    assert found.share <= tolerance_of(look[0]).share, f"look at {FOUND}"


@pytest.mark.parametrize(
    "change",
    [
        "main .button.primary { visibility: hidden; }",
        "main { transform: translateY(12px); }",
        "main { color: #7a2be2; }",
    ],
)
@pytest.mark.parametrize("look", [("zh-hans", "light", "desk"), ("en", "dark", "telephone")])
def test_a_change_that_matters_is_seen(bureau, chromium, look, change):
    screen = next(one for one in OTHERS if one.name == "drills")

    now = taken(bureau, chromium, screen, [look], lambda page: page.add_style_tag(content=change))[look]

    found = difference(smaller(now), kept_of_another(screen)[look], SAME_LETTERS)
    assert found.share > SAME_LETTERS.share


def test_no_picture_is_kept_of_what_is_not_there_any_more():
    names = [screen.name for screen in OTHERS]

    assert len(names) == len(set(names))
    assert not set(names) & NEVER_STILL.keys()
    assert {len(kept_of_another(screen)) for screen in OTHERS} == {len(ALL_LOOKS)}
    assert {path.stem for path in EVERY.glob("*.webp")} == set(names)
    assert not {screen.address for screen in SCREENS} & {screen.address for screen in OTHERS}


def test_sixteen_turns_are_all_looks():
    assert {one_look(turn) for turn in range(5, 21)} == set(ALL_LOOKS)
