"""Why somebody is kept from one thing."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Ground(models.TextChoices):
    """Source: Petition Work Regulations art. 28 (回避) and art. 30 (检举、控告材料)."""

    RECUSAL = "recusal", _("Recusal")
    ACCUSATION = "accusation", _("Named in an accusation")
