"""Reports to the level above: what is said, who signed it, who was told of it and how."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext as _

from accounts.models import in_reader_language
from command.report_chain import rules
from command.report_chain.choices import Channel, LineAbove, ReportKind, ReportState
from common.database.columns import staff, together
from common.database.paths import PathField
from common.drills import RealRows
from early_warnings.choices import Credential, SignedAs
from incidents.models import granted_pks
from journal.keys import key


class UpwardReportQuerySet(RealRows):
    def visible_to(self, reach):
        """Who sees the incident sees what was told of it upward."""
        condition = reach.filter("incident.view")
        if granted := granted_pks(reach):
            condition |= Q(incident_id__in=granted)
        return self.filter(condition, reach.open_rows(incident="incident_id"))

    def standing(self):
        """Not discarded."""
        return self.exclude(state=ReportState.DISCARDED)

    def with_names(self):
        return self.select_related(
            "incident__unit", "unit", "plan", "drafted_by", "signed_by", "signed_post__unit"
        ).prefetch_related("deliveries__sent_by", "deliveries__phoned_by", "deliveries__receipt_by")


class UpwardReport(models.Model):
    """One report of an incident's chain: initial, follow-up or final. Frozen once it is signed."""

    incident = models.ForeignKey(
        "incidents.Incident", on_delete=models.PROTECT, related_name="upward_reports"
    )
    #: The incident's unit: it reports.
    unit = models.ForeignKey("accounts.Unit", on_delete=models.PROTECT, related_name="+")
    unit_path = PathField()
    #: The version the incident ran under when it was drafted: signatory, recipients and hours are read from it.
    plan = models.ForeignKey("plans.PlanVersion", on_delete=models.PROTECT, related_name="+")
    level = models.CharField(max_length=20, blank=True, default="")
    #: The n-th of its incident, from 1; a discarded one keeps its number.
    n = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=10, choices=ReportKind)
    #: Of follow-ups: the first, the second …; 0 for the others.
    ordinal = models.PositiveSmallIntegerField(default=0)
    state = models.CharField(max_length=10, choices=ReportState, default=ReportState.DRAFT)
    drill = models.BooleanField(default=False)
    phone_first = models.BooleanField(default=False)

    #: The eight parts of the text, as people left them.
    fields = models.JSONField(default=dict)
    #: The duty room's office telephone, from the register of units.
    phone = models.CharField(max_length=40, blank=True, default="")
    #: The picture the text was drafted from: place, matter, level and facts. What was told, for comparing.
    facts = models.JSONField(default=dict)
    #: Nothing after this entry of the journal is in it; the next report begins there.
    upto_entry = models.PositiveBigIntegerField(default=0)
    as_of = models.DateTimeField()
    #: The plan's time limit that it meets, when it was drafted.
    due_at = models.DateTimeField(null=True, blank=True)

    drafted_at = models.DateTimeField()
    drafted_by = staff()
    discarded_at = models.DateTimeField(null=True, blank=True)
    discarded_by = staff(null=True, blank=True)
    discard_reason = models.CharField(max_length=300, blank=True, default="")

    signed_at = models.DateTimeField(null=True, blank=True)
    signed_by = staff(null=True, blank=True)
    signed_post = models.ForeignKey(
        "accounts.Post", on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    signed_as = models.CharField(max_length=10, choices=SignedAs, blank=True, default="")
    credential = models.CharField(max_length=10, choices=Credential, blank=True, default="")
    #: The exact text that was signed (command.report_chain.contents.signature) and its SHA-256.
    signed_text = models.TextField(blank=True, default="")
    signature = models.CharField(max_length=64, blank=True, default="")
    #: When the last of its recipients had it.
    sent_at = models.DateTimeField(null=True, blank=True)
    #: Counts changes; the ETag of the API.
    rev = models.PositiveIntegerField(default=1)

    objects = UpwardReportQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["incident", "n"], name="upward_reports_count_per_incident"),
            models.UniqueConstraint(
                fields=["incident"],
                condition=Q(state=ReportState.DRAFT),
                name="one_draft_upward_per_incident",
            ),
            models.UniqueConstraint(
                fields=["incident"],
                condition=Q(kind=ReportKind.INITIAL) & ~Q(state=ReportState.DISCARDED),
                name="one_initial_report_per_incident",
            ),
            models.CheckConstraint(condition=Q(n__gte=1), name="upward_reports_count_from_one"),
            models.CheckConstraint(
                condition=Q(kind=ReportKind.CONTINUED, ordinal__gte=1)
                | (~Q(kind=ReportKind.CONTINUED) & Q(ordinal=0)),
                name="follow_ups_are_counted",
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
                name="a_reports_signature_is_whole",
            ),
            models.CheckConstraint(
                condition=Q(state__in=rules.SIGNED, signed_at__isnull=False)
                | (~Q(state__in=rules.SIGNED) & Q(signed_at__isnull=True)),
                name="signed_reports_bear_a_signature",
            ),
            models.CheckConstraint(
                condition=Q(state__in=rules.SENT, sent_at__isnull=False)
                | (~Q(state__in=rules.SENT) & Q(sent_at__isnull=True)),
                name="a_sent_upward_report_has_its_time",
            ),
            models.CheckConstraint(
                condition=Q(sent_at__isnull=True) | Q(sent_at__gte=F("signed_at")),
                name="sent_upward_after_signature",
            ),
            models.CheckConstraint(
                condition=Q(
                    state=ReportState.DISCARDED, discarded_at__isnull=False, discarded_by__isnull=False
                )
                & ~Q(discard_reason="")
                | ~Q(state=ReportState.DISCARDED)
                & Q(discarded_at__isnull=True, discarded_by__isnull=True, discard_reason=""),
                name="a_discarded_report_says_why",
            ),
        ]
        indexes = [models.Index(fields=["unit_path", "-drafted_at"])]

    def __str__(self):
        return self.reference

    @property
    def key(self) -> str:
        return key("upward_report", self.pk)

    @property
    def reference(self) -> str:
        """Its number on paper: the incident's, and which of its reports it is."""
        return f"{self.incident.number}-R{self.n}"

    @property
    def name(self) -> str:
        """What it is called: "Follow-up report 2"."""
        if not self.ordinal:
            return self.get_kind_display()
        return _("%(kind)s %(n)d") % {"kind": self.get_kind_display(), "n": self.ordinal}

    @property
    def is_draft(self) -> bool:
        return self.state == ReportState.DRAFT


