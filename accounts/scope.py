"""What may this person see? One query reads the posts held now; everything else follows from it.

A `Reach` is made once per request or socket and answers for lists (`filter`), single things (`holds`)
and journal entries (`entry_filter`, `sees`), so that no door decides for itself.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import datetime
from functools import cached_property
from itertools import chain
from typing import NamedTuple

from django.db.models import Q, QuerySet

from accounts.emergency.opened import Opened, ends_of, has_emergency_access, opened_to
from accounts.exclusions import rules as exclusion_rules
from accounts.exclusions import shut
from accounts.models import Appointment, User
from accounts.verbs import AUDIENCE_VERBS, SEES_IN_EMERGENCY, VERBS
from common.database.composed import Composed, padded
from common.database.paths import collapse
from common.hooks import Hook
from journal.keys import key, kind_of, pks_of


class HeldPost(NamedTuple):
    """A post this person holds at the moment the reach was read."""

    post_id: int
    kind: str
    squad: str
    title: str
    title_en: str
    held_as: str
    unit_id: int
    unit_code: str
    unit_path: str
    unit_tier: str
    unit_name: str = ""
    unit_name_en: str = ""


#: What is visible by exception (an incident shared with a neighbour unit): fn(reaches) → for each, thread keys such as "incident:5".
_Exceptions = Callable[[Sequence["Reach"]], list[set[str]]]
EXCEPTIONS: Hook[_Exceptions] = Hook()


class Reach:
    """What one person may see and do, read at one moment."""

    def __init__(self, user: User, posts: list[HeldPost], now: datetime):
        self.user = user
        self.posts = posts
        self.now = now
        #: Journal keys of the things this person is kept from ("demand:5"): recusals, accusations against their unit.
        self.closed: frozenset[str] = frozenset()
        #: What emergency access has opened to this person for a time, past their posts.
        self.opened: tuple[Opened, ...] = ()
        self._paths: dict[str, tuple[str, ...]] = {}

    def at(self, now: datetime) -> "Reach":
        """The same answer at another moment, for as long as nothing has changed it."""
        same = Reach(self.user, self.posts, now)
        same._paths, same.threads, same.closed = self._paths, self.threads, self.closed
        same.opened = self.opened
        return same

    @cached_property
    def identity(self) -> tuple:
        """Whatever is decided by posts and exceptions is alike for everybody with the same identity."""
        return (tuple(self.posts), self.threads, self.closed)

    # --- as a value of composed queries (common.database.composed.Several) ---

    def form(self) -> tuple:
        """Reaches of the same form give the same conditions with other values."""
        paths = [post.unit_path for post in self.posts]
        above = [tuple(n for n, other in enumerate(paths) if path.startswith(other)) for path in paths]
        kinds = [(post.kind, bool(post.squad), post.held_as, post.unit_tier) for post in self.posts]
        shut_out = [(kind, len(pks)) for kind, pks in self._shut_out()]
        return (*zip(kinds, above, strict=True), len(self._shared()), *shut_out)

    def values(self) -> tuple:
        posts = [_values_of(post) for post in self.posts]
        return (self.user.pk, self.now, *chain.from_iterable(posts), *self._shared(), *self._shut_out_pks())

    def filled(self, values: Sequence) -> "Reach":
        rest = iter(values)
        person, now = next(rest), next(rest)
        posts = [_filled(post, rest) for post in self.posts]
        same = Reach(User(pk=person), posts, now)
        same.threads = frozenset(key("incident", next(rest)) for _pk in self._shared())
        same.closed = frozenset(key(kind, next(rest)) for kind, pks in self._shut_out() for _pk in pks)
        path_of = {post.unit_path: filled.unit_path for post, filled in zip(self.posts, posts, strict=True)}
        same._paths = {verb: tuple(path_of[path] for path in self.paths(verb)) for verb in VERBS}
        return same

    def _shared(self) -> tuple[int, ...]:
        return padded(tuple(sorted(pks_of(self.threads, "incident"))))

    def _shut_out(self) -> list[tuple[str, tuple[int, ...]]]:
        kinds = sorted({kind_of(name) for name in self.closed})
        return [(kind, padded(tuple(sorted(pks_of(self.closed, kind))))) for kind in kinds]

    def _shut_out_pks(self) -> Iterator[int]:
        return chain.from_iterable(pks for _kind, pks in self._shut_out())

    def of_posts(self) -> "ReachOfPosts":
        """As much of it as everybody with the same identity has."""
        return ReachOfPosts(self)

    def paths(self, verb: str) -> tuple[str, ...]:
        """The outermost unit paths over which a post of this person carries `verb`."""
        if verb not in self._paths:
            kinds = VERBS[verb]
            self._paths[verb] = collapse(post.unit_path for post in self.posts if post.kind in kinds)
        return self._paths[verb]

    def holds(self, verb: str, unit_path: str) -> bool:
        return any(unit_path.startswith(path) for path in self.paths(verb))

    def has(self, verb: str) -> bool:
        """Whether any post carries the verb anywhere."""
        return bool(self.paths(verb))

    def filter(self, verb: str, field: str = "unit_path") -> Q:
        """A filter over `field` for the units where `verb` holds; matches nothing without such a post."""
        condition = Q(pk__in=[])
        for path in self.paths(verb):
            condition |= Q(**{f"{field}__under": path})
        return condition

    def open_rows(self, **kinds: str) -> Q:
        """A filter that leaves out the rows of things this person is kept from: kind of the thing → the field with its
        primary key, `key` → a field that holds its journal key. Nothing at all for whom nothing is closed."""
        condition = Q()
        for kind, field in kinds.items() if self.closed else ():
            shut_out = self.closed if kind == "key" else pks_of(self.closed, kind)
            if shut_out:
                # The row stays where the field is empty: NOT (NULL IN …) is not true.
                condition &= Q(**{f"{field}__isnull": True}) | ~Q(**{f"{field}__in": sorted(shut_out)})
        return condition

    def post_for(self, verb: str, unit_path: str) -> HeldPost | None:
        """The post in whose name this person acts: the nearest one that carries the verb over the unit."""
        fitting = [p for p in self.posts if p.kind in VERBS[verb] and unit_path.startswith(p.unit_path)]
        return max(fitting, key=lambda post: (len(post.unit_path), post.held_as == "holder"), default=None)

    def title_for(self, verb: str, unit_path: str) -> str:
        """The title of the post in whose name this person acts; of another one they hold where none carries the verb."""
        post = self.post_for(verb, unit_path) or next(iter(self.posts), None)
        return post.title if post else ""

    @cached_property
    def group_names(self) -> tuple[str, ...]:
        """Names of the permission groups these posts stand for: their units and themselves.

        Reading the posts each time, instead of keeping group members, means that a shared incident is
        visible to who holds the post today and to nobody who held it yesterday.
        """
        units = {key("unit", p.unit_id) for p in self.posts if p.kind in VERBS["incident.view"]}
        return tuple(sorted(units | {key("post", p.post_id) for p in self.posts}))

    @cached_property
    def threads(self) -> frozenset[str]:
        """Threads visible by exception."""
        return _threads_of([self])[0]

    def entry_filter(self) -> Q:
        """The journal entries this person may see, as a filter over journal.Entry."""
        condition = Q(audience="system")
        for audience, verb in AUDIENCE_VERBS.items():
            for path in self.paths(verb):
                condition |= Q(audience=audience, unit_path__under=path)
        if self.has("journal.audit"):
            condition |= Q(audience="security", unit_path="")
        if self.threads:
            condition |= Q(audience="incident", thread__in=self.threads)
        if self.closed:
            condition &= ~Q(subject__in=sorted(self.closed)) & ~Q(thread__in=sorted(self.closed))
        return condition

    def entry_keys(self) -> frozenset[tuple[str, str]]:
        """The same answer as `entry_filter` as keys, for finding a new entry's readers in a dictionary:
        (audience, unit path) for everything below the path, ("thread", key) for an exception; ("closed", key) for a
        thing whose entries are kept from this person although another key fits."""
        keys = {("system", "")}
        for audience, verb in AUDIENCE_VERBS.items():
            keys.update((audience, path) for path in self.paths(verb))
        if self.has("journal.audit"):
            keys.add(("security", ""))
        keys |= {("closed", name) for name in self.closed}
        return frozenset(keys | {("thread", thread) for thread in self.threads})

    def has_opened(self, subject: str) -> bool:
        """Whether emergency access lets this person see the thing with this journal key now."""
        return subject not in self.closed and any(
            one.subject == subject and self.now < one.until for one in self.opened
        )

    def sees(self, entry) -> bool:
        """The same answer as `entry_filter` for one entry already in hand."""
        if self.closed and (entry.subject in self.closed or entry.thread in self.closed):
            return False
        if entry.audience == "system":
            return True
        if entry.audience == "incident" and entry.thread in self.threads:
            return True
        if entry.audience == "security" and not entry.unit_path:
            return self.has("journal.audit")
        return self.holds(AUDIENCE_VERBS[entry.audience], entry.unit_path)

    def concerned_by(self, entry) -> bool:
        """Whether an entry that changes rights may have changed this person's."""
        return kind_of(entry.subject) != "user" or entry.subject == key("user", self.user.pk)


