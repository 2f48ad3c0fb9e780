"""Who comes next when somebody does not hear, and who has to know: from appointments and the roster, at that moment."""

from collections.abc import Collection
from datetime import datetime

from django.db.models import F

from accounts.choices import PostKind
from accounts.models import Appointment, User
from accounts.posts.duty import Answering, answering
from common.database.paths import prefixes
from journal.models import Entry
from notices.models import Callout


def next_person(callout: Callout, told: set[int], now: datetime) -> Answering | None:
    """Whoever else answers for the same post, then the same kind of post further up, then the duty leader.

    Nobody who was told already, and nobody off duty.
    """
    post = callout.held_post
    kinds = [PostKind.DUTY_LEADER] if post is None else [post.kind, PostKind.DUTY_LEADER]
    for kind in dict.fromkeys(kinds):
        path = post.unit.path if post is not None and kind == post.kind else callout.unit_path
        for one in _answering_up(
            kind, path, now, squad=post.squad if post is not None and kind == post.kind else ""
        ):
            if one.person.pk not in told:
                return one
    return None


def has_acted(callout: Callout, since: datetime) -> bool:
    """Whether this person did anything in the matter after that moment; confirming a notice does not count."""
    acts = Entry.objects.filter(thread=callout.thread, actor=callout.recipient_id, recorded_at__gt=since)
    return acts.exclude(kind__startswith="notice.").exists()


def duty_leaders(callout: Callout, now: datetime) -> list[Answering]:
    """The nearest duty leader on duty who is not the one who did not hear; all of them if several share it."""
    on_duty = [
        one
        for one in _answering_up(PostKind.DUTY_LEADER, callout.unit_path, now)
        if one.person.pk != callout.recipient_id
    ]
    return [one for one in on_duty if one.post.unit_id == on_duty[0].post.unit_id]


def desks_for(paths: Collection[str], now: datetime) -> dict[str, list[User]]:
    """Unit path → the officers on duty there and above it, nearest first, and after them the duty leaders."""
    if not paths:
        return {}
    kinds = (PostKind.DUTY_OFFICER, PostKind.DUTY_LEADER)
    above = {path for one in paths for path in prefixes(one)}
    held = (
        Appointment.objects.current(now)
        .filter(post__unit__path__in=above, post__kind__in=kinds)
        .select_related("person", "post__unit")
        .order_by("pk")
    )
    people = answering(held, now)

    def nearest(path: str) -> list[User]:
        there = [one for one in people if path.startswith(one.post.unit.path)]
        there.sort(key=lambda one: (kinds.index(PostKind(one.post.kind)), -len(one.post.unit.path)))
        return [one.person for one in there]

    return {path: nearest(path) for path in paths}


def _answering_up(kind: str, path: str, now: datetime, squad: str = "") -> list[Answering]:
    """Who answers for posts of this kind in the unit of the path and above it, nearest first."""
    held = (
        Appointment.objects.current(now)
        .filter(post__unit__path__in=prefixes(path), post__kind=kind, post__squad=squad)
        .select_related("person", "post__unit")
        .annotate(path=F("post__unit__path"))
        .order_by("-path", "pk")
    )
    return answering(held, now)
