"""One POST or GET to a provider, within a deadline for the whole of it, and no more of the answer than anybody needs."""

from collections.abc import Collection, Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime

from notices.channels.answers import Answer

#: Not no, only not now.
LATER = (408, 425, 429)
#: Seconds: a gateway may ask for patience, but not put a warning off for an hour.
SHORTEST_WAIT, LONGEST_WAIT = 1.0, 60.0


def post(
    url: str,
    body: dict | bytes | None,
    seconds: float,
    headers: Mapping[str, str] | None = None,
    *,
    private: Collection[str] | None = None,
) -> Answer:
    """Raises Unanswered after `seconds` at the latest. `body` as bytes: what was signed or sealed as it stands; None: a GET.

    `private`: addresses inside the network that may be called; None: all, for what the operator alone names.
    """
    # Brought in with the first call, not at start.
    from notices.channels import lines

    return lines.ask(url, body, seconds, headers, private)


def get(url: str, seconds: float) -> Answer:
    """As `post`, without a body: one of them lends its tokens that way."""
    return post(url, None, seconds)


def wait_asked(answer: Answer) -> float:
    """Seconds until the provider wants to be asked again, as Retry-After says it in one of its two forms."""
    said = answer.headers.get("Retry-After", "").strip()
    try:
        seconds = float(said) if said.isascii() and said.isdigit() else _seconds_until(said)
    except (ValueError, TypeError, OverflowError):
        seconds = SHORTEST_WAIT
    return min(max(seconds, SHORTEST_WAIT), LONGEST_WAIT)


def _seconds_until(date: str) -> float:
    at = parsedate_to_datetime(date)
    return (at - datetime.now(at.tzinfo)).total_seconds()
