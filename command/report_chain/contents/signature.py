"""What exactly is signed under a report to the level above, and whether it still stands so.

As under a warning (early_warnings.signing.signature): the signer's own credential asked again, over a text that is kept
as it was signed.
"""

import json
from typing import Any

from command.report_chain.models import UpwardReport
from early_warnings.signing.signature import hash_of
from journal.record import stamp


def text_to_sign(report: UpwardReport) -> str:
    """The canonical text: sorted keys, UTF-8, no spaces, times in UTC. The report bears its signer already."""
    return json.dumps(statement(report), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def statement(report: UpwardReport) -> dict[str, Any]:
    return {
        "number": report.reference,
        "incident": report.incident.number,
        "kind": report.kind,
        "ordinal": report.ordinal,
        "plan": report.plan.ref,
        "level": report.level,
        "fields": report.fields,
        "phone": report.phone,
        "facts": report.facts,
        "as_of": stamp(report.as_of),
        "recipients": sorted(delivery.title_zh for delivery in report.deliveries.all()),
        "drafted_by": report.drafted_by.username,
        "signed_by": report.signed_by.username if report.signed_by else "",
        "signed_as": report.signed_as,
        "signed_at": stamp(report.signed_at) if report.signed_at else "",
        "credential": report.credential,
        "drill": report.drill,
    }


def is_intact(report: UpwardReport) -> bool:
    """Whether the signed text still has its hash and the report still says what was signed."""
    if not report.signature or hash_of(report.signed_text) != report.signature:
        return False
    return json.loads(report.signed_text) == json.loads(json.dumps(statement(report)))
