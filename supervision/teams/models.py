"""A supervision team of a bureau: its people, and the units it looks after."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.scope import Reach
from common.database.paths import PathField, prefixes
from journal.keys import key
from supervision.teams.choices import TeamState

S = TeamState


class TeamQuerySet(models.QuerySet):
    def visible_to(self, reach: Reach):
        """Who sees the bureau, who is supervised, and the team's own people."""
        above = {path for own in reach.paths("supervision.view") for path in prefixes(own)}
        areas = TeamArea.objects.filter(reach.filter("supervision.view") | Q(unit_path__in=above))
        seen = Q(pk__in=areas.values("team")) | Q(members__person=reach.user.pk)
        return self.filter(reach.filter("supervision.view") | seen).distinct()

    def standing(self):
        return self.filter(state=S.STANDING)

    def with_people(self):
        return self.select_related("unit").prefetch_related("members__person", "areas__unit")


class Team(models.Model):
    name = models.CharField(max_length=60)
    #: The bureau that sends it.
    unit = models.ForeignKey("accounts.Unit", on_delete=models.PROTECT, related_name="+")
    unit_path = PathField()
    state = models.CharField(max_length=8, choices=TeamState, default=S.STANDING)
    rev = models.PositiveIntegerField(default=1)
    set_up_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    set_up_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = TeamQuerySet.as_manager()

    class Meta:
        ordering = ["unit_path", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "name"], condition=Q(state="standing"), name="one_standing_team_per_name"
            ),
            models.CheckConstraint(
                condition=Q(state=S.STANDING, ended_at__isnull=True)
                | Q(state=S.ENDED, ended_at__isnull=False),
                name="an_ended_team_says_when",
            ),
        ]
        indexes = [models.Index(fields=["unit_path"], name="supervision_team_by_unit")]

    def __str__(self) -> str:
        return self.name

    @property
    def key(self) -> str:
        return key("supervision_team", self.pk)


class TeamMember(models.Model):
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="members")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="supervision_teams"
    )
    leads = models.BooleanField(default=False)

    class Meta:
        ordering = ["-leads", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["team", "person"], name="each_person_once_in_a_team"),
            models.UniqueConstraint(fields=["team"], condition=Q(leads=True), name="one_leader_of_a_team"),
        ]

    def __str__(self) -> str:
        return str(self.person)


class TeamArea(models.Model):
    """A unit that a standing team looks after, with everything below it. No other team of the bureau does."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="areas")
    #: The team's, so that the database refuses a second one.
    bureau = models.ForeignKey("accounts.Unit", on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey("accounts.Unit", on_delete=models.PROTECT, related_name="+")
    unit_path = PathField()

    class Meta:
        ordering = ["unit_path"]
        constraints = [
            models.UniqueConstraint(fields=["bureau", "unit"], name="one_team_of_a_bureau_per_area")
        ]
        indexes = [models.Index(fields=["unit_path"], name="supervision_area_by_unit")]

    def __str__(self) -> str:
        return str(self.unit)
