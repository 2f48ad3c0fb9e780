"""Who is not on the list of all staff any more. Names that are missing look like a list that was cut off."""

from collections.abc import Collection
from datetime import datetime

from django.utils.translation import gettext as _

from accounts.choices import PostKind
from accounts.models import Appointment, User
from common.errors import WrongState

#: Percent of the open accounts that leave with one list, before somebody has to say that it is meant.
MOST_PERCENT = 10


class Leavers:
    """The open accounts that a list does not name, apart from those that are kept whatever it says."""

    def __init__(self, *, listed: Collection[str], kept: Collection[str], now: datetime):
        stays = {name.casefold() for name in (*listed, *kept)}
        accounts = list(User.objects.filter(is_active=True).order_by("username"))
        self.people = [person for person in accounts if person.username.casefold() not in stays]
        self.accounts, self.now = len(accounts), now
        self.unknown = sorted({*kept} - {name for name in kept if _is_among(name, accounts)})

    @property
    def percent(self) -> int:
        """Rounded up: one too many is too many."""
        return -(-100 * len(self.people) // self.accounts) if self.accounts else 0

    def check(self, most_percent: int) -> None:
        """Raise WrongState `unknown_kept`, `too_many_leave`, or `nobody_could_let_in` where no account could be opened
        again afterwards."""
        if self.unknown:
            raise WrongState("unknown_kept", _(
                "Nothing was imported: of those to be kept there is no account %(names)s. Correct the username."
            ) % {"names": ", ".join(self.unknown)})  # fmt: skip
        if self.people and self.percent > most_percent:
            raise WrongState("too_many_leave", _(
                "Nothing was imported: %(count)s of %(all)s accounts (%(percent)s %%) are not on the list, more than "
                "%(most)s %%. A list that was cut off looks like that. If they did leave: --most-leaving %(percent)s"
            ) % {"count": len(self.people), "all": self.accounts, "percent": self.percent, "most": most_percent})  # fmt: skip
        chairs = Appointment.objects.current(self.now).filter(post__kind=PostKind.SECADMIN)
        if self.people and not chairs.exclude(person__in=self.people).exists():
            raise WrongState("nobody_could_let_in", _(
                "Nothing was imported: no security administrator would remain. Put one on the list, or name one with "
                "--keep."
            ))  # fmt: skip


def _is_among(name: str, accounts: Collection[User]) -> bool:
    return any(person.username.casefold() == name.casefold() for person in accounts)
