"""The words of exchange: other installations, their keys, what goes to them and what comes from them."""

from django.db.models import TextChoices
from django.utils.translation import pgettext_lazy


class Direction(TextChoices):
    """Where the other installation stands, seen from here."""

    SUPERIOR = "superior", pgettext_lazy("exchange", "level above")
    SUBORDINATE = "subordinate", pgettext_lazy("exchange", "level below")


class PartnerState(TextChoices):
    PROPOSED = "proposed", pgettext_lazy("exchange partner", "to be confirmed by a second person")
    ACTIVE = "active", pgettext_lazy("exchange partner", "in use")
    SUSPENDED = "suspended", pgettext_lazy("exchange partner", "suspended")
    ENDED = "ended", pgettext_lazy("exchange partner", "ended")


class KeyState(TextChoices):
    PROPOSED = "proposed", pgettext_lazy("key of a partner", "to be confirmed by a second person")
    ACCEPTED = "accepted", pgettext_lazy("key of a partner", "accepted")
    WITHDRAWN = "withdrawn", pgettext_lazy("key of a partner", "withdrawn")


class Kind(TextChoices):
    """What a document is. An acknowledgement is no paper: it says of one that a person has it."""

    UPWARD_REPORT = "upward_report", pgettext_lazy("exchange", "Report upward")
    SUMMARY = "summary", pgettext_lazy("exchange", "Summary of zero-reports")
    WRITTEN_REPORT = "written_report", pgettext_lazy("exchange", "Written report")
    LINKAGE_ORDER = "linkage_order", pgettext_lazy("exchange", "Order")
    ACKNOWLEDGEMENT = "acknowledgement", pgettext_lazy("exchange", "Acknowledgement")

    @classmethod
    def papers(cls) -> list["Kind"]:
        """Those that a person reads."""
        return [kind for kind in cls if kind != cls.ACKNOWLEDGEMENT]

    @classmethod
    def urgent(cls) -> list["Kind"]:
        """Those about something that happens now."""
        return [cls.UPWARD_REPORT, cls.LINKAGE_ORDER]


class OutgoingState(TextChoices):
    QUEUED = "queued", pgettext_lazy("document sent", "waiting")
    RECEIVED = "received", pgettext_lazy("document sent", "received there")
    REFUSED = "refused", pgettext_lazy("document sent", "refused there")
    DROPPED = "dropped", pgettext_lazy("document sent", "settled another way")

    @classmethod
    def open(cls) -> list["OutgoingState"]:
        """Those in which it is still to be received there."""
        return [cls.QUEUED, cls.REFUSED]


class IncomingState(TextChoices):
    NEW = "new", pgettext_lazy("document received", "to be acknowledged")
    ACKNOWLEDGED = "acknowledged", pgettext_lazy("document received", "acknowledged")
    #: An acknowledgement of theirs: nobody has to do anything.
    NOTED = "noted", pgettext_lazy("document received", "noted")
