"""The moments of the warnings signed in a period: three queries, whatever their number."""

from datetime import datetime

from django.db.models import F, Min, Q

from accounts.scope import Reach
from dashboards.promise.rules import Chain
from early_warnings.choices import CallOutcome
from early_warnings.models import CallAttempt, EarlyWarning
from journal.keys import key
from notices.models import Notice


def chains(reach: Reach, start: datetime, end: datetime, *, drill: bool) -> list[Chain]:
    """Warnings this person may see, signed from `start` up to but not including `end`, in order.

    The first ear: the first recipient who heard or confirmed on any channel, or answered the telephone. Drills
    are measured apart.
    """
    rows = list(
        EarlyWarning.objects.visible_to(reach)
        .filter(signed_at__gte=start, signed_at__lt=end, drill=drill)
        .order_by("signed_at", "pk")
        .values_list(
            "pk",
            "number",
            "incident__recorded_at",
            "proposed_at",
            "signed_at",
            "pushed_at",
            "adjusted_from_id",
            "drafted_at",
        )
    )
    ears = _ears([row[0] for row in rows])
    return [
        # An adjustment begins with its own draft: the incident is old by then.
        Chain(number, drafted if adjusts else entry, proposed, signed, pushed, ears.get(pk))
        for pk, number, entry, proposed, signed, pushed, adjusts, drafted in rows
    ]


def _ears(warnings: list[int]) -> dict[int, datetime]:
    keys = {key("warning", pk): pk for pk in warnings}
    told = (
        Notice.objects.filter(Q(subject__in=keys), purpose="warning.signed")
        .values("subject")
        .annotate(heard=Min("heard_at"), confirmed=Min("acknowledged_at"))
    )
    found = {
        keys[row["subject"]]: min(moment for moment in (row["heard"], row["confirmed"]) if moment)
        for row in told
        if row["heard"] or row["confirmed"]
    }
    answered = CallAttempt.objects.filter(
        warning__in=warnings, outcome=CallOutcome.ANSWERED, at__gte=F("warning__signed_at")
    )
    for row in answered.values("warning").annotate(first=Min("at")):
        pk = row["warning"]
        found[pk] = min(found.get(pk, row["first"]), row["first"])
    return found
