"""Is this container alive? Exit 1, with a sentence, if not.

    python deploy/healthcheck.py           web: /healthz of the process on this machine answers 200
    python deploy/healthcheck.py engine    engine: numbering, clocks and notices turned lately

Django is not started for it: that would cost more than what is being checked.
"""

import os
import sys
from http.client import HTTPConnection, HTTPException

import psycopg2

SECONDS = 4
#: The jobs of the engine that may never rest, and how old (seconds) their heartbeat may be. The heartbeat is that of all
#: engines together: one that hangs beside a healthy one is not seen here, and does no harm.
JOBS = (
    "incidents.kept_alarms", "numbering", "clocks", "drills.player", "notices.escalation", "notices.alerts", "notices",
)  # fmt: skip
OLDEST = 60
STALE = """
    SELECT job FROM unnest(%s) AS wanted (job)
    WHERE NOT EXISTS (
        SELECT FROM engine_heartbeat AS beat
        WHERE beat.name = job AND beat.turned_at > now() - make_interval(secs => %s)
    )
"""


class NotAlive(Exception):
    """Carries the sentence to print."""


def check_web() -> None:
    """Ask as the proxy would: with an allowed host name, and as if the visitor had come over TLS."""
    host = os.environ.get("ALLOWED_HOSTS", "localhost").split(",")[0].strip().lstrip(".")
    headers = {"Host": "localhost" if host == "*" else host, "X-Forwarded-Proto": "https"}
    connection = HTTPConnection("127.0.0.1", int(os.environ.get("PORT", "8000")), timeout=SECONDS)
    try:
        connection.request("GET", "/healthz", headers=headers)
        status = connection.getresponse().status
    except (OSError, HTTPException) as error:
        raise NotAlive(str(error)) from error
    finally:
        connection.close()
    if status != 200:
        raise NotAlive(f"/healthz answered {status}")


def check_engine() -> None:
    try:
        connection = psycopg2.connect(os.environ["DATABASE_URL"], connect_timeout=SECONDS)
        try:
            with connection.cursor() as cursor:
                cursor.execute(STALE, (list(JOBS), OLDEST))
                stale = [name for (name,) in cursor.fetchall()]
        finally:
            connection.close()
    except psycopg2.Error as error:
        raise NotAlive(str(error).strip()) from error
    if stale:
        raise NotAlive(f"not turned for {OLDEST} s: {', '.join(stale)}")


def main(arguments: list[str]) -> int:
    try:
        check_engine() if arguments == ["engine"] else check_web()
    except NotAlive as reason:
        print(f"not alive: {reason}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
