"""The words of demands: what a reply says about the demand. Never a word about who made it."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class DemandOutcome(models.TextChoices):
    """Source: Petition Work Regulations art. 32: supported, explained, not supported."""

    SUPPORTED = "supported", _("Supported: founded in fact and law")
    EXPLAINED = "explained", _("Explained: reasonable, without a basis in law")
    NOT_SUPPORTED = "not_supported", _("Not supported: without a basis in fact, or against the law")
