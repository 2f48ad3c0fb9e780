"""The key times of incidents, read from the journal and the clocks: one query each, for any number of incidents."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import Max, Min

from clocks.models import Clock
from clocks.rulebook import rules_for
from command.review import rules
from command.review.choices import Kept, KeyTime
from incidents.models import Incident
from journal.models import Entry


class Moment(NamedTuple):
    """A key time: since the incident was known, until it came; with the plan's limit where one ran."""

    which: KeyTime
    since: datetime
    at: datetime | None
    due_at: datetime | None
    title: str
    cite: str
    kept: Kept

    @property
    def look(self) -> str:
        return rules.KEPT_LOOKS[self.kept]

    @property
    def minutes(self) -> int | None:
        return None if self.at is None else minutes_between(self.since, self.at)

    @property
    def limit_minutes(self) -> int | None:
        return None if self.due_at is None else minutes_between(self.since, self.due_at)


def minutes_between(since: datetime, at: datetime) -> int:
    """Whole minutes, never less than none."""
    return max(int((at - since) / timedelta(minutes=1)), 0)


def times_of(incidents: Iterable[Incident]) -> dict[int, dict[KeyTime, datetime]]:
    """Incident → when each key time came, of those that did (one query)."""
    known = {incident.key: incident.pk for incident in incidents}
    kinds = {kind for some in rules.KEY_TIMES.values() for kind in some}
    rows = Entry.objects.filter(thread__in=known, kind__in=kinds).values("thread", "kind")
    found: dict[int, dict[str, tuple[datetime, datetime]]] = {pk: {} for pk in known.values()}
    for row in rows.annotate(first=Min("at"), last=Max("at")).order_by():
        found[known[row["thread"]]][row["kind"]] = (row["first"], row["last"])
    return {pk: _times(some) for pk, some in found.items()}


def _times(some: dict[str, tuple[datetime, datetime]]) -> dict[KeyTime, datetime]:
    times = {}
    for which, kinds in rules.KEY_TIMES.items():
        came = [some[kind] for kind in kinds if kind in some]
        if came and which in rules.LAST_COUNTS:
            times[which] = max(last for _first, last in came)
        elif came:
            times[which] = min(first for first, _last in came)
    return times


def key_times(incident: Incident) -> list[Moment]:
    """All of them, in their usual order (two queries)."""
    times = times_of([incident])[incident.pk]
    clocks = Clock.objects.filter(thread=incident.key, due_at__isnull=False).order_by("due_at", "pk")
    limits = list(clocks)
    return [_moment(which, incident, times.get(which), limits) for which in KeyTime]


def _moment(which: KeyTime, incident: Incident, at: datetime | None, limits: list[Clock]) -> Moment:
    limit = next((clock for clock in limits if _ends_with(clock, rules.KEY_TIMES[which], at)), None)
    due_at = limit.due_at if limit else None
    was_cancelled = bool(limit and limit.cancelled_at and limit.due_at and limit.cancelled_at <= limit.due_at)
    return Moment(
        which, incident.known_at, at, due_at, limit.title if limit else "", limit.cite if limit else "",
        rules.kept(at=at, due_at=due_at, was_cancelled=was_cancelled),
    )  # fmt: skip


def _ends_with(clock: Clock, kinds: tuple[str, ...], at: datetime | None) -> bool:
    """Whether the plan's clock ends with one of these entries; one that was cancelled counts only where nothing came."""
    if clock.cancelled_at and at is not None:
        return False
    stops = rules_for(clock.plan).stops
    return any(rule.clock_id == clock.clock_id for kind in kinds for rule in stops.get(kind, ()))


# --- as they were when a review was handed in ----------------------------------------------------------------


def frozen(moments: Iterable[Moment]) -> list[dict]:
    return [
        {
            "which": one.which.value,
            "since": one.since.isoformat(),
            "at": one.at.isoformat() if one.at else None,
            "due_at": one.due_at.isoformat() if one.due_at else None,
            "title": one.title,
            "cite": one.cite,
            "kept": one.kept.value,
        }
        for one in moments
    ]


def thawed(rows: Iterable[dict]) -> list[Moment]:
    return [
        Moment(
            KeyTime(row["which"]), datetime.fromisoformat(row["since"]), _read(row["at"]), _read(row["due_at"]),
            row["title"], row["cite"], Kept(row["kept"]),
        )
        for row in rows
    ]  # fmt: skip


def _read(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
