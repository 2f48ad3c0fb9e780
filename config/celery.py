"""Celery: work that may be late and can start again from a row. It holds no alert and no deadline."""

import os

from celery import Celery, Task
from celery.signals import worker_ready

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")


class AppTask(Task):
    """A task whose `.delay()` is the same call in both profiles.

    Embedded, it runs in the server process's own small pool. A countdown or an eta is refused:
    what is due later is a row with its time, because a broker forgets and repeats.
    """

    #: Embedded, the threads that run it: engine.server.threads says which there are.
    threads = "turns"

    def apply_async(self, args=None, kwargs=None, **options):
        from django.conf import settings

        if options.get("countdown") or options.get("eta"):
            raise ValueError(f"{self.name}: later work belongs in a row with its due time, not in the broker")
        if settings.EMBEDDED:
            from engine.server import embedded

            return embedded.submit(self, args or (), kwargs or {}, options.get("expires"))
        return super().apply_async(args, kwargs, **options)


app = Celery("config", task_cls=AppTask)
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_ready.connect
def _expose(**_sent):
    from engine.monitoring.worker_metrics import begin

    begin()


#: Seconds between two looks for long works that nobody does. Only tests say otherwise: they kill one four times.
WATCH_SECONDS = float(os.environ.get("WORKS_WATCH_SECONDS", "10"))
#: The same schedule feeds Celery beat in production and the ticker of the embedded profile (seconds).
app.conf.beat_schedule = {
    "poke-engine": {"task": "engine.tasks.poke_engine", "schedule": 5.0, "options": {"expires": 5}},
    "downtime packs": {
        "task": "duty.tasks.write_downtime_packs",
        "schedule": 30.0,
        "options": {"expires": 30},
    },
    "works": {"task": "works.tasks.watch", "schedule": WATCH_SECONDS, "options": {"expires": 10}},
    "tidy works": {"task": "works.tasks.tidy", "schedule": 3600.0, "options": {"expires": 600}},
    "webhooks": {"task": "webhooks.tasks.watch", "schedule": 3.0, "options": {"expires": 3}},
    "tidy webhooks": {"task": "webhooks.tasks.tidy", "schedule": 3600.0, "options": {"expires": 600}},
    "exchange": {"task": "exchange.tasks.watch", "schedule": 3.0, "options": {"expires": 3}},
    "nightly": {"task": "engine.tasks.nightly", "schedule": 600.0, "options": {"expires": 600}},
    "tidy": {"task": "engine.tasks.tidy", "schedule": 3600.0, "options": {"expires": 600}},
}
