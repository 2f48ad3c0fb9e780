"""The threads of the embedded profile, by what they do, so that what may be late holds up nothing that may not."""

from concurrent.futures import ThreadPoolExecutor

from common import write_queue
from engine.background.jobs import LANES
from works.rules import AT_ONCE

#: turns: one for each lane of the engine, and some for tasks that are soon done.
#: works: long works; they wait for one another.
#: errands: what waits for other people's machines. Ten that hang hold up no lane.
HOW_MANY = {"turns": len(LANES) + 3, "works": AT_ONCE, "errands": 3}
#: They write when nobody else wants to.
STANDING_BACK = {"works", "errands"}

_pools: dict[str, ThreadPoolExecutor] = {}


def pool(name: str = "turns") -> ThreadPoolExecutor:
    if name not in _pools:
        first = write_queue.stand_back if name in STANDING_BACK else None
        _pools[name] = ThreadPoolExecutor(HOW_MANY[name], f"embedded-{name}", initializer=first)
    return _pools[name]


def end() -> None:
    """What is in hand is not waited for; what has not begun is left out."""
    while _pools:
        _name, threads = _pools.popitem()
        threads.shutdown(wait=False, cancel_futures=True)