class UpwardDelivery(models.Model):
    """A report and one of its recipients: told by telephone, sent in writing, received."""

    report = models.ForeignKey(UpwardReport, on_delete=models.PROTECT, related_name="deliveries")
    #: The plan's role; empty where somebody typed the recipient's name.
    recipient = models.CharField(max_length=60, blank=True, default="")
    title_zh = models.CharField(max_length=80)
    title_en = models.CharField(max_length=120, blank=True, default="")
    #: In which of the two lines of superiors it stands.
    line = models.CharField(max_length=10, choices=LineAbove, default=LineAbove.BUSINESS)

    phoned_at = models.DateTimeField(null=True, blank=True)
    phoned_by = staff(null=True, blank=True)
    #: Which office or post of theirs took the call.
    told_whom = models.CharField(max_length=80, blank=True, default="")
    #: What was known then, as in the report.
    facts = models.JSONField(default=dict)

    sent_at = models.DateTimeField(null=True, blank=True)
    sent_by = staff(null=True, blank=True)
    channel = models.CharField(max_length=12, choices=Channel, blank=True, default="")
    #: By when the plan wants their receipt.
    receipt_due_at = models.DateTimeField(null=True, blank=True)

    received_at = models.DateTimeField(null=True, blank=True)
    #: Which office or post of theirs received it, and under which number it is kept there.
    receiver = models.CharField(max_length=80, blank=True, default="")
    outside_number = models.CharField(max_length=60, blank=True, default="")
    #: When it was noted, and by whom; nobody: it came over the exchange.
    receipt_at = models.DateTimeField(null=True, blank=True)
    receipt_by = staff(null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["report", "title_zh"], name="a_recipient_once_per_report"),
            models.CheckConstraint(
                condition=Q(phoned_at__isnull=True, phoned_by__isnull=True, told_whom="")
                | (Q(phoned_at__isnull=False, phoned_by__isnull=False) & ~Q(told_whom="")),
                name="a_call_upward_says_who_told_whom",
            ),
            models.CheckConstraint(
                condition=Q(sent_at__isnull=True, sent_by__isnull=True, channel="")
                | (Q(sent_at__isnull=False, sent_by__isnull=False) & ~Q(channel="")),
                name="a_delivery_says_when_by_whom_and_how",
            ),
            models.CheckConstraint(
                condition=together("received_at", "receipt_at"), name="a_receipt_is_whole"
            ),
            models.CheckConstraint(
                condition=Q(receipt_by__isnull=True) | Q(receipt_at__isnull=False),
                name="a_receipt_that_somebody_noted_has_its_time",
            ),
            models.CheckConstraint(
                condition=Q(received_at__isnull=True, receiver="", outside_number="")
                | (Q(received_at__isnull=False) & ~Q(receiver="")),
                name="a_receipt_names_its_receiver",
            ),
            models.CheckConstraint(
                condition=Q(received_at__isnull=True)
                | Q(sent_at__isnull=False, received_at__gte=F("sent_at")),
                name="received_upward_after_it_was_sent",
            ),
        ]

    def __str__(self):
        return f"{self.report_id} → {self.title_zh}"

    @property
    def key(self) -> str:
        return key("upward_delivery", self.pk)

    @property
    def title(self) -> str:
        return in_reader_language(self.title_zh, self.title_en)