def _values_of(post: HeldPost) -> list:
    return [post.unit_path, post.unit_id, post.post_id, *([post.squad] if post.squad else [])]


def _filled(post: HeldPost, values: Iterator) -> HeldPost:
    path, unit, pk = next(values), next(values), next(values)
    squad = next(values) if post.squad else ""
    return post._replace(unit_path=path, unit_id=unit, post_id=pk, squad=squad)


class ReachOfPosts(Reach):
    """What everybody with these posts and exceptions may see: for what is rendered once for all of them.

    It knows no person, so that nothing of a person can get into what others are shown.
    """

    def __init__(self, reach: Reach):
        self.posts, self.now = reach.posts, reach.now
        self._paths, self.threads, self.closed = reach._paths, reach.threads, reach.closed
        # Who acts by it acts as a person; what is alike for all of a post shows what they see alone.
        self.opened = ()

    @property
    def user(self) -> User:
        raise LookupError("what is shown to all holders of a post must not depend on a person")

    def values(self) -> tuple:
        posts = [_values_of(post) for post in self.posts]
        return (self.now, *chain.from_iterable(posts), *self._shared(), *self._shut_out_pks())

    def filled(self, values: Sequence) -> "ReachOfPosts":
        return ReachOfPosts(Reach.filled(self, (0, *values)))


