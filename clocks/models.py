"""Clocks are rows, not timers: a deadline that is stored can be asked for, counted and never forgotten."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language

from clocks import rules
from clocks.choices import Origin, Per, State
from common.database.paths import PathField
from common.drills import RealRows
from journal.keys import key


class Sentence(models.Model):
    """A plan's sentence about time: from this entry, to that entry, within this long, by this role."""

    #: The plan version, "id@version".
    plan = models.CharField(max_length=120)
    clock_id = models.CharField(max_length=60)
    title_zh = models.CharField(max_length=120)
    title_en = models.CharField(max_length=160, blank=True, default="")
    duration = models.CharField(max_length=30)
    role = models.CharField(max_length=200, blank=True, default="")
    cite = models.CharField(max_length=120, blank=True, default="")
    #: By how much it may be extended, with approval; empty = not at all.
    max_extension = models.CharField(max_length=30, blank=True, default="")
    #: Whether it stands still while the plan says it does (a hearing).
    pausable = models.BooleanField(default=False)
    #: How long before the deadline people are warned, separated by spaces; empty = not.
    warn_before = models.CharField(max_length=60, blank=True, default="")
    #: Name of a function registered in clocks.breaches.effects that follows a breach; empty = the entry alone.
    effect = models.CharField(max_length=60, blank=True, default="")
    origin = models.CharField(max_length=10, choices=Origin, default=Origin.SOURCE)

    class Meta:
        abstract = True

    @property
    def title(self) -> str:
        """The English title for an English reader where there is one, else the Chinese."""
        in_english = self.title_en and (get_language() or "").startswith("en")
        return self.title_en if in_english else self.title_zh


class ClockRule(Sentence):
    """One clock of one plan version. Written once with the version (clocks.actions.write_rules), never changed."""

    start_kind = models.CharField(max_length=60, blank=True, default="")
    #: Empty: nothing stops it but a cancellation.
    stop_kind = models.CharField(max_length=60, blank=True, default="")
    #: Levels for which it starts, separated by spaces; empty = every level.
    when_level = models.CharField(max_length=60, blank=True, default="")
    #: Not in a drill.
    real_only = models.BooleanField(default=False)
    per = models.CharField(max_length=10, choices=Per, default=Per.SUBJECT)
    #: Of one that counts back: the appointment before which it ends. It has no `start_kind`.
    before_kind = models.CharField(max_length=60, blank=True, default="")
    #: Of one that comes back: with each stop the next begins, until this entry.
    recurs = models.BooleanField(default=False)
    until_kind = models.CharField(max_length=60, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["plan", "clock_id"], name="one_rule_per_plan_and_clock"),
            models.CheckConstraint(
                condition=Q(start_kind="") & ~Q(before_kind="") | ~Q(start_kind="") & Q(before_kind=""),
                name="clock_rule_starts_or_counts_back",
            ),
        ]

    def __str__(self):
        return f"{self.plan} {self.clock_id}"


#: Still owed: neither stopped nor cancelled.
RUNNING = Q(stopped_at__isnull=True, cancelled_at__isnull=True)
#: Breached, or about to be: not stopped or cancelled by its deadline. The sweep asks with the same words as
#: the index, so that both databases use it.
UNSWEPT = (
    Q(breached_at__isnull=True)
    & (Q(stopped_at__isnull=True) | Q(stopped_at__gt=F("due_at")))
    & (Q(cancelled_at__isnull=True) | Q(cancelled_at__gt=F("due_at")))
)


class ClockQuerySet(RealRows):
    def running(self):
        return self.filter(RUNNING)

    def unswept(self, now):
        """Past their deadline and not yet recorded as breached."""
        return self.filter(UNSWEPT, due_at__lt=now)

    def about(self, key: str):
        """Clocks of one subject ("order:17") or of a whole thread ("incident:5")."""
        return self.filter(Q(subject=key) | Q(thread=key))

    def visible_to(self, reach):
        """Clocks of units this person sees, and of incidents shared with them."""
        seen = reach.filter("incident.view")
        if reach.threads:
            seen |= Q(thread__in=reach.threads)
        if not reach.has("inquiry.view"):
            # That somebody's conduct is looked into is nobody else's business.
            seen &= ~Q(subject__startswith=key("inquiry"))
        return self.filter(seen, reach.open_rows(key="subject"), reach.open_rows(key="thread"))


