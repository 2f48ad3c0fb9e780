"""What is done around an act, outside the transaction of its effect: rooms above register it."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager

from common.hooks import Hook

#: fn(request) → held while the act is carried out.
GUARDS: Hook[Callable[..., AbstractContextManager]] = Hook()
#: Left out where two requests are compared: a repeat with another secret must not tell whether it is the right one.
SECRET = frozenset({"credential", "password"})


@contextmanager
def around(request) -> Iterator[None]:
    with ExitStack() as held:
        for guard in GUARDS:
            held.enter_context(guard(request))
        yield
