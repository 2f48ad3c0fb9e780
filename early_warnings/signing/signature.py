"""What exactly is signed, and its SHA-256.

The signature is the signer's own credential asked again, over a text that holds the whole warning, the
signer's capacity and the list of who is told. The text is stored as it was signed: anything changed
afterwards, in it or in the warning's own columns, no longer fits. The journal carries the hash as well.
Source: Electronic Signature Law arts. 4-8, 13.
"""

import hashlib
import json
from collections.abc import Iterable
from typing import Any

from early_warnings.models import EarlyWarning
from journal.record import stamp


def text_to_sign(
    warning: EarlyWarning, *, recipients: Iterable[tuple[str, str]], superiors: Iterable[str]
) -> str:
    """The canonical text: sorted keys, UTF-8, no spaces, times in UTC to the microsecond.

    `recipients`: (username, post) of everybody in this system who is told; `superiors`: the plan's roles of
    authorities outside it.
    """
    told = sorted([list(recipient) for recipient in recipients])
    content = {**statement(warning), "recipients": told, "superiors": sorted(superiors)}
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def statement(warning: EarlyWarning) -> dict[str, Any]:
    """The part of the text that the warning's own columns repeat. The warning bears its signer already."""
    return {
        "number": warning.number,
        "incident": warning.incident.number,
        "plan": warning.plan.ref,
        "class": warning.category,
        "level": warning.level,
        "matter": warning.matter,
        "area": warning.area,
        "measures": warning.measures,
        "reason": warning.reason,
        "proposed_level": warning.proposed_level,
        "engine_reasons": warning.reasons,
        "drafted_by": warning.drafted_by.username,
        "proposed_by": warning.proposed_by.username if warning.proposed_by else "",
        "proposed_at": stamp(warning.proposed_at) if warning.proposed_at else "",
        "adjusts": warning.adjusted_from.number if warning.adjusted_from else "",
        "signed_by": warning.signed_by.username if warning.signed_by else "",
        "signed_post": warning.signed_post.title if warning.signed_post else "",
        "signed_unit": warning.signed_post.unit.code if warning.signed_post else "",
        "signed_as": warning.signed_as,
        "signed_at": stamp(warning.signed_at) if warning.signed_at else "",
        "credential": warning.credential,
        "remark": warning.remark,
        "drill": warning.drill,
    }


def hash_of(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def is_intact(warning: EarlyWarning) -> bool:
    """Whether the signed text still has its hash and the warning still says what was signed."""
    if not warning.signature or hash_of(warning.signed_text) != warning.signature:
        return False
    signed = json.loads(warning.signed_text)
    # Compared as JSON, as it was stored; posts and units may have been renamed since.
    now = json.loads(json.dumps(statement(warning)))
    renamed = ("signed_post", "signed_unit")
    return all(signed.get(name) == value for name, value in now.items() if name not in renamed)


def recipients_of(warning: EarlyWarning) -> list[tuple[str, str]]:
    """Who was told, as it was signed: (username, post)."""
    if not warning.signed_text:
        return []
    return [(username, post) for username, post in json.loads(warning.signed_text)["recipients"]]
