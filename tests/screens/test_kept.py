"""Screens look as they did when somebody last looked at them: each in four of its sixteen looks, which is what there is
time for with every change. Four screens after each other have all sixteen; all other screens: test_every.py.

Where a screen was meant to change: `script/screens --references`, look at what has changed, commit it with the change.
What differs is written to test-results/screens/: the screen as it is, as it was, and where.
"""

from functools import cache

import pytest

from tests.screens.pictures import OTHER_LETTERS, SAME_LETTERS, difference, looks_alike
from tests.screens.references import SCREENS, kept
from tests.screens.showing import FOUND, show
from tests.screens.taking import some_looks, taken

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(600)]

BY_NAME = {screen.name: screen for screen in SCREENS}


@pytest.fixture(scope="module")
def tolerance_of(draws_the_same_letters):
    """tolerance_of("en") → how exactly this machine is held to the references."""
    return lambda language: SAME_LETTERS if draws_the_same_letters else OTHER_LETTERS[language]


@pytest.mark.parametrize("name", BY_NAME)
def test_a_screen_looks_as_it_did(bureau, chromium, tolerance_of, name):
    changed = {}
    was = kept(BY_NAME[name])
    looks = some_looks(list(BY_NAME).index(name))
    for key, picture in taken(bureau, chromium, BY_NAME[name], looks).items():
        tolerance = tolerance_of(key[0])
        found = difference(picture, was[key], tolerance)
        if found.share > tolerance.share:
            changed[key] = f"{found.share:.2%}"
            show(f"{name}.{'.'.join(key)}", picture, was[key], found.where)

    assert changed == {}, f"look at {FOUND}"


# --- that it sees what it is there to see -----------------------------------------------------------------------

NOTHING = "/**/"
HIDDEN = ".page-head .button.primary { visibility: hidden; }"
ANOTHER_COLOUR = ".badge { background: #7a2be2 !important; }"
SHIFTED = "[data-part=incidents] { transform: translateY(20px); }"


DESK = ("zh-hans", "light", "desk")


@pytest.fixture(scope="module")
def changed_duty(bureau, chromium):
    """changed_duty(css) → the duty board on a desk, by light and in Chinese, with that sheet; taken anew for each `time`."""

    @cache
    def look(css, time=1):
        return taken(bureau, chromium, BY_NAME["duty"], [DESK], lambda page: page.add_style_tag(content=css))[
            DESK
        ]

    return look


@pytest.mark.parametrize("change", [HIDDEN, ANOTHER_COLOUR, SHIFTED])
def test_a_change_that_matters_is_seen(changed_duty, change):
    assert not looks_alike(changed_duty(change), changed_duty(NOTHING), SAME_LETTERS)


@pytest.mark.parametrize("change", [HIDDEN, ANOTHER_COLOUR])
def test_with_other_letters_a_button_and_a_colour_are_still_seen(changed_duty, change):
    assert not looks_alike(changed_duty(change), changed_duty(NOTHING), OTHER_LETTERS["zh-hans"])


def test_the_same_screen_three_times_is_the_same(changed_duty):
    first = changed_duty(NOTHING)

    assert [difference(first, changed_duty(NOTHING, time), SAME_LETTERS).share for time in (2, 3)] == [0] * 2


def test_letters_of_another_font_alone_are_no_change(changed_duty):
    """What a machine without the fonts of the references draws: another face, boxes where they were."""
    other = changed_duty(
        "body, button, input, select, textarea { font-family: 'DejaVu Serif', serif !important; }"
    )

    assert looks_alike(other, changed_duty(NOTHING), OTHER_LETTERS["zh-hans"])
