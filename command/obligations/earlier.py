"""What was done before it was owed: a reception that was booked while the response was still being decided."""

from collections.abc import Collection

from journal.models import Entry
from journal.record import content_of

#: Entry that a duty is done with (`done_by` of a plan's line) → entries of the same thing after which that act says
#: nothing of what is owed from now on. What the start itself does is never owed (plans.document.response.STARTED).
ENDED_BY = {"reception.booked": ("reception.cancelled", "reception.nobody_came", "reception.ended")}


def standing_acts(thread: str, kinds: Collection[str]) -> dict[str, Entry]:
    """Of these kinds the last act in an incident that still stands (one query, none where nothing is asked)."""
    asked = {kind: ENDED_BY[kind] for kind in kinds if kind in ENDED_BY}
    if not asked:
        return {}
    wanted = {*asked, *(end for ends in asked.values() for end in ends)}
    found: dict[tuple[str, str], Entry] = {}
    for entry in (
        Entry.objects.in_thread(thread).filter(kind__in=wanted).select_related("actor").order_by("pk")
    ):
        if entry.kind in asked:
            found[entry.kind, entry.subject] = entry
        for kind, ends in asked.items():
            if entry.kind in ends:
                found.pop((kind, entry.subject), None)
    return {kind: entry for (kind, _subject), entry in found.items()}


def in_words(entry: Entry) -> str:
    """The act as the note of the duty names it: its number, then when and where."""
    content = content_of(entry)
    return " ".join(filter(None, (str(content.get("number", "")), str(content.get("note", "")))))[:250]
