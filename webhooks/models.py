"""Webhooks: a program elsewhere is told what happens, as far as the person whose webhook it is may see it."""

import uuid
from urllib.parse import urlsplit

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _

from common.database.encrypted_fields import SealedField
from journal.keys import key
from webhooks.choices import GROUPS, STOPPED_BECAUSE, DeliveryState, WebhookState
from webhooks.rules import WEBHOOKS, message_id


class Webhook(models.Model):
    """An address that is told. `cursor` is the number of the last journal entry that was looked at for it."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    #: Whose eyes it sees with, at each moment anew.
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="webhooks")
    note = models.CharField(max_length=80)
    #: May carry a key of the receiver.
    url = SealedField(max_length=900)
    #: Names of webhooks.choices.GROUPS with blanks between.
    groups = models.CharField(max_length=200)
    #: Only what happens in this unit and below; empty: wherever its person may see.
    unit = models.ForeignKey(
        "accounts.Unit", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    #: "whsec_…"; shown once.
    secret = SealedField(max_length=300)
    former_secret = SealedField(max_length=300, blank=True, default="")
    former_until = models.DateTimeField(null=True, blank=True)
    state = models.CharField(max_length=10, choices=WebhookState, default=WebhookState.ACTIVE)
    #: A name of webhooks.choices.STOPPED_BECAUSE.
    stopped_because = models.CharField(max_length=10, blank=True, default="")
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    cursor = models.BigIntegerField()
    last_delivered_at = models.DateTimeField(null=True, blank=True)
    #: Since when nothing was taken; empty: the last message was.
    failing_since = models.DateTimeField(null=True, blank=True)
    #: How often one after the other no answer came at all, and until when nothing is sent because of it.
    silences = models.PositiveIntegerField(default=0)
    rests_until = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(max_length=80, blank=True, default="")
    #: Of the process that sends now.
    holder = models.CharField(max_length=16, blank=True, default="")
    held_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state="ended", ended_at__isnull=False)
                | (~Q(state="ended") & Q(ended_at__isnull=True)),
                name="an_ended_webhook_says_when",
            ),
            models.CheckConstraint(
                condition=~Q(state="stopped") | ~Q(stopped_because=""), name="a_stopped_webhook_says_why"
            ),
        ]

    def __str__(self):
        return f"{self.note} ({self.person})"

    @property
    def key(self) -> str:
        return key("webhook", self.pk)

    @property
    def is_live(self) -> bool:
        return self.state in WEBHOOKS.live

    @property
    def is_active(self) -> bool:
        return self.state == WebhookState.ACTIVE

    @property
    def host(self) -> str:
        """The part of its address that is no secret: "https://hooks.example.gov"."""
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.hostname}{f':{parts.port}' if parts.port else ''}"

    @property
    def error_text(self) -> str:
        """What came of the last try, in the reader's language."""
        if self.last_error.isdigit():
            return _("the receiver answered %(status)s") % {"status": self.last_error}
        return _("the receiver did not answer (%(why)s)") % {"why": self.last_error}

    @property
    def group_labels(self) -> list[str]:
        return [str(GROUPS[name][0]) for name in self.groups.split() if name in GROUPS]

    @property
    def why_stopped(self) -> str:
        return str(STOPPED_BECAUSE.get(self.stopped_because, ""))


class Delivery(models.Model):
    """One message to one webhook: the row is the truth, Celery only carries the webhook's key."""

    webhook = models.ForeignKey(Webhook, on_delete=models.CASCADE, related_name="deliveries")
    #: Of the journal entry that it tells; empty: a trial.
    number = models.BigIntegerField(null=True, blank=True)
    state = models.CharField(max_length=10, choices=DeliveryState, default=DeliveryState.QUEUED)
    queued_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    #: Of the last answer: "503", or why there was none: "ReadTimeout".
    last_error = models.CharField(max_length=80, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["webhook", "number"], condition=Q(number__isnull=False), name="one_message_per_entry"
            ),
            models.CheckConstraint(
                condition=Q(state="queued", ended_at__isnull=True)
                | (~Q(state="queued") & Q(ended_at__isnull=False)),
                name="an_ended_message_says_when",
            ),
        ]
        indexes = [
            models.Index(
                fields=["webhook", "next_at"], condition=Q(state="queued"), name="webhook_message_due"
            ),
            models.Index(fields=["webhook", "state", "ended_at"], name="webhook_message_ended"),
        ]

    def __str__(self):
        return f"{self.webhook_id} {self.number or 'trial'}"

    @property
    def message_id(self) -> str:
        """For the receiver to know a repetition by."""
        return message_id(self.webhook.uid, self.number or f"trial {self.pk}")
