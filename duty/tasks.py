"""Celery tasks of duty: downtime packs, which may be late and start again from their rows."""

from celery import shared_task
from django.utils import timezone


@shared_task(name="duty.tasks.write_downtime_packs", ignore_result=True)
def write_downtime_packs():
    """Write the packs that wait, delete those past their time."""
    from duty.shifts import downtime_packs

    now = timezone.now()
    downtime_packs.write_waiting(now)
    downtime_packs.delete_old(now)
