"""After an end no call leaves, after a worsening somebody is told, in whatever order things happen.

`ENDING_HISTORIES=2000` plays as many; without it as many as a minute has room for.
"""

import os

import pytest
from django.conf import settings
from django.db import transaction

from accounts.models import User
from tests.ending.conftest import PASSWORD
from tests.ending.histories import History

pytestmark = [pytest.mark.slow, pytest.mark.django_db, pytest.mark.control(21)]

#: The stories are the same on both profiles: PostgreSQL hears some of them again.
HISTORIES = int(os.environ.get("ENDING_HISTORIES", "20" if settings.EMBEDDED else "10"))
EACH = min(20, HISTORIES)


class Back(Exception):
    """The history is over: its rows go."""


@pytest.mark.parametrize("first", range(0, HISTORIES, EACH))
def test_whatever_the_order_what_ends_is_silent_and_what_is_worse_is_told(
    plan, passwords, units, reach, phones, now, first
):
    people = {person.pk: person for person in User.objects.all()}
    left = 0
    for seed in range(first, first + EACH):
        history = History(seed, people, units, reach, phones, now)
        history.password = PASSWORD
        phones.clear()
        with pytest.raises(Back), transaction.atomic():
            history.play()
            left += sum(history.counts.values())
            raise Back
    assert left > EACH
