"""Units from a CSV file, 700,000 of them if need be.

The file is read once to find every problem and again, tier by tier, to write: parents are there before their
children, whatever the order of the lines, and no row stays in memory. An import adds and renames. It neither
moves nor closes units: both change what people may see, and are done one by one.
"""

from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from accounts.choices import Tier
from accounts.imports.columns import UNITS
from accounts.imports.difference import Difference, Field, hash_of
from accounts.models import Unit, User
from common.database.paths import segment
from common.dates.local_time import day_of
from common.documents.table_files import Row, Table
from journal.keys import key
from journal.record import record

TIERS = list(Tier.values)
BATCH = 5000


class Known(NamedTuple):
    """A unit that is open in the database."""

    pk: int
    path: str
    name: str
    tier: str
    parent_code: str


class UnitImport:
    """One file, compared with the database and, when `apply` is called, written into it."""

    def __init__(self, file: Path):
        self.file = file
        self.table = Table(file, UNITS)
        self.known = known_units()
        #: Code → (tier, parent's code, line) of every row.
        self.seen: dict[str, tuple[int, str, int]] = {}
        self.renamed: dict[str, str] = {}
        self.diff = Difference()
        self._read()
        self._check_parents()

    # --- looking

    def _read(self) -> None:
        for row_ in self.table:
            line, row = row_.number, row_.cells
            if self._is_in_order(row_):
                self.seen[row["code"]] = (TIERS.index(row["tier"]), row["parent_code"], line)
                self._compare(line, row)

    def _is_in_order(self, found: Row) -> bool:
        line, row = found.number, found.cells
        code = row["code"]
        if found.problem:
            self.diff.object_to(line, found.problem)
        elif not code or not row["name"]:
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
            self.diff.add_new(
                row["tier"], f"{row['code']}  {row['name']}  {row['tier']} < {row['parent_code'] or '–'}"
            )
        elif (known.tier, known.parent_code) != (row["tier"], row["parent_code"]):
            self.diff.object_to(line, _(
                "%(code)s is a %(tier)s below %(parent)s in the database; an import neither moves a unit nor "
                "changes its tier") % {"code": row["code"], "tier": known.tier, "parent": known.parent_code or "–"}
            )  # fmt: skip
        elif known.name != row["name"]:
            self.renamed[row["code"]] = row["name"]
            self.diff.add_changes(row["code"], [Field("name", known.name, row["name"])])
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
                "renamed": len(self.renamed),
                "sha256": hash_of(self.file),
            },
        )

    def _rename(self) -> None:
        changed = [Unit(pk=self.known[code].pk, name=name) for code, name in self.renamed.items()]
        Unit.objects.bulk_update(changed, ["name"], batch_size=500)

    def _create(self, now: datetime) -> None:
        placed = {code: (known.pk, known.path) for code, known in self.known.items()}
        children = _last_segments()
        for tier in TIERS:
            if self.diff.new[tier]:
                self._create_tier(tier, placed, children, day_of(now))

    def _create_tier(self, tier, placed, children, today) -> None:
        batch: list[Unit] = []
        for _line, row, _problem in self.table:
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
