"""A plan's response to an incident, and the decisions about it: who, when, what, why, signed."""

from django.db import models
from django.db.models import F, Q

from command.activation import rules
from command.activation.choices import DecisionKind, DecisionState, ResponseState
from common.database.columns import staff
from common.database.paths import PathField
from common.drills import RealRows
from early_warnings.choices import Credential, SignedAs
from incidents.models import granted_pks
from journal.keys import key


class ResponseQuerySet(RealRows):
    def visible_to(self, reach):
        """Who sees the incident sees its response."""
        seen = reach.filter("incident.view")
        if granted := granted_pks(reach):
            seen |= Q(incident_id__in=granted)
        return self.filter(seen, reach.open_rows(incident="incident_id"))

    def live(self):
        return self.filter(state__in=rules.LIVE)

    def active(self):
        return self.filter(state=ResponseState.ACTIVE)

    def for_pages(self):
        # As deep as the tree is (accounts.choices.Tier): the page names both lines of superiors.
        return self.select_related(
            "incident__unit", "incident__plan", "unit__parent__parent__parent__parent", "plan"
        )


class Response(models.Model):
    """What the bureau does under its plan about one incident, from the request to its end."""

    number = models.CharField(max_length=60, unique=True)
    incident = models.ForeignKey("incidents.Incident", on_delete=models.PROTECT, related_name="responses")
    #: The incident's unit.
    unit = models.ForeignKey("accounts.Unit", on_delete=models.PROTECT, related_name="+")
    unit_path = PathField()
    #: The version it is started under: who decides, what is owed and who sits where are read from it.
    plan = models.ForeignKey("plans.PlanVersion", on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=12, choices=ResponseState, default=ResponseState.PROPOSED)
    level = models.CharField(max_length=20)
    #: How grave the event is, of the plan's `response.scope.grades`; empty where the plan asks for none.
    grade = models.CharField(max_length=20, blank=True, default="")
    matter = models.CharField(max_length=500)
    measures = models.TextField(blank=True, default="")
    #: As expected when it was last decided; nothing happens by itself then.
    expected_until = models.DateTimeField(null=True, blank=True)
    proposed_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    #: Who sat where when the command post was last looked at: seat → user names (command.command_post.rules).
    seated = models.JSONField(default=dict)
    drill = models.BooleanField(default=False)
    rev = models.PositiveIntegerField(default=1)

    objects = ResponseQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["incident"], condition=Q(state__in=rules.LIVE), name="one_live_response_per_incident"
            ),
            models.CheckConstraint(
                condition=Q(state__in=rules.BEGUN, started_at__isnull=False)
                | (~Q(state__in=rules.BEGUN) & Q(started_at__isnull=True)),
                name="a_response_that_began_has_its_time",
            ),
            models.CheckConstraint(
                condition=Q(state=ResponseState.ENDED, ended_at__isnull=False)
                | (~Q(state=ResponseState.ENDED) & Q(ended_at__isnull=True)),
                name="an_ended_response_has_its_time",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("started_at")),
                name="a_response_ends_after_it_starts",
            ),
            models.CheckConstraint(condition=~Q(level=""), name="a_response_has_a_level"),
        ]
        indexes = [
            models.Index(fields=["incident", "-id"]),
            models.Index(fields=["unit_path", "-proposed_at"]),
        ]

    def __str__(self):
        return self.number

    @property
    def key(self) -> str:
        return key("response", self.pk)

    @property
    def thread(self) -> str:
        return key("incident", self.incident_id)

    @property
    def is_live(self) -> bool:
        return self.state in rules.LIVE

    @property
    def is_active(self) -> bool:
        return self.state == ResponseState.ACTIVE


class Decision(models.Model):
    """That a response starts, changes or ends: as it was asked for, and as it was signed. Never edited after."""

    response = models.ForeignKey(Response, on_delete=models.PROTECT, related_name="decisions")
    kind = models.CharField(max_length=8, choices=DecisionKind)
    state = models.CharField(max_length=10, choices=DecisionState, default=DecisionState.PROPOSED)
    level = models.CharField(max_length=20)
    grade = models.CharField(max_length=20, blank=True, default="")
    matter = models.CharField(max_length=500)
    measures = models.TextField(blank=True, default="")
    expected_until = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=500)

    proposed_at = models.DateTimeField()
    proposed_by = staff()
    proposer_post = models.CharField(max_length=120, blank=True, default="")
    #: Signed, refused or withdrawn.
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = staff(null=True, blank=True)
    #: Why it was refused.
    refusal = models.CharField(max_length=500, blank=True, default="")

    signed_post = models.ForeignKey(
        "accounts.Post", on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    signed_as = models.CharField(max_length=10, choices=SignedAs, blank=True, default="")
    credential = models.CharField(max_length=10, choices=Credential, blank=True, default="")
    #: The exact text that was signed (command.activation.signature) and its SHA-256.
    signed_text = models.TextField(blank=True, default="")
    signature = models.CharField(max_length=64, blank=True, default="")

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["response"],
                condition=Q(state=DecisionState.PROPOSED),
                name="one_decision_at_a_time_per_response",
            ),
            models.CheckConstraint(
                condition=Q(state=DecisionState.PROPOSED, closed_at__isnull=True, closed_by__isnull=True)
                | (~Q(state=DecisionState.PROPOSED) & Q(closed_at__isnull=False, closed_by__isnull=False)),
                name="a_closed_decision_says_when_and_by_whom",
            ),
            models.CheckConstraint(
                condition=(
                    Q(state=DecisionState.TAKEN, signed_post__isnull=False)
                    & ~Q(signed_as="")
                    & ~Q(credential="")
                    & ~Q(signed_text="")
                    & ~Q(signature="")
                )
                | (
                    ~Q(state=DecisionState.TAKEN)
                    & Q(signed_post__isnull=True, signed_as="", credential="", signed_text="", signature="")
                ),
                name="a_taken_decision_bears_a_whole_signature",
            ),
            models.CheckConstraint(
                condition=(Q(state=DecisionState.REFUSED) & ~Q(refusal=""))
                | (~Q(state=DecisionState.REFUSED) & Q(refusal="")),
                name="a_refused_decision_says_why",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="a_decision_has_a_reason"),
        ]

    def __str__(self):
        return f"{self.response_id} {self.kind}"
