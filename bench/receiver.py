"""python -m bench.receiver: a receiver of webhooks in a process of its own, so that it takes no time from who measures.

Prints its address and what of it is listed, then for each line that comes in how many messages it has taken.
"""

import json
import sys

from tests.webhook_receiver import Receiver


def main() -> None:
    receiver = Receiver()
    print(json.dumps({"url": receiver.url, "top": receiver.top}), flush=True)
    for _line in sys.stdin:
        print(len(receiver.got), flush=True)


if __name__ == "__main__":
    main()
