"""After a commit: tell whoever numbers entries in this process to look. Losing a wake-up costs half a second."""

from collections.abc import Callable

from common.failpoints import crash_point

_hub: Callable[[], None] | None = None


def set_hub(wake: Callable[[], None] | None) -> None:
    """Let the live hub of this process number and show new entries (None: back to numbering here)."""
    global _hub
    _hub = wake


def poke() -> None:
    """Called after each commit that recorded something.

    With a hub in this process it only sets a flag: the hub numbers many commits in one go and the
    request does not wait. Without one (a command, a worker) the entries are numbered here and now.
    """
    crash_point("journal.before_numbering")
    if _hub is not None:
        _hub()
        return
    from journal.numbering import number_new

    number_new()
