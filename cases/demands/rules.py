"""What follows from what when a matter is answered as a demand. Plain values in and out.

taken on ── contacted, first answer, progress, result: in any order, as often as it happens ──▶ reply ──▶ closed
The steps are those that clocks of plans run between; which of them is due, and when, the plans say.
Source: Petition Work Regulations art. 32 (outcomes, the law a refusal names); unit plan §二(二), §三(二)2.
"""

from cases.demands.choices import Outcome
from cases.matters.choices import MatterVerb as V

#: Kind of journal entry → what the matter's page calls it, in the order of the work.
STEPS: dict[str, V] = {
    "demand.contacted": V.CONTACTED,
    "demand.first_response": V.FIRST_RESPONSE,
    "demand.progress_told": V.PROGRESS_TOLD,
    "demand.result_told": V.RESULT_TOLD,
}
REPLY = "demand.reply_issued"


def needs_law(outcome: str) -> bool:
    """Whether the reply must name the provision it rests on (art. 32: not supported, with the law)."""
    return outcome == Outcome.NOT_SUPPORTED


def steps_left(*, replied: bool, closed: bool) -> list[str]:
    """Kinds that may be noted now; none once it is closed, and a reply is given once."""
    if closed:
        return []
    return [*STEPS, *([] if replied else [REPLY])]
