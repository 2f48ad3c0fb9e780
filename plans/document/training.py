"""What a plan says of training: for whom, and after what time again. Pure, like the engine."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from plans.engine.evaluation import Document


@dataclass(frozen=True, slots=True)
class TrainingTerms:
    #: Audience → the kinds of posts that belong to it.
    posts: Mapping[str, tuple[str, ...]]
    #: After how long again ("P365D"); empty: the plan names no interval.
    again_after: str = ""
    cite: str = ""
    is_proposal: bool = False


def training_of(document: Document) -> TrainingTerms | None:
    """None where the plan says nothing of training."""
    entry: Mapping[str, Any] | None = document.get("training")
    if entry is None:
        return None
    return TrainingTerms(
        posts={one["id"]: tuple(one.get("posts", ())) for one in entry["audiences"]},
        again_after=entry.get("again_after", ""),
        cite=entry.get("cite", ""),
        is_proposal=entry.get("origin") == "proposal",
    )
