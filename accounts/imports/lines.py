"""One line of the people's table that is in order: who is to hold what, from when to when."""

from datetime import date, datetime, time
from typing import NamedTuple

from accounts.imports.columns import CHANGEABLE
from accounts.models import Unit
from common.dates.local_time import LOCAL
from common.documents.table_files import Row


class ImportRow(NamedTuple):
    number: int
    username: str
    name: str
    #: Of the account: what may be changed by a further import.
    details: dict[str, str]
    unit: Unit
    kind: str
    title: str
    squad: str
    valid_from: datetime | None
    valid_to: datetime | None

    @property
    def key(self) -> str:
        """Two usernames that differ in case only are one."""
        return self.username.casefold()

    @property
    def who(self) -> str:
        return f"{self.username}  {self.name}"

    @property
    def as_text(self) -> str:
        return f"{self.who}  {self.unit.code}  {self.kind}  {self.title or self.squad}"


def line_of(row: Row, unit: Unit) -> ImportRow:
    cells = row.cells
    return ImportRow(
        row.number, cells["username"], cells["name"], {name: cells[name] for name in CHANGEABLE}, unit,
        cells["post_kind"], cells["post_title"], cells["squad"], midnight(cells["from"]), midnight(cells["to"]),
    )  # fmt: skip


def midnight(text: str) -> datetime | None:
    """Midnight in Shanghai of "2026-11-22"; None for empty."""
    return datetime.combine(date.fromisoformat(text), time(), tzinfo=LOCAL) if text else None
