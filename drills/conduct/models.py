"""A drill, who takes part, when its clock ran, what was played, and the incidents it opened."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from common.database.paths import PathField
from drills.choices import DrillState, InjectState, ScenarioKind
from drills.conduct import rules
from drills.scenarios.document import Scenario, scenario_of
from incidents.models import Incident
from journal.keys import key


class DrillQuerySet(models.QuerySet):
    def visible_to(self, reach):
        """Drills of own units and those below for who looks drills up; beside them those one takes part in."""
        taking_part = Participant.objects.filter(person=reach.user).values("drill")
        return self.filter(reach.filter("drill.view") | Q(pk__in=taking_part))

    def under_way(self):
        return self.filter(state__in=rules.UNDER_WAY)

    def for_lists(self):
        return self.select_related("unit", "controller", "planned_by")


class Drill(models.Model):
    """One line of the yearly plan, and what became of it."""

    number = models.CharField(max_length=20, unique=True)
    unit = models.ForeignKey("accounts.Unit", on_delete=models.PROTECT, related_name="drills")
    unit_path = PathField()
    #: The first day of the month it is planned for.
    month = models.DateField()
    kind = models.CharField(max_length=12, choices=ScenarioKind)
    #: What the yearly plan wants of it, in words.
    objectives = models.CharField(max_length=500, blank=True, default="")
    #: The scenario's id, and its document as it was chosen: a file that changes later changes no drill.
    scenario = models.CharField(max_length=60, blank=True, default="")
    script = models.JSONField(null=True, blank=True)
    speed = models.PositiveSmallIntegerField(default=1)
    state = models.CharField(max_length=10, choices=DrillState, default=DrillState.PLANNED)

    planned_at = models.DateTimeField()
    planned_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    #: Who started it: the player acts in this person's name and within their rights.
    controller = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    #: Why it was cancelled.
    reason = models.CharField(max_length=200, blank=True, default="")
    reviewed_at = models.DateTimeField(null=True, blank=True)
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    #: What the review comes to. What is to be improved are tasks (command.improvements).
    summary = models.TextField(blank=True, default="")
    rev = models.PositiveIntegerField(default=1)

    objects = DrillQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(speed__gte=rules.SLOWEST, speed__lte=rules.FASTEST), name="a_drill_has_a_speed"
            ),
            models.CheckConstraint(
                condition=Q(state__in=[DrillState.PLANNED, DrillState.CANCELLED])
                | Q(started_at__isnull=False, controller__isnull=False, script__isnull=False),
                name="a_drill_that_ran_has_a_controller_and_a_script",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[DrillState.PLANNED, DrillState.RUNNING, DrillState.PAUSED])
                & Q(ended_at__isnull=True)
                | Q(state__in=[DrillState.FINISHED, DrillState.REVIEWED, DrillState.CANCELLED])
                & Q(ended_at__isnull=False),
                name="a_drill_that_is_over_has_its_end",
            ),
            models.CheckConstraint(
                condition=~Q(state=DrillState.CANCELLED) | ~Q(reason=""),
                name="cancelling_a_drill_has_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(state=DrillState.REVIEWED, reviewed_at__isnull=False, reviewed_by__isnull=False)
                & ~Q(summary="")
                | ~Q(state=DrillState.REVIEWED) & Q(reviewed_at__isnull=True, reviewed_by__isnull=True),
                name="a_review_has_its_time_person_and_summary",
            ),
        ]
        indexes = [
            models.Index(fields=["unit_path", "-month"]),
            models.Index(fields=["id"], condition=Q(state=DrillState.RUNNING), name="drill_running"),
        ]

    def __str__(self):
        return self.number

    @property
    def key(self) -> str:
        return key("drill", self.pk)

    @property
    def played(self) -> Scenario | None:
        """The scenario as it was when it was chosen."""
        return scenario_of(self.script) if self.script else None

    @property
    def is_under_way(self) -> bool:
        return self.state in rules.UNDER_WAY

    def incidents(self) -> models.QuerySet[Incident]:
        """What it opened, and what its players made of the orders that came to them; the first one first."""
        mine = Q(of_drill__drill=self) | Q(linkage_orders__of_drill__drill=self)
        return Incident.objects.filter(mine).distinct().order_by("pk")


class Participant(models.Model):
    """Somebody takes part: in a role of the scenario, as controller or as evaluator."""

    drill = models.ForeignKey(Drill, on_delete=models.CASCADE, related_name="participants")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=40)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["drill", "person", "role"], name="one_part_in_a_drill_once")
        ]

    def __str__(self):
        return f"{self.drill_id} {self.person_id} {self.role}"


class DrillRun(models.Model):
    """The scenario's clock ran from one moment to another; a pause is what lies between two of them."""

    drill = models.ForeignKey(Drill, on_delete=models.PROTECT, related_name="runs")
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["drill"], condition=Q(ended_at__isnull=True), name="the_clock_of_a_drill_runs_once"
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("began_at")),
                name="the_clock_of_a_drill_ran_forward",
            ),
        ]

    def __str__(self):
        return f"{self.drill_id} {self.began_at}"


class DrillInject(models.Model):
    """One line of the MSEL in this drill; its row is what makes it be played once."""

    drill = models.ForeignKey(Drill, on_delete=models.PROTECT, related_name="injects")
    number = models.PositiveSmallIntegerField()
    #: Minute of the scenario; of one that the controller made up: when it came.
    at_minute = models.PositiveIntegerField()
    state = models.CharField(max_length=8, choices=InjectState, default=InjectState.WAITING)
    played_at = models.DateTimeField(null=True, blank=True)
    #: Who played it by hand; None: it came by itself.
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    #: The words and the role of an inject that the controller made up.
    text = models.CharField(max_length=500, blank=True, default="")
    role = models.CharField(max_length=40, blank=True, default="")
    #: Why it could not be played: the refusal of the act.
    refused = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["drill", "number"], name="one_inject_per_number"),
            models.CheckConstraint(
                condition=Q(state=InjectState.WAITING, played_at__isnull=True, refused="")
                | Q(state=InjectState.PLAYED, played_at__isnull=False, refused="")
                | Q(state=InjectState.FAILED, played_at__isnull=False) & ~Q(refused=""),
                name="an_inject_says_what_became_of_it",
            ),
        ]

    def __str__(self):
        return f"{self.drill_id}/{self.number}"


class DrillIncident(models.Model):
    """An incident that the drill opened: a real one, with the mark of a drill."""

    drill = models.ForeignKey(Drill, on_delete=models.PROTECT, related_name="opened")
    incident = models.OneToOneField("incidents.Incident", on_delete=models.PROTECT, related_name="of_drill")

    class Meta:
        ordering = ["pk"]

    def __str__(self):
        return f"{self.drill_id} {self.incident_id}"


class DrillOrder(models.Model):
    """An order of a joint command centre that the drill sent: a real one, with the mark of a drill."""

    drill = models.ForeignKey(Drill, on_delete=models.PROTECT, related_name="orders")
    order = models.OneToOneField("command.LinkageOrder", on_delete=models.PROTECT, related_name="of_drill")

    class Meta:
        ordering = ["pk"]

    def __str__(self):
        return f"{self.drill_id} {self.order_id}"
