"""What the API answers about zero-reports."""

from rest_framework import serializers

from accounts.choices import Tier
from common.api.serializers import Shape
from zero_reports.filing.choices import Answer, Via

#: What a unit said, or that it has said nothing.
SAID = [*Answer.values, "silent"]


class ReportReceiptShape(Shape):
    """The answer to a filing."""

    receipt = serializers.CharField()
    received_at = serializers.DateTimeField()
    on_time = serializers.BooleanField()
    version = serializers.IntegerField()
    unit = serializers.CharField(help_text="The unit's code")
    period = serializers.CharField()
    page = serializers.CharField()


class ItemShape(Shape):
    """Something that was reported: a class and how many, or an incident."""

    count = serializers.IntegerField()
    note = serializers.CharField()
    incident = serializers.CharField(allow_null=True, help_text="Its number")

    def get_fields(self):
        # `class` cannot be the name of an attribute.
        return {
            "class": serializers.CharField(help_text="One of the plan's; or empty"),
            **super().get_fields(),
        }


class ReportVersionShape(ReportReceiptShape):
    """One version of a report, whole."""

    answer = serializers.ChoiceField(choices=Answer.choices)
    items = ItemShape(many=True)
    due_at = serializers.DateTimeField()
    filed_by = serializers.CharField(help_text="Name")
    post = serializers.CharField()
    on_behalf = serializers.BooleanField()
    via = serializers.ChoiceField(choices=Via.choices)


class ZeroReportShape(ReportVersionShape):
    """The version that holds, and those before it."""

    history = ReportVersionShape(many=True)


class CountsShape(Shape):
    """How many units are asked, have answered, and what."""

    expected = serializers.IntegerField()
    received = serializers.IntegerField()
    nil = serializers.IntegerField(help_text="Nothing to report")
    with_items = serializers.IntegerField()
    missing = serializers.IntegerField()
    late = serializers.IntegerField()


class OwnAnswerShape(Shape):
    """What a unit itself said."""

    unit = serializers.CharField(help_text="The unit's code")
    name = serializers.CharField()
    tier = serializers.ChoiceField(choices=Tier.choices)
    answer = serializers.ChoiceField(choices=SAID, allow_null=True, help_text="Null: it is not asked")


class ChildCountsShape(OwnAnswerShape, CountsShape):
    """A unit below: what it said, and the counts at and below it."""


class ReportSummaryShape(CountsShape):
    """The counts at and below a unit, child by child."""

    unit = serializers.CharField(help_text="The unit's code")
    period = serializers.CharField()
    due_at = serializers.DateTimeField(allow_null=True)
    own = OwnAnswerShape()
    children = ChildCountsShape(many=True)


class LinkShape(Shape):
    """What may be read about a one-tap link afterwards: not the link itself."""

    link = serializers.IntegerField()
    issued_at = serializers.DateTimeField()
    issued_by = serializers.CharField(help_text="Name")
    post = serializers.CharField()
    expires_at = serializers.DateTimeField()


class LinksShape(Shape):
    """Which links of a unit and period are open."""

    unit = serializers.CharField(help_text="The unit's code")
    period = serializers.CharField()
    open = LinkShape(many=True)


class NewLinkShape(LinkShape):
    """A new link; its address is answered this once."""

    address = serializers.CharField()


class RevokedLinksShape(LinksShape):
    """How many links were made useless."""

    revoked = serializers.IntegerField()


class LockExceptionShape(Shape):
    """An exception from the lock."""

    exception = serializers.IntegerField()
    stands = serializers.BooleanField(help_text="Whether it can be used now")
    reason = serializers.CharField()
    once = serializers.BooleanField()
    granted_at = serializers.DateTimeField()
    granted_by = serializers.CharField(help_text="Name")
    post = serializers.CharField()
    until = serializers.DateTimeField()
    used_at = serializers.DateTimeField(allow_null=True)
    withdrawn_at = serializers.DateTimeField(allow_null=True)
    withdrawn_by = serializers.CharField(help_text="Name; empty: nobody")


class LockShape(Shape):
    """Since when a unit's period is locked, and the exceptions that were granted."""

    unit = serializers.CharField(help_text="The unit's code")
    period = serializers.CharField()
    locked_since = serializers.DateTimeField(allow_null=True, help_text="Null: it is not")
    exceptions = LockExceptionShape(many=True)
