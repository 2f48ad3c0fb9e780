"""Units from a CSV file, 700,000 of them if need be.

The file is read once to find every problem and again, tier by tier, to write: parents are there before their
children, whatever the order of the lines, and no row stays in memory. An import adds and renames. It neither
moves nor closes units: both change what people may see, and are done one by one.
"""

import hashlib
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from django.db import transaction
from django.db.models import Max
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from accounts.choices import Tier
from accounts.imports.table import MOST_PROBLEMS, Problem, encoding_of, rows
from accounts.models import Unit, User
from common.paths import segment
from journal.record import key, record

COLUMNS = ("code", "name", "tier", "parent_code")
TIERS = list(Tier.values)
BATCH = 5000
#: As many changes as are listed; the rest is counted.
MOST_LISTED = 20


class Known(NamedTuple):
    """A unit that is open in the database."""

    pk: int
    path: str
    name: str
    tier: str
    parent_code: str


class Diff:
    """What an import would do."""

    def __init__(self):
        self.problems: list[Problem] = []
        self.problem_count = 0
        self.new: Counter[str] = Counter()
        self.listed: list[str] = []
        self.renamed: dict[str, str] = {}
        self.unchanged = 0

    def object_to(self, line: int, text: str) -> None:
        self.problem_count += 1
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(Problem(line, text))

    def list(self, text: str) -> None:
        if len(self.listed) < MOST_LISTED:
            self.listed.append(text)


