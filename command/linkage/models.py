"""Orders of a joint command centre, and what goes back to it with every try and its receipt."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from command.linkage import rules
from command.linkage.choices import (
    DeliveryState,
    LinkageState,
    LinkageVerb,
    ReportKind,
    ReportState,
    ReportWay,
    Via,
)
from common.database.paths import PathField
from common.drills import RealRows
from incidents.models import granted_pks
from journal.keys import key


class LinkageQuerySet(models.QuerySet):
    def visible_to(self, reach):
        """Of the units this person sees, of incidents there, and of those shared with them."""
        condition = reach.filter("incident.view") | reach.filter("incident.view", "incident__unit_path")
        if granted := granted_pks(reach):
            condition |= Q(incident_id__in=granted)
        return self.filter(condition, reach.open_rows(incident="incident_id"))


class LinkageOrderQuerySet(LinkageQuerySet, RealRows):
    def live(self):
        return self.filter(state__in=rules.LIVE)

    def for_lists(self):
        return self.select_related("unit", "incident__unit", "incident__plan").prefetch_related(
            "reports__tries"
        )


class LinkageOrder(models.Model):
    """What a joint command centre asks of us. The same outside number of the same centre is the same order."""

    number = models.CharField(max_length=60, unique=True)
    unit = models.ForeignKey("accounts.Unit", on_delete=models.PROTECT, related_name="+")
    unit_path = PathField()
    #: Empty until somebody says which event it is about.
    incident = models.ForeignKey(
        "incidents.Incident", null=True, blank=True, on_delete=models.PROTECT, related_name="linkage_orders"
    )
    #: Both at normal width and without double spaces: what is compared.
    centre = models.CharField(max_length=80)
    outside_number = models.CharField(max_length=60)
    nature = models.CharField(max_length=120)
    place = models.CharField(max_length=120)
    #: The action the centre asks for.
    asked = models.CharField(max_length=300)
    arrive_by = models.DateTimeField(null=True, blank=True)
    #: The official of the centre, by post, to whom one reports at the place.
    report_to = models.CharField(max_length=80, blank=True, default="")
    received_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    received_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    via = models.CharField(max_length=8, choices=Via)
    #: The paper it came on, where that came over the exchange.
    document = models.OneToOneField(
        "exchange.Incoming", null=True, blank=True, on_delete=models.PROTECT, related_name="linkage_order"
    )
    state = models.CharField(max_length=12, choices=LinkageState, default=LinkageState.RECEIVED)
    #: The plan version whose clocks run for it, "id@version"; empty: none in force has any.
    plan = models.CharField(max_length=120, blank=True, default="")
    checked_in_at = models.DateTimeField(null=True, blank=True)
    checked_in_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    #: The official reported to, by post.
    checked_in_to = models.CharField(max_length=80, blank=True, default="")
    handled_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    drill = models.BooleanField(default=False)
    rev = models.PositiveIntegerField(default=1)

    objects = LinkageOrderQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "centre", "outside_number"], name="one_linkage_order_per_outside_number"
            ),
            models.CheckConstraint(
                condition=~Q(centre="") & ~Q(outside_number=""), name="a_linkage_order_has_its_outside_number"
            ),
            models.CheckConstraint(
                condition=Q(recorded_at__gte=F("received_at")),
                name="a_linkage_order_is_recorded_after_receipt",
            ),
            models.CheckConstraint(
                condition=Q(checked_in_at__isnull=True, checked_in_by__isnull=True, checked_in_to="")
                | (Q(checked_in_at__isnull=False, checked_in_by__isnull=False) & ~Q(checked_in_to="")),
                name="reporting_for_duty_names_the_receiver",
            ),
            models.CheckConstraint(
                condition=~Q(state=LinkageState.AT_PLACE) | Q(checked_in_at__isnull=False),
                name="at_the_place_somebody_reported_for_duty",
            ),
            models.CheckConstraint(
                condition=Q(state__in=rules.LIVE, ended_at__isnull=True)
                | (~Q(state__in=rules.LIVE) & Q(ended_at__isnull=False)),
                name="an_ended_linkage_order_has_its_time",
            ),
        ]
        indexes = [
            models.Index(fields=["unit_path", "-received_at"]),
            models.Index(fields=["unit_path"], condition=Q(state__in=rules.LIVE), name="linkage_order_live"),
        ]

    def __str__(self):
        return self.number

    @property
    def key(self) -> str:
        return key("linkage", self.pk)

    @property
    def thread(self) -> str:
        return self.incident.key if self.incident else self.key

    @property
    def is_live(self) -> bool:
        return self.state in rules.LIVE


class LinkageReport(models.Model):
    """One thing said to the centre: about an order, or about an incident that no order asked for."""

    order = models.ForeignKey(
        LinkageOrder, null=True, blank=True, on_delete=models.PROTECT, related_name="reports"
    )
    incident = models.ForeignKey(
        "incidents.Incident", null=True, blank=True, on_delete=models.PROTECT, related_name="linkage_reports"
    )
    kind = models.CharField(max_length=10, choices=ReportKind)
    text = models.CharField(max_length=2000)
    state = models.CharField(max_length=10, choices=ReportState, default=ReportState.TO_SEND)
    written_at = models.DateTimeField()
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    post = models.CharField(max_length=120, blank=True, default="")
    sent_at = models.DateTimeField(null=True, blank=True)
    #: What the centre said when it confirmed: its own number, or who took it by post.
    receipt = models.CharField(max_length=120, blank=True, default="")
    receipt_at = models.DateTimeField(null=True, blank=True)
    receipt_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(order__isnull=False) | Q(incident__isnull=False),
                name="a_report_to_a_centre_is_about_something",
            ),
            models.CheckConstraint(
                condition=~Q(kind=ReportKind.FEEDBACK) | Q(order__isnull=False),
                name="feedback_answers_an_order",
            ),
            models.UniqueConstraint(
                fields=["order"], condition=Q(kind=ReportKind.FINAL), name="one_written_report_per_order"
            ),
            models.CheckConstraint(
                condition=Q(state=ReportState.TO_SEND, sent_at__isnull=True)
                | (~Q(state=ReportState.TO_SEND) & Q(sent_at__isnull=False)),
                name="a_sent_report_has_its_time",
            ),
            models.CheckConstraint(
                condition=(
                    Q(receipt_at__isnull=True, receipt_by__isnull=True, receipt="") & ~Q(state="confirmed")
                )
                | (
                    Q(state=ReportState.CONFIRMED, receipt_at__isnull=False, receipt_by__isnull=False)
                    & ~Q(receipt="")
                ),
                name="a_receipt_says_what_when_and_who_noted_it",
            ),
        ]

    def __str__(self):
        return f"{self.kind} {self.written_at}"


class LinkageTry(models.Model):
    """One try to send a report: the proof. Appended, never edited."""

    report = models.ForeignKey(LinkageReport, on_delete=models.PROTECT, related_name="tries")
    way = models.CharField(max_length=8, choices=ReportWay)
    is_through = models.BooleanField()
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    note = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["report"], condition=Q(is_through=True), name="a_report_gets_through_once"
            ),
            models.CheckConstraint(
                condition=Q(is_through=True) | ~Q(note=""), name="a_try_that_failed_says_why"
            ),
        ]

    def __str__(self):
        return f"{self.report_id} {self.way} {self.is_through}"


class LinkageDelivery(models.Model):
    """What the product itself hands to the centre of an order: reporting for duty, or a report. The outbox row."""

    order = models.ForeignKey(LinkageOrder, on_delete=models.PROTECT, related_name="deliveries")
    #: Empty: that somebody reported for duty.
    report = models.OneToOneField(
        LinkageReport, null=True, blank=True, on_delete=models.PROTECT, related_name="delivery"
    )
    #: Of every try the same, so that the centre takes it once.
    idempotency_key = models.CharField(max_length=120, unique=True)
    #: What is sent, as it was when it was queued.
    body = models.JSONField()
    state = models.CharField(max_length=12, choices=DeliveryState, default=DeliveryState.QUEUED)
    queued_at = models.DateTimeField()
    queued_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    #: Not before; while it is being sent, the end of the lease.
    next_at = models.DateTimeField()
    tries = models.PositiveIntegerField(default=0)
    last_error = models.CharField(max_length=200, blank=True, default="")
    delivered_at = models.DateTimeField(null=True, blank=True)
    #: The centre's own number for it.
    receipt = models.CharField(max_length=120, blank=True, default="")

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["order"], condition=Q(report=None), name="reporting_for_duty_is_delivered_once"
            ),
            models.CheckConstraint(
                condition=(Q(state=DeliveryState.DELIVERED, delivered_at__isnull=False) & ~Q(receipt=""))
                | (~Q(state=DeliveryState.DELIVERED) & Q(delivered_at__isnull=True, receipt="")),
                name="a_delivery_has_the_centres_receipt",
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_at"], condition=Q(state=DeliveryState.QUEUED), name="linkage_delivery_waiting"
            )
        ]

    def __str__(self):
        return self.idempotency_key

    @property
    def title(self) -> str:
        return str(self.report.get_kind_display() if self.report else LinkageVerb.REPORT_FOR_DUTY.label)
