"""Who comes next when somebody does not hear, and who has to know: from appointments and the roster, at that moment."""

from collections.abc import Callable
from datetime import datetime

from django.db.models import F

from accounts.choices import PostKind
from accounts.duty import Answering, answering
from accounts.models import Appointment
from common.paths import prefixes
from journal.models import Entry
from notices.models import Telling

#: kind of subject → whether there is still something to do about it.
IsLive = Callable[[str], bool]
_live: dict[str, IsLive] = {}


def register(kind: str, is_live: IsLive) -> None:
    """Let "still on it?" ask only while `is_live("warning:7")` says so."""
    _live[kind] = is_live


def is_live(subject: str) -> bool:
    kind = subject.partition(":")[0]
    return kind in _live and _live[kind](subject)


def next_person(telling: Telling, told: set[int], now: datetime) -> Answering | None:
    """Whoever else answers for the same post, then the same kind of post further up, then the duty leader.

    Nobody who was told already, and nobody off duty.
    """
    post = telling.held_post
    kinds = [PostKind.DUTY_LEADER] if post is None else [post.kind, PostKind.DUTY_LEADER]
    for kind in dict.fromkeys(kinds):
        path = post.unit.path if post is not None and kind == post.kind else telling.unit_path
        for one in _answering_up(
            kind, path, now, squad=post.squad if post is not None and kind == post.kind else ""
        ):
            if one.person.pk not in told:
                return one
    return None


def has_acted(telling: Telling, since: datetime) -> bool:
    """Whether this person did anything in the matter after that moment; confirming a notice does not count."""
    acts = Entry.objects.filter(thread=telling.thread, actor=telling.recipient_id, recorded_at__gt=since)
    return acts.exclude(kind__startswith="notice.").exists()


def duty_leaders(telling: Telling, now: datetime) -> list[Answering]:
    """The nearest duty leader on duty who is not the one who did not hear; all of them if several share it."""
    on_duty = [
        one
        for one in _answering_up(PostKind.DUTY_LEADER, telling.unit_path, now)
        if one.person.pk != telling.recipient_id
    ]
    return [one for one in on_duty if one.post.unit_id == on_duty[0].post.unit_id]


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
