"""A crowd of open screens as a process of its own: `python -m bench.crowd PORT`, sessions as JSON on stdin.

Says "open" once all sockets are, and ends when its input does.
"""

import json
import sys
import threading

from bench.wire import Crowd


def main() -> None:
    crowd = Crowd()
    for session in json.loads(sys.stdin.readline()):
        crowd.open(int(sys.argv[1]), "/ws/live/", session)
    print("open", flush=True)
    ended = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), ended.set()), daemon=True).start()
    while not ended.is_set():
        crowd.pump(0.5)


main()
