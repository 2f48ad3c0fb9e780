"""Celery carries webhooks: a message of the broker names a webhook, the rows say what is to be sent."""

from celery import shared_task
from django.utils import timezone

from common.hand_over import hand_over
from webhooks import sending

#: The next look sends it again; one that was not picked up by then need not be.
_SECONDS = 10


@shared_task(name="webhooks.tasks.serve", ignore_result=True, threads="errands")
def serve(pk: int) -> None:
    """One turn for one webhook."""
    sending.serve(pk, timezone.now)


@shared_task(name="webhooks.tasks.watch", ignore_result=True)
def watch() -> None:
    """Every few seconds: whose turn is it? Without a broker the rows wait."""
    for pk in sending.with_work(timezone.now()).values_list("pk", flat=True):
        if not hand_over(serve, pk, expires=_SECONDS):
            return


@shared_task(name="webhooks.tasks.tidy", ignore_result=True)
def tidy() -> None:
    sending.tidy(timezone.now())
