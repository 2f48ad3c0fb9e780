"""Which test carries out what is on record: the kind of entry → the test in which it is seen to be written.

Each test that is named here is watched (`watched`, by tests/conftest.py): at its end every kind that it stands for has been
written by the product's own code, inside a transaction, with what an entry has. Rename or empty the test, and it fails.
"""

import json
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from common.asking import asked
from journal import record
from tests.journal.recorded_by import BY_ITSELF, RECORDED_BY

#: What the request of a watched test is called, and where it came from.
VIA = {"request": "r-watched", "address": "192.0.2.7"}


def promises() -> dict[str, list[str]]:
    """Test → the kinds it is to write."""
    found = defaultdict(list)
    for kind, test in RECORDED_BY.items():
        found[test].append(kind)
    return found


PROMISES = promises()


@contextmanager
def watched(test: str) -> Iterator[None]:
    """Inside, a test runs; afterwards what it stands for in the table was written, or it fails."""
    promised = PROMISES.get(test, [])
    if not promised:
        yield
        return
    written: dict[str, list[dict]] = defaultdict(list)
    make = record._new_entry

    def noting(kind, *args, **about):
        entry = make(kind, *args, **about)
        written[kind].append(json.loads(entry.body))
        return entry

    with pytest.MonkeyPatch.context() as patch, asked(**VIA):
        patch.setattr(record, "_new_entry", noting)
        yield
    for kind in promised:
        assert written[kind], (
            f"{test} no longer writes {kind}: name another test in tests/journal/recorded_by.py"
        )
        assert any(_is_whole(kind, body) for body in written[kind]), (kind, written[kind])


def _is_whole(kind: str, body: dict) -> bool:
    """Who, from where, about what, and when; of what the product does by itself nobody, and by which request."""
    by_somebody = body["actor"] is not None and body["actor_name"] and "address" in body.get("via", {})
    is_whose = (body["actor"] is None) if kind in BY_ITSELF else by_somebody
    return bool(is_whose and body["subject"] and body["at"] and body.get("via", {}).get("request"))
