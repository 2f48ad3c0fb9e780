"""The words of questions about zeros."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ReplyReason(models.TextChoices):
    """What a unit says when a zero of its own and an incident found another way disagree."""

    LEARNT_LATER = "later", _("We learnt of it only later")
    ELSEWHERE = "elsewhere", _("It happened elsewhere")
    NOT_ASKED = "not_asked", _("It is not something reports ask for")
    OVERLOOKED = "overlooked", _("It was overlooked")
