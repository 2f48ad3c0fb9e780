"""Which long works a person may see: their own, and those of the night where the system or the journal is theirs."""

from collections.abc import Collection
from typing import BinaryIO, NamedTuple

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts.scope import Reach
from common.errors import NotAllowed, NotFound, is_allowed, not_found
from works import files, kinds
from works.choices import WorkState
from works.models import Work

#: Of a list.
MOST = 50
#: Who reads what the night did.
READS_NIGHTS = ("engine.view", "journal.audit")


class Shown(NamedTuple):
    """A work as a list shows it, in the reader's language."""

    work: Work
    label: str
    about: str
    phrase: str
    may_cancel: bool
    has_file: bool


def visible_to(reach: Reach) -> QuerySet[Work]:
    """Somebody else's does not exist."""
    seen = Q(asked_by=reach.user)
    if any(reach.has(verb) for verb in READS_NIGHTS):
        seen |= Q(asked_by__isnull=True)
    return Work.objects.filter(seen)


def works_of(reach: Reach) -> list[Shown]:
    """The newest first."""
    return [shown(work, reach) for work in visible_to(reach).order_by("-asked_at", "-pk")[:MOST]]


def live_by_kind(kinds: Collection[str]) -> dict[str, Work]:
    """Kind → the work of it that waits or is under way, whoever asked; for those who may see the system. One query."""
    rows = Work.objects.live().filter(kind__in=kinds).order_by("asked_at", "pk")
    return {work.kind: work for work in rows}


def offered(reach: Reach) -> list[tuple[str, str]]:
    """(kind, button) of what this person may ask for on the page itself."""
    return [
        (name, str(kind.button))
        for name, kind in kinds.KINDS.items()
        if kind.button and is_allowed(kind.check, reach, {})
    ]


def get_work(reach: Reach, pk: int) -> Work:
    """Raises NotFound for one that is somebody else's."""
    work = visible_to(reach).filter(pk=pk).first()
    if work is None:
        raise not_found()
    return work


def may_cancel(reach: Reach, work: Work) -> bool:
    """Only who asked: what the night does is not a person's to end."""
    return work.asked_by_id == reach.user.pk


def shown(work: Work, reach: Reach) -> Shown:
    kind = kinds.KINDS.get(work.kind)
    return Shown(
        work,
        str(kind.label) if kind else work.kind,
        kind.about(work.arguments) if kind else "",
        str(kind.phrases.get(work.phrase, "")) if kind else "",
        may_cancel=work.is_live and work.stop_asked_at is None and may_cancel(reach, work),
        has_file=bool(work.file) and work.asked_by_id == reach.user.pk,
    )


def open_result(reach: Reach, pk: int) -> tuple[Work, BinaryIO]:
    """The file of who asked, where they still may have it. Raises NotFound and whatever the kind refuses with."""
    work = get_work(reach, pk)
    if work.asked_by_id != reach.user.pk or work.state != WorkState.DONE or not work.file:
        raise NotFound(
            "no_result", _("Nothing was downloaded: there is no file, or no longer. Ask for it again.")
        )
    kind = kinds.KINDS.get(work.kind)
    if kind is None:
        raise NotAllowed(
            "no_kind", _("Nothing was downloaded: this is no longer made. Ask for something else.")
        )
    kind.check(reach, work.arguments)
    try:
        return work, files.opened(work.file)
    except FileNotFoundError:
        raise NotFound(
            "no_result", _("Nothing was downloaded: there is no file, or no longer. Ask for it again.")
        ) from None
