"""Rosters: rotations that make them, the shifts they consist of, swaps, and the keys of calendar feeds."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.timezone import localtime

from common.database.paths import PathField
from journal.keys import key
from notices.choices import Channel
from rosters import rules
from rosters.choices import RosterState, SwapState


class Rotation(models.Model):
    """How one post's duty goes round in its unit. Changing it changes no roster that stands."""

    post = models.OneToOneField("accounts.Post", on_delete=models.PROTECT, related_name="rotation")
    unit_path = PathField()
    first_day = models.DateField()
    hand_over = models.TimeField()
    night_from = models.TimeField(null=True, blank=True)
    #: Of a duty that is of certain hours alone; empty: it goes on to the next day's.
    day_ends = models.TimeField(null=True, blank=True)
    #: "135" = Monday, Wednesday and Friday; empty = every day.
    weekdays = models.CharField(max_length=7, blank=True, default="")
    days_each = models.PositiveSmallIntegerField(default=1)
    off_days_apart = models.BooleanField(default=False)
    #: So many people on duty at the same time.
    minimum = models.PositiveSmallIntegerField(default=1)
    #: How long the incoming person has to confirm before the stand-in is on duty.
    confirm_minutes = models.PositiveSmallIntegerField(default=5)
    #: How the incoming person's number is tested at the hour; empty: on the plan's channel.
    test_channel = models.CharField(max_length=10, choices=Channel, blank=True, default="")
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(days_each__gte=1, days_each__lte=31), name="a_turn_lasts_1_to_31_days"
            ),
            models.CheckConstraint(
                condition=Q(minimum__gte=1, minimum__lte=20), name="a_post_needs_1_to_20_people"
            ),
            models.CheckConstraint(
                condition=Q(confirm_minutes__gte=1, confirm_minutes__lte=60),
                name="a_shift_is_confirmed_within_1_to_60_minutes",
            ),
            models.CheckConstraint(
                condition=Q(night_from__isnull=True) | ~Q(night_from=F("hand_over")),
                name="the_night_begins_at_another_hour",
            ),
            models.CheckConstraint(
                condition=Q(day_ends__isnull=True) | Q(night_from__isnull=True, day_ends__gt=F("hand_over")),
                name="a_duty_of_hours_ends_the_same_day",
            ),
        ]

    def __str__(self):
        return f"rotation of {self.post_id}"


class RotationMember(models.Model):
    """A person's place in a rotation."""

    rotation = models.ForeignKey(Rotation, on_delete=models.CASCADE, related_name="members")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    place = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["place"]
        constraints = [
            models.UniqueConstraint(fields=["rotation", "person"], name="one_place_per_person"),
            models.UniqueConstraint(fields=["rotation", "place"], name="one_person_per_place"),
        ]

    def __str__(self):
        return f"{self.place}: {self.person_id}"


class RosterQuerySet(models.QuerySet):
    def visible_to(self, reach):
        """Published ones of units this person may look at; drafts of units whose rosters they draft."""
        drafts = reach.filter("roster.draft")
        return self.filter(drafts | (reach.filter("roster.view") & Q(state=RosterState.PUBLISHED)))


class Roster(models.Model):
    """Who has duty in one unit from one day to another, drafted and then published as a whole."""

    unit = models.ForeignKey("accounts.Unit", on_delete=models.PROTECT, related_name="rosters")
    unit_path = PathField()
    #: Duty days, both included; the last one's duty ends at the hand-over of the next day.
    first_day = models.DateField()
    last_day = models.DateField()
    state = models.CharField(max_length=10, choices=RosterState, default=RosterState.DRAFT)
    drafted_at = models.DateTimeField()
    drafted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    #: What was found when it was published, as it was then.
    findings = models.JSONField(default=list)
    #: Why it was published all the same.
    reason = models.CharField(max_length=300, blank=True, default="")
    #: Counts changes; the ETag of the API.
    rev = models.PositiveIntegerField(default=1)

    objects = RosterQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(last_day__gte=F("first_day")), name="a_roster_ends_after_it_begins"
            ),
            models.CheckConstraint(
                condition=Q(state=RosterState.DRAFT, published_at__isnull=True)
                | Q(state=RosterState.PUBLISHED, published_at__isnull=False),
                name="a_published_roster_has_its_time",
            ),
            models.CheckConstraint(
                condition=Q(findings=[]) | ~Q(reason="") | Q(state=RosterState.DRAFT),
                name="a_roster_with_findings_has_a_reason",
            ),
        ]
        indexes = [models.Index(fields=["unit_path", "first_day"])]

    def __str__(self):
        return f"{self.unit_id} {self.first_day} – {self.last_day}"

    @property
    def key(self) -> str:
        return key("roster", self.pk)

    @property
    def is_draft(self) -> bool:
        return self.state == RosterState.DRAFT


class ShiftQuerySet(models.QuerySet):
    def visible_to(self, reach):
        """Shifts of units this person may look at, and their own wherever they are."""
        return self.filter(reach.filter("roster.view", field="post__unit__path") | Q(person=reach.user))

    def in_force(self):
        return self.filter(in_force=True)

    def at(self, moment, earliest=None):
        """In force at a moment: one short range of one index, however long the table is.

        No shift that began at `earliest`, which is LONGEST before it, lasts until then."""
        return self.filter(
            in_force=True,
            starts_at__lte=moment,
            starts_at__gt=earliest or moment - rules.LONGEST,
            ends_at__gt=moment,
        )

    def overlapping(self, start, end):
        return self.filter(starts_at__lt=end, starts_at__gt=start - rules.LONGEST, ends_at__gt=start)

    def for_lists(self):
        return self.select_related("post__unit", "person", "stand_in").order_by(
            "starts_at", "post__kind", "post_id", "pk"
        )


