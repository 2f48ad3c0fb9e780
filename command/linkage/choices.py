"""The words of linkage: orders of a joint command centre, what goes back to it, and how."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class LinkageState(models.TextChoices):
    RECEIVED = "received", pgettext_lazy("linkage order", "Received")
    AT_PLACE = "at_place", pgettext_lazy("linkage order", "Reported for duty")
    HANDLED = "handled", pgettext_lazy("linkage order", "Handling completed")
    ENDED = "ended", pgettext_lazy("linkage order", "Written report sent")
    WITHDRAWN = "withdrawn", pgettext_lazy("linkage order", "Withdrawn by the centre")


class LinkageVerb(models.TextChoices):
    OPEN_INCIDENT = "open-incident", _("Record as an incident")
    TIE = "tie", _("Tie to an incident")
    REPORT_FOR_DUTY = "report-for-duty", _("Report for duty")
    PROGRESS = "progress", _("Send progress")
    FEEDBACK = "feedback", _("Feed back handling and result")
    COMPLETE = "complete", _("Handling is completed")
    FINAL = "final", _("Send the written report")
    TRY_AGAIN = "try-again", _("Send again what did not get through")
    WITHDRAW = "withdraw", _("The centre has withdrawn it")


class Via(models.TextChoices):
    API = "api", _("Interface")
    FILE = "file", _("File")
    HAND = "hand", _("By hand")


class ReportKind(models.TextChoices):
    PROGRESS = "progress", _("Progress")
    FEEDBACK = "feedback", _("Handling and result")
    FINAL = "final", _("Written report")

    @classmethod
    def without_order(cls) -> list["ReportKind"]:
        """What may be said of an incident that no order asked for: feedback answers one."""
        return [cls.PROGRESS, cls.FINAL]


class ReportState(models.TextChoices):
    TO_SEND = "to_send", pgettext_lazy("report to a centre", "Not sent yet")
    SENT = "sent", pgettext_lazy("report to a centre", "Sent, no receipt yet")
    CONFIRMED = "confirmed", pgettext_lazy("report to a centre", "Receipt recorded")


class Way(models.TextChoices):
    """How it went back; the plan names telephone, fax and system."""

    PHONE = "phone", _("Telephone")
    FAX = "fax", _("Fax")
    SYSTEM = "system", _("The centre's system")
    PAPER = "paper", _("On paper")
