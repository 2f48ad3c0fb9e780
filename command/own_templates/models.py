"""A unit's own template of an order. What it said earlier stands in the journal."""

from django.db import models
from django.db.models import Q

from common.database.paths import PathField
from common.text.codes import SquadField
from journal.keys import key
from resources.visibility import near


class OwnTemplateQuerySet(models.QuerySet):
    def visible_to(self, reach):
        """Those of the own units, of those below and of those above."""
        return self.filter(near(reach))

    def offered(self):
        return self.filter(ended_at__isnull=True)


class OwnTemplate(models.Model):
    """A task that a unit has ready: it is offered there and in all units below."""

    unit = models.ForeignKey("accounts.Unit", on_delete=models.PROTECT, related_name="own_templates")
    unit_path = PathField()
    #: What it is chosen by.
    name = models.CharField(max_length=40)
    task = models.CharField(max_length=300)
    #: One thing a line.
    checklist = models.CharField(max_length=500, blank=True, default="")
    #: From the order to the arrival; None: the plan's own time.
    minutes = models.PositiveSmallIntegerField(null=True, blank=True)
    #: The kind of squad it is for, by the word of plans; empty: any recipient.
    squad = SquadField(max_length=40, blank=True, default="")
    added_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    #: Which version it is: each one stands in the journal in full.
    rev = models.PositiveIntegerField(default=1)

    objects = OwnTemplateQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "name"],
                condition=Q(ended_at__isnull=True),
                name="one_offered_template_per_name",
            ),
            models.CheckConstraint(condition=~Q(name="") & ~Q(task=""), name="a_template_says_what_to_do"),
            models.CheckConstraint(
                condition=Q(minutes__isnull=True) | Q(minutes__range=(1, 1440)),
                name="a_template_lets_a_day_at_most",
            ),
            models.CheckConstraint(
                condition=Q(squad="") | Q(squad__fits="squad"), name="template_squad_fits_an_address"
            ),
        ]
        indexes = [models.Index(fields=["unit_path"])]

    def __str__(self):
        return self.name

    @property
    def key(self) -> str:
        return key("order_template", self.pk)

    @property
    def is_offered(self) -> bool:
        return self.ended_at is None

    @property
    def checklist_lines(self) -> list[str]:
        return [line for line in map(str.strip, self.checklist.splitlines()) if line]
