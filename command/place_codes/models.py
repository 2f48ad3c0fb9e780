"""Codes shown at a place. Without the secret key nothing here tells one."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from incidents.rules import OPEN


class PlaceCodeQuerySet(models.QuerySet):
    def live(self, now):
        """They end with their time, by hand, and with the incident."""
        return self.filter(ended_at=None, expires_at__gte=now, incident__state__in=OPEN)


class PlaceCode(models.Model):
    incident = models.ForeignKey("incidents.Incident", on_delete=models.PROTECT, related_name="place_codes")
    #: Where it is shown: "北门", "一楼大厅服务台".
    place = models.CharField(max_length=120)
    #: What the digits are made of, with the secret key.
    seed = models.UUIDField(default=uuid.uuid4, unique=True)
    issued_at = models.DateTimeField()
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    post = models.CharField(max_length=120, blank=True, default="")
    expires_at = models.DateTimeField()
    #: Renewed or withdrawn.
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    #: Wrong codes that were typed on orders of the incident while it was shown.
    wrong_tries = models.PositiveIntegerField(default=0)

    objects = PlaceCodeQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(place=""), name="a_place_code_says_where"),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("issued_at")), name="a_place_code_expires_after_it_is_issued"
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_by__isnull=True)
                | Q(ended_at__isnull=False, ended_by__isnull=False),
                name="an_ended_place_code_names_who",
            ),
            models.UniqueConstraint(
                fields=["incident", "place"],
                condition=Q(ended_at__isnull=True),
                name="one_code_per_incident_and_place",
            ),
        ]

    def __str__(self) -> str:
        return self.place
