"""What the API answers about reports upward."""

from rest_framework import serializers

from command.report_chain.choices import Channel, LineAbove, ReportField, ReportKind, ReportState
from common.api.serializers import Shape
from early_warnings.choices import ReportChannel as SuperiorReportChannel
from early_warnings.choices import ReportState as SuperiorReportState


class KnownToldShape(Shape):
    """One thing that is known, or that the level above was told."""

    fact = serializers.CharField(help_text='The fact\'s name; "place", "what" or "level"')
    label = serializers.CharField()
    known = serializers.CharField()
    told = serializers.CharField(help_text="Empty: nobody above was told")
    differs = serializers.BooleanField()
    told_by = serializers.CharField()
    told_at = serializers.DateTimeField(allow_null=True)
    drill = serializers.BooleanField()
    line = serializers.CharField(allow_null=True, help_text="Which line of superiors; null: the tree's")


class UpwardRecipientShape(Shape):
    """Who gets a report, and how far it is with them."""

    recipient = serializers.CharField(help_text="The plan's role, or the name on paper")
    title = serializers.CharField()
    line = serializers.ChoiceField(choices=LineAbove.choices)
    phoned_at = serializers.DateTimeField(allow_null=True)
    phoned_by = serializers.CharField(allow_null=True, help_text="Username")
    told_whom = serializers.CharField()
    sent_at = serializers.DateTimeField(allow_null=True)
    sent_by = serializers.CharField(allow_null=True, help_text="Username")
    channel = serializers.ChoiceField(choices=Channel.choices, allow_blank=True)
    receipt_due_at = serializers.DateTimeField(allow_null=True)
    receipt_overdue = serializers.BooleanField()
    received_at = serializers.DateTimeField(allow_null=True)
    receiver = serializers.CharField()
    outside_number = serializers.CharField()


#: One text for each part of the paper.
UpwardTextShape = type(
    "UpwardTextShape",
    (Shape,),
    {
        "__module__": __name__,
        "__doc__": "The parts of a report.",
        **{field.value: serializers.CharField() for field in ReportField},
    },
)


class UpwardReportShape(Shape):
    """A report to the level above."""

    number = serializers.IntegerField(help_text="Which of the incident's")
    reference = serializers.CharField()
    url = serializers.CharField()
    incident = serializers.CharField(help_text="Its number")
    kind = serializers.ChoiceField(choices=ReportKind.choices)
    ordinal = serializers.IntegerField(help_text="Which of the follow-up reports; 0: none of them")
    title = serializers.CharField()
    state = serializers.ChoiceField(choices=ReportState.choices)
    level = serializers.CharField()
    as_of = serializers.DateTimeField()
    due_at = serializers.DateTimeField(allow_null=True)
    overdue = serializers.BooleanField()
    phone_first = serializers.BooleanField()
    recipients = UpwardRecipientShape(many=True)
    drafted_by = serializers.CharField(help_text="Username")
    drafted_at = serializers.DateTimeField()
    signed_by = serializers.CharField(allow_null=True, help_text="Username")
    signed_at = serializers.DateTimeField(allow_null=True)
    signature = serializers.CharField()
    intact = serializers.BooleanField(
        allow_null=True, help_text="Whether the signed text is as it was signed"
    )
    sent_at = serializers.DateTimeField(allow_null=True)
    discard_reason = serializers.CharField()
    drill = serializers.BooleanField()
    rev = serializers.IntegerField()

    def get_fields(self):
        # `fields` is what a serializer has itself.
        return {**super().get_fields(), "fields": UpwardTextShape()}


class NextReportShape(Shape):
    """What report may come next."""

    kind = serializers.ChoiceField(choices=ReportKind.choices)
    due_at = serializers.DateTimeField(allow_null=True)


class ToldWithWarningShape(Shape):
    """What a signed warning told the level above."""

    warning = serializers.CharField(help_text="Its number")
    recipient = serializers.CharField()
    title = serializers.CharField()
    text = serializers.CharField()
    state = serializers.ChoiceField(choices=SuperiorReportState.choices)
    sent_at = serializers.DateTimeField(allow_null=True)
    channel = serializers.ChoiceField(choices=SuperiorReportChannel.choices, allow_blank=True)


class ReportChainShape(Shape):
    """The chain of an incident in its order, and what may come next."""

    drill = serializers.BooleanField()
    results = UpwardReportShape(many=True)
    next = NextReportShape(many=True)
    told_with_warnings = ToldWithWarningShape(many=True)
