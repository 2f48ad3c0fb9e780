"""Celery tasks of the engine: a second trigger, what is done at night, and tidying up."""

from datetime import timedelta

from celery import shared_task
from django.contrib.sessions.models import Session
from django.utils import timezone

from common.models import GivenAnswer
from engine.background.nightly import run_due
from engine.background.run import run_all
from notices.models import GatewayEvent

#: A phone may come back late with a request it sent before.
ANSWERS_KEPT = timedelta(days=30)
EVENTS_KEPT = timedelta(days=90)
#: Rows per statement, so that no lock is held for long.
BATCH = 1000


@shared_task(name="engine.tasks.poke_engine", ignore_result=True)
def poke_engine():
    """Run every job once. The engines do that by themselves; this is for when all of them are dead."""
    run_all(timezone.now())


@shared_task(name="engine.tasks.nightly", ignore_result=True)
def nightly():
    """Do the nightly jobs that are due. Asked every ten minutes, so that a machine switched off at night catches up."""
    run_due(timezone.now())


@shared_task(name="engine.tasks.tidy", ignore_result=True)
def tidy():
    """Delete what is past its time: stored answers, delivery reports, ended sessions."""
    now = timezone.now()
    _delete(GivenAnswer.objects.filter(at__lt=now - ANSWERS_KEPT))
    _delete(GatewayEvent.objects.filter(received_at__lt=now - EVENTS_KEPT))
    _delete(Session.objects.filter(expire_date__lt=now))


def _delete(rows) -> None:
    while ids := list(rows.values_list("pk", flat=True)[:BATCH]):
        rows.model.objects.filter(pk__in=ids).delete()
