"""Which webhooks there are, whose a person may see, and how they do."""

from datetime import datetime
from typing import NamedTuple

from django.db.models import Count, Min, Q, QuerySet

from accounts.models import User
from accounts.people.queries import people_for
from accounts.scope import Reach
from webhooks import rules
from webhooks.choices import DeliveryState, WebhookState
from webhooks.models import Delivery, Webhook


def live_of(person: User) -> QuerySet[Webhook]:
    return Webhook.objects.filter(person=person, state__in=rules.WEBHOOKS.live).order_by("pk")


def shown_of(person: User) -> QuerySet[Webhook]:
    """A person's live ones with their unit, and how many messages wait and were given up."""
    return _counted(live_of(person))


def in_area(reach: Reach, now: datetime) -> QuerySet[Webhook]:
    """Those of the people whom this security administrator sees, with their person and counts."""
    people = people_for(reach, now).prefetch_related(None).order_by().values("pk")
    live = Webhook.objects.filter(person__in=people, state__in=rules.WEBHOOKS.live)
    return _counted(live.order_by("person__username", "pk")).select_related("person", "unit")


def is_in_area(reach: Reach, webhook: Webhook, now: datetime) -> bool:
    return reach.has("people.manage") and in_area(reach, now).filter(pk=webhook.pk).exists()


def _counted(webhooks: QuerySet[Webhook]) -> QuerySet[Webhook]:
    return webhooks.select_related("unit").annotate(
        waiting=Count("deliveries", filter=Q(deliveries__state=DeliveryState.QUEUED)),
        given_up=Count("deliveries", filter=Q(deliveries__state=DeliveryState.FAILED)),
    )


def failing(now: datetime) -> list[Webhook]:
    """Those in use that have taken nothing for an hour, and those stopped by the sender."""
    silent = Q(state=WebhookState.ACTIVE, failing_since__lt=now - rules.TOLD_AFTER)
    stopped = Q(state=WebhookState.STOPPED) & ~Q(stopped_because="person")
    return list(Webhook.objects.filter(silent | stopped).order_by("pk"))


class Backlog(NamedTuple):
    """The messages of all webhooks in use."""

    waiting: int
    #: For how many seconds the first of them has waited.
    oldest: float
    #: Of all webhooks, as long as their rows are kept (rules.FAILED_KEPT).
    given_up: int


def backlog(now: datetime) -> Backlog:
    queued = Delivery.objects.filter(state=DeliveryState.QUEUED, webhook__state=WebhookState.ACTIVE)
    found = queued.aggregate(count=Count("pk"), first=Min("queued_at"))
    age = max(0.0, (now - found["first"]).total_seconds()) if found["first"] else 0.0
    return Backlog(found["count"], age, Delivery.objects.filter(state=DeliveryState.FAILED).count())
