"""The words of command: the states of an order, the acts that move it, whom it may go to."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class OrderState(models.TextChoices):
    ISSUED = "issued", pgettext_lazy("order", "Issued")
    ACKNOWLEDGED = "acknowledged", pgettext_lazy("order", "Acknowledged")
    UNDER_WAY = "under_way", pgettext_lazy("order", "Under way")
    ARRIVED = "arrived", pgettext_lazy("order", "Arrived")
    ARRIVAL_CONFIRMED = "arrival_confirmed", pgettext_lazy("order", "Arrival confirmed")
    COMPLETED = "completed", pgettext_lazy("order", "Completed")
    DECLINED = "declined", pgettext_lazy("order", "Declined")
    RECALLED = "recalled", pgettext_lazy("order", "Recalled")
    STOOD_DOWN = "stood_down", pgettext_lazy("order", "Not needed, enough came")


class OrderVerb(models.TextChoices):
    ACKNOWLEDGE = "acknowledge", _("Acknowledge")
    DEPART = "depart", _("Set out")
    ARRIVE = "arrive", _("We have arrived")
    CONFIRM_ARRIVAL = "confirm-arrival", _("Confirm the arrival")
    COMPLETE = "complete", _("Task completed")
    DECLINE = "decline", _("We cannot")
    RECALL = "recall", _("Recall")
    STAND_DOWN = "stand-down", _("Stand down, enough have answered")


class TargetKind(models.TextChoices):
    UNIT = "unit", _("Unit")
    SQUAD = "squad", _("Squad")
    PERSON = "person", _("Person")
    #: A post of a unit, whoever holds it.
    ROLE = "role", _("Post")
    #: Whoever is on duty there.
    DUTY = "duty", _("Whoever is on duty")

    def named(self, name: str) -> str:
        """A recipient as the API writes it: "unit:C1", "squad:dialogue@C1", "role:director@C1"."""
        return f"{self.value}:{name}"
