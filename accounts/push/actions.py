"""A browser is registered for push, renewed at each sign-in there, and ended. Lock, check, change, record."""

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from accounts.models import OpenSession, PushDevice, User
from accounts.push import rules
from accounts.push.queries import is_on
from accounts.queries import home_of
from common.errors import Invalid, NotFound, WrongState
from journal.keys import key
from journal.record import record


@transaction.atomic
def register_device(
    *,
    person: User,
    endpoint: str,
    p256dh: str,
    auth: str,
    device: str,
    session: OpenSession | None,
    now: datetime,
) -> PushDevice:
    """Tell this browser of the person, or renew it. A browser that was somebody else's is theirs no longer.

    Raises WrongState where push is off or the person has `rules.MOST` devices, Invalid for an address that the operator
    does not list.
    """
    User.objects.select_for_update(of=("self",)).get(pk=person.pk)
    mark = mark_of(endpoint)
    known = PushDevice.objects.select_for_update(of=("self",)).filter(mark=mark).first()

    _check_may_be_called(endpoint, p256dh, auth)
    is_own = known is not None and known.person_id == person.pk
    if not is_own and PushDevice.objects.filter(person=person).count() >= rules.MOST:
        raise WrongState(
            "too_many_devices",
            _("This device is told nothing while no page is open: %(most)s devices of yours are already. End one under “My account”.")
            % {"most": rules.MOST},
        )  # fmt: skip

    row = known or PushDevice(mark=mark, registered_at=now)
    if not is_own:
        row.person, row.registered_at = person, now
    row.endpoint, row.host = endpoint, rules.host_of(endpoint)
    row.p256dh, row.auth = p256dh, auth
    row.device, row.session, row.renewed_at = device[:200], session, now
    row.save()

    if not is_own:
        _record("push.switched_on", person, row, now, actor=person)
    return row


@transaction.atomic
def end_own_device(*, person: User, now: datetime, device_id: int | None = None, endpoint: str = "") -> None:
    """Tell one of one's own devices nothing more: by its row, or by the address that the browser knows."""
    meant = {"pk": device_id} if device_id else {"mark": mark_of(endpoint)}
    row = PushDevice.objects.select_for_update(of=("self",)).filter(person=person, **meant).first()

    if row is None:
        raise NotFound("no_such_device", _("Nothing was ended: this device is told nothing any more."))

    row.delete()

    _record("push.switched_off", person, row, now, actor=person, why="own")


@transaction.atomic
def end_device(row: PushDevice, why: str, now: datetime) -> None:
    """The push service does not know it any more ("gone"), or it takes nothing that we can write ("unusable")."""
    if PushDevice.objects.filter(pk=row.pk).delete()[0]:
        _record("push.switched_off", row.person, row, now, actor=None, why=why)


def mark_of(endpoint: str) -> str:
    return salted_hmac("accounts.push", endpoint, algorithm="sha256").hexdigest()


def _check_may_be_called(endpoint: str, p256dh: str, auth: str) -> None:
    if not is_on():
        raise WrongState(
            "push_is_off",
            _("This device is told nothing while no page is open: that is switched off here. Open pages tell all the same."),
        )  # fmt: skip
    host = rules.host_of(endpoint)
    if not rules.is_listed(host, settings.WEB_PUSH_HOSTS):
        raise Invalid(
            "push_host_not_listed",
            _("This device is told nothing while no page is open: the push service of its browser (%(host)s) is none that this installation may call. Ask the operator to list it, or leave a page open.")
            % {"host": host or "?"},
        )  # fmt: skip
    if not rules.are_keys(p256dh, auth):
        raise Invalid(
            "push_keys_unreadable",
            _("This device is told nothing while no page is open: its browser gave keys that cannot be read. Leave a page open, or use a newer browser."),
        )  # fmt: skip


def _record(
    kind: str, person: User, row: PushDevice, now: datetime, *, actor: User | None, **content: str
) -> None:
    home = home_of(person, now)
    record(
        kind,
        subject=key("user", person.pk),
        unit=home.unit if home else None,
        post=home.title if home and actor else "",
        actor=actor,
        at=now,
        content={"host": row.host, **content},
    )
