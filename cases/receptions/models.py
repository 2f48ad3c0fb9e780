"""A reception: where and when people are received, how many come, which points they raise. Never who they are."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from cases.receptions.choices import ReceptionOutcome, ReceptionState, ReceptionVerb
from cases.receptions.rules import MOST_REPRESENTATIVES
from common.database.paths import PathField
from common.drills import RealRows
from journal.keys import key


class ReceptionQuerySet(RealRows):
    def of_units(self, reach):
        """Those of the units whose reports one's posts may look at: the same for everybody on such a post."""
        return self.filter(reach.filter("report.view"))

    def visible_to(self, reach):
        """Receptions of the own units and below, and those one is named to receive at."""
        named = Reception.receivers.through.objects.filter(user=reach.user, reception=models.OuterRef("pk"))
        seen = reach.filter("report.view") | Q(models.Exists(named))
        return self.filter(seen, reach.open_rows(reception="pk"))


#: How a state stands out; what came to nothing does not.
_LOOKS = {ReceptionState.BOOKED: "wait", ReceptionState.UNDER_WAY: "info", ReceptionState.ENDED: "ok"}


class Reception(models.Model):
    """One hour at one place. `scheduled_at` None: people simply came."""

    number = models.CharField(max_length=60, unique=True)
    unit = models.ForeignKey("accounts.Unit", on_delete=models.PROTECT, related_name="+")
    unit_path = PathField()
    incident = models.ForeignKey(
        "incidents.Incident", null=True, blank=True, on_delete=models.PROTECT, related_name="receptions"
    )
    #: The offer made at the incident that is taken up with it.
    offer = models.OneToOneField(
        "command.ReceptionOffer", null=True, blank=True, on_delete=models.PROTECT, related_name="reception"
    )
    matter = models.ForeignKey(
        "cases.Matter", null=True, blank=True, on_delete=models.PROTECT, related_name="receptions"
    )
    drill = models.BooleanField(default=False)
    state = models.CharField(max_length=10, choices=ReceptionState, default=ReceptionState.BOOKED)
    place = models.CharField(max_length=120)
    #: What it is about, in a sentence.
    about = models.CharField(max_length=200, blank=True, default="")
    is_group = models.BooleanField(default=False)
    scheduled_at = models.DateTimeField(null=True, blank=True)
    #: The day it stands on in lists: of the appointment, else of the arrival.
    day_at = models.DateTimeField()
    expected = models.PositiveSmallIntegerField(null=True, blank=True)
    #: Whose clocks run, "id@version"; empty: no plan in force counts back from a reception.
    plan = models.CharField(max_length=120, blank=True, default="")
    #: Staff who receive.
    receivers = models.ManyToManyField(settings.AUTH_USER_MODEL, blank=True, related_name="+")
    booked_at = models.DateTimeField(null=True, blank=True)
    checked_in_at = models.DateTimeField(null=True, blank=True)

    begun_at = models.DateTimeField(null=True, blank=True)
    came = models.PositiveSmallIntegerField(null=True, blank=True)
    #: How many speak for a group: a number, never names.
    representatives = models.PositiveSmallIntegerField(null=True, blank=True)
    #: Whether people were told beforehand that it is recorded; None: nothing is recorded.
    recording_told = models.BooleanField(null=True, blank=True)
    #: What was handed over or shown, not whose it is.
    evidence = models.CharField(max_length=500, blank=True, default="")

    outcome = models.CharField(max_length=12, choices=ReceptionOutcome, blank=True, default="")
    #: What came of it, or why it was cancelled.
    result = models.CharField(max_length=300, blank=True, default="")
    ended_at = models.DateTimeField(null=True, blank=True)
    rev = models.PositiveIntegerField(default=1)

    objects = ReceptionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(place=""), name="a_reception_is_somewhere"),
            models.CheckConstraint(
                condition=Q(scheduled_at__isnull=False)
                | Q(state__in=[ReceptionState.UNDER_WAY, ReceptionState.ENDED], begun_at__isnull=False),
                name="a_reception_is_booked_or_has_begun",
            ),
            models.CheckConstraint(
                condition=Q(representatives__isnull=True)
                | Q(representatives__gte=1, representatives__lte=MOST_REPRESENTATIVES, is_group=True),
                name="a_group_has_1_to_5_representatives",
            ),
            models.CheckConstraint(
                condition=Q(begun_at__isnull=True, came__isnull=True)
                | Q(begun_at__isnull=False, came__isnull=False, came__gte=1),
                name="who_is_received_is_counted",
            ),
            models.CheckConstraint(
                condition=Q(representatives__isnull=True) | Q(came__gte=F("representatives")),
                name="representatives_are_among_those_who_came",
            ),
            models.CheckConstraint(
                condition=Q(state=ReceptionState.ENDED, ended_at__isnull=False)
                & Q(outcome__in=ReceptionOutcome.values)
                | ~Q(state=ReceptionState.ENDED) & Q(outcome=""),
                name="an_ended_reception_has_its_outcome",
            ),
            models.CheckConstraint(
                condition=~Q(state=ReceptionState.CANCELLED) | ~Q(result="") & Q(ended_at__isnull=False),
                name="a_cancelled_reception_says_why",
            ),
            models.CheckConstraint(
                condition=Q(offer__isnull=True) | Q(incident__isnull=False),
                name="an_offer_taken_up_is_of_an_incident",
            ),
        ]
        indexes = [
            models.Index(fields=["day_at", "id"], name="reception_day"),
            models.Index(fields=["unit_path", "day_at"], name="reception_unit_day"),
        ]

    def __str__(self):
        return self.number

    @property
    def look(self) -> str:
        return _LOOKS.get(self.state, "off")

    @property
    def key(self) -> str:
        return key("reception", self.pk)

    @property
    def thread(self) -> str:
        return self.incident.key if self.incident else self.key


class ReceptionPoint(models.Model):
    """One point of what people ask for. Once read back and confirmed its words stay, and it is a demand."""

    reception = models.ForeignKey(Reception, on_delete=models.PROTECT, related_name="points")
    place = models.PositiveSmallIntegerField()
    point = models.CharField(max_length=300)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    #: None in a drill: nobody is promised anything.
    demand = models.OneToOneField(
        "cases.Demand", null=True, blank=True, on_delete=models.PROTECT, related_name="reception_point"
    )

    class Meta:
        ordering = ["place"]
        constraints = [
            models.UniqueConstraint(fields=["reception", "place"], name="one_point_per_place"),
            models.CheckConstraint(condition=~Q(point=""), name="a_point_says_something"),
            models.CheckConstraint(
                condition=Q(demand__isnull=True) | Q(confirmed_at__isnull=False),
                name="only_a_confirmed_point_is_a_demand",
            ),
        ]

    def __str__(self):
        return self.point


class ReceptionCheck(models.Model):
    """One line of the plan's checklists that was gone through."""

    reception = models.ForeignKey(Reception, on_delete=models.PROTECT, related_name="checks")
    #: List and line of the plan, "room:S1".
    item = models.CharField(max_length=100)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["reception", "item"], name="a_line_is_checked_once"),
        ]

    def __str__(self):
        return self.item


class ReceptionStep(models.Model):
    """One act on a reception, appended."""

    reception = models.ForeignKey(Reception, on_delete=models.PROTECT, related_name="steps")
    verb = models.CharField(max_length=14, choices=ReceptionVerb)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    post = models.CharField(max_length=120, blank=True, default="")
    note = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        ordering = ["id"]

    def __str__(self):
        return f"{self.reception_id} {self.verb}"
