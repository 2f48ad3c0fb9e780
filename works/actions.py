"""Asking for a long work, and taking it back. Lock, check, change, record."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.models import Unit, User
from accounts.queries import home_of
from accounts.scope import Reach
from common.errors import NotAllowed, WrongState
from common.states import check_move, move
from journal.record import record
from works import handed_in, kinds, rules
from works.models import Work
from works.queries import may_cancel
from works.tasks import send_after_commit


@transaction.atomic
def ask_for_work(
    *,
    reach: Reach,
    kind: str,
    arguments: Mapping[str, Any],
    now: datetime,
    unit: Unit | None = None,
    lines: Any = (),
) -> Work:
    """Write down that this is to be done; a worker does it. The same, asked again before it is over, is the first one.

    `lines`: those of a table that are to be carried out, as plain values. The journal keeps the arguments, never these.
    Raises whatever the kind refuses with, and WrongState for whoever has too many waiting.
    """
    # Two clicks of one person wait for each other.
    User.objects.select_for_update(of=("self",)).get(pk=reach.user.pk)

    kinds.KINDS[kind].check(reach, arguments)
    language = get_language() or ""
    fingerprint = rules.fingerprint(kind, arguments, reach.user.pk, language, lines)
    if same := Work.objects.live().filter(fingerprint=fingerprint).first():
        return same
    if Work.objects.live().filter(asked_by=reach.user).count() >= rules.MOST_OF_ONE:
        raise WrongState(
            "too_many_works",
            _("It was not begun: %(many)d background tasks of yours are waiting or under way. Wait until one is done, "
              "or cancel one.") % {"many": rules.MOST_OF_ONE},
        )  # fmt: skip

    home = home_of(reach.user, now)
    work = Work.objects.create(
        kind=kind, arguments=dict(arguments), asked_by=reach.user, unit=unit or (home.unit if home else None),
        language=language, fingerprint=fingerprint, handed_in=handed_in.sealed(lines), state=str(rules.TRANSITIONS.begin.to), asked_at=now,
    )  # fmt: skip

    _record(rules.TRANSITIONS.begin.entry, work, reach, home.title if home else "", now)
    send_after_commit(work.pk)
    return work


@transaction.atomic
def begin_of_night(kind: str, now: datetime) -> Work:
    """The same for what nobody asked for. The caller carries it out itself."""
    fingerprint = rules.fingerprint(kind, {}, None, "")
    made, _new = Work.objects.live().get_or_create(
        fingerprint=fingerprint, defaults={"kind": kind, "arguments": {}, "asked_at": now, "sent_at": now}
    )
    return made


@transaction.atomic
def cancel_work(*, reach: Reach, work_id: int, now: datetime) -> Work:
    """Take it back: at once while it waits, at its next step while it is under way. Again: nothing more happens."""
    work = Work.objects.select_for_update(of=("self",)).get(pk=work_id)

    if not may_cancel(reach, work):
        raise NotAllowed(
            "not_your_work", _("Nothing was cancelled: only whoever asked for this can take it back.")
        )
    if work.stop_asked_at is not None:
        return work
    is_waiting = rules.TRANSITIONS.row(work.state, rules.CANCEL) is not None
    verb = rules.CANCEL if is_waiting else rules.ASK_TO_STOP
    check_move(
        work, rules.TRANSITIONS, verb,
        lambda: _("Nothing was cancelled: this is over already. Look at what came of it."),
    )  # fmt: skip

    done = move(work, rules.TRANSITIONS, verb)
    work.stop_asked_at = now
    work.ended_at = now if is_waiting else None
    work.handed_in = "" if is_waiting else work.handed_in
    work.save(update_fields=["state", "stop_asked_at", "ended_at", "handed_in"])

    home = home_of(reach.user, now)
    _record(done.entry, work, reach, home.title if home else "", now)
    return work


def _record(kind: str, work: Work, reach: Reach, post: str, now: datetime) -> None:
    record(
        kind, subject=work.key, unit=work.unit, actor=reach.user, post=post, at=now,
        content={"kind": work.kind, "arguments": work.arguments},
    )  # fmt: skip
