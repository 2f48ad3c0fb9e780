"""The bureau at rest, and how exactly its pictures are compared here."""

import pytest

from tests.screens.installation import bureau_at_rest, look_at
from tests.screens.references import has_same_letters


@pytest.fixture(scope="module")
def bureau(tmp_path_factory):
    with bureau_at_rest(tmp_path_factory.mktemp("screens") / "bureau") as bureau:
        yield bureau


@pytest.fixture(scope="module")
def draws_the_same_letters(bureau, chromium):
    """Whether as the machine that made the references does."""
    with bureau.page_of(chromium, "", "zh-hans") as page:
        look_at(page, "/account/login/")
        is_same = has_same_letters(page)
    print("letters as in the references" if is_same else "other letters here: compared more coarsely")
    return is_same
