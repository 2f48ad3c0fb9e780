"""The words of inquiries into the agency's own conduct. Never a word about who petitioned."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Trigger(models.TextChoices):
    """Source: campaign rules (plan 004) §十1. A1 is missing on purpose: see `rules.OFF`."""

    FAILED = "A2", _("Settling failed, or something was concealed, left out or reported late")
    CRITICISED = "A3", _("Criticised by a higher organ or leader in writing")
    EXPOSED = "A4", _("Exposed by a medium, with grave effect")
    GRAVE = "A5", _("Another event of grave effect or loss")


class Measure(models.TextChoices):
    """Source: §十2; and that nothing has to follow."""

    NONE = "none", _("No measure: the conduct was in order")
    EDUCATION = "education", _("Criticism and education")
    ADMONITION = "admonition", _("Admonition talk")
    CIRCULAR = "circular", _("Criticism in a circular")
    DISCIPLINE = "discipline", _("Handed over for disciplinary action")


class Delivered(models.TextChoices):
    IN_PERSON = "in_person", _("In person")
    IN_WRITING = "in_writing", _("In writing")
    BY_POST = "by_post", _("By post")


class InquiryState(models.TextChoices):
    STARTED = "started", pgettext_lazy("inquiry", "Under way")
    REPORTED = "reported", pgettext_lazy("inquiry", "Reported, to be decided")
    DECIDED = "decided", pgettext_lazy("inquiry", "Decided, to be delivered")
    DELIVERED = "delivered", pgettext_lazy("inquiry", "Delivered")
    NOT_NEEDED = "not_needed", pgettext_lazy("inquiry", "Not needed")


class InquiryVerb(models.TextChoices):
    START = "start", _("Open an inquiry")
    DISMISS = "dismiss", _("No inquiry needed")
    HEAR = "statement", _("Note the statement of who was heard")
    REPORT = "report", pgettext_lazy("inquiry", "Hand in the report")
    DECIDE = "decision", _("Issue the decision")
    DELIVER = "deliver", _("Note the delivery")
    ERASE = "erase", _("Destroy the contents")
