"""The other baseline, where there is no node: a bare broadcast by the `websockets` library on uvloop.

`python -m bench.ws_python PORT TRIGGER_PORT`
"""

import asyncio
import json
import sys
import time

import uvloop
from websockets.asyncio.server import broadcast, serve


async def main(port: int, trigger_port: int) -> None:
    sockets = set()

    async def handle(socket):
        sockets.add(socket)
        await socket.wait_closed()
        sockets.discard(socket)

    async def emit(reader, writer):
        """The same one address as the other servers have: POST, the bytes to send, the moment as the answer."""
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
        text = (await reader.readexactly(length)).decode()
        begun = time.monotonic()
        broadcast(sockets, text)
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n" + json.dumps({"committed": begun}).encode())
        writer.close()

    listening = await asyncio.start_server(emit, "127.0.0.1", trigger_port)
    async with serve(handle, "127.0.0.1", port, compression=None, max_queue=None), listening:
        await asyncio.Future()


uvloop.run(main(int(sys.argv[1]), int(sys.argv[2])))
