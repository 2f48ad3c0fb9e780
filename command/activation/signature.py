"""What exactly is signed when a response starts, changes or ends, and its SHA-256: as with a warning.

The text holds the whole decision and the signer's capacity, and is stored as it was signed. Source: Electronic
Signature Law arts. 4-8, 13; early_warnings.signing.signature does the same for warnings.
"""

import json
from datetime import datetime
from typing import Any

from command.activation.models import Decision
from early_warnings.signing.signature import hash_of
from journal.record import stamp


def text_to_sign(decision: Decision) -> str:
    """The canonical text: sorted keys, UTF-8, no spaces, times in UTC to the microsecond."""
    return json.dumps(statement(decision), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def statement(decision: Decision) -> dict[str, Any]:
    """What the text says: the decision bears its signer already."""
    response, post = decision.response, decision.signed_post
    return {
        "response": response.number,
        "incident": response.incident.number,
        "plan": response.plan.ref,
        "decision": decision.kind,
        "level": decision.level,
        "grade": decision.grade,
        "matter": decision.matter,
        "measures": decision.measures,
        "expected_until": _time(decision.expected_until),
        "reason": decision.reason,
        "proposed_by": decision.proposed_by.username,
        "proposed_at": stamp(decision.proposed_at),
        "signed_by": decision.closed_by.username if decision.closed_by else "",
        "signed_post": post.title if post else "",
        "signed_unit": post.unit.code if post else "",
        "signed_as": decision.signed_as,
        "signed_at": _time(decision.closed_at),
        "credential": decision.credential,
        "drill": response.drill,
    }


def is_intact(decision: Decision) -> bool:
    """Whether the signed text still has its hash and the decision still says what was signed."""
    if not decision.signature or hash_of(decision.signed_text) != decision.signature:
        return False
    signed, now = json.loads(decision.signed_text), statement(decision)
    # Posts and units may have been renamed since.
    renamed = ("signed_post", "signed_unit")
    return all(signed.get(name) == value for name, value in now.items() if name not in renamed)


def _time(at: datetime | None) -> str:
    return stamp(at) if at else ""
