"""Crash points: named lines at which the fault tests kill the process.

`CRASH_AT=name` kills this process with SIGKILL when it passes `crash_point("name")`. Nothing happens
unless CRASH_POINTS=1 is set beside it, which only the fault tests do.
"""

import os
import signal

_ARMED = os.environ.get("CRASH_AT", "") if os.environ.get("CRASH_POINTS") == "1" else ""


def crash_point(name: str) -> None:
    if _ARMED and name == _ARMED:
        os.kill(os.getpid(), signal.SIGKILL)
