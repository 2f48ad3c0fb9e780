"""A call to a provider ends at its deadline. A socket's own time-out begins anew with every byte that drips in, so
the line is cut from outside: reading and writing end at once, in whatever library they are.
"""

import socket
import threading
from contextlib import suppress


class Call:
    """The sockets of one call; a context in which they live `seconds` at most.

    What cannot be cut is looking up a name: that ends by the resolver's own limit.
    """

    def __init__(self, seconds: float):
        self._lock = threading.Lock()
        self._sockets: list[socket.socket] = []
        self._timer = threading.Timer(seconds, self._cut)
        self._timer.daemon = True
        self.is_cut = False

    def watch(self, sock: socket.socket) -> None:
        """A second handle: it stays valid whatever TLS or the library makes of the first one."""
        handle = sock.dup()
        with self._lock:
            self._sockets.append(handle)
            if self.is_cut:
                _shut(handle)

    def __enter__(self) -> "Call":
        self._timer.start()
        return self

    def __exit__(self, *_error) -> None:
        self._timer.cancel()
        with self._lock:
            for handle in self._sockets:
                handle.close()
            self._sockets.clear()

    def _cut(self) -> None:
        with self._lock:
            self.is_cut = True
            for handle in self._sockets:
                _shut(handle)


def _shut(handle: socket.socket) -> None:
    with suppress(OSError):  # the other side was faster
        handle.shutdown(socket.SHUT_RDWR)
