"""Who hears after whom a limit is about."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Told(models.TextChoices):
    DUTY_ROOM = "duty_room", _("Duty room")
    LEADER = "leader", _("Leader on duty")
