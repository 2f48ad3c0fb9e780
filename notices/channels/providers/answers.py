"""What a refusal of a provider means for the message: one table for each provider, read here.

`number` and `text` are about this message. `key`, `sign`, `template`, `account` are about us: another gateway may
well take it, and the administrator has something to do.
"""

from collections.abc import Mapping
from typing import Any

from notices.channels import SendResult
from notices.channels.answers import Answer

NUMBER, TEXT, KEY, SIGN, TEMPLATE, ACCOUNT, LIMIT = (
    "number", "text", "key", "sign", "template", "account", "limit",
)  # fmt: skip
#: Not for ever, only now.
BUSY = "busy"
#: Seconds, where a provider does not say for how long.
BUSY_SECONDS = 20.0
#: What stands before the kind and the provider's code in a stored reason.
REFUSED = "refused by the provider: "
OURS = (KEY, SIGN, TEMPLATE, ACCOUNT)
NO_TEMPLATE = f"{REFUSED}{TEMPLATE} (none)"


def refusal(kind: str, code: str) -> SendResult:
    code = "".join(letter for letter in code if letter.isalnum() or letter in "._-:")[:80]
    if kind == BUSY:
        return SendResult("again", error=f"the provider is busy ({code})", wait=BUSY_SECONDS)
    if not kind:
        return SendResult("again", error=f"the gateway answered {code}")
    return SendResult("never", error=f"{REFUSED}{kind} ({code})")


def is_ours(outcome: SendResult) -> bool:
    """Whether what is wrong is ours and not the message's."""
    return outcome.kind == "never" and outcome.error.startswith(tuple(f"{REFUSED}{kind} " for kind in OURS))


def kind_of(code: str, table: Mapping[str, str]) -> str:
    """The longest beginning that is known: "Throttling" stands for "Throttling.User". Empty: not known."""
    known = [beginning for beginning in table if code.startswith(beginning)]
    return table[max(known, key=len)] if known else ""


def body_of(answer: Answer) -> dict[str, Any]:
    """The JSON object of an answer; empty for anything else."""
    try:
        found = answer.json()
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def taken_as(number: object) -> SendResult:
    """Accepted under this number; without one nobody could ever say what became of it."""
    text = str(number).strip()[:120] if isinstance(number, str | int) and not isinstance(number, bool) else ""
    return SendResult("sent", text) if text else SendResult("again", error="the gateway gave no id")
