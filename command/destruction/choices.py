"""The words of destroying what an incident gathered about people, or keeping it for a while."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class DataKind(models.TextChoices):
    """What an incident may have gathered about people."""

    POSITION = "position", _("Where the reporter's device was")
    CONTACTS = "contacts", _("Who at another authority took a call, a paper or a squad")
    VOICE = "voice", _("What the reporter of the alarm said (voice note)")
    TEXTS = "texts", _("Numbers of people in texts and messages")
    SIGNED = "signed", _("Numbers of people in signed texts")
    JOURNAL = "journal", _("Numbers of people in journal entries, kept by a signed reason")


class ItemState(models.TextChoices):
    KEPT = "kept", pgettext_lazy("certificate", "Kept")
    DESTROYED = "destroyed", pgettext_lazy("certificate", "Destroyed")
    REPLACED = "replaced", pgettext_lazy("certificate", "Decided anew after another closing")


class ItemVerb(models.TextChoices):
    DESTROY = "destroy", pgettext_lazy("certificate", "Destroy")
    KEEP = "keep", pgettext_lazy("certificate", "Keep after an assessment")
    KEEP_LONGER = "keep-longer", pgettext_lazy("certificate", "Keep longer")
    END = "end", pgettext_lazy("certificate", "Destroy now")
    REPLACE = "replace", pgettext_lazy("certificate", "Decide anew")


class Ground(models.TextChoices):
    """What it may be kept for; the Law names no other."""

    EVIDENCE = "evidence", pgettext_lazy("certificate", "Evidence")
    INVESTIGATION = "investigation", pgettext_lazy("certificate", "Investigation and assessment")


class Method(models.TextChoices):
    CLEARED = "cleared", pgettext_lazy("certificate", "Fields emptied in the database")
    ERASED = "erased", pgettext_lazy("certificate", "File erased, its hash stays")
    MASKED = "masked", pgettext_lazy("certificate", "Numbers masked in the database")
