"""Early warnings: what is warned of, who proposed it, who signed it and what for; calls and upward reports."""

from django.db import models
from django.db.models import F, Q

from accounts.choices import HeldAs
from accounts.models import in_reader_language
from common.database.columns import staff, together
from common.database.paths import PathField
from common.drills import RealRows
from early_warnings import rules
from early_warnings.choices import CallOutcome, Credential, ReportChannel, ReportState, SignedAs, State
from incidents.models import granted_pks
from journal.keys import key


def _post(**more):
    return models.ForeignKey("accounts.Post", on_delete=models.PROTECT, related_name="+", **more)


class EarlyWarningQuerySet(RealRows):
    def visible_to(self, reach):
        """Who sees the incident sees its warnings."""
        seen = reach.filter("incident.view")
        if granted := granted_pks(reach):
            seen |= Q(incident_id__in=granted)
        return self.filter(seen, reach.open_rows(incident="incident_id"))

    def pending(self):
        return self.filter(state__in=rules.PENDING)

    def in_force(self):
        return self.filter(state__in=rules.STANDING)

    def with_names(self):
        """Everything a card or a page names, in the same query."""
        return self.select_related(
            "incident", "unit", "plan", "drafted_by", "signed_by", "signed_post", "signatory_post"
        )


class EarlyWarning(models.Model):
    """A warning of one level for one incident, from its draft to its end.

    It states what Emergency Response Law art. 64 asks for: class, level, start, area, matter, measures, who
    issues it and when. An adjustment is a warning of its own (`adjusted_from`) that replaces the earlier one
    at the moment it is signed, so that what was signed never changes.
    """

    number = models.CharField(max_length=60, unique=True)
    incident = models.ForeignKey("incidents.Incident", on_delete=models.PROTECT, related_name="warnings")
    unit = models.ForeignKey("accounts.Unit", on_delete=models.PROTECT, related_name="+")
    unit_path = PathField()
    #: The version the incident runs under: levels, signatories and recipients are read from it.
    plan = models.ForeignKey("plans.PlanVersion", on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=12, choices=State, default=State.DRAFT)
    drill = models.BooleanField(default=False)

    #: A kind of event from the plan's catalogue, as the incident had it.
    category = models.CharField(max_length=20, blank=True, default="")
    level = models.CharField(max_length=20)
    matter = models.CharField(max_length=500)
    area = models.CharField(max_length=120)
    measures = models.TextField()
    #: Why this level, in the drafter's words.
    reason = models.TextField()
    #: What the engine proposed and why, when this was drafted; kept beside the drafter's own view.
    proposed_level = models.CharField(max_length=20, blank=True, default="")
    reasons = models.JSONField(default=list)
    adjusted_from = models.ForeignKey(
        "self", on_delete=models.PROTECT, related_name="adjustments", null=True, blank=True
    )

    drafted_at = models.DateTimeField()
    drafted_by = staff()
    #: The desk it was drafted at: after a change of shift its next holder may go on with it.
    drafted_post = _post(null=True, blank=True)
    proposed_at = models.DateTimeField(null=True, blank=True)
    proposed_by = staff(null=True, blank=True)
    #: How often it has been proposed: after a return everybody is told again.
    round = models.PositiveSmallIntegerField(default=0)

    #: Who is to sign, as the plan's role and the post that was found for it when it was proposed.
    signatory_role = models.CharField(max_length=60, blank=True, default="")
    signatory_post = _post(null=True, blank=True)
    signatory_title = models.CharField(max_length=60, blank=True, default="")
    #: Due time of the first sign-off clock of the plan.
    sign_by = models.DateTimeField(null=True, blank=True)

    returned_at = models.DateTimeField(null=True, blank=True)
    returned_by = staff(null=True, blank=True)
    return_reason = models.CharField(max_length=500, blank=True, default="")
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = staff(null=True, blank=True)

    signed_at = models.DateTimeField(null=True, blank=True)
    signed_by = staff(null=True, blank=True)
    signed_post = _post(null=True, blank=True)
    signed_as = models.CharField(max_length=10, choices=SignedAs, blank=True, default="")
    #: The signer's remark; part of what is signed.
    remark = models.CharField(max_length=500, blank=True, default="")
    credential = models.CharField(max_length=10, choices=Credential, blank=True, default="")
    #: The exact text that was signed (early_warnings.signing.signature) and its SHA-256.
    signed_text = models.TextField(blank=True, default="")
    signature = models.CharField(max_length=64, blank=True, default="")
    in_force_at = models.DateTimeField(null=True, blank=True)
    pushed_at = models.DateTimeField(null=True, blank=True)

    #: When a signed adjustment took its place.
    adjusted_at = models.DateTimeField(null=True, blank=True)
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_by = staff(null=True, blank=True)
    lift_reason = models.CharField(max_length=500, blank=True, default="")
    #: Counts changes; the ETag of the API.
    rev = models.PositiveIntegerField(default=1)

    objects = EarlyWarningQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["incident"],
                condition=Q(state__in=rules.STANDING),
                name="one_warning_in_force_per_incident",
            ),
            models.UniqueConstraint(
                fields=["incident"],
                condition=Q(state__in=rules.PENDING),
                name="one_pending_warning_per_incident",
            ),
            models.UniqueConstraint(
                fields=["adjusted_from"],
                condition=Q(signed_at__isnull=False),
                name="replaced_by_one_warning",
            ),
            models.CheckConstraint(
                condition=together("proposed_at", "proposed_by"), name="warning_proposed_by_somebody"
            ),
            models.CheckConstraint(
                condition=~Q(state=State.PROPOSED) | (Q(proposed_at__isnull=False) & ~Q(signatory_role="")),
                name="proposed_warning_names_its_signatory",
            ),
            models.CheckConstraint(
                condition=Q(returned_at__isnull=True, returned_by__isnull=True, return_reason="")
                | (Q(returned_at__isnull=False, returned_by__isnull=False) & ~Q(return_reason="")),
                name="warning_returned_by_somebody_with_a_reason",
            ),
            models.CheckConstraint(
                condition=~Q(state=State.RETURNED) | Q(returned_at__isnull=False),
                name="returned_warning_has_its_time",
            ),
            models.CheckConstraint(
                condition=together("withdrawn_at", "withdrawn_by"), name="warning_withdrawn_by_somebody"
            ),
            models.CheckConstraint(
                condition=Q(state=State.WITHDRAWN, withdrawn_at__isnull=False)
                | (~Q(state=State.WITHDRAWN) & Q(withdrawn_at__isnull=True)),
                name="withdrawn_warning_has_its_time",
            ),
            models.CheckConstraint(
                condition=(
                    Q(
                        signed_at__isnull=True,
                        signed_by__isnull=True,
                        signed_post__isnull=True,
                        signed_as="",
                        credential="",
                        signed_text="",
                        signature="",
                    )
                    | (
                        Q(signed_at__isnull=False, signed_by__isnull=False, signed_post__isnull=False)
                        & ~Q(signed_as="")
                        & ~Q(credential="")
                        & ~Q(signed_text="")
                        & ~Q(signature="")
                    )
                ),
                name="a_signature_is_whole",
            ),
            models.CheckConstraint(
                condition=Q(state__in=rules.SIGNED, signed_at__isnull=False)
                | (~Q(state__in=rules.SIGNED) & Q(signed_at__isnull=True)),
                name="signed_states_bear_a_signature",
            ),
            models.CheckConstraint(
                condition=together("in_force_at", "pushed_at"), name="in_force_means_pushed"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[State.IN_FORCE, State.ADJUSTED, State.LIFTED])
                | Q(in_force_at__isnull=False),
                name="warning_in_force_has_its_time",
            ),
            models.CheckConstraint(
                condition=Q(in_force_at__isnull=True) | Q(in_force_at__gte=F("signed_at")),
                name="in_force_after_signature",
            ),
            models.CheckConstraint(
                condition=Q(state=State.ADJUSTED, adjusted_at__isnull=False)
                | (~Q(state=State.ADJUSTED) & Q(adjusted_at__isnull=True)),
                name="adjusted_warning_has_its_time",
            ),
            models.CheckConstraint(
                condition=Q(lifted_at__isnull=True, lifted_by__isnull=True, lift_reason="")
                | (Q(lifted_at__isnull=False, lifted_by__isnull=False) & ~Q(lift_reason="")),
                name="warning_lifted_by_somebody_with_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(state=State.LIFTED, lifted_at__isnull=False)
                | (~Q(state=State.LIFTED) & Q(lifted_at__isnull=True)),
                name="lifted_warning_has_its_time",
            ),
        ]
        indexes = [
            models.Index(fields=["incident", "-id"]),
            models.Index(fields=["unit_path", "-drafted_at"]),
            models.Index(fields=["sign_by"], condition=Q(state=State.PROPOSED), name="warning_to_sign"),
            models.Index(
                fields=["unit_path"], condition=Q(state__in=rules.STANDING), name="warning_in_force"
            ),
        ]

    def __str__(self):
        return self.number

    @property
    def key(self) -> str:
        return key("warning", self.pk)

    @property
    def thread(self) -> str:
        return key("incident", self.incident_id)

    @property
    def is_only_proposed(self) -> bool:
        """A level counts only after a signature."""
        return self.signed_at is None

    @property
    def owner(self) -> str:
        return rules.TRANSITIONS.turns[self.state]


