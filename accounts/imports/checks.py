"""What is wrong with a line of the people's table: by itself, and beside the others and the database."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.utils.translation import gettext as _

from accounts.choices import PostKind
from accounts.imports.lines import ImportRow, midnight
from accounts.imports.terms import Held, overlap
from accounts.models import Post, Unit, User
from accounts.verbs import EXCLUSIVE

CHAIRS = set().union(*EXCLUSIVE)
#: (unit, kind, squad) → the titles of its open posts.
Posts = Mapping[tuple[int, str, str], list[str]]


def open_posts(units: Iterable[Unit]) -> dict[tuple[int, str, str], list[str]]:
    found: dict[tuple[int, str, str], list[str]] = {}
    rows = Post.objects.filter(unit__in=[unit.pk for unit in units], closed_at__isnull=True).order_by("pk")
    for unit, kind, squad, title in rows.values_list("unit_id", "kind", "squad", "title"):
        found.setdefault((unit, kind, squad), []).append(title)
    return found


def objection(row: dict[str, str], units: Mapping[str, Unit], posts: Posts, now: datetime) -> str:
    """What is wrong with a line by itself; empty if nothing is."""
    if not row["username"] or not row["name"]:
        return _("username and name must not be empty")
    if len(row["username"]) > 60 or len(row["name"]) > 40 or len(row["post_title"]) > 60:
        return _("username is longer than 60, name longer than 40 or post_title longer than 60 characters")
    if row["unit_code"] not in units:
        return _("there is no open unit with the code %(unit_code)s") % row
    if row["post_kind"] not in PostKind.values:
        return _("post_kind %(kind)s is unknown; one of %(kinds)s") % {
            "kind": row["post_kind"] or "–", "kinds": ", ".join(PostKind.values)}  # fmt: skip
    if (row["post_kind"] == PostKind.SQUAD) != bool(row["squad"]):
        return _("squad must be given for squad posts, and only for them")
    return _which_post(row, units, posts) or _date_objection(row, now)


def _which_post(row: dict[str, str], units: Mapping[str, Unit], posts: Posts) -> str:
    titles = posts.get((units[row["unit_code"]].pk, row["post_kind"], row["squad"]), [])
    if row["post_title"] or len(titles) < 2:
        return ""
    return _("%(unit_code)s has several posts of this kind: give one of %(titles)s as post_title") % {
        **row, "titles": ", ".join(titles)}  # fmt: skip


def _date_objection(row: dict[str, str], now: datetime) -> str:
    start, end = midnight(row["from"]), midnight(row["to"])
    if end and end <= max(start or now, now):
        return _("to is not after from, or not in the future")
    return ""


class Beside:
    """Remembers the lines that were in order, to find what contradicts them."""

    def __init__(self, known: Mapping[str, User], held: Mapping[str, list[Held]]):
        self._known, self._held = known, held
        self._first: dict[str, ImportRow] = {}
        self._seen: dict[tuple, list[ImportRow]] = {}
        self._chairs: dict[str, set[str]] = {}

    def objection(self, line: ImportRow) -> str:
        """What is wrong with a line beside the others and the database; empty if nothing is."""
        known, first = self._known.get(line.key), self._first.setdefault(line.key, line)
        if known and known.name != line.name:
            return _("username %(username)s belongs to %(name)s, and the line says %(found)s: correct the username, or "
                     "change the name on the account's page first") % {
                "username": line.username, "name": known.name or "–", "found": line.name}  # fmt: skip
        if known and not known.is_active:
            return _("the account %(username)s is disabled") % {"username": line.username}
        if (first.name, first.details) != (line.name, line.details):
            return _("username %(username)s has another name, phone, email or chat_id in line %(first)s") % {
                "username": line.username, "first": first.number}  # fmt: skip
        before = self._seen.setdefault((line.key, line.unit.pk, line.kind, line.squad), [])
        for other in before:
            is_same = "" in (line.title, other.title) or line.title == other.title
            if is_same and overlap(line, other.valid_from, other.valid_to):
                return _("%(username)s has this post in line %(first)s already") % {
                    "username": line.username, "first": other.number}  # fmt: skip
        before.append(line)
        return self._two_chairs(line)

    def _two_chairs(self, line: ImportRow) -> str:
        """Administrators' chairs of a person, in the database and in the lines before."""
        if line.kind not in CHAIRS:
            return ""
        held = {one.kind for one in self._held.get(line.key, ())} & CHAIRS
        chairs = self._chairs.setdefault(line.key, held)
        if chairs - {line.kind}:
            return _("%(username)s may not hold two of system administrator, security administrator and "
                     "auditor") % {"username": line.username}  # fmt: skip
        chairs.add(line.kind)
        return ""
