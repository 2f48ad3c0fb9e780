"""Orders and their steps."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.choices import PostKind
from accounts.verbs import VERBS
from command.orders import rules
from command.orders.choices import OrderState, OrderVerb, TargetKind
from common.database.paths import PathField
from common.drills import RealRows
from incidents.models import granted_pks
from journal.keys import key


class OrderQuerySet(RealRows):
    def visible_to(self, reach):
        """Orders of incidents this person may see, and those given to them."""
        condition = reach.filter("incident.view") | addressed_to(reach)
        if granted := granted_pks(reach):
            condition |= Q(incident_id__in=granted)
        return self.filter(condition, reach.open_rows(incident="incident_id"))

    def addressed_to(self, reach):
        return self.filter(addressed_to(reach))

    def live(self):
        return self.filter(state__in=rules.LIVE)

    def for_lists(self):
        return self.select_related(
            "incident__plan", "unit", "target_unit", "target_person", "issued_by"
        ).prefetch_related("steps__by")


class Order(models.Model):
    """A task given to a unit, a squad, a person, a post or whoever is on duty, within an incident."""

    number = models.CharField(max_length=60, unique=True)
    incident = models.ForeignKey("incidents.Incident", on_delete=models.PROTECT, related_name="orders")
    #: The incident's unit: whose screens the order belongs on.
    unit = models.ForeignKey("accounts.Unit", on_delete=models.PROTECT, related_name="+")
    unit_path = PathField()
    target_kind = models.CharField(max_length=8, choices=TargetKind)
    target_unit = models.ForeignKey(
        "accounts.Unit", null=True, on_delete=models.PROTECT, related_name="orders"
    )
    target_squad = models.CharField(max_length=40, blank=True, default="")
    target_person = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="orders"
    )
    #: The kind of post where it goes to whoever holds that.
    target_role = models.CharField(max_length=20, choices=PostKind, blank=True, default="")
    task = models.CharField(max_length=300)
    #: What to take along or to see to, one thing a line.
    checklist = models.CharField(max_length=500, blank=True, default="")
    state = models.CharField(max_length=20, choices=OrderState, default=OrderState.ISSUED)
    issued_at = models.DateTimeField()
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    issuer_post = models.CharField(max_length=120, blank=True, default="")
    #: The last moment to be there; empty = the order sets no time.
    arrive_by = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    drill = models.BooleanField(default=False)
    rev = models.PositiveIntegerField(default=1)

    objects = OrderQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    target_kind=TargetKind.UNIT,
                    target_unit__isnull=False,
                    target_squad="",
                    target_role="",
                    target_person__isnull=True,
                )
                | (
                    Q(target_kind=TargetKind.SQUAD, target_unit__isnull=False, target_person__isnull=True)
                    & Q(target_role="")
                    & ~Q(target_squad="")
                )
                | (
                    Q(target_kind=TargetKind.ROLE, target_unit__isnull=False, target_person__isnull=True)
                    & Q(target_squad="")
                    & ~Q(target_role="")
                )
                | Q(
                    target_kind=TargetKind.DUTY,
                    target_unit__isnull=False,
                    target_squad="",
                    target_role="",
                    target_person__isnull=True,
                )
                | Q(
                    target_kind=TargetKind.PERSON,
                    target_unit__isnull=True,
                    target_squad="",
                    target_role="",
                    target_person__isnull=False,
                ),
                name="an_order_has_one_recipient",
            ),
            models.CheckConstraint(
                condition=Q(arrive_by__isnull=True) | Q(arrive_by__gt=F("issued_at")),
                name="arrive_after_it_is_issued",
            ),
            models.CheckConstraint(
                condition=Q(state__in=rules.LIVE, ended_at__isnull=True)
                | (~Q(state__in=rules.LIVE) & Q(ended_at__isnull=False)),
                name="an_ended_order_has_its_time",
            ),
            # A squad that is sent to two places arrives at neither.
            models.UniqueConstraint(
                fields=["incident", "target_unit", "target_squad"],
                condition=Q(state__in=rules.LIVE, target_kind=TargetKind.SQUAD),
                name="one_live_order_per_squad_and_incident",
            ),
        ]
        indexes = [
            models.Index(fields=["incident", "state"]),
            models.Index(fields=["unit_path", "-issued_at"]),
            models.Index(fields=["target_unit", "target_squad", "state"]),
            models.Index(fields=["target_person", "state"]),
            models.Index(
                fields=["id"],
                condition=Q(state=OrderState.ISSUED, target_kind__in=[TargetKind.ROLE, TargetKind.DUTY]),
                name="order_waits_for_a_post",
            ),
        ]

    def __str__(self):
        return self.number

    @property
    def key(self) -> str:
        return key("order", self.pk)

    @property
    def checklist_lines(self) -> list[str]:
        return [line for line in map(str.strip, self.checklist.splitlines()) if line]

    @property
    def is_live(self) -> bool:
        return self.state in rules.LIVE


class OrderStep(models.Model):
    """One step of an order: who, when, and whether for somebody else. Appended, never edited."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="steps")
    verb = models.CharField(max_length=20, choices=OrderVerb)
    state = models.CharField(max_length=20, choices=OrderState)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    post = models.CharField(max_length=120, blank=True, default="")
    #: True where the duty officer set the state for a squad that could only phone.
    on_behalf = models.BooleanField(default=False)
    #: Through the link in the message to `by`: whose telephone it was is known, who held it is not.
    by_link = models.BooleanField(default=False)
    #: Where the code was shown that confirms the arrival; empty: somebody on the spot did.
    place = models.CharField(max_length=120, blank=True, default="")
    note = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["order", "state"], name="each_state_once_per_order"),
            models.CheckConstraint(
                condition=~Q(verb__in=rules.NEEDS_REASON) | ~Q(note=""),
                name="declining_and_recalling_have_a_reason",
            ),
        ]

    def __str__(self):
        return f"{self.order_id} {self.verb}"


def addressed_to(reach) -> Q:
    """Orders given to this person: by name, to a squad they are in, to a post they hold, or to a unit whose orders
    they answer."""
    condition = Q(target_person=reach.user)
    for post in reach.posts:
        if not post.squad:
            condition |= Q(target_kind=TargetKind.ROLE, target_unit=post.unit_id, target_role=post.kind)
        if post.kind == PostKind.DUTY_OFFICER:
            condition |= Q(target_kind=TargetKind.DUTY, target_unit=post.unit_id)
        if post.kind not in VERBS["order.answer"]:
            continue
        if post.squad:
            condition |= Q(target_kind=TargetKind.SQUAD, target_unit=post.unit_id, target_squad=post.squad)
        else:
            condition |= Q(target_kind=TargetKind.UNIT, target_unit=post.unit_id)
    return condition
