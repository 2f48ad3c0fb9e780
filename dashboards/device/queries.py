"""Whom somebody asks whose device lacks something: posts and office numbers of the own line, never persons."""

from datetime import datetime

from django.db.models import Exists, OuterRef

from accounts.choices import PostKind
from accounts.models import Appointment, Post
from accounts.scope import Reach
from common.database.paths import prefixes


def administrators(reach: Reach, now: datetime) -> list[Post]:
    """The posts of the nearest system administrators in the own line that somebody holds at `now`."""
    return _nearest(_held_in_line(reach, now, PostKind.SYSADMIN))


def duty_room(reach: Reach, now: datetime) -> Post | None:
    """A duty officer's post of the nearest unit in the own line whose office has a telephone."""
    posts = [post for post in _held_in_line(reach, now, PostKind.DUTY_OFFICER) if post.unit.phone]
    return next(iter(_nearest(posts)), None)


def _held_in_line(reach: Reach, now: datetime, kind: PostKind) -> list[Post]:
    line = {path for post in reach.posts for path in prefixes(post.unit_path)}
    held = Appointment.objects.current(now).filter(post=OuterRef("pk"))
    posts = Post.objects.filter(Exists(held), kind=kind, closed_at__isnull=True, unit__path__in=line)
    return list(posts.select_related("unit").order_by("pk"))


def _nearest(posts: list[Post]) -> list[Post]:
    longest = max((len(post.unit.path) for post in posts), default=0)
    return [post for post in posts if len(post.unit.path) == longest]
