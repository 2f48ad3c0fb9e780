"""Why a person is not reached."""

from django.db import models
from django.utils.translation import pgettext_lazy


class Lack(models.TextChoices):
    """Why a person is not reached on a channel."""

    NOBODY = "nobody", pgettext_lazy("readiness", "nobody holds the post")
    CLOSED = "closed", pgettext_lazy("readiness", "the account is closed")
    NO_NUMBER = "no_number", pgettext_lazy("readiness", "no telephone number")
    NOT_VERIFIED = "not_verified", pgettext_lazy("readiness", "the number is not verified")
    NO_GATEWAY = "no_gateway", pgettext_lazy("readiness", "no gateway is set up")
    NO_EMAIL = "no_email", pgettext_lazy("readiness", "no e-mail address")
    NOT_NAMED = (
        "not_named",
        pgettext_lazy("readiness", "no telephone number, so the group does not name them"),
    )
    NO_CHAT = "no_chat", pgettext_lazy("readiness", "no user id at the chat service")
    NOT_TAKEN = "not_taken", pgettext_lazy("readiness", "the chat service did not take the last test")
    NO_ANSWER = "no_answer", pgettext_lazy("readiness", "did not answer the last test")
