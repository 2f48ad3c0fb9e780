"""Who carries long works: Celery in production, the one process's own threads in the embedded profile.

A message holds the row's key and nothing else. One that is lost is sent again from the row; one that comes twice finds
the row taken.
"""

from celery import shared_task
from django.db import transaction
from django.utils import timezone

from common.hand_over import hand_over
from works import running


@shared_task(name="works.tasks.carry_out", ignore_result=True, threads="works")
def carry_out(pk: int) -> None:
    """Do it if it waits; then the next one, for which there may have been no place."""
    if running.carry_out(pk, timezone.now) and (following := running.oldest_waiting()):
        send(following)


@shared_task(name="works.tasks.watch", ignore_result=True)
def watch() -> None:
    """Take up what lost its process, and send what nobody has picked up."""
    now = timezone.now()
    running.take_up_stale(now)
    for pk in running.waiting(now):
        if not send(pk):
            break


@shared_task(name="works.tasks.tidy", ignore_result=True)
def tidy() -> None:
    running.tidy(timezone.now())


def send_after_commit(pk: int) -> None:
    """Tell a worker to look, once the row is there for everybody."""
    transaction.on_commit(lambda: send(pk), robust=True)


def send(pk: int) -> bool:
    """Tell a worker to look. Without a broker the row waits: false, and no harm."""
    if not hand_over(carry_out, pk):
        return False
    running.note_sent(pk, timezone.now())
    return True
