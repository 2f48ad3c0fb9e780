"""`record()`: the only way into the journal."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any

from django.db import transaction

from common.asking import via
from common.database.inserts import Rows
from common.hooks import Hook
from common.text.masking import masked
from common.text.personal_data import findings_within, masked_within, signed_reason
from journal import hashing
from journal.kinds import KINDS
from journal.live import wake
from journal.models import Entry

_ENTRIES = Rows(Entry)

KEPT, MASKED = "personal_data.kept", "personal_data.masked"

#: What looks at entries before they are written, and may refuse them: fn(kind, what `record()` takes, for each).
LOOKING: Hook[Callable[[str, Sequence[Mapping[str, Any]]], None]] = Hook()


#: In the content of an entry of a drill: what the real act would have sent out of the house was not sent.
NOT_SENT = "not_sent"


def record(
    kind: str,
    *,
    subject: str,
    at: datetime,
    actor,
    unit=None,
    thread: str = "",
    post: str = "",
    level: str = "",
    plan: str = "",
    content: dict | None = None,
    recorded_at: datetime | None = None,
    drill: bool = False,
) -> Entry:
    """Write one entry inside the transaction of the change it records.

    `actor` None means the system itself. `at` is when it happened, `recorded_at` (default: `at`) when it
    was written down. What names a plan is recorded by `clocks.actions.record_with_clocks`, so that the plan's
    clocks follow it. Raises KeyError for a kind that kinds.py does not list, and TransactionManagementError
    outside a transaction: a record without its change must be impossible.
    Numbers of people in `content` are masked, unless this request carries a signed reason: then that is an entry too.
    """
    about = {"subject": subject, "at": at, "actor": actor, "unit": unit, "thread": thread, "post": post}
    about |= {"level": level, "plan": plan, "content": content, "recorded_at": recorded_at, "drill": drill}
    (entry,) = record_many(kind, [about])
    return entry


def record_many(kind: str, abouts: Sequence[Mapping[str, Any]]) -> list[Entry]:
    """An entry of the kind for each of `abouts`, what `record()` takes, in their order: written with one statement."""
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError(f"{kind} was recorded outside a transaction")
    if not abouts:
        return []
    for look in LOOKING:
        look(kind, abouts)
    # What is said of many is mostly the same: each text is looked at once, and forgotten with the last entry.
    mask = cache(masked) if len(abouts) > 1 else masked
    entries = [_new_entry(kind, mask, **about) for about in abouts]
    if len(entries) == 1:
        # Prepared once per connection.
        _ENTRIES.insert(entries[0])
    else:
        _ENTRIES.insert_each(entries)
    if signed_reason() and kind != KEPT:
        for entry in entries:
            _note_kept_numbers(entry)
    transaction.on_commit(wake.poke, robust=True)
    return entries


def _new_entry(
    kind: str,
    mask: Callable[[str], str],
    *,
    subject: str,
    at: datetime,
    actor: Any,
    unit: Any = None,
    thread: str = "",
    post: str = "",
    level: str = "",
    plan: str = "",
    content: dict | None = None,
    recorded_at: datetime | None = None,
    drill: bool = False,
) -> Entry:
    content = (content or {}) if signed_reason() else masked_within(content or {}, mask)
    if drill and KINDS[kind].outside:
        content = {**content, NOT_SENT: True}
    entry = Entry(
        kind=kind,
        audience=KINDS[kind].audience,
        subject=subject,
        thread=thread or subject,
        unit=unit,
        unit_path=unit.path if unit else "",
        actor=actor,
        actor_name=str(actor) if actor else "",
        post=post,
        at=at,
        recorded_at=recorded_at or at,
        level=level,
        plan=plan,
        drill=drill,
    )
    entry.body = canonical(entry, content, *_form_of_new(), _via(actor))
    entry.content = content
    return entry


def _note_kept_numbers(entry: Entry) -> None:
    """Beside an entry that holds a number of a person: who signed for it, and why."""
    found = [[path, finding.kind] for path, finding in findings_within(entry.content)]
    if not found:
        return
    record(
        KEPT,
        subject=entry.subject,
        thread=entry.thread,
        unit=entry.unit,
        actor=entry.actor,
        post=entry.post,
        at=entry.recorded_at,
        plan=entry.plan,
        drill=entry.drill,
        content={"reason": signed_reason(), "entry": entry.kind, "found": found},
    )


#: Form of the hashed text that `record()` writes. Form 1, without a word of its form, left out the audience; form 3
#: says with what it is hashed, where that is not SHA-256.
FORM = 2
_NO_VIA: Mapping[str, str] = {}


def _form_of_new() -> tuple[int, str]:
    algorithm = hashing.of_new_entries()
    return (FORM, "") if algorithm == hashing.SHA256 else (hashing.NAMING_FORM, algorithm)


def _via(actor: Any) -> Mapping[str, str]:
    """By which request; and from which address where staff acted, for nobody else's is kept."""
    asked = via()
    return asked if actor is not None or not asked else {"request": asked["request"]}


def canonical(
    entry: Entry, content: dict, form: int = FORM, algorithm: str = "", via: Mapping[str, str] = _NO_VIA
) -> str:
    """The text that is hashed: sorted keys, UTF-8, no spaces, times in UTC to the microsecond.

    It covers every column that says what happened or decides who may read it, in form 3 with what it is hashed, and
    from where it was asked where somebody did.
    """
    told = {
        "kind": entry.kind,
        "subject": entry.subject,
        "thread": entry.thread,
        "unit": entry.unit_id,
        "unit_path": entry.unit_path,
        "actor": entry.actor_id,
        "actor_name": entry.actor_name,
        "post": entry.post,
        "at": stamp(entry.at),
        "recorded_at": stamp(entry.recorded_at),
        "level": entry.level,
        "plan": entry.plan,
        "drill": entry.drill,
        "content": content,
    }
    if form > 1:
        told |= {"form": form, "audience": entry.audience}
    if form == hashing.NAMING_FORM:
        told["hash"] = algorithm
    if via:
        told["via"] = via
    return json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)


def canonical_as_written(entry: Entry, body: dict) -> str:
    """The text of a stored entry's columns, in the form in which its body was written; "" where the audience of
    form 1, which nothing hashed, is not the one its kind has."""
    form = body.get("form", 1)
    if form == 1 and (listed := KINDS.get(entry.kind)) and entry.audience != listed.audience:
        return ""
    return canonical(entry, body["content"], form, body.get("hash", ""), body.get("via", _NO_VIA))


def stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def via_of(entry: Entry) -> dict[str, str]:
    """{"request", "address"}: from where it was asked; empty for what the product did by itself, and for earlier entries."""
    return json.loads(entry.body).get("via", {})


def content_of(entry: Entry) -> dict:
    """The content given to `record()`, read back from the stored text."""
    return json.loads(entry.body)["content"]
