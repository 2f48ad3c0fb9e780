"""The outbox: who is to be told, by which way, and how far that got. A row is the promise; sending keeps it."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language

from common.paths import PathField
from notices.choices import ROUTINE, Channel, State


class NoticeQuerySet(models.QuerySet):
    def open(self):
        """Still to be sent, claimed ones included."""
        return self.filter(state=State.QUEUED)

    def claimable(self, now):
        return self.open().filter(visible_at__lte=now)

    def about(self, key: str):
        """Notices of one subject ("warning:7") or of a whole thread ("incident:5")."""
        return self.filter(Q(subject=key) | Q(thread=key))

    def visible_to(self, reach):
        """Notices of units this person sees, of incidents shared with them, and their own."""
        seen = reach.filter("incident.view") | Q(recipient=reach.user)
        if reach.threads:
            seen |= Q(thread__in=reach.threads)
        return self.filter(seen)


class Notice(models.Model):
    """One person × one channel × one reason, unique by `dedupe`.

    The lease is `visible_at` in the future: nothing is ever stuck, and nobody has to clean up after a
    sender that died.
    """

    #: The same for every attempt: the gateway throws the second one away.
    key = models.UUIDField(default=uuid.uuid4, editable=False)
    dedupe = models.CharField(max_length=220, unique=True)
    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="notices")
    #: The post in whose name the person is told, as it was called then.
    post = models.CharField(max_length=120, blank=True, default="")
    channel = models.CharField(max_length=10, choices=Channel)
    #: Why, e.g. "warning.signed" or "order.issued".
    purpose = models.CharField(max_length=60)
    subject = models.CharField(max_length=60)
    thread = models.CharField(max_length=60)
    unit = models.ForeignKey(
        "accounts.Unit", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    unit_path = PathField(blank=True, default="")
    text_zh = models.TextField()
    text_en = models.TextField(blank=True, default="")
    drill = models.BooleanField(default=False)
    priority = models.PositiveSmallIntegerField(default=ROUTINE)

    state = models.CharField(max_length=12, choices=State, default=State.QUEUED)
    visible_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)
    #: Grows with every claim: who claimed earlier may not postpone what another one holds now.
    token = models.PositiveIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(default=0)
    queued_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    delivered_at = models.DateTimeField(null=True, blank=True)
    heard_at = models.DateTimeField(null=True, blank=True)
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    provider_id = models.CharField(max_length=120, blank=True, default="")
    #: What the person answered, e.g. "1".
    reply = models.CharField(max_length=200, blank=True, default="")
    last_error = models.CharField(max_length=200, blank=True, default="")

    objects = NoticeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(state__in=[State.SENT, State.DELIVERED, State.HEARD]) | Q(sent_at__isnull=False),
                name="notice_sent_has_its_time",
            ),
            models.CheckConstraint(
                condition=~Q(state=State.ACKNOWLEDGED) | Q(acknowledged_at__isnull=False),
                name="notice_acknowledged_has_its_time",
            ),
            models.CheckConstraint(
                condition=Q(acknowledged_at__isnull=True) | Q(state=State.ACKNOWLEDGED),
                name="notice_stays_acknowledged",
            ),
            models.CheckConstraint(
                condition=Q(expires_at__isnull=True) | Q(expires_at__gte=F("queued_at")),
                name="notice_expires_after_it_is_queued",
            ),
        ]
        indexes = [
            models.Index(
                fields=["priority", "visible_at"], condition=Q(state=State.QUEUED), name="notice_open"
            ),
            models.Index(
                fields=["recipient", "-queued_at"],
                condition=Q(channel=Channel.APP, state__in=[State.SENT, State.DELIVERED]),
                name="notice_inbox",
            ),
            models.Index(fields=["thread"], name="notice_thread"),
            models.Index(fields=["subject"], name="notice_subject"),
            models.Index(fields=["provider_id"], condition=~Q(provider_id=""), name="notice_provider"),
        ]

    def __str__(self):
        return f"{self.channel} → {self.recipient_id}: {self.purpose} {self.subject}"

    @property
    def text(self) -> str:
        """For the reader of this page; messages by gateway use `text_for_recipient`."""
        in_english = self.text_en and (get_language() or "").startswith("en")
        return self.text_en if in_english else self.text_zh

    @property
    def headline(self) -> str:
        """The first line; a screen folds away the rest."""
        return self.text.partition("\n")[0]

    @property
    def details(self) -> str:
        return self.text.partition("\n")[2]

    def text_for_recipient(self) -> str:
        """In the recipient's own language; a drill says so first, whatever the text says."""
        in_english = self.text_en and self.recipient.language.startswith("en")
        text = self.text_en if in_english else self.text_zh
        return f"{'[DRILL] ' if in_english else '【演练】'}{text}" if self.drill else text


class Attempt(models.Model):
    """One try. Begun without an end means: uncertain, the sender died in between."""

    notice = models.ForeignKey(Notice, on_delete=models.CASCADE, related_name="tries")
    number = models.PositiveSmallIntegerField()
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["notice", "number"], name="one_attempt_per_number")]

    def __str__(self):
        return f"{self.notice_id} #{self.number} {self.outcome or '–'}"


class GatewayEvent(models.Model):
    """What the gateway reported, once, as it came. An event may come before its notice knows the provider's id."""

    provider_id = models.CharField(max_length=120)
    event = models.CharField(max_length=20)
    reply = models.CharField(max_length=200, blank=True, default="")
    at = models.DateTimeField()
    received_at = models.DateTimeField()
    is_applied = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["provider_id", "event", "reply", "at"], name="one_gateway_event")
        ]
        indexes = [
            models.Index(fields=["received_at"], condition=Q(is_applied=False), name="gateway_event_waiting")
        ]

    def __str__(self):
        return f"{self.provider_id} {self.event}"
