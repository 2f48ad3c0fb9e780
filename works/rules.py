"""What can happen to a long work, and when one is given up. Plain values.

A process may be killed at any line, and a broker forgets and repeats: so the row is the truth, whoever holds it says so
every second, and a row that nobody has spoken for is taken up anew.
"""

import hashlib
import json
from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import Any

from common.states import NOBODY, NOTHING, StateTable, Transition
from works.choices import WorkState

#: Of all works, whoever asked. One that hangs leaves room for another; a worker has one process more than that, for
#: what is done every few seconds.
AT_ONCE = 2
#: Waiting and under way, of one person: nobody fills the queue of all the others.
MOST_OF_ONE = 5
#: Nobody has picked it up: it is sent again.
RESEND = timedelta(minutes=1)
#: Nobody has spoken for it: whoever did it is dead.
STALE = timedelta(minutes=1)
#: Seconds between two signs of life, which bring the progress into the row.
BEAT_SECONDS = 1.0
#: Nothing takes longer: what does hangs, and is no longer spoken for.
LONGEST = timedelta(hours=2)
#: A work that has killed its process so often kills the next one too.
MOST_ATTEMPTS = 3
#: How long a result can be fetched, and how long the row says what was.
RESULT_KEPT = timedelta(days=3)
ROW_KEPT = timedelta(days=30)

ASK, BEGIN, CANCEL, ASK_TO_STOP, STOP = "ask", "begin", "cancel", "ask-to-stop", "stop"
FINISH, FAIL, AGAIN = "finish", "fail", "begin-anew"
ASKER, WORKER = "who asked", "worker"

TRANSITIONS = StateTable(
    turns={
        WorkState.QUEUED: WORKER,
        WorkState.RUNNING: WORKER,
        WorkState.DONE: NOBODY,
        WorkState.FAILED: NOBODY,
        WorkState.CANCELLED: NOBODY,
    },
    rows=[
        Transition(ASK, (NOTHING,), WorkState.QUEUED, "work.asked", by=ASKER),
        Transition(BEGIN, (WorkState.QUEUED,), WorkState.RUNNING, by=WORKER),
        Transition(CANCEL, (WorkState.QUEUED,), WorkState.CANCELLED, "work.cancelled", by=ASKER),
        # It ends at its next step; until then it is under way.
        Transition(ASK_TO_STOP, (WorkState.RUNNING,), entry="work.cancelled", by=ASKER),
        Transition(STOP, (WorkState.RUNNING,), WorkState.CANCELLED, by=WORKER),
        Transition(FINISH, (WorkState.RUNNING,), WorkState.DONE, "work.done", by=WORKER),
        Transition(FAIL, (WorkState.RUNNING,), WorkState.FAILED, "work.failed", by=WORKER),
        # Its process died or was told to end.
        Transition(AGAIN, (WorkState.RUNNING,), WorkState.QUEUED, by=WORKER),
    ],
)


def after_death(*, attempts: int, is_stopping: bool) -> str:
    """The verb for a work whose process has died."""
    if is_stopping:
        return STOP
    return FAIL if attempts >= MOST_ATTEMPTS else AGAIN


def free_slot(taken: Collection[int]) -> int | None:
    """The place in which the next work runs; None while all are taken."""
    return next((slot for slot in range(AT_ONCE) if slot not in taken), None)


def fingerprint(
    kind: str, arguments: Mapping[str, Any], person: int | None, language: str, lines: Any = ()
) -> str:
    """What makes two works the same one: asked again while the first is not over, it is the first."""
    text = json.dumps([kind, arguments, person, language, lines], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
