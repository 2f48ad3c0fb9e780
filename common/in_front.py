"""Requests go before what may be late, where both are threads of one process.

Only one thread runs Python at a time, and the interpreter gives each its turn without asking who is waited for: beside
senders of webhooks one alarm in twenty took four times as long. So whoever may be late asks, before each step, whether
somebody is waiting. In a worker's process nobody is, and nothing is lost.
"""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager

#: Seconds for which a step waits at most: under a crowd that never ends it must come to its end too.
LONGEST = 0.1

_nobody = threading.Condition()
_how_many = 0


@contextmanager
def request() -> Iterator[None]:
    """Inside, somebody waits for an answer."""
    global _how_many
    with _nobody:
        _how_many += 1
    try:
        yield
    finally:
        with _nobody:
            _how_many -= 1
            if not _how_many:
                _nobody.notify_all()


def step_aside() -> None:
    """Wait until no request is being answered, or for LONGEST seconds. Not within a transaction: requests wait for it."""
    if _how_many:
        with _nobody:
            _nobody.wait_for(lambda: not _how_many, LONGEST)


def _forget() -> None:
    global _nobody, _how_many
    _nobody, _how_many = threading.Condition(), 0


# Whose requests these are is not in the child.
os.register_at_fork(after_in_child=_forget)
