"""Crash points: named lines at which the fault tests kill the process.

`CRASH_AT=name` kills this process with SIGKILL when it passes `crash_point("name")`, `CRASH_AT=name@7` when it does so
for the seventh time. Nothing happens unless CRASH_POINTS=1 is set beside it, which only the fault tests do.
"""

import itertools
import os
import signal

_ARMED, _, _TIMES = (
    os.environ.get("CRASH_AT", "") if os.environ.get("CRASH_POINTS") == "1" else ""
).partition("@")
_PASSED = itertools.count(1)


def crash_point(name: str) -> None:
    if _ARMED and name == _ARMED and next(_PASSED) >= int(_TIMES or 1):
        os.kill(os.getpid(), signal.SIGKILL)
