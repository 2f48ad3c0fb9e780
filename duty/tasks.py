"""Celery tasks of command: paper packs, which may be late and start again from their rows."""

from celery import shared_task
from django.utils import timezone


@shared_task(name="duty.tasks.write_papers", ignore_result=True)
def write_papers():
    """Write the packs that wait, delete those past their time."""
    from duty.shifts import downtime_packs as papers

    now = timezone.now()
    papers.write_waiting(now)
    papers.delete_old(now)
