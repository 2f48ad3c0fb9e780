"""The words of wall screens."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Scale(models.TextChoices):
    """How large letters are: by how wide the wall is that is read from 8 m (docs/wall.md has other distances)."""

    SMALL = "s", _("Small: wider than 5 m")
    MEDIUM = "m", _("Medium: 4 to 5 m wide")
    LARGE = "l", _("Large: 3 to 4 m wide")
    HUGE = "xl", _("Largest: a single screen of 2.2 m or more")


class Theme(models.TextChoices):
    DARK = "dark", _("Dark")
    LIGHT = "light", _("Light")
