"""The stock ledger: what is kept, each movement of it, and each check of a kit."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language

from common.database.paths import PathField
from journal.keys import key
from plans.document.words import Words
from resources.materials import rules
from resources.materials.choices import KitAnswer, Movement
from resources.visibility import near


class MaterialQuerySet(models.QuerySet):
    def visible_to(self, reach):
        return self.filter(near(reach))

    def kept(self):
        return self.filter(ended_at__isnull=True)

    def wanting(self, today):
        """The twin of `rules.fault_of` in SQL: missing, past its date, or less than the minimum."""
        is_past = Q(on_hand__gt=0, expires_on__lt=today)
        return self.filter(Q(on_hand__lt=F("minimum")) | is_past)


class Material(models.Model):
    """One item of a unit's stock. What is on hand and out follows from its movements alone."""

    unit = models.ForeignKey("accounts.Unit", on_delete=models.PROTECT, related_name="materials")
    unit_path = PathField()
    name = models.CharField(max_length=80)
    #: In what it is counted: pieces, boxes.
    measure = models.CharField(max_length=20)
    #: The plan's kit and item that it belongs to ("support", "aed"); empty: to none.
    kit = models.CharField(max_length=80, blank=True, default="")
    kit_item = models.CharField(max_length=80, blank=True, default="")
    place = models.CharField(max_length=120)
    #: Who issues and registers it.
    keeper = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="materials")
    minimum = models.PositiveIntegerField(default=0)
    #: The last day on which it may be used.
    expires_on = models.DateField(null=True, blank=True)
    on_hand = models.PositiveIntegerField(default=0)
    out = models.PositiveIntegerField(default=0)
    added_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    rev = models.PositiveIntegerField(default=1)

    objects = MaterialQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(on_hand__gte=0, out__gte=0), name="stock_is_never_negative"),
            models.CheckConstraint(
                condition=Q(kit="", kit_item="") | ~Q(kit="") & ~Q(kit_item=""), name="of_a_kit_and_its_item"
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(on_hand=0, out=0), name="an_ended_item_is_all_gone"
            ),
        ]
        indexes = [models.Index(fields=["unit_path", "name"]), models.Index(fields=["unit", "kit"])]

    def __str__(self):
        return self.name

    @property
    def key(self) -> str:
        return key("material", self.pk)

    @property
    def stock(self) -> rules.Stock:
        return rules.Stock(self.on_hand, self.out)

    @property
    def is_kept(self) -> bool:
        return self.ended_at is None

    def fault(self, today):
        return rules.fault_of(
            on_hand=self.on_hand, minimum=self.minimum, expires_on=self.expires_on, today=today
        )


class MaterialMovement(models.Model):
    """One movement. Appended, never edited: a mistake is put right by another one."""

    material = models.ForeignKey(Material, on_delete=models.PROTECT, related_name="movements")
    verb = models.CharField(max_length=12, choices=Movement)
    quantity = models.PositiveIntegerField()
    on_hand_after = models.PositiveIntegerField()
    out_after = models.PositiveIntegerField()
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    post = models.CharField(max_length=120, blank=True, default="")
    #: For what it left the store.
    incident = models.ForeignKey(
        "incidents.Incident", null=True, blank=True, on_delete=models.PROTECT, related_name="movements"
    )
    squad = models.CharField(max_length=40, blank=True, default="")
    note = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gte=1), name="a_movement_moves_something"),
            models.CheckConstraint(
                condition=~Q(verb=Movement.WRITTEN_OFF) | ~Q(note=""), name="what_is_written_off_says_why"
            ),
            models.CheckConstraint(
                condition=~Q(verb=Movement.ISSUED) | Q(incident__isnull=False) | ~Q(squad="") | ~Q(note=""),
                name="what_is_issued_goes_somewhere",
            ),
        ]

    def __str__(self):
        return f"{self.material_id} {self.verb} {self.quantity}"


class KitCheck(models.Model):
    """Somebody went through a kit of a plan at a unit, line by line. Appended, never edited."""

    unit = models.ForeignKey("accounts.Unit", on_delete=models.PROTECT, related_name="kit_checks")
    unit_path = PathField()
    kit = models.CharField(max_length=80)
    title_zh = models.CharField(max_length=80)
    title_en = models.CharField(max_length=120)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    post = models.CharField(max_length=120, blank=True, default="")
    note = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        indexes = [models.Index(fields=["unit", "kit", "-at"])]

    def __str__(self):
        return f"{self.unit_id} {self.kit}"

    @property
    def key(self) -> str:
        return key("kit", self.unit_id, self.kit)

    @property
    def title(self) -> str:
        return Words(self.title_zh, self.title_en).in_language(get_language())


class KitCheckLine(models.Model):
    """What was found of one item of the kit."""

    check_of = models.ForeignKey(KitCheck, on_delete=models.PROTECT, related_name="lines")
    kit_item = models.CharField(max_length=80)
    answer = models.CharField(max_length=8, choices=KitAnswer)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["check_of", "kit_item"], name="one_answer_per_kit_item")
        ]

    def __str__(self):
        return f"{self.kit_item} {self.answer}"
