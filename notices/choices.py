"""The words of notices: by which way, how far each one got, what people answer, what follows from silence."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Channel(models.TextChoices):
    APP = "app", _("On screen")
    SMS = "sms", _("Text message")
    VOICE = "voice", _("Voice call")
    WECOM = "wecom", _("WeCom")
    DINGTALK = "dingtalk", _("DingTalk")
    FEISHU = "feishu", _("Feishu")
    EMAIL = "email", _("E-mail")
    #: To one person, by the one chat service of the settings.
    CHAT = "chat", _("Chat message")
    #: A human with a telephone: written when somebody has phoned, never queued.
    CALL = "call", _("Telephoned by hand")


#: Chat groups: one message names several people.
BOTS = (Channel.WECOM, Channel.DINGTALK, Channel.FEISHU)
#: What needs a telephone number.
BY_NUMBER = (Channel.SMS, Channel.VOICE)
#: What a provider carries for us.
SENT_BY_US = (*BY_NUMBER, *BOTS, Channel.EMAIL, Channel.CHAT)


class State(models.TextChoices):
    QUEUED = "queued", _("Waiting")
    SENT = "sent", _("Sent")
    DELIVERED = "delivered", _("Delivered")
    HEARD = "heard", _("Heard")
    ACKNOWLEDGED = "acknowledged", _("Confirmed")
    FAILED = "failed", _("Not delivered")
    #: Nobody heard it this way: somebody else was told, or the duty leader knows.
    ESCALATED = "escalated", _("Escalated")
    CANCELLED = "cancelled", _("Cancelled")


#: A notice on screen stays there until it is confirmed, also after somebody else was told.
ON_SCREEN = (State.SENT, State.DELIVERED, State.ESCALATED)


class Answer(models.TextChoices):
    COMING = "coming", _("Coming")
    CANNOT = "cannot", _("Cannot come")
    PASSED_ON = "passed_on", _("Passed on")


class Do(models.TextChoices):
    """What a step of escalation does."""

    SECOND_CHANNEL = "second_channel", _("Try another channel")
    NEXT_PERSON = "next_person", _("Tell the next person")
    BREACH = "breach", _("Tell the duty leader that nobody heard")
    STILL_ON_IT = "still_on_it", _("Ask whether they are still on it")


class PushKind(models.TextChoices):
    """What a message to a browser says (notices.push)."""

    TELL = "tell", "tell"
    TAKE_BACK = "take_back", "take back"


class PushState(models.TextChoices):
    QUEUED = "queued", "queued"
    SENT = "sent", "sent"
    FAILED = "failed", "failed"
    CANCELLED = "cancelled", "cancelled"


#: The lanes, most urgent first. The outbox sends lower numbers first and keeps senders free for the first one:
#: alarms and warnings · orders and signatures · tests of a number · everything that may wait.
ALERT, ORDER, TEST, ROUTINE = 1, 3, 4, 5
