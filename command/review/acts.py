"""From a verb at a door to its action."""

from datetime import datetime
from typing import Any

from accounts.scope import Reach
from command.review import actions
from command.review.actions import Texts
from command.review.choices import ReviewVerb
from command.review.models import Review


def act_on(
    review: Review,
    verb: str,
    *,
    reach: Reach,
    now: datetime,
    rev: int | None = None,
    reason: str = "",
    **texts: str,
) -> Review:
    """`texts`: course, good, lessons; one that is left out stays as it is."""
    about: dict[str, Any] = {"review_id": review.pk, "reach": reach, "now": now, "rev": rev}
    if verb == ReviewVerb.WRITE:
        return actions.write_review(texts=Texts(**texts), **about)
    if verb == ReviewVerb.RETURN:
        return actions.return_review(reason=reason, **about)
    return _PLAIN[verb](**about)


_PLAIN = {ReviewVerb.HAND_IN: actions.hand_in_review, ReviewVerb.APPROVE: actions.approve_review}
