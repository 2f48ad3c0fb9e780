"""What a plan had prepared for a level, as it was sent out: the orders, and what was left out with its reason."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.models import in_reader_language
from command.packages.choices import LineKind
from journal.keys import key


class Package(models.Model):
    """One act: what went out at a level of a response, in one transaction. Never changed after."""

    response = models.ForeignKey("command.Response", on_delete=models.PROTECT, related_name="packages")
    level = models.CharField(max_length=20)
    issued_at = models.DateTimeField()
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    issuer_post = models.CharField(max_length=120)

    class Meta:
        indexes = [models.Index(fields=["response", "-id"])]

    @property
    def key(self) -> str:
        return key("package", self.pk)


class PackageLine(models.Model):
    """A line of the plan, or one that was added by hand: sent out, or left out with the reason."""

    package = models.ForeignKey(Package, on_delete=models.PROTECT, related_name="lines")
    #: The package's, for the constraint.
    response = models.ForeignKey("command.Response", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=LineKind)
    #: The plan's id of the line; empty = added by hand.
    item = models.CharField(max_length=60, blank=True, default="")
    #: What the plan says, beside what was sent.
    title_zh = models.CharField(max_length=300, blank=True, default="")
    title_en = models.CharField(max_length=400, blank=True, default="")
    order = models.OneToOneField(
        "command.Order", on_delete=models.PROTECT, related_name="package_line", null=True, blank=True
    )
    left_out = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["response", "kind", "item"],
                condition=Q(left_out="") & ~Q(item=""),
                name="a_line_of_a_plan_goes_out_once",
            ),
            models.CheckConstraint(
                condition=Q(kind=LineKind.CHECKLIST, order__isnull=True)
                | Q(kind=LineKind.ORDER, order__isnull=False, left_out="")
                | (Q(kind=LineKind.ORDER, order__isnull=True) & ~Q(left_out="")),
                name="an_order_of_a_package_went_out_or_was_left_out",
            ),
            models.CheckConstraint(
                condition=~Q(item="") | Q(order__isnull=False), name="only_orders_are_added_to_a_package"
            ),
        ]

    @property
    def title(self) -> str:
        """What the plan says, in the reader's language."""
        return in_reader_language(self.title_zh, self.title_en)
