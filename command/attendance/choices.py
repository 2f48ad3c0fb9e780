"""The words of attendance: who is called to the scene, who receives people, what was offered to them."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class CalledKind(models.TextChoices):
    POLICE = "police", pgettext_lazy("called", "Police")
    DEPARTMENT = "department", pgettext_lazy("called", "County department")
    TOWNSHIP = "township", pgettext_lazy("called", "Township")


class CallState(models.TextChoices):
    NOTIFIED = "notified", pgettext_lazy("called", "Notified")
    PRESENT = "present", pgettext_lazy("called", "On the scene")
    LEFT = "left", pgettext_lazy("called", "Left")
    NOT_NEEDED = "not_needed", pgettext_lazy("called", "Not needed any more")


class CallVerb(models.TextChoices):
    NOTIFY = "notify", _("Notify to attend")
    ARRIVE = "arrive", _("They have arrived")
    LEAVE = "leave", _("They have left")
    STAND_DOWN = "stand-down", _("They need not come")


class Route(models.TextChoices):
    """Who receives people; how the plan says it stands in its chapter, under these names."""

    SINGLE_UNIT = "single_unit", _("The unit concerned receives")
    CROSS_UNIT = "cross_unit", _("Joint reception of several units")
    MAJOR_COMPLEX = "major_complex", _("A leader receives")


class OfferState(models.TextChoices):
    OFFERED = "offered", pgettext_lazy("reception", "Offered")
    TAKEN_UP = "taken_up", pgettext_lazy("reception", "Taken up")
    NOT_TAKEN_UP = "not_taken_up", pgettext_lazy("reception", "Not taken up")


class OfferVerb(models.TextChoices):
    OFFER = "offer", _("Offer a reception")
    TAKE_UP = "take-up", _("It is taken up")
    LET_PASS = "let-pass", _("It is not taken up")
