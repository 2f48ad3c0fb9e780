"""Which long works a person may see: their own, and those of the night where the system or the journal is theirs."""

import json
from collections.abc import Collection
from typing import Any, BinaryIO, NamedTuple

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
    #: What it does, what came of it, or why it was not done.
    phrase: str
    may_cancel: bool
    has_file: bool
    #: Name of the page that shows what came of it; empty: none, or none any more.
    page: str


def visible_to(reach: Reach) -> QuerySet[Work]:
    """Somebody else's does not exist."""
    seen = Q(asked_by=reach.user)
    if any(reach.has(verb) for verb in READS_NIGHTS):
        seen |= Q(asked_by__isnull=True)
    return Work.objects.filter(seen).defer("handed_in")


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
    has_result = bool(work.file) and work.asked_by_id == reach.user.pk
    return Shown(
        work,
        str(kind.label) if kind else work.kind,
        kind.about(work.arguments) if kind else "",
        _phrase(work, kind),
        may_cancel=work.is_live and work.stop_asked_at is None and may_cancel(reach, work),
        has_file=has_result and bool(work.saved_as),
        page=kind.page if kind and has_result and not work.saved_as else "",
    )


def _phrase(work: Work, kind: kinds.Kind | None) -> str:
    match work.state:
        case WorkState.FAILED:
            # A process that dies does not say how far it came.
            stays = str(kind.stays) if kind and (work.done or work.attempts > 1) else ""
            return f"{work.error_text} {stays}".strip()
        case WorkState.QUEUED if not work.sent_at:
            return _(
                "Nobody could be told of it yet: the service that does it does not answer. It begins by itself as soon "
                "as that is back."
            )
        case WorkState.QUEUED:
            return _("It begins when its turn comes.")
        case WorkState.RUNNING if work.stop_asked_at:
            return _("It ends at its next step.")
        case WorkState.CANCELLED if kind and kind.stays and work.error == "died":
            return str(kind.stays)
        # One that was begun anew may have done something before this attempt.
        case WorkState.CANCELLED if not (kind and kind.left_behind and (work.done or work.attempts > 1)):
            return _("Nothing of it was done or kept.")
        case WorkState.CANCELLED:
            return str(kind.left_behind) % _counts(work) if kind else ""
        case WorkState.DONE if (work.saved_as or (kind and kind.page)) and not work.file:
            return _("What came of it is no longer kept. Ask for it again.")
    return str(kind.phrases.get(work.phrase, "")) % _counts(work) if kind else ""


def _counts(work: Work) -> dict[str, int]:
    return {"done": work.done, "total": work.total}


def open_result(reach: Reach, pk: int) -> tuple[Work, BinaryIO]:
    """The file of who asked, where they still may have it. Raises NotFound and whatever the kind refuses with."""
    work, file = _opened(reach, pk)
    if not work.saved_as:
        raise _no_result()
    return work, file


def read_result(reach: Reach, pk: int, kind: str) -> tuple[Work, Any]:
    """What a work of that kind left for its page, as plain values. Raises as `open_result` does."""
    work, file = _opened(reach, pk, kind)
    with file:
        return work, json.load(file)


def write_result(file: BinaryIO, result: Any) -> None:
    """Leave plain values for the page of the kind."""
    file.write(json.dumps(result, ensure_ascii=False).encode())


def _opened(reach: Reach, pk: int, kind_name: str = "") -> tuple[Work, BinaryIO]:
    work = get_work(reach, pk)
    if work.asked_by_id != reach.user.pk or work.state != WorkState.DONE or not work.file:
        raise _no_result()
    if kind_name and work.kind != kind_name:
        raise not_found()
    kind = kinds.KINDS.get(work.kind)
    if kind is None:
        raise NotAllowed("no_kind", _("Nothing was opened: this is no longer made. Ask for something else."))
    kind.check(reach, work.arguments)
    try:
        return work, files.opened(work.file)
    except FileNotFoundError:
        raise _no_result() from None


def _no_result() -> NotFound:
    return NotFound(
        "no_result", _("Nothing was opened: what came of it is not there, or no longer. Ask for it again.")
    )
