"""The words of shifts and handovers."""

from django.db import models
from django.utils.translation import pgettext_lazy


class ItemKind(models.TextChoices):
    INCIDENT = "incident", pgettext_lazy("handover", "Open incident")
    WARNING = "warning", pgettext_lazy("handover", "Warning without a signature")
    CLOCK = "clock", pgettext_lazy("handover", "Running time limit")
    SILENT = "silent", pgettext_lazy("handover", "Silent unit")
    ORDER = "order", pgettext_lazy("handover", "Open order")
    LINKAGE = "linkage", pgettext_lazy("handover", "Linkage order not answered yet")
    MATERIAL = "material", pgettext_lazy("handover", "Wanting in the stock")


class PackState(models.TextChoices):
    WAITING = "waiting", pgettext_lazy("paper", "Being written")
    WRITTEN = "written", pgettext_lazy("paper", "Written")
    FAILED = "failed", pgettext_lazy("paper", "Not written")
    DELETED = "deleted", pgettext_lazy("paper", "Deleted after its time")
