"""The answers to "there is a number of a person in it": mask it, or keep it for a reason that somebody signs."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from accounts.sign_in.credentials import check_credential
from common.errors import Invalid
from common.text.masking import Finding, masked

#: What the answer is called in a form (with a dot before its parts) and in a body of the API.
NAME = "personal_data"
MASK, KEEP = "mask", "keep"
LONGEST_REASON = 300


def kind_label(kind: str) -> str:
    return {
        "identity": _("an identity number"),
        "mobile": _("a mobile number"),
        "landline": _("a telephone number"),
        "bank_card": _("a bank card number"),
    }[kind]


def sentence(finding: Finding) -> str:
    return _("“%(typed)s” looks like %(kind)s.") % {"typed": finding.text, "kind": kind_label(finding.kind)}


def as_json(found: list[tuple[str, Finding]]) -> list[dict[str, str]]:
    """What was found where, for an answer of the API; never the number itself."""
    return [{"field": path, "kind": finding.kind, "masked": finding.masked} for path, finding in found]


def why_masked(numbers: Iterable[str]) -> str:
    """What a person is told whose numbers were masked without being asked."""
    return _(
        "Masked: %(numbers)s. The record keeps no numbers of people and can never be corrected. If the number is needed "
        "to help, tell it to the duty room by telephone."
    ) % {"numbers": ", ".join(numbers)}


def noticed(found: list[tuple[str, Finding]], proposal: Any) -> Invalid:
    """What is said at the first try: what was found where, and how the text would read masked."""
    fields: dict[str, list[str]] = {}
    for path, finding in found:
        fields.setdefault(path, []).append(sentence(finding))
    return Invalid(
        NAME,
        _(
            "Not saved yet: the text holds what looks like somebody's identity, telephone or card number, and the "
            "record can never be corrected. Mask it and save, or keep it and sign why."
        ),
        fields=fields,
        found=as_json(found),
        masked=proposal,
    )


def signed(user: User, reason: Any, credential: Any, now: datetime) -> str:
    """The reason, once it is in order and signed. Raises Invalid without one, NotAllowed for a wrong credential."""
    text = masked(str(reason or "").strip())[:LONGEST_REASON]
    if not text:
        said = _("Say in a sentence why the number has to stand in the record.")
        raise Invalid(
            "personal_data_reason_missing",
            _("Not saved: %(why)s") % {"why": said},
            fields={f"{NAME}.reason": [said]},
        )
    check_credential(user, str(credential or ""), now)
    return text
