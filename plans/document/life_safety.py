"""Life first: the lines that stand above every plan's own, on every incident, whatever plan holds.

A plan adds lines below them. It cannot leave one out, reword it or put anything before it; where one of its own
says the same (`same_as: call_120`), that wording is shown beneath the product's and not a second time.
Source: city plan §1.4(2) 先救人、后问责, §4.2 先期处置.
"""

from typing import NamedTuple

from plans.document.sections import ChecklistItem, checklists_of
from plans.document.words import Words
from plans.engine.evaluation import Document

#: The group of steps that wait for the rescue: see plans.document.steps.
ACCOUNTABILITY = "accountability_steps"

LIFE_LINES = (
    ChecklistItem(
        "call_120",
        Words(
            "有人身危险先救人：立即拨打120；有暴力、火情的同时拨打110、119",
            "Where a life is at risk, rescue first: call 120 at once, and 110 or 119 where there is violence or fire",
        ),
        blocks=(ACCOUNTABILITY,),
    ),
    ChecklistItem(
        "keep_apart",
        Words(
            "保持安全距离：把危险处与围观人员隔开，不围堵、不刺激",
            "Keep a safe distance: onlookers apart from the danger, nobody crowded or provoked",
        ),
    ),
    ChecklistItem(
        "get_help",
        Words(
            "叫人到场：电话通知第一响应人和值班室，讲清地点、人数、伤情",
            "Get help there: phone the first responder and the duty room; say where, how many, who is hurt",
        ),
    ),
)

LIFE_IDS = frozenset(item.id for item in LIFE_LINES)


class LifeLine(NamedTuple):
    """A line of the checklist as an incident shows it."""

    item: ChecklistItem
    #: One of the product's own, above every plan.
    is_life: bool = False
    #: How the incident's plan words the same thing; None where it does not.
    in_plan: ChecklistItem | None = None

    @property
    def cite(self) -> str:
        return self.in_plan.cite if self.in_plan else self.item.cite

    @property
    def blocks(self) -> frozenset[str]:
        """Groups of steps that wait until the line is done or marked not needed."""
        return frozenset(self.item.blocks) | frozenset(self.in_plan.blocks if self.in_plan else ())

    @property
    def ids(self) -> tuple[str, ...]:
        """The line's own id first; a mark under the plan's id counts as well."""
        return (self.item.id, self.in_plan.id) if self.in_plan else (self.item.id,)

    @property
    def asks_why(self) -> bool:
        """Whether "not needed" has to say why: where a life, or a step that waits, hangs on the line."""
        return self.is_life or bool(self.blocks)


def checklist_of(document: Document) -> list[LifeLine]:
    """What is ticked off on an incident under this plan: the product's lines, then the plan's own in its order."""
    items = [item for part in checklists_of(document) for item in part.items]
    said = {item.same_as: item for item in items if item.same_as}
    own = [LifeLine(item) for item in items if item.same_as not in LIFE_IDS]
    return [LifeLine(item, is_life=True, in_plan=said.get(item.id)) for item in LIFE_LINES] + own