class UnitImport:
    """One file, compared with the database and, when `apply` is called, written into it."""

    def __init__(self, file: Path):
        self.file = file
        self.encoding = encoding_of(file)
        self.known = known_units()
        #: Code → (tier, parent's code, line) of every row.
        self.seen: dict[str, tuple[int, str, int]] = {}
        self.diff = Diff()
        self._read()
        self._check_parents()

    def _rows(self) -> Iterator[tuple[int, dict[str, str]]]:
        return rows(self.file, columns=COLUMNS, encoding=self.encoding)

    # --- looking

    def _read(self) -> None:
        for line, row in self._rows():
            if self._is_in_order(line, row):
                self.seen[row["code"]] = (TIERS.index(row["tier"]), row["parent_code"], line)
                self._compare(line, row)

    def _is_in_order(self, line: int, row: dict[str, str]) -> bool:
        code = row["code"]
        if not code or not row["name"]:
            self.diff.object_to(line, _("code and name must not be empty"))
        elif len(code) > 40 or len(row["name"]) > 80:
            self.diff.object_to(line, _("code is longer than 40 or name longer than 80 characters"))
        elif row["tier"] not in TIERS:
            self.diff.object_to(line, _("tier %(tier)s is unknown; one of %(tiers)s") % {
                "tier": row["tier"] or "–", "tiers": ", ".join(TIERS)})  # fmt: skip
        elif code in self.seen:
            self.diff.object_to(line, _("code %(code)s is in line %(first)s already") % {
                "code": code, "first": self.seen[code][2]})  # fmt: skip
        else:
            return True
        return False

    def _compare(self, line: int, row: dict[str, str]) -> None:
        known = self.known.get(row["code"])
        if known is None:
            self.diff.new[row["tier"]] += 1
            self.diff.list(f"+ {row['code']}  {row['name']}  {row['tier']} < {row['parent_code'] or '–'}")
        elif (known.tier, known.parent_code) != (row["tier"], row["parent_code"]):
            self.diff.object_to(line, _(
                "%(code)s is a %(tier)s below %(parent)s in the database; an import neither moves a unit nor "
                "changes its tier") % {"code": row["code"], "tier": known.tier, "parent": known.parent_code or "–"}
            )  # fmt: skip
        elif known.name != row["name"]:
            self.diff.renamed[row["code"]] = row["name"]
            self.diff.list(f"~ {row['code']}  {known.name} → {row['name']}")
        else:
            self.diff.unchanged += 1

    def _check_parents(self) -> None:
        """Every parent exists, in the file or the database, and stands higher than its child."""
        for code, (tier, parent_code, line) in self.seen.items():
            if not parent_code:
                continue
            parent_tier = self._tier_of(parent_code)
            if parent_tier is None:
                self.diff.object_to(line, _("parent_code %(parent)s of %(code)s is neither in the file nor in the database")
                                    % {"code": code, "parent": parent_code})  # fmt: skip
            elif parent_tier >= tier:
                self.diff.object_to(line, self._wrong_order(code, tier, parent_tier))

    def _wrong_order(self, code: str, tier: int, parent_tier: int) -> str:
        if self._is_above_itself(code):
            return _("%(code)s is above itself: its parents form a circle") % {"code": code}
        names = {"code": code, "tier": TIERS[tier], "above": TIERS[parent_tier]}
        return _("%(code)s is a %(tier)s and cannot stand below a %(above)s") % names

    def _tier_of(self, code: str) -> int | None:
        if code in self.seen:
            return self.seen[code][0]
        known = self.known.get(code)
        return TIERS.index(known.tier) if known else None

    def _is_above_itself(self, code: str) -> bool:
        """Follow the parents. Every circle has a step that goes down a tier or stays, so only rows with
        such a step are asked."""
        passed = set()
        above = self.seen[code][1]
        while above in self.seen and above not in passed:
            if above == code:
                return True
            passed.add(above)
            above = self.seen[above][1]
        return False

    # --- writing

    @transaction.atomic
    def apply(self, *, actor: User | None, now: datetime) -> None:
        """Write it all or nothing, with one journal entry that names the file by its hash."""
        if self.diff.problem_count:
            raise ValueError("an import with problems is not applied")
        self._rename()
        self._create(now)
        unit = Unit.objects.filter(parent__isnull=True, valid_to__isnull=True).order_by("path").first()
        record(
            "unit.imported",
            subject=key("unit", unit.pk if unit else 0),
            unit=unit,
            actor=actor,
            at=now,
            content={
                "new": self.diff.new.total(),
                "renamed": len(self.diff.renamed),
                "sha256": hash_of(self.file),
            },
        )

    def _rename(self) -> None:
        changed = [Unit(pk=self.known[code].pk, name=name) for code, name in self.diff.renamed.items()]
        Unit.objects.bulk_update(changed, ["name"], batch_size=500)

    def _create(self, now: datetime) -> None:
        placed = {code: (known.pk, known.path) for code, known in self.known.items()}
        children = _last_segments()
        for tier in TIERS:
            if self.diff.new[tier]:
                self._create_tier(tier, placed, children, localtime(now).date())

    def _create_tier(self, tier, placed, children, today) -> None:
        batch: list[Unit] = []
        for _line, row in self._rows():
            if row["tier"] != tier or row["code"] in self.known:
                continue
            parent, path = placed.get(row["parent_code"], (None, ""))
            children[path] = children.get(path, 0) + 1
            batch.append(
                Unit(
                    code=row["code"],
                    name=row["name"],
                    tier=tier,
                    parent_id=parent,
                    path=path + segment(children[path]),
                    valid_from=today,
                )
            )
            if len(batch) == BATCH:
                self._write(batch, placed)
                batch = []
        self._write(batch, placed)

    def _write(self, batch: list[Unit], placed) -> None:
        Unit.objects.bulk_create(batch, batch_size=BATCH)
        # Nothing stands below a village: 90 % of a province need not be remembered.
        if batch and batch[0].tier != TIERS[-1]:
            placed.update((unit.code, (unit.pk, unit.path)) for unit in batch)


def known_units() -> dict[str, Known]:
    """Every open unit by its code."""
    open_units = Unit.objects.filter(valid_to__isnull=True).order_by()
    rows = open_units.values_list("code", "pk", "path", "name", "tier", "parent__code")
    return {
        code: Known(pk, path, name, tier, parent_code or "")
        for code, pk, path, name, tier, parent_code in rows.iterator(chunk_size=10_000)
    }


def _last_segments() -> dict[str, int]:
    """Path of each unit with children ("" for the roots) → number of its last child. Closed ones count."""
    last = Unit.objects.order_by().values_list("parent__path").annotate(Max("path"))
    return {parent or "": int(path.rstrip("/").rsplit("/", 1)[-1], 36) for parent, path in last.iterator()}


def hash_of(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()
