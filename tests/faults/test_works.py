"""A process is killed in the middle of a long work: another does it, once; Redis away: it waits and is done after."""

from contextlib import ExitStack, nullcontext, suppress

import pytest

from tests.clients import new_key
from tests.processes import Beat, Worker, eventually

pytestmark = [pytest.mark.fault, pytest.mark.slow]

#: As if the minute had passed in which nobody spoke for it.
LONG_AGO = "UPDATE works_work SET beat_at = '2020-01-01 00:00:00+00:00' WHERE state = 'running'"
WORKS = "SELECT state, attempts, phrase FROM works_work WHERE kind = 'verify' AND asked_by_id IS NOT NULL"


def worker(installation, name, crash_at=""):
    """Embedded, the server itself is the worker."""
    if installation.is_embedded:
        return nullcontext()
    return Worker(env=installation._armed(crash_at, {}), name=name)


def ask(installation, server):
    """The auditor presses the button, twice."""
    auditor = installation.browser("city.audit", server)
    for _press in range(2):
        key = new_key()
        # A start that writes much makes SQLite say "try again"; the same form is sent again.
        eventually(
            lambda key=key: auditor.form("/works/begin/verify/", {"idempotency_key": key}).status == 303,
            what="it is asked for",
        )


def ended(installation, state="done"):
    return eventually(
        lambda: [row for row in installation.rows(WORKS) if row[0] == state],
        seconds=60,
        what=f"it is {state}",
    )


def entries(installation, kind):
    return installation.one(f"SELECT count(*) FROM journal_entry WHERE kind = '{kind}'")


@pytest.mark.parametrize("line", ["work.begun", "work.before_end"])
def test_killed_in_the_middle_it_is_done_once_by_another(installation, line):
    with ExitStack() as stack:
        first = stack.enter_context(
            installation.web("web-1", crash_at=line if installation.is_embedded else "")
        )
        if installation.is_embedded:
            _ask_the_dying(installation, first)
            assert first.wait() == -9
        else:
            stack.enter_context(Beat(env=installation.env))
            dying = stack.enter_context(worker(installation, "worker-1", line))
            ask(installation, first)
            eventually(
                lambda: installation.rows(WORKS)[0][:2] == ("running", 1), seconds=60, what="it was begun"
            )
            eventually(lambda: "SIGKILL" in dying.tail(200), seconds=60, what="its process was killed")
            dying.kill()
        assert [row[:2] for row in installation.rows(WORKS)] == [("running", 1)]

        installation.rows(LONG_AGO)
        if installation.is_embedded:
            stack.enter_context(installation.web("web-2"))
        else:
            stack.enter_context(worker(installation, "worker-2"))

        assert ended(installation) == [("done", 2, "in_order")]
        assert (entries(installation, "work.asked"), entries(installation, "work.done")) == (1, 1)


def _ask_the_dying(installation, server):
    """It may die before it has answered: the row is there all the same."""
    with suppress(OSError):
        ask(installation, server)
    assert installation.one("SELECT count(*) FROM works_work") == 1


@pytest.mark.production
def test_without_redis_it_waits_and_is_done_when_redis_is_back(production_bureau, tmp_path):
    redis = production_bureau.redis
    with production_bureau.installation(tmp_path / "installation") as installation, ExitStack() as stack:
        web = stack.enter_context(installation.web())
        redis.stop()
        try:
            ask(installation, web)
            assert installation.rows(WORKS) == [("queued", 0, "")]
            page = installation.browser("city.audit", web).get("/works/").body
            assert "service that does it does not answer" in page or "服务暂时连不上" in page
        finally:
            redis.start()
        stack.enter_context(worker(installation, "worker"))
        stack.enter_context(Beat(env=installation.env))

        assert ended(installation) == [("done", 1, "in_order")]