class Clock(Sentence):
    """One running, stopped or cancelled clock. The rule's fields are copied: a plan's later version changes nothing.

    At most one runs per clock and subject. It may run again after it ended: then `generation` counts.
    """

    subject = models.CharField(max_length=60)
    thread = models.CharField(max_length=60)
    unit = models.ForeignKey(
        "accounts.Unit", null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    unit_path = PathField(blank=True, default="")
    generation = models.PositiveSmallIntegerField(default=1)
    drill = models.BooleanField(default=False)

    started_at = models.DateTimeField()
    #: The last moment in time; empty where the plan gives no figure, or while `provisional`.
    due_at = models.DateTimeField(null=True, blank=True)
    #: True when its working days run into a year whose calendar is not loaded.
    provisional = models.BooleanField(default=False)
    #: So many days (or working days, as `max_extension` says) were added with approval.
    extended = models.PositiveSmallIntegerField(default=0)
    #: Since when it stands still: then it has no deadline.
    paused_at = models.DateTimeField(null=True, blank=True)
    #: When it stood still, as [from, until] in ISO 8601, oldest first.
    pauses = models.JSONField(default=list, blank=True)
    #: When people are to be warned next; empty = warned, or nobody need be.
    warn_due_at = models.DateTimeField(null=True, blank=True)
    stopped_at = models.DateTimeField(null=True, blank=True)
    #: When the sweep recorded the breach.
    breached_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancel_reason = models.CharField(max_length=200, blank=True, default="")
    #: When to try again the effect that failed; empty = nothing to try.
    effect_due_at = models.DateTimeField(null=True, blank=True)
    #: When people are to be told of the breach; empty = told, or nobody need be.
    tell_due_at = models.DateTimeField(null=True, blank=True)
    #: Since when people know that it is overdue; empty again once that is over (clocks.breaches.overdue).
    told_at = models.DateTimeField(null=True, blank=True)
    effect_tries = models.PositiveSmallIntegerField(default=0)

    # Without indexes: entries are never deleted, and nobody asks for clocks by entry.
    start_entry = models.ForeignKey(
        "journal.Entry", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    stop_entry = models.ForeignKey(
        "journal.Entry", null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )

    objects = ClockQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["subject", "clock_id", "generation"], name="clock_generation_once"
            ),
            models.UniqueConstraint(
                fields=["subject", "clock_id"], condition=RUNNING, name="clock_runs_once_per_subject"
            ),
            models.CheckConstraint(
                condition=Q(stopped_at__isnull=True) | Q(cancelled_at__isnull=True),
                name="clock_stopped_or_cancelled",
            ),
            models.CheckConstraint(
                condition=Q(stopped_at__isnull=True) | Q(stopped_at__gte=F("started_at")),
                name="clock_stops_after_it_starts",
            ),
            models.CheckConstraint(
                condition=Q(due_at__isnull=True) | Q(provisional=False), name="clock_provisional_has_no_date"
            ),
            models.CheckConstraint(
                condition=Q(paused_at__isnull=True) | Q(due_at__isnull=True, provisional=False),
                name="clock_paused_has_no_date",
            ),
            models.CheckConstraint(
                condition=Q(breached_at__isnull=True) | Q(due_at__isnull=False),
                name="clock_breached_has_a_deadline",
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=UNSWEPT, name="clock_unswept"),
            models.Index(
                fields=["effect_due_at"],
                condition=Q(effect_due_at__isnull=False),
                name="clock_effect_to_retry",
            ),
            models.Index(
                fields=["tell_due_at"], condition=Q(tell_due_at__isnull=False), name="clock_to_tell_of"
            ),
            models.Index(
                fields=["warn_due_at"], condition=Q(warn_due_at__isnull=False), name="clock_to_warn_of"
            ),
            models.Index(fields=["id"], condition=Q(told_at__isnull=False), name="clock_told_of"),
            models.Index(fields=["thread"], name="clock_thread"),
            models.Index(fields=["unit_path", "due_at"], condition=RUNNING, name="clock_running_by_unit"),
            models.Index(fields=["id"], condition=Q(provisional=True), name="clock_provisional"),
            # The ledger of time limits, the last one first.
            models.Index(fields=["started_at"], name="clock_by_begin"),
            # Pictures and yearly figures: some months, without drills. Not by `due_at` alone, or SQLite would read the
            # whole past for what is due soon, instead of the small index of what runs.
            models.Index(fields=["drill", "due_at"], name="clock_by_end"),
        ]

    def __str__(self):
        return f"{self.clock_id} {self.subject}"

    @property
    def is_late(self) -> bool:
        return rules.is_late(due_at=self.due_at, stopped_at=self.stopped_at)

    @property
    def is_running(self) -> bool:
        return self.stopped_at is None and self.cancelled_at is None

    def state(self, now) -> str:
        """on_track | at_risk | paused | met | breached | cancelled at `now`."""
        if self.paused_at and self.is_running:
            return State.PAUSED
        return rules.state_of(
            started_at=self.started_at,
            due_at=self.due_at,
            stopped_at=self.stopped_at,
            cancelled_at=self.cancelled_at,
            breached_at=self.breached_at,
            now=now,
        )


class WorkCalendarDay(models.Model):
    """Whether one day is a working day, make-up days included. The table is the truth; files only fill it."""

    date = models.DateField(unique=True)
    is_workday = models.BooleanField()
    #: Where the row comes from, e.g. the file's name.
    source = models.CharField(max_length=80)
    #: The holiday's name or the notice behind an exception.
    notice = models.CharField(max_length=120, blank=True, default="")

    def __str__(self):
        return f"{self.date} {'work' if self.is_workday else 'off'}"
