"""The words of zero-reports."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from common.dates.periods import DAILY, WEEKLY


class CadenceKind(models.TextChoices):
    """How often a unit answers. Written as `common.dates.periods` writes it."""

    EVERY_DAY = DAILY, _("Daily")
    EVERY_WEEK = WEEKLY, _("Weekly")


class Answer(models.TextChoices):
    """What a unit says. The third value, silence, is not an answer: it is stored when the time is up."""

    NIL = "nil", _("Nothing to report")
    ITEMS = "items", _("Something to report")


class Via(models.TextChoices):
    PAGE = "page", _("Web page")
    API = "api", _("API")
    TABLE = "table", _("Table for several units")
    WORKBOOK = "sheet", _("Workbook for several units")
    LINK = "link", _("One-tap link")


class DisputeClass(models.TextChoices):
    """The seven classes of screening. Source: Jintan campaign rules, section 一 3."""

    LAND = "land", _("Land and demolition")
    PROJECTS = "projects", _("Major construction projects")
    ENTERPRISE = "enterprise", _("Enterprise restructuring")
    ENVIRONMENT = "environment", _("Environment")
    SCHOOL_HEALTH = "school_health", _("Schools and health care")
    LABOUR = "labour", _("Labour")
    LEGAL = "legal", _("Courts and litigation")


class CellState(models.TextChoices):
    """What a unit × period of the matrix shows; the values are the marks of `table.matrix`."""

    NIL = "nil", _("Nothing to report")
    ITEMS = "items", _("Something to report")
    LATE = "late", pgettext_lazy("zero-report", "Late")
    MISSING = "missing", _("Not reported")
    WAITING = "future", _("Not due yet")
    NOT_ASKED = "off", _("Not asked")


class Shown(models.TextChoices):
    """Which rows of the matrix are shown."""

    ALL = "", _("All units")
    GAPS = "gaps", _("With a day not reported")
    LATE = "late", _("With a late day")
    ITEMS = "items", _("With something reported")
