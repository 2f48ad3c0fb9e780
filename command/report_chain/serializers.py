"""Is what came over the API well formed, and what goes back?"""

from datetime import datetime

from django.urls import reverse
from rest_framework import serializers

from command.report_chain import queries, rules
from command.report_chain.choices import Channel, ReportField, ReportKind
from command.report_chain.contents import signature
from command.report_chain.contents.drafting import title_on_paper
from command.report_chain.contents.known_told import ComparedFact
from command.report_chain.contents.paper import text_of
from command.report_chain.models import UpwardDelivery, UpwardReport
from command.report_chain.queries import Next
from common.api.serializers import StrictSerializer
from common.dates.date_fields import ApiMomentField
from early_warnings.models import SuperiorReport


def _text(length: int, **more) -> serializers.CharField:
    return serializers.CharField(max_length=length, **more)


def _optional(length: int) -> serializers.CharField:
    return _text(length, required=False, allow_blank=True, default="")


class NewUpwardReportSerializer(StrictSerializer):
    """`recipients` beside those of the plan, as names on paper; needed where the plan names nobody."""

    kind = serializers.ChoiceField(choices=ReportKind.choices)
    recipients = serializers.ListField(child=_text(80), required=False, default=list, max_length=10)


class UpwardFieldsSerializer(StrictSerializer):
    time = _text(rules.LONGEST_FIELD, required=False, allow_blank=True)
    place = _text(rules.LONGEST_FIELD, required=False, allow_blank=True)
    course = _text(rules.LONGEST_FIELD, required=False, allow_blank=True)
    result = _text(rules.LONGEST_FIELD, required=False, allow_blank=True)
    situation = _text(rules.LONGEST_FIELD, required=False, allow_blank=True)
    measures = _text(rules.LONGEST_FIELD, required=False, allow_blank=True)
    contact = _text(rules.LONGEST_FIELD, required=False, allow_blank=True)
    other = _text(rules.LONGEST_FIELD, required=False, allow_blank=True)


class UpwardReviseSerializer(StrictSerializer):
    """What is left out stays as it is."""

    fields = UpwardFieldsSerializer()
    recipients = serializers.ListField(child=_text(80), required=False, default=None, max_length=10)


class NothingSerializer(StrictSerializer):
    pass


class UpwardDiscardSerializer(StrictSerializer):
    discard_reason = _text(300)


class UpwardSignSerializer(StrictSerializer):
    credential = _text(200, trim_whitespace=False)


class UpwardPhoneSerializer(StrictSerializer):
    recipient = _optional(80)
    told_whom = _text(80)
    at = ApiMomentField(required=False, allow_null=True, default=None)


class UpwardSendSerializer(StrictSerializer):
    """`recipient`: the plan's role or the name on paper; left out: everybody who does not have it."""

    recipient = _optional(80)
    channel = serializers.ChoiceField(choices=Channel.choices)


class UpwardReceiptSerializer(StrictSerializer):
    """`recipient` may be left out where only one has not confirmed."""

    recipient = _optional(80)
    receiver = _text(80)
    outside_number = _optional(60)
    at = ApiMomentField(required=False, allow_null=True, default=None)


def detail(report: UpwardReport, now: datetime) -> dict:
    return {
        "number": report.n,
        "reference": report.reference,
        "url": reverse("api:upward-report", args=[report.incident.number, report.n]),
        "incident": report.incident.number,
        "kind": report.kind,
        "ordinal": report.ordinal,
        "title": title_on_paper(report),
        "state": report.state,
        "level": report.level,
        "fields": {field: text_of(report, field) for field in ReportField.values},
        "as_of": report.as_of,
        "due_at": report.due_at,
        "overdue": rules.is_overdue(due_at=report.due_at, done_at=report.sent_at, now=now),
        "phone_first": report.phone_first,
        "recipients": [recipient(delivery, now) for delivery in report.deliveries.all()],
        "drafted_by": report.drafted_by.username,
        "drafted_at": report.drafted_at,
        "signed_by": report.signed_by.username if report.signed_by else None,
        "signed_at": report.signed_at,
        "signature": report.signature,
        "intact": signature.is_intact(report) if report.signed_at else None,
        "sent_at": report.sent_at,
        "discard_reason": report.discard_reason,
        "drill": report.drill,
        "rev": report.rev,
    }


def recipient(delivery: UpwardDelivery, now: datetime) -> dict:
    return {
        "recipient": delivery.recipient or delivery.title_zh,
        "title": delivery.title,
        "line": delivery.line,
        "phoned_at": delivery.phoned_at,
        "phoned_by": delivery.phoned_by.username if delivery.phoned_by else None,
        "told_whom": delivery.told_whom,
        "sent_at": delivery.sent_at,
        "sent_by": delivery.sent_by.username if delivery.sent_by else None,
        "channel": delivery.channel,
        "receipt_due_at": delivery.receipt_due_at,
        "receipt_overdue": queries.is_receipt_overdue(delivery, now),
        "received_at": delivery.received_at,
        "receiver": delivery.receiver,
        "outside_number": delivery.outside_number,
    }


def next_report(one: Next) -> dict:
    return {"kind": one.kind, "due_at": one.due_at}


def told_with_warning(report: SuperiorReport) -> dict:
    """What a signed warning told the level above; it stands beside the chain and is not changed by it."""
    return {
        "warning": report.warning.number,
        "recipient": report.recipient,
        "title": report.title,
        "text": report.text,
        "state": report.state,
        "sent_at": report.sent_at,
        "channel": report.channel,
    }


def known_told_line(line: ComparedFact) -> dict:
    return line._asdict()
