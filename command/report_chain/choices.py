"""The words of the report chain: kinds of reports, their states, what is done with them, the parts of their text."""

from django.db import models
from django.utils.translation import pgettext_lazy


class ReportKind(models.TextChoices):
    INITIAL = "initial", pgettext_lazy("report chain", "Initial report")
    CONTINUED = "continued", pgettext_lazy("report chain", "Follow-up report")
    FINAL = "final", pgettext_lazy("report chain", "Final report")


class ReportState(models.TextChoices):
    DRAFT = "draft", pgettext_lazy("report chain", "Draft, to be signed")
    SIGNED = "signed", pgettext_lazy("report chain", "Signed, to be sent")
    SENT = "sent", pgettext_lazy("report chain", "Sent, receipt awaited")
    RECEIVED = "received", pgettext_lazy("report chain", "Received by everybody")
    DISCARDED = "discarded", pgettext_lazy("report chain", "Discarded")


class ReportVerb(models.TextChoices):
    REVISE = "revise", pgettext_lazy("report chain", "Change the text")
    ASK = "ask", pgettext_lazy("report chain", "Ask for the signature")
    PHONE = "phone", pgettext_lazy("report chain", "Record a telephone report")
    DISCARD = "discard", pgettext_lazy("report chain", "Discard")
    SIGN = "sign", pgettext_lazy("report chain", "Sign")
    DELIVER = "deliver", pgettext_lazy("report chain", "Send to one recipient")
    COMPLETE = "complete", pgettext_lazy("report chain", "Send to the last recipient")
    RECEIVE = "receive", pgettext_lazy("report chain", "Record a receipt")
    SETTLE = "settle", pgettext_lazy("report chain", "Record the last receipt")


class LineAbove(models.TextChoices):
    """A unit is led by two: along its own trade, and by the authority of its area (双重领导)."""

    BUSINESS = "business", pgettext_lazy("report chain", "Business line")
    LOCAL = "local", pgettext_lazy("report chain", "Local line")


class Channel(models.TextChoices):
    """By which way the text of a report goes to an authority that is not in this system."""

    FAX = "fax", pgettext_lazy("report chain", "by fax")
    INTRANET = "intranet", pgettext_lazy("report chain", "over the government network")
    IN_PERSON = "in_person", pgettext_lazy("report chain", "in person")
    #: Where it is: to an authority that has an installation of its own (exchange).
    EXCHANGE = "exchange", pgettext_lazy("report chain", "over the exchange between systems")


class ReportField(models.TextChoices):
    """What a report has to say, in the order of the paper. Source: linkage plan §4.2."""

    TIME = "time", pgettext_lazy("report chain", "Time")
    PLACE = "place", pgettext_lazy("report chain", "Place")
    COURSE = "course", pgettext_lazy("report chain", "Course")
    RESULT = "result", pgettext_lazy("report chain", "Result")
    SITUATION = "situation", pgettext_lazy("report chain", "Present situation")
    MEASURES = "measures", pgettext_lazy("report chain", "Measures taken")
    CONTACT = "contact", pgettext_lazy("report chain", "Contact of the person in charge")
    OTHER = "other", pgettext_lazy("report chain", "Other")
