"""What happens to wall screens. Lock, check, change, record."""

from collections.abc import Callable
from datetime import datetime

from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Unit
from accounts.scope import Reach
from accounts.screens import codes, sessions
from accounts.screens.models import Screen
from accounts.screens.permissions import check_can_manage_screens
from common.errors import NotAllowed, not_found
from journal.keys import key
from journal.record import record


@transaction.atomic
def register_screen(
    *, reach: Reach, unit: Unit, label: str, scale: str, theme: str, language: str, now: datetime
) -> tuple[Screen, str]:
    """Register a screen. Returns it with the code that connects it once, which is shown to nobody again."""
    check_can_manage_screens(reach, unit)

    code = codes.new_code()
    screen = Screen.objects.create(
        label=label,
        unit=unit,
        scale=scale,
        theme=theme,
        language=language,
        registered_at=now,
        registered_by=reach.user,
        code_hash=codes.hash_of(code),
        code_until=now + codes.LASTS,
    )

    _record("screen.registered", screen, reach, now, label=label)
    return screen, code


@transaction.atomic
def renew_code(*, reach: Reach, screen_id: int, now: datetime) -> tuple[Screen, str]:
    """A new code for a screen that has to be connected again; what it shows goes on until the code is used."""
    screen = _locked(reach, screen_id)

    code = codes.new_code()
    screen.code_hash, screen.code_until = codes.hash_of(code), now + codes.LASTS
    screen.save(update_fields=["code_hash", "code_until"])

    _record("screen.coded", screen, reach, now)
    return screen, code


@transaction.atomic
def change_screen(
    *, reach: Reach, screen_id: int, label: str, scale: str, theme: str, language: str, now: datetime
) -> Screen:
    """How it looks and what it is called. The screen draws itself anew within seconds."""
    screen = _locked(reach, screen_id)

    screen.label, screen.scale, screen.theme, screen.language = label, scale, theme, language
    screen.save(update_fields=["label", "scale", "theme", "language"])

    _record("screen.changed", screen, reach, now, scale=scale, theme=theme, language=language)
    return screen


@transaction.atomic
def end_screen(*, reach: Reach, screen_id: int, now: datetime) -> Screen:
    """Take a screen down: it shows nothing any more, at once."""
    screen = _locked(reach, screen_id)

    _forget_session(screen)
    screen.code_hash, screen.code_until, screen.until = "", None, None
    screen.ended_at, screen.ended_by = now, reach.user
    screen.save()

    _record("screen.ended", screen, reach, now)
    return screen


@transaction.atomic
def connect_screen(*, code: str, begin: Callable[[Screen], str], now: datetime) -> Screen:
    """Connect the browser that typed the code; `begin` opens a session there and gives its key. A browser that had been
    this screen before is so no longer. Raises NotAllowed for a code that connects nothing."""
    screen = (
        Screen.objects.select_for_update(of=("self",))
        .kept()
        .select_related("unit", "registered_by")
        .filter(code_hash=codes.hash_of(code), code_until__gt=now)
        .first()
    )
    if screen is None:
        raise NotAllowed(
            "wrong_code",
            _(
                "The screen was not connected: the code is wrong, was used already or is older than 15 minutes. "
                "Have a new one made under “Wall screens”."
            ),
        )

    _forget_session(screen)
    screen.session_key = begin(screen)
    screen.code_hash, screen.code_until = "", None
    screen.connected_at, screen.seen_at, screen.until = now, now, now + sessions.longest()
    screen.save()

    record("screen.connected", subject=key("screen", screen.pk), unit=screen.unit, actor=None, at=now)
    return screen


def _locked(reach: Reach, screen_id: int) -> Screen:
    rows = Screen.objects.select_for_update(of=("self",)).kept().select_related("unit")
    screen = rows.filter(pk=screen_id).first()
    if screen is None:
        raise not_found()
    check_can_manage_screens(reach, screen.unit)
    return screen


def _forget_session(screen: Screen) -> None:
    Session.objects.filter(session_key=screen.session_key).exclude(session_key="").delete()
    screen.session_key = ""


def _record(kind: str, screen: Screen, reach: Reach, now: datetime, **content: str) -> None:
    record(
        kind,
        subject=key("screen", screen.pk),
        unit=screen.unit,
        post=reach.title_for("screen.manage", screen.unit.path),
        actor=reach.user,
        at=now,
        content=content,
    )
