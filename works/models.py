"""Long works: what somebody asked for that takes longer than a page may, and how far it is."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from journal.keys import key
from works.choices import ERRORS, WorkState
from works.rules import TRANSITIONS

_LIVE = [str(state) for state in TRANSITIONS.live]


class WorkQuerySet(models.QuerySet):
    def live(self):
        """Waiting or under way."""
        return self.filter(state__in=_LIVE)


class Work(models.Model):
    """One long work. The row is the truth: a broker only says "look", and whoever does it holds the row."""

    #: Name of its kind (works.kinds.KINDS).
    kind = models.CharField(max_length=40)
    #: Plain values; together with the kind and who asked they are all that it needs.
    arguments = models.JSONField()
    #: Lines of a table that are to be carried out, sealed (works.handed_in). The table itself is kept nowhere, and
    #: these are gone when the work is over.
    handed_in = models.TextField(blank=True, default="")
    #: Empty: the night asked.
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    unit = models.ForeignKey(
        "accounts.Unit", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    #: In which a file is written and a refusal said.
    language = models.CharField(max_length=12, blank=True, default="")
    #: The same again while this one lives is this one.
    fingerprint = models.CharField(max_length=64)
    state = models.CharField(max_length=10, choices=WorkState, default=WorkState.QUEUED)
    asked_at = models.DateTimeField()
    #: When a worker was last told to look; empty: nobody yet.
    sent_at = models.DateTimeField(null=True, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    stop_asked_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    #: Of whoever does it now: a secret of that attempt, one of the places, and its last sign of life.
    holder = models.CharField(max_length=16, blank=True, default="")
    slot = models.PositiveSmallIntegerField(null=True, blank=True)
    beat_at = models.DateTimeField(null=True, blank=True)
    done = models.PositiveIntegerField(default=0)
    #: 0: not known.
    total = models.PositiveIntegerField(default=0)
    #: What it does, or what came of it: a name among the phrases of its kind.
    phrase = models.CharField(max_length=40, blank=True, default="")
    #: Why not: a name of works.choices.ERRORS, and the sentence of a refusal in `language`.
    error = models.CharField(max_length=10, blank=True, default="")
    refusal = models.CharField(max_length=400, blank=True, default="")
    #: Below works.files.folder(); empty where there is none, or none any more.
    file = models.CharField(max_length=60, blank=True, default="")
    saved_as = models.CharField(max_length=120, blank=True, default="")
    content_type = models.CharField(max_length=120, blank=True, default="")

    objects = WorkQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["fingerprint"], condition=Q(state__in=_LIVE), name="one_live_work_per_fingerprint"
            ),
            models.UniqueConstraint(
                fields=["slot"], condition=Q(state="running"), name="one_running_work_per_slot"
            ),
            models.CheckConstraint(
                condition=Q(state="running", slot__isnull=False, beat_at__isnull=False) & ~Q(holder="")
                | (~Q(state="running") & Q(slot__isnull=True, holder="")),
                name="a_running_work_is_held",
            ),
            models.CheckConstraint(
                condition=Q(state__in=_LIVE, ended_at__isnull=True)
                | (~Q(state__in=_LIVE) & Q(ended_at__isnull=False)),
                name="an_ended_work_says_when",
            ),
            models.CheckConstraint(
                condition=~Q(error="") | ~Q(state="failed"), name="a_failed_work_says_why"
            ),
            models.CheckConstraint(
                condition=Q(handed_in="") | Q(state__in=_LIVE), name="an_ended_work_keeps_nothing_handed_in"
            ),
        ]
        indexes = [
            models.Index(fields=["asked_at"], condition=Q(state__in=_LIVE), name="work_live"),
            models.Index(fields=["asked_by", "-asked_at"], name="work_of_person"),
        ]

    def __str__(self):
        return f"{self.kind} {self.pk}"

    @property
    def key(self) -> str:
        return key("work", self.pk)

    @property
    def is_live(self) -> bool:
        return self.state in TRANSITIONS.live

    @property
    def error_text(self) -> str:
        """Why it was not done and what to do, in the reader's language."""
        return f"{ERRORS[self.error]} {self.refusal}".strip() if self.error in ERRORS else ""
