"""An inquiry into the agency's own conduct: what called for it, who looks, who decides, what came of it.

About a post, never about a person: no file on anybody grows here. Nothing about who petitioned.
"""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from common.database.paths import PathField
from journal.keys import key
from supervision.inquiries.choices import Delivered, InquiryState, Measure, Trigger

S = InquiryState


class InquiryQuerySet(models.QuerySet):
    def visible_to(self, reach):
        """The leaders who open and decide, the auditor, the investigator; never who holds the post it is about."""
        seen = reach.filter("inquiry.view", field="bureau_path")
        own = Q(investigator=reach.user.pk) | Q(decider=reach.user.pk)
        mine = Q(post__isnull=True) | ~Q(post__in=[post.post_id for post in reach.posts])
        return self.filter(seen | own, mine, reach.open_rows(inquiry="pk"))

    def live(self):
        return self.filter(state__in=[S.STARTED, S.REPORTED, S.DECIDED])


class Inquiry(models.Model):
    number = models.CharField(max_length=60, unique=True)
    trigger = models.CharField(max_length=2, choices=Trigger)
    #: What of the record calls for it, by its journal key ("clock:5"); empty where a paper from outside does.
    about = models.CharField(max_length=80, blank=True, default="")
    #: Why, in a sentence: of the record, or the number of the paper.
    reason = models.CharField(max_length=300)
    #: Its life-safety lines are done before anything is asked of anybody.
    incident = models.ForeignKey(
        "incidents.Incident", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    #: Whose conduct: a unit, and a post of it where it is one's.
    unit = models.ForeignKey("accounts.Unit", on_delete=models.PROTECT, related_name="+")
    post = models.ForeignKey(
        "accounts.Post", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    #: The bureau that leads it.
    bureau = models.ForeignKey("accounts.Unit", on_delete=models.PROTECT, related_name="+")
    bureau_path = PathField()
    state = models.CharField(max_length=10, choices=InquiryState)
    investigator = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    decider = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    statement = models.TextField(max_length=2000, blank=True, default="")
    heard_at = models.DateTimeField(null=True, blank=True)
    report = models.TextField(max_length=4000, blank=True, default="")
    reported_at = models.DateTimeField(null=True, blank=True)
    measure = models.CharField(max_length=10, choices=Measure, blank=True, default="")
    decision = models.TextField(max_length=2000, blank=True, default="")
    decided_at = models.DateTimeField(null=True, blank=True)
    delivered_at = models.DateTimeField(null=True, blank=True)
    delivered_how = models.CharField(max_length=10, choices=Delivered, blank=True, default="")
    erased_at = models.DateTimeField(null=True, blank=True)
    rev = models.PositiveIntegerField(default=1)

    objects = InquiryQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(investigator__isnull=True) | ~Q(investigator=F("decider")),
                name="who_looks_does_not_decide",
            ),
            models.CheckConstraint(
                condition=Q(state=S.NOT_NEEDED) | Q(investigator__isnull=False, decider__isnull=False),
                name="an_inquiry_names_both",
            ),
            models.CheckConstraint(
                condition=Q(reported_at__isnull=True) | Q(heard_at__isnull=False),
                name="heard_before_reported",
            ),
            models.CheckConstraint(
                condition=Q(decided_at__isnull=True, measure="")
                | Q(decided_at__isnull=False, reported_at__isnull=False, measure__in=Measure.values),
                name="a_decision_has_a_measure",
            ),
            models.CheckConstraint(
                condition=Q(delivered_at__isnull=True, delivered_how="")
                | Q(
                    delivered_at__isnull=False,
                    decided_at__isnull=False,
                    delivered_at__gte=F("decided_at"),
                    delivered_how__in=Delivered.values,
                ),
                name="what_was_decided_is_delivered",
            ),
            models.UniqueConstraint(fields=["about"], condition=~Q(about=""), name="one_inquiry_for_a_thing"),
        ]
        indexes = [models.Index(fields=["bureau_path", "-opened_at"], name="inquiry_by_bureau")]

    def __str__(self) -> str:
        return self.number

    @property
    def key(self) -> str:
        return key("inquiry", self.pk)
