"""The one process: tasks in its pool, the engine's jobs and the schedule on its loop, all ended cleanly."""

import asyncio
import threading
import time

import pytest
from asgiref.sync import sync_to_async
from celery import current_app, shared_task

from engine.models import Heartbeat
from engine.server import embedded, threads
from engine.server.lifespan import Lifespan


@shared_task(name="tests.add")
def add(a, b):
    return a + b


@pytest.fixture
def _ended():
    yield
    threads.end()


@pytest.mark.usefixtures("_ended")
def test_delay_runs_in_the_pool(transactional_db, settings):
    settings.EMBEDDED = True

    assert add.delay(1, b=2).result(10).result == 3


@pytest.mark.usefixtures("_ended")
def test_what_waits_for_other_machines_holds_up_nothing_else(transactional_db, settings, monkeypatch):
    settings.EMBEDDED = True
    current_app.loader.import_default_modules()
    over = threading.Event()
    monkeypatch.setattr(current_app.tasks["webhooks.tasks.serve"], "run", lambda pk: over.wait(20))
    monkeypatch.setattr(current_app.tasks["exchange.tasks.serve"], "run", lambda pk: over.wait(20))
    try:
        for pk in range(30):
            current_app.tasks["webhooks.tasks.serve"].delay(pk)
            current_app.tasks["exchange.tasks.serve"].delay(pk)

        for _ in range(threads.HOW_MANY["turns"] + 1):
            assert add.delay(1, b=2).result(10).result == 3
    finally:
        over.set()


@pytest.mark.usefixtures("_ended")
def test_what_waited_longer_than_it_is_good_for_is_not_begun(transactional_db, settings):
    settings.EMBEDDED = True
    over = threading.Event()
    for _ in range(threads.HOW_MANY["turns"]):
        threads.pool().submit(over.wait, 20)

    late = add.apply_async((1, 2), expires=0.05)
    in_time = add.apply_async((1, 2), expires=60)
    time.sleep(0.1)
    over.set()

    assert late.result(10) is None
    assert in_time.result(10).result == 3


def test_later_work_is_refused(settings):
    with pytest.raises(ValueError, match="row"):
        add.apply_async((1, 2), countdown=5)


def test_eager_for_tests_that_ask_for_it(settings):
    settings.EMBEDDED = True
    current_app.conf.task_always_eager = True
    try:
        assert add.delay(1, 2).result == 3
    finally:
        current_app.conf.task_always_eager = False


@pytest.mark.usefixtures("_ended")
def test_the_lifespan_runs_jobs_and_schedule_and_ends_them(transactional_db, settings, monkeypatch):
    settings.EMBEDDED, settings.ENGINE_TURN_SECONDS = True, 0.05
    ran = []
    monkeypatch.setattr(current_app.tasks["tests.add"], "run", lambda a, b: ran.append(a + b))
    schedule = {"add": {"task": "tests.add", "schedule": 0.05, "args": (1, 2)},
                "poke": {"task": "engine.tasks.poke_engine", "schedule": 0.01}}  # fmt: skip
    before, current_app.conf.beat_schedule = current_app.conf.beat_schedule, schedule
    try:
        answers = asyncio.run(_live(seconds=1.5))
    finally:
        current_app.conf.beat_schedule = before

    assert answers == ["lifespan.startup.complete", "lifespan.shutdown.complete"]
    assert ran[:2] == [3, 3]
    assert {"clocks", "notices", "notices.alerts"} <= set(Heartbeat.objects.values_list("name", flat=True))
    assert not threads._pools


async def _live(seconds):
    """Speak the lifespan protocol: start, wait, stop."""
    answers, inbox = [], asyncio.Queue()

    async def send(message):
        answers.append(message["type"])

    inbox.put_nowait({"type": "lifespan.startup"})
    running = asyncio.create_task(Lifespan()({"type": "lifespan"}, inbox.get, send))
    await asyncio.sleep(seconds)
    inbox.put_nowait({"type": "lifespan.shutdown"})
    await asyncio.wait_for(running, 30)
    assert [task for task in asyncio.all_tasks() if task is not asyncio.current_task()] == []
    return answers


def test_in_production_the_lifespan_runs_no_job(transactional_db, settings):
    settings.EMBEDDED = False

    assert asyncio.run(_live(seconds=0.5)) == ["lifespan.startup.complete", "lifespan.shutdown.complete"]
    assert not Heartbeat.objects.exists()


def test_a_start_that_fails_says_so(transactional_db, settings, monkeypatch):
    async def fails(self):
        raise ZeroDivisionError("no")

    settings.EMBEDDED = True
    monkeypatch.setattr(embedded.Ticker, "start", fails)

    async def start():
        answers, inbox = [], asyncio.Queue()
        inbox.put_nowait({"type": "lifespan.startup"})
        inbox.put_nowait({"type": "lifespan.shutdown"})
        await Lifespan()(
            {"type": "lifespan"}, inbox.get, sync_to_async(answers.append, thread_sensitive=False)
        )
        return [answer["type"] for answer in answers]

    assert asyncio.run(start())[0] == "lifespan.startup.failed"
