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
    EXCHANGE = "exchange", _("Exchange between systems")


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
    """How somebody outside was told; the linkage plan names telephone, fax and system."""

    PHONE = "phone", _("Telephone")
    FAX = "fax", _("Fax")
    SYSTEM = "system", _("The centre's system")
    PAPER = "paper", _("On paper")


class ReportWay(models.TextChoices):
    """How a report goes back to a centre. Automatic: the product hands it to the centre's system."""

    AUTO = "auto", _("Automatically to the centre's system")
    PHONE = "phone", _("Telephone")
    FAX = "fax", _("Fax")
    SYSTEM = "system", _("The centre's system")
    PAPER = "paper", _("On paper")

    @classmethod
    def offered(cls, by_itself: bool = False) -> list[tuple[str, str]]:
        """What somebody may choose; `by_itself`: the centre has an address."""
        return [(way.value, str(way.label)) for way in cls if by_itself or way != cls.AUTO]


class DeliveryState(models.TextChoices):
    """What the product itself hands to a centre's system."""

    QUEUED = "queued", pgettext_lazy("delivery to a centre", "Waiting to be sent")
    DELIVERED = "delivered", pgettext_lazy("delivery to a centre", "Accepted by the centre")
    REFUSED = "refused", pgettext_lazy("delivery to a centre", "Refused by the centre")
    CALLED_OFF = "called_off", pgettext_lazy("delivery to a centre", "Not sent: settled by hand or withdrawn")
