"""Run inside an installation: a province's units file at a steady rate, as other web processes would.

python -m bench.pressing '{"rate": 195, "seconds": 30}'

Prints "ready", begins when a line comes in, prints the rate it held.
"""

import json
import sys
import time

# It sets Django up, so whatever needs that comes from there.
from bench.reporting import NOW, TODAY, Unit, User, actions, grow, open_rounds, reach_of, seat, wake


def main(rate: int, seconds: int) -> None:
    person = User.objects.create(username="bench.presses")
    seat(person, grow("P", 1, 50, -(-rate * seconds // 50)))
    open_rounds(now=NOW)
    wake.set_hub(lambda: None)  # the engine numbers
    reach = reach_of(person, NOW)
    units = list(Unit.objects.filter(code__startswith="P.", tier="village")[: rate * seconds])
    print("ready", flush=True)
    sys.stdin.readline()

    begun = time.monotonic()
    for number, unit in enumerate(units):
        time.sleep(max(0.0, begun + number / rate - time.monotonic()))
        actions.file_report(reach=reach, unit=unit, period=TODAY, answer="nil", now=NOW)
    print(len(units) / (time.monotonic() - begun), flush=True)


if __name__ == "__main__":
    main(**json.loads(sys.argv[1]))