class SignatureRequest(models.Model):
    """Who has been asked to sign: the signatory, then, as the sign-off clocks run out, deputies and higher posts."""

    warning = models.ForeignKey(EarlyWarning, on_delete=models.CASCADE, related_name="requests")
    post = _post()
    #: holder: whoever holds the post, or stands in by delegation. deputy: its standing deputies (AB角).
    asked_as = models.CharField(
        max_length=10, choices=[(HeldAs.HOLDER, HeldAs.HOLDER.label), (HeldAs.DEPUTY, HeldAs.DEPUTY.label)]
    )
    title = models.CharField(max_length=60)
    asked_at = models.DateTimeField()
    #: The plan's clock that ran out; empty for who was asked first.
    clock_id = models.CharField(max_length=60, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["warning", "post", "asked_as"], name="asked_once_to_sign"),
            models.CheckConstraint(
                condition=Q(asked_as__in=[HeldAs.HOLDER, HeldAs.DEPUTY]), name="asked_as_holder_or_deputy"
            ),
        ]
        indexes = [models.Index(fields=["post", "asked_as"])]

    def __str__(self):
        return f"{self.warning_id} → {self.title}"


class CallAttempt(models.Model):
    """One telephone call to a first responder, and how it ended."""

    warning = models.ForeignKey(EarlyWarning, on_delete=models.PROTECT, related_name="calls")
    person = staff()
    post = _post()
    outcome = models.CharField(max_length=12, choices=CallOutcome)
    note = models.CharField(max_length=200, blank=True, default="")
    at = models.DateTimeField()
    by = staff()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome__in=CallOutcome.values), name="a_call_has_a_known_outcome"
            )
        ]
        indexes = [models.Index(fields=["warning", "id"])]

    def __str__(self):
        return f"{self.warning_id} → {self.person_id}: {self.outcome}"


