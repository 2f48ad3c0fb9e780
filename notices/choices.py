"""The words of notices: by which way, and how far each one got."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Channel(models.TextChoices):
    APP = "app", _("On screen")
    SMS = "sms", _("Text message")
    VOICE = "voice", _("Voice call")


class State(models.TextChoices):
    QUEUED = "queued", _("Waiting")
    SENT = "sent", _("Sent")
    DELIVERED = "delivered", _("Delivered")
    HEARD = "heard", _("Heard")
    ACKNOWLEDGED = "acknowledged", _("Confirmed")
    FAILED = "failed", _("Not delivered")
    CANCELLED = "cancelled", _("Cancelled")


#: The lanes, most urgent first. The outbox sends lower numbers first and keeps senders free for the first one:
#: alarms and warnings · orders and signatures · tests of a number · everything that may wait.
ALERT, ORDER, TEST, ROUTINE = 1, 3, 4, 5
