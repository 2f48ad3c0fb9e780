"""The words of matters."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class MatterState(models.TextChoices):
    REGISTERED = "registered", pgettext_lazy("matter", "Registered")
    ASSIGNED = "assigned", pgettext_lazy("matter", "Assigned")
    COORDINATED = "coordinated", pgettext_lazy("matter", "Being coordinated")
    FOLLOWED = "followed", pgettext_lazy("matter", "Being followed")
    FILED = "filed", pgettext_lazy("matter", "Filed")


class MatterVerb(models.TextChoices):
    REGISTER = "register", pgettext_lazy("matter", "Register")
    ASSIGN = "assign", pgettext_lazy("matter", "Assign")
    COORDINATE = "coordinate", pgettext_lazy("matter", "Coordinate")
    FOLLOW = "follow", pgettext_lazy("matter", "Follow up")
    FILE = "file", pgettext_lazy("matter", "File")
    REOPEN = "reopen", pgettext_lazy("matter", "Take up again")
    #: Beside the six duties: what became of it.
    TO_INCIDENT = "to_incident", _("Turn into an incident")
    ACCEPT = "accept", _("Accept as a major or difficult dispute")
    END_MEDIATION = "end_mediation", _("Mediation has ended")
    #: Taken on as a demand, which stands on its own from then on.
    DEMAND = "demand", _("Taken on as a demand")
    ACCUSATION = "accusation", _("Accusation kept from whom it names")
