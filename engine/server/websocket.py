"""uvicorn's WebSocket protocol with a short way for a frame that is already made.

The hub sends one entry to thousands of sockets, and uvicorn would build the same frame for each of them: a
third of the price of a socket. With this class the scope has the extension `websocket.preframed`, whose
`write` takes finished bytes and says whether it could. Where the extension is missing (another server, another
protocol class) the ordinary `send` does it all. It leans on names inside uvicorn's class:
tests/live/test_websocket.py tells when a new version changes them.
"""

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol


class PreframedProtocol(WebSocketsSansIOProtocol):
    """For `uvicorn.Config(ws=…)`."""

    def handle_connect(self, event) -> None:
        super().handle_connect(event)
        # The application has been called, but does not run before this returns. A refused handshake has no scope.
        if hasattr(self, "scope"):
            self.scope["extensions"]["websocket.preframed"] = {"write": self.write_frame}

    def write_frame(self, frame: bytes) -> bool:
        """Write `frame` and return True, unless the socket is closing or its client does not keep up."""
        if self.close_sent or not self.writable.is_set() or self.transport.is_closing():
            return False
        self.transport.write(frame)
        return True