class SuperiorReport(models.Model):
    """A report to an authority above that is not in this system, as the plan orders it (§2.4: on red)."""

    warning = models.ForeignKey(EarlyWarning, on_delete=models.PROTECT, related_name="superior_reports")
    #: The plan's role, e.g. "provincial_justice_department", and its words.
    recipient = models.CharField(max_length=60)
    title_zh = models.CharField(max_length=80)
    title_en = models.CharField(max_length=120, blank=True, default="")
    text = models.TextField()
    state = models.CharField(max_length=10, choices=ReportState, default=ReportState.DRAFTED)
    drafted_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    sent_by = staff(null=True, blank=True)
    channel = models.CharField(max_length=12, choices=ReportChannel, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["warning", "recipient"], name="one_report_per_superior"),
            models.CheckConstraint(
                condition=(
                    Q(state=ReportState.DRAFTED, sent_at__isnull=True, sent_by__isnull=True, channel="")
                    | (
                        Q(state=ReportState.SENT, sent_at__isnull=False, sent_by__isnull=False)
                        & ~Q(channel="")
                    )
                ),
                name="a_sent_report_says_when_by_whom_and_how",
            ),
        ]

    def __str__(self):
        return f"{self.warning_id} → {self.title_zh}"

    @property
    def title(self) -> str:
        return in_reader_language(self.title_zh, self.title_en)
