"""The journal: what happened, once, in one order, and never changed afterwards."""

from django.conf import settings
from django.db import models

from common.database.paths import PathField
from common.drills import RealRows


class EntryQuerySet(RealRows):
    def numbered(self):
        """Entries every reader may rely on: they have their number."""
        return self.filter(number__isnull=False).order_by("number")

    def visible_to(self, reader):
        """Entries `reader` may see at this moment. A reader brings its own filter (`entry_filter()`)."""
        return self.filter(reader.entry_filter())

    def in_thread(self, thread: str):
        return self.filter(thread=thread)


class Entry(models.Model):
    """One thing that happened. Append-only, held by database triggers.

    `number` is empty until the commit has happened, then given once, without gaps, together with `hash`.
    `body` is the exact canonical text that is hashed; the columns beside it repeat parts of it for indexes.
    """

    number = models.BigIntegerField(null=True, unique=True, editable=False)
    kind = models.CharField(max_length=60)
    audience = models.CharField(max_length=12)
    #: What the entry is about, e.g. "order:17".
    subject = models.CharField(max_length=60)
    #: The incident (or other whole) it belongs to, e.g. "incident:5".
    thread = models.CharField(max_length=60)
    # No index of their own on unit and person: nothing is searched by them, and every entry would pay for them
    # twice, when it is written and when it gets its number.
    unit = models.ForeignKey(
        "accounts.Unit", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    unit_path = PathField(blank=True, default="")
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    actor_name = models.CharField(max_length=80, blank=True, default="")
    post = models.CharField(max_length=120, blank=True, default="")
    at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    level = models.CharField(max_length=20, blank=True, default="")
    #: The plan version the thing runs under, "id@version".
    plan = models.CharField(max_length=120, blank=True, default="")
    drill = models.BooleanField(default=False)
    body = models.TextField()
    hash = models.CharField(max_length=64, blank=True, default="")

    objects = EntryQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["thread", "number"]),
            models.Index(fields=["subject", "number"]),
            models.Index(fields=["unit_path", "number"]),
            models.Index(
                fields=["id"], condition=models.Q(number__isnull=True), name="journal_entry_unnumbered"
            ),
        ]

    def __str__(self):
        return f"{self.number or '–'} {self.kind} {self.subject}"


class Head(models.Model):
    """The last number given and its hash: one row."""

    number = models.BigIntegerField(default=0)
    hash = models.CharField(max_length=64, default="")
