"""Run inside an installation: ten webhooks that are told of everything, and exports asked for one after the other.

python -m bench.errands '{"target": "http://127.0.0.1:1234/in"}'

Prints "ready", begins when a line comes in, and until another one comes asks for the next export as soon as the last is
done; then prints how many there were. What the webhooks are told of is what else happens there.
"""

import json
import sys
import threading

import django

django.setup()

from django.utils import timezone  # noqa: E402 - what follows needs it set up

from accounts.models import User  # noqa: E402
from accounts.scope import reach_of  # noqa: E402
from webhooks.actions import make_webhook  # noqa: E402
from webhooks.choices import GROUPS  # noqa: E402
from works.actions import ask_for_work  # noqa: E402
from works.choices import WorkState  # noqa: E402
from works.models import Work  # noqa: E402

WEBHOOKS = 10
#: Seconds between two looks whether an export is done.
LOOK = 0.2
EXPORTS = ("incidents", "time-limits")


def main(target: str) -> None:
    person = User.objects.get(username="county1.duty")
    for number in range(WEBHOOKS):
        make_webhook(
            reach=reach_of(person, timezone.now()), note=str(number), url=target, groups=list(GROUPS), unit=None,
            now=timezone.now(),
        )  # fmt: skip
    print("ready", flush=True)
    sys.stdin.readline()

    over = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.readline(), over.set()), daemon=True).start()
    asked: list[int] = []
    while not over.wait(LOOK):
        if not Work.objects.filter(
            pk__in=asked[-1:], state__in=(WorkState.QUEUED, WorkState.RUNNING)
        ).exists():
            asked.append(_export(person, len(asked)))
    done = Work.objects.filter(pk__in=asked, state=WorkState.DONE).count()
    print(json.dumps({"exports": done}), flush=True)


def _export(person: User, number: int) -> int:
    now = timezone.now()
    arguments = {"slug": EXPORTS[number % len(EXPORTS)], "year": now.year}
    return ask_for_work(reach=reach_of(person, now), kind="ledger", arguments=arguments, now=now).pk


if __name__ == "__main__":
    main(**json.loads(sys.argv[1]))
