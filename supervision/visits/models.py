"""A visit of a supervision team to a unit: what was looked at, found and said, and what the unit answered."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.scope import Reach
from common.database.paths import PathField
from journal.keys import key
from supervision.visits.choices import LookedAt, VisitState

S = VisitState


class VisitQuerySet(models.QuerySet):
    def visible_to(self, reach: Reach):
        """Who sees the unit, who sees the bureau whose team it was, and the team's own people."""
        own = Q(pk__in=self.model.objects.filter(team__members__person=reach.user.pk).values("pk"))
        seen = reach.filter("supervision.view") | reach.filter("supervision.view", "team__unit_path")
        return self.filter(seen | own)

    def with_names(self):
        rows = self.select_related("unit", "team__unit", "form", "recorded_by", "read_by", "answered_by")
        return rows.prefetch_related("team__members__person")


class Visit(models.Model):
    number = models.CharField(max_length=60, unique=True)
    team = models.ForeignKey("supervision.Team", on_delete=models.PROTECT, related_name="visits")
    unit = models.ForeignKey("accounts.Unit", on_delete=models.PROTECT, related_name="+")
    unit_path = PathField()
    visited_on = models.DateField()
    #: How many villages were visited.
    villages = models.PositiveSmallIntegerField()
    #: Who came, by posts.
    came = models.CharField(max_length=120)
    topics = models.JSONField(default=list)
    looked_at = models.CharField(max_length=400)
    found = models.CharField(max_length=500)
    said = models.CharField(max_length=500)
    #: The responsible post at the unit, as the form asks for it.
    responsible = models.CharField(max_length=120)
    state = models.CharField(max_length=8, choices=VisitState, default=S.RECORDED)
    rev = models.PositiveIntegerField(default=1)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    #: The record form F8, with its time limit.
    form = models.OneToOneField("cases.OfficialForm", on_delete=models.PROTECT, related_name="+")
    read_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    read_at = models.DateTimeField(null=True, blank=True)
    answer = models.CharField(max_length=500, blank=True, default="")
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    answered_at = models.DateTimeField(null=True, blank=True)

    objects = VisitQuerySet.as_manager()

    class Meta:
        ordering = ["-visited_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state=S.RECORDED, read_at__isnull=True) | Q(state__in=[S.READ, S.ANSWERED], read_at__isnull=False),
                name="a_visit_is_read_before_it_is_answered",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[S.RECORDED, S.READ], answered_at__isnull=True, answer="")
                | Q(state=S.ANSWERED, answered_at__isnull=False) & ~Q(answer=""),
                name="an_answered_visit_says_what_was_answered",
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["unit_path", "-visited_on"], name="visit_by_unit"),
            models.Index(fields=["team", "visited_on"], name="visit_by_team"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def key(self) -> str:
        return key("supervision_visit", self.pk)

    @property
    def topic_labels(self) -> list[str]:
        words = dict(LookedAt.choices)
        return [str(words[one]) for one in LookedAt.values if one in self.topics]
