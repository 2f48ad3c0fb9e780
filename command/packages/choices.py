from django.db import models
from django.utils.translation import gettext_lazy as _


class LineKind(models.TextChoices):
    ORDER = "order", _("Order")
    CHECKLIST = "checklist", _("Checklist")
