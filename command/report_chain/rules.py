"""What follows from what in the chain of reports to the level above. Plain values in and out.

draft ──sign──▶ signed ──send to each recipient──▶ sent ──receipt of each──▶ received
  └──discard──▶ discarded     (told by telephone: while it is a draft or signed; the text comes later)

The chain of an incident: one initial report, any number of follow-ups, a final one. A follow-up after a final one takes
the chain up again. Source: linkage plan §4.2; Emergency Response Law arts. 17, 61 and 69.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, time, timedelta

from command.report_chain.choices import LineAbove, ReportField, ReportKind, ReportState, ReportVerb
from common.dates.local_time import LOCAL, day_of
from common.states import NOBODY, NOTHING, StateTable, Transition

S, V = ReportState, ReportVerb
DESK, SIGNATORY = "the duty room", "the signatory"

#: Kind of report → the entry that says that all its recipients have it.
SENT_ENTRIES = {
    ReportKind.INITIAL: "upward_report.initial_sent",
    ReportKind.CONTINUED: "upward_report.continued_sent",
    ReportKind.FINAL: "upward_report.final_sent",
}

#: Line of superiors → the entry that says that all its recipients have a report. Written where a report goes to both,
#: so that a plan may give each its own time.
LINE_ENTRIES = {
    LineAbove.BUSINESS: "upward_report.business_sent",
    LineAbove.LOCAL: "upward_report.local_sent",
}

TRANSITIONS = StateTable(
    turns={S.DRAFT: SIGNATORY, S.SIGNED: DESK, S.SENT: DESK, S.RECEIVED: NOBODY, S.DISCARDED: NOBODY},
    rows=[
        Transition("draft", (NOTHING,), S.DRAFT, "upward_report.drafted", by=DESK),
        Transition(V.REVISE, (S.DRAFT,), None, "upward_report.revised", by=DESK),
        Transition(
            V.ASK, (S.DRAFT,), None, "upward_report.asked", by=DESK,
            tells={"upward_report.to_sign": "whoever is asked first to sign at the level"},
        ),
        # The entry is that of the recipient who was telephoned; so with sending and receipts.
        Transition(V.PHONE, (S.DRAFT, S.SIGNED), by=DESK),
        Transition(V.DISCARD, (S.DRAFT,), S.DISCARDED, "upward_report.discarded", by=DESK),
        Transition(V.SIGN, (S.DRAFT,), S.SIGNED, "upward_report.signed", by=SIGNATORY),
        Transition(V.DELIVER, (S.SIGNED,), by=DESK, also=tuple(LINE_ENTRIES.values())),
        Transition(V.COMPLETE, (S.SIGNED,), S.SENT, by=DESK, also=tuple(SENT_ENTRIES.values())),
        Transition(V.RECEIVE, (S.SIGNED, S.SENT), by=DESK),
        Transition(V.SETTLE, (S.SENT,), S.RECEIVED, by=DESK),
    ],
)  # fmt: skip

#: Entries about one recipient; their subject is the delivery, not the report.
PHONED, DELIVERED, RECEIVED = "upward_report.phoned", "upward_report.delivered", "upward_report.received"

#: Bears a signature.
SIGNED = (S.SIGNED, S.SENT, S.RECEIVED)
#: Everybody named in it has it.
SENT = (S.SENT, S.RECEIVED)
#: What has to be said before anybody signs.
NEEDED = tuple(field for field in ReportField if field != ReportField.OTHER)

LONGEST_FIELD = 4000
MOST_RECIPIENTS = 10


def next_kinds(chain: Sequence[str]) -> tuple[ReportKind, ...]:
    """Which reports may be drafted after these, in their order; discarded ones are not among them."""
    if not chain:
        return (ReportKind.INITIAL,)
    if chain[-1] == ReportKind.FINAL:
        return (ReportKind.CONTINUED,)
    return (ReportKind.CONTINUED, ReportKind.FINAL)


def is_ended(chain: Sequence[str]) -> bool:
    """Whether nothing more is owed: nothing was begun, or the last report is a final one."""
    return not chain or chain[-1] == ReportKind.FINAL


def gaps(fields: Mapping[str, str]) -> list[str]:
    """The parts that are still empty and may not be."""
    return [name for name in NEEDED if not fields.get(name, "").strip()]


def daily_due(now: datetime, hour: str) -> datetime:
    """By when the next day's report is due: each day has its own, and today's has just been sent.

    `hour` is the plan's, "17:30", in Shanghai. Exactly then is still in time.
    """
    at = time.fromisoformat(hour)
    return datetime.combine(day_of(now) + timedelta(days=1), at, LOCAL)


def is_overdue(*, due_at: datetime | None, done_at: datetime | None, now: datetime) -> bool:
    """Whether something is late: not done by its time, or done after it. Exactly then is still in time."""
    return due_at is not None and (done_at or now) > due_at


def cleaned(names: Iterable[str]) -> list[str]:
    """Recipients as people type them, one a line: without empty and doubled ones."""
    return list(dict.fromkeys(name.strip() for name in names if name.strip()))
