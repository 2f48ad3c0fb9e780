"""Who was called to the scene and came, what was offered to people, who receives them."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from command.attendance import rules
from command.attendance.choices import CalledKind, CallState, OfferState, Route
from command.linkage.choices import Way
from journal.keys import key


class AttendanceCall(models.Model):
    """One unit notified to attend; its plan's clock runs for it alone."""

    incident = models.ForeignKey(
        "incidents.Incident", on_delete=models.PROTECT, related_name="attendance_calls"
    )
    called_kind = models.CharField(max_length=12, choices=CalledKind)
    called = models.CharField(max_length=80)
    #: Whether it is the unit the matter is about: its principal stays until the scene is closed.
    is_responsible = models.BooleanField(default=False)
    way = models.CharField(max_length=8, choices=Way)
    state = models.CharField(max_length=12, choices=CallState, default=CallState.NOTIFIED)
    #: The plan version whose clock runs, "id@version"; empty: none in force has one.
    plan = models.CharField(max_length=120, blank=True, default="")
    notified_at = models.DateTimeField()
    notified_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    arrived_at = models.DateTimeField(null=True, blank=True)
    #: Who came, by post.
    came = models.CharField(max_length=80, blank=True, default="")
    #: When they left, or were told that they need not come.
    ended_at = models.DateTimeField(null=True, blank=True)
    #: Who stays in their place, or why they need not come.
    note = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["incident", "called_kind", "called"],
                condition=Q(state__in=rules.CALLS.live),
                name="a_unit_is_called_once_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(
                    arrived_at__isnull=True, came="", state__in=[CallState.NOTIFIED, CallState.NOT_NEEDED]
                )
                | (Q(arrived_at__isnull=False, state__in=[CallState.PRESENT, CallState.LEFT]) & ~Q(came="")),
                name="an_arrival_says_who_came_and_when",
            ),
            models.CheckConstraint(
                condition=Q(state__in=rules.CALLS.live, ended_at__isnull=True)
                | (~Q(state__in=rules.CALLS.live) & Q(ended_at__isnull=False)),
                name="an_ended_attendance_has_its_time",
            ),
            models.CheckConstraint(
                condition=Q(is_responsible=False) | ~Q(state=CallState.LEFT) | ~Q(note=""),
                name="the_responsible_unit_leaves_with_a_word",
            ),
        ]

    def __str__(self):
        return f"{self.called} {self.state}"

    @property
    def key(self) -> str:
        return key("attendance", self.pk)


class ReceptionOffer(models.Model):
    """People were offered to be received at a place and a time. Whether they come is theirs to say."""

    incident = models.ForeignKey(
        "incidents.Incident", on_delete=models.PROTECT, related_name="reception_offers"
    )
    place = models.CharField(max_length=120)
    received_from = models.DateTimeField()
    state = models.CharField(max_length=12, choices=OfferState, default=OfferState.OFFERED)
    offered_at = models.DateTimeField()
    offered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(place=""), name="a_reception_is_offered_somewhere"),
            models.CheckConstraint(
                condition=Q(received_from__gte=F("offered_at")),
                name="a_reception_is_offered_before_it_begins",
            ),
        ]

    def __str__(self):
        return f"{self.place} {self.received_from}"

    @property
    def key(self) -> str:
        return key("receptionoffer", self.pk)


class Routing(models.Model):
    """The decision who receives people. A later one stands beside it; the newest holds."""

    incident = models.ForeignKey("incidents.Incident", on_delete=models.PROTECT, related_name="routings")
    route = models.CharField(max_length=16, choices=Route)
    #: Which unit or units, or which leader, by post.
    who = models.CharField(max_length=200)
    reason = models.CharField(max_length=300)
    decided_at = models.DateTimeField()
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    post = models.CharField(max_length=120, blank=True, default="")

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(who="") & ~Q(reason=""), name="a_routing_says_who_and_why"),
        ]

    def __str__(self):
        return f"{self.route} {self.who}"
