"""Who sits in a command post is told, may read the incident, and every change of it is an entry."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from accounts.models import Post, User
from command.activation import alerts
from command.activation.choices import ResponseState
from command.activation.models import Response
from command.activation.transitions import lock, record_entry
from command.command_post.queries import bench_of, post_of
from command.command_post.rules import Change, CommandPost, Member, changes
from common.alone import Loop
from incidents.sharing import let_take_part
from notices.recipients import Recipient

CHANGES = Loop("command_post.changes")
KIND = "command_post.changed"


def seat_people(response: Response, now: datetime) -> list[Recipient]:
    """Put the post together for a response that starts or changes: its people may read the incident from now on.

    Called inside the decision's own transaction, response locked. Returns whom to tell.
    """
    post = post_of(response, bench_of(response, now))
    _let_in(response, post.members)
    response.seated = post.who()
    response.save(update_fields=["seated"])
    return _recipients(post.members)


def note_changes(now: datetime, limit: int = 200) -> int:
    """Write down who has come and gone since the last look, in every active response. Any number of processes may."""
    pks = CHANGES.pick(Response.objects.active().order_by("pk"), now, limit)
    return CHANGES.each(pks, lambda pk: note_change(response_id=pk, now=now), now)


def note_change(*, response_id: int, now: datetime) -> int:
    """The same for one response. Looked at without a lock first: nearly always nothing has changed."""
    response = Response.objects.for_pages().get(pk=response_id)
    post = post_of(response, bench_of(response, now))
    if not changes(response.seated, post.who()):
        return 0
    return _note(response_id, now)


@transaction.atomic
def _note(response_id: int, now: datetime) -> int:
    response = lock(response_id)
    if response.state != ResponseState.ACTIVE:
        return 0
    post = post_of(response, bench_of(response, now))
    found = changes(response.seated, post.who())
    if not found:
        return 0

    came = {name for change in found for name in change.came}
    fresh = [one for one in post.members if one.username in came]
    _let_in(response, fresh)
    response.seated = post.who()
    response.save(update_fields=["seated"])

    for content in _contents(post, found):
        record_entry(response, KIND, None, at=now, content=content)
    alerts.tell_seated(response, _recipients(fresh), now=now)
    return len(found)


def _contents(post: CommandPost, found: list[Change]) -> Iterable[dict]:
    words = {seat: said for seat, said, _members in post.seats}
    everybody = {name for change in found for name in (*change.left, *change.came)}
    names = {user.username: str(user) for user in User.objects.filter(username__in=everybody)}
    for change in found:
        left = "、".join(names.get(one, one) for one in change.left) or "—"
        came = "、".join(names.get(one, one) for one in change.came) or "—"
        said = words.get(change.seat)
        yield {
            "seat": change.seat,
            "left": list(change.left),
            "came": list(change.came),
            "title_zh": f"{said.zh if said else change.seat}：{left} → {came}",
            "title_en": f"{said.en if said else change.seat}: {left} → {came}",
        }


def _let_in(response: Response, members: Iterable[Member]) -> None:
    posts = list(Post.objects.filter(pk__in={one.post for one in members}))
    let_take_part(incident=response.incident, posts=posts)


def _recipients(members: Iterable[Member]) -> list[Recipient]:
    found = {one.username: one for one in members}
    people = User.objects.filter(username__in=found)
    return [Recipient(user, found[user.username].title, found[user.username].post) for user in people]
