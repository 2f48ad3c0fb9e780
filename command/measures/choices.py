"""The words of measures."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class MeasureState(models.TextChoices):
    ASKED = "asked", pgettext_lazy("measure", "Approval asked for")
    APPROVED = "approved", pgettext_lazy("measure", "Approved, not yet taken")
    REFUSED = "refused", pgettext_lazy("measure", "Not approved")
    WITHDRAWN = "withdrawn", pgettext_lazy("measure", "Withdrawn")
    TAKEN = "taken", pgettext_lazy("measure", "Taken")


class MeasureVerb(models.TextChoices):
    ASK = "ask", _("Ask for approval")
    APPROVE = "approve", pgettext_lazy("measure", "Approve")
    REFUSE = "refuse", pgettext_lazy("measure", "Do not approve")
    WITHDRAW = "withdraw", pgettext_lazy("measure", "Withdraw the request")
    TAKE = "take", _("Record as taken")
