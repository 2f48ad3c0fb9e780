"""Check that nobody changed the past: numbers without gaps, an unbroken hash chain, anchors that agree."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from journal import anchor
from journal.hashing import chain
from journal.live.snapshot import one_snapshot
from journal.models import Entry, Head
from journal.record import canonical_as_written


class Verdict(NamedTuple):
    checked: int
    #: The first number that does not hold, or None.
    broken: int | None
    why: str = ""


#: Told how many entries have been checked, of how many; may raise to end it.
Report = Callable[[int, int], None]
#: Entries between two reports.
STEP = 500


def verify(
    report: Report = lambda done, total: None, *, signers: Sequence[str] = (), copy: Path | None = None
) -> Verdict:
    """Walk the whole journal once, as it is at one moment. Memory stays flat: entries are streamed.

    The anchors are read first: what they name was committed before the moment. `signers`: public keys that may have
    signed some of them, beside our own. `copy`: anchors that another machine kept.
    """
    anchors = anchor.checked(signers, copy=copy)
    with one_snapshot():
        verdict = _walk(anchors.known, report)
    if anchors.forged is not None and (verdict.broken is None or anchors.forged < verdict.broken):
        return Verdict(
            min(verdict.checked, anchors.forged - 1), anchors.forged, "its anchor is not signed by us"
        )
    return verdict


def _walk(anchors: dict[int, str], report: Report) -> Verdict:
    expected, previous = 0, ""
    total = Head.objects.filter(pk=1).values_list("number", flat=True).first() or 0
    for entry in Entry.objects.numbered().iterator(chunk_size=2000):
        expected += 1
        if expected % STEP == 0:
            report(expected, total)
        if entry.number != expected:
            return Verdict(expected - 1, expected, "entry missing")
        if canonical_as_written(entry, json.loads(entry.body)) != entry.body:
            return Verdict(expected - 1, expected, "columns differ from the hashed text")
        try:
            previous = chain(previous, expected, entry.body)
        except ValueError:
            return Verdict(expected - 1, expected, "hashed with what is not known here")
        if entry.hash != previous:
            return Verdict(expected - 1, expected, "hash does not follow from the entry before")
        if anchors.get(expected, previous) != previous:
            return Verdict(expected - 1, expected, "differs from the anchor outside the database")
    return _verify_tail(expected, previous, anchors)


def _verify_tail(last: int, last_hash: str, anchors: dict[int, str]) -> Verdict:
    beyond = [number for number in anchors if number > last]
    if beyond:
        return Verdict(last, last + 1, "entries up to an anchor are missing")
    head = Head.objects.filter(pk=1).first()
    if head is None and last:
        return Verdict(last, last + 1, "the head is missing")
    if head and (head.number, head.hash) != (last, last_hash):
        return Verdict(last, last + 1, "the head does not match the last entry")
    return Verdict(last, None)
