"""What is done around an act, outside the transaction of its effect: rooms above register it."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager

#: fn(request) → held while the act is carried out.
_guards: list[Callable[..., AbstractContextManager]] = []
#: Left out where two requests are compared: a repeat with another secret must not tell whether it is the right one.
SECRET = frozenset({"credential", "password"})


def register(guard: Callable[..., AbstractContextManager]) -> None:
    if guard not in _guards:
        _guards.append(guard)


@contextmanager
def around(request) -> Iterator[None]:
    with ExitStack() as held:
        for guard in _guards:
            held.enter_context(guard(request))
        yield
