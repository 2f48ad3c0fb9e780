"""Which people may an administrator see, and who holds which post in my units?"""

from datetime import datetime

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from accounts.models import Appointment, Post, Unit, User
from accounts.permissions import manages_a_root
from accounts.scope import Reach
from common.database.paths import collapse, prefixes


def people_for(reach: Reach, now: datetime, *, text: str = "", state: str = "") -> QuerySet[User]:
    """Accounts this administrator sees, each with `posts_held` (now or to come), by username.

    Somebody who holds no post at all, past or present, belongs to whoever administers a whole tree.
    """
    mine = Appointment.objects.filter(reach.filter("people.manage", field="post__unit__path"))
    seen = Q(pk__in=mine.values("person"))
    if manages_a_root(reach):
        seen |= Q(~Exists(Appointment.objects.filter(person=OuterRef("pk"))))
    people = User.objects.filter(seen)
    if text:
        at_unit = Appointment.objects.current_or_coming(now).filter(post__unit__code=text)
        people = people.filter(
            Q(username__icontains=text) | Q(name__icontains=text) | Q(pk__in=at_unit.values("person"))
        )
    if state:
        people = people.filter(is_active=state == "active")
    return people.prefetch_related(_posts_held(now)).order_by("username")


def person_for(reach: Reach, now: datetime, person_id: int) -> User | None:
    return people_for(reach, now).filter(pk=person_id).first()


def _posts_held(now: datetime) -> Prefetch:
    rows = Appointment.objects.current_or_coming(now).select_related("post__unit")
    return Prefetch("appointments", rows.order_by("valid_from", "pk"), to_attr="posts_held")


def directory_units(reach: Reach, text: str = "") -> QuerySet[Unit]:
    """The units whose posts this person may look up, in tree order."""
    units = Unit.objects.filter(reach.filter("people.view", field="path"), valid_to__isnull=True)
    if text:
        units = units.filter(Q(name__icontains=text) | Q(name_en__icontains=text) | Q(code=text))
    return units.order_by("path")


def units_known(reach: Reach) -> QuerySet[Unit]:
    """The open units of this person's posts, all below them, and the line of those above, in tree order."""
    own = {post.unit_path for post in reach.posts}
    known = Q(path__in={path for one in own for path in prefixes(one)})
    for path in collapse(own):
        known |= Q(path__under=path)
    return Unit.objects.filter(known, valid_to__isnull=True).order_by("path")


def posts_of(units: list[Unit], now: datetime) -> dict[int, list[Post]]:
    """Open posts by unit id, each with `held` (its appointments in force). Two queries, however many."""
    held = Appointment.objects.current(now).select_related("person").order_by("-held_as", "pk")
    posts = Post.objects.filter(unit__in=units, closed_at__isnull=True).prefetch_related(
        Prefetch("appointments", held, to_attr="held")
    )
    by_unit: dict[int, list[Post]] = {unit.pk: [] for unit in units}
    for post in posts.order_by("pk"):
        by_unit[post.unit_id].append(post)
    return by_unit