def reach_of(user: User, now: datetime) -> Reach:
    """Read the posts `user` holds at `now` (one query)."""
    return reaches_of([user], now)[user.pk]


def read_threads(reaches: Collection[Reach]) -> None:
    """Read the exceptions of many people at once: a query for each source, where asking each would take many."""
    reaches = list(reaches)
    for reach, threads in zip(reaches, _threads_of(reaches), strict=True):
        reach.threads = threads


def _threads_of(reaches: Sequence[Reach]) -> list[frozenset[str]]:
    seated = [reach for reach in reaches if reach.posts]
    found = [provider(seated) for provider in EXCEPTIONS] if seated else []
    threads = {
        id(reach): frozenset(one.subject for one in reach.opened).union(*answers)
        for reach, *answers in zip(seated, *found, strict=True)
    }
    return [threads.get(id(reach), frozenset()) for reach in reaches]


def next_changes(users: Collection[User], now: datetime) -> dict[int, datetime]:
    """By primary key: when an appointment of theirs begins or ends next, or an emergency access ends (one query).
    Nobody for whom no moment is set."""
    held = Appointment.objects.filter(Q(valid_from__gt=now) | Q(valid_to__gt=now), person__in=users)
    rows: Iterable[tuple] = held.values_list("person_id", "valid_from", "valid_to").union(ends_of(users, now))
    found: dict[int, datetime] = {}
    for person_id, *moments in rows:
        coming = [moment for moment in moments if moment and moment > now]
        found[person_id] = min([found[person_id], *coming] if person_id in found else coming)
    return found


def reaches_of(users: Collection[User], now: datetime) -> dict[int, Reach]:
    """The reach of each user by primary key, all read in one query; one more where any of them is kept from something,
    and one where emergency access has opened something to any of them."""
    held: dict[int, list[HeldPost]] = {user.pk: [] for user in users}
    some, past_posts = set(), set()
    for person_id, is_shut_out, has_opened, *post in (
        _HELD(now, tuple(held)) if len(held) == 1 else _held(now, tuple(held))
    ):
        held[person_id].append(HeldPost(*post))
        if is_shut_out:
            some.add(person_id)
        if has_opened:
            past_posts.add(person_id)
    reaches = {user.pk: Reach(user, held[user.pk], now) for user in users}
    read_closed([reaches[pk] for pk in some])
    read_opened([reaches[pk] for pk in past_posts], now)
    return reaches


def read_closed(reaches: Collection[Reach]) -> None:
    """Read what these people are kept from (one query); asked only for those of whom `shut.is_shut_out_somewhere` says so."""
    if not reaches:
        return
    rows = shut.rows_about(
        {reach.user.pk for reach in reaches}, {post.unit_path for r in reaches for post in r.posts}
    )
    for reach in reaches:
        held = {post.unit_path for post in reach.posts}
        handling = {path for verb in exclusion_rules.HANDLING for path in reach.paths(verb)}
        reach.closed = shut.closed_to(reach.user.pk, held, handling, rows)


def read_opened(reaches: Collection[Reach], now: datetime) -> None:
    """Read what emergency access has opened to these people (one query). Whoever has no post of its kinds any more has
    nothing of it, whatever time is left."""
    reaches = [one for one in reaches if any(post.kind in SEES_IN_EMERGENCY for post in one.posts)]
    found = opened_to([reach.user.pk for reach in reaches], now) if reaches else {}
    for reach in reaches:
        reach.opened = tuple(one for one in found.get(reach.user.pk, ()) if one.subject not in reach.closed)


def _held(now: datetime, people: tuple[int, ...]) -> QuerySet:
    return (
        Appointment.objects.current(now)
        .filter(person__in=people)
        .annotate(
            is_shut_out=shut.is_shut_out_somewhere("person", "post__unit__path"),
            has_opened=has_emergency_access("person", now),
        )
        .values_list(
            "person_id",
            "is_shut_out",
            "has_opened",
            "post_id",
            "post__kind",
            "post__squad",
            "post__title",
            "post__title_en",
            "held_as",
            "post__unit_id",
            "post__unit__code",
            "post__unit__path",
            "post__unit__tier",
            "post__unit__name",
            "post__unit__name_en",
        )
        .order_by("post__unit__path", "post_id")
    )


#: For one person: asked by every request.
_HELD = Composed(_held)