class Shift(models.Model):
    """A person's duty on a post from one moment up to another: who answers the telephone tonight."""

    #: None: entered before rosters were kept.
    roster = models.ForeignKey(Roster, null=True, on_delete=models.CASCADE, related_name="shifts")
    post = models.ForeignKey("accounts.Post", on_delete=models.PROTECT, related_name="shifts")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="shifts")
    #: Who is on duty instead if `person` does not confirm.
    stand_in = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    #: False in a draft, and again once another shift has taken its place: the row stays for the record.
    in_force = models.BooleanField(default=False)
    is_night = models.BooleanField(default=False)
    is_off_day = models.BooleanField(default=False)
    #: Why it is not as the rotation made it (an override or a swap).
    note = models.CharField(max_length=200, blank=True, default="")
    #: When it lost its place in a published roster.
    ended_early_at = models.DateTimeField(null=True, blank=True)
    #: Counts changes of a published shift: SEQUENCE of the calendar feed.
    rev = models.PositiveSmallIntegerField(default=0)
    changed_at = models.DateTimeField(null=True, blank=True)

    #: The start of the shift: asked to confirm, by when, whether they did, and who came instead.
    began_at = models.DateTimeField(null=True, blank=True)
    confirm_by = models.DateTimeField(null=True, blank=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    stood_in_at = models.DateTimeField(null=True, blank=True)
    #: When it was looked whether the number itself had answered its test.
    number_checked_at = models.DateTimeField(null=True, blank=True)

    objects = ShiftQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="a_shift_ends_after_it_starts"
            ),
            models.UniqueConstraint(
                fields=["post", "person", "starts_at"], condition=Q(in_force=True), name="one_shift_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(stood_in_at__isnull=True) | Q(began_at__isnull=False),
                name="a_stand_in_follows_a_beginning",
            ),
        ]
        indexes = [
            models.Index(fields=["post", "starts_at"], condition=Q(in_force=True), name="shift_by_post"),
            models.Index(fields=["person", "starts_at"], name="shift_by_person"),
            models.Index(
                fields=["starts_at"], condition=Q(in_force=True, began_at__isnull=True), name="shift_to_begin"
            ),
            models.Index(
                fields=["confirm_by"],
                condition=Q(began_at__isnull=False, number_checked_at__isnull=True),
                name="shift_number_to_check",
            ),
        ]

    def __str__(self):
        return f"{self.post_id} {localtime(self.starts_at):%m-%d %H:%M}"

    @property
    def key(self) -> str:
        return key("shift", self.pk)

    @property
    def number_key(self) -> str:
        """Subject of the number's own test: an answer on screen must not stand for it."""
        return f"{self.key}.number"

    def in_turn(self, at) -> list[int]:
        """Whose turn it is at `at`, the first one first: the person, or the stand-in until they came after all."""
        came = self.stood_in_at is not None and self.stood_in_at <= at
        if came and self.confirmed_at is not None and self.stood_in_at <= self.confirmed_at <= at:
            came = False
        order = (self.stand_in_id, self.person_id) if came else (self.person_id, self.stand_in_id)
        return [pk for pk in order if pk is not None]


class SwapQuerySet(models.QuerySet):
    def visible_to(self, reach):
        """One's own, those one is asked for, and those of units whose rosters one publishes."""
        leads = reach.filter("roster.publish", field="shift__post__unit__path")
        return self.filter(Q(proposed_by=reach.user) | Q(other=reach.user) | leads)

    def open(self):
        return self.filter(state__in=rules.OPEN_SWAPS)


class Swap(models.Model):
    """One person's shift for another's, or given away: proposed, accepted by the other, approved by a leader."""

    shift = models.ForeignKey(Shift, on_delete=models.CASCADE, related_name="swaps")
    #: What the other one gives for it; None: takes it without exchange.
    in_return = models.ForeignKey(Shift, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    other = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=200, blank=True, default="")
    state = models.CharField(max_length=10, choices=SwapState, default=SwapState.PROPOSED)
    proposed_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = SwapQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["shift"], condition=Q(state__in=rules.OPEN_SWAPS), name="one_open_swap_per_shift"
            ),
            models.CheckConstraint(condition=~Q(proposed_by=F("other")), name="nobody_swaps_with_themself"),
            models.CheckConstraint(
                condition=~Q(state__in=[SwapState.APPROVED, SwapState.REFUSED])
                | Q(decided_at__isnull=False, decided_by__isnull=False),
                name="a_decided_swap_names_who_decided",
            ),
        ]
        indexes = [models.Index(fields=["other", "state"]), models.Index(fields=["proposed_by", "state"])]

    def __str__(self):
        return f"swap of {self.shift_id}: {self.state}"

    @property
    def key(self) -> str:
        return key("swap", self.pk)


class FeedKey(models.Model):
    """The key of a calendar feed: of one person's own duties (`unit` None) or of a unit's. Only its hash is kept."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="feed_keys")
    unit = models.ForeignKey("accounts.Unit", null=True, on_delete=models.CASCADE, related_name="+")
    hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    def __str__(self):
        return f"{self.owner_id} {self.unit_id or 'own'}"
