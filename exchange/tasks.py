"""Celery carries the exchange: a message of the broker names a partner, the rows say what goes there."""

from celery import shared_task
from django.utils import timezone

from common.hand_over import hand_over
from exchange import alerts, sending

#: The next look sends it again; one that was not picked up by then need not be.
_SECONDS = 10


@shared_task(name="exchange.tasks.serve", ignore_result=True, threads="errands")
def serve(pk: int) -> None:
    """One turn for one partner."""
    sending.serve(pk, timezone.now)


@shared_task(name="exchange.tasks.watch", ignore_result=True)
def watch() -> None:
    """Every few seconds: what is to be sent, and what does not get through? Without a broker the rows wait."""
    now = timezone.now()
    alerts.tell_late(now)
    for pk in sending.with_work(now).values_list("pk", flat=True):
        if not hand_over(serve, pk, expires=_SECONDS):
            return
