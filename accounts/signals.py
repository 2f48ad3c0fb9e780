"""What the journal learns of sign-ins, sign-outs, refusals and second factors."""

from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.signals import password_changed, user_logged_in
from allauth.mfa.models import Authenticator
from django.contrib.auth.signals import user_logged_out
from django.db import transaction
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver
from django.utils import timezone

from accounts.access import sessions
from accounts.models import OpenSession, PushDevice
from accounts.queries import home_of, user_named
from accounts.sign_in import devices, security_keys, throttles
from accounts.sign_in.second_factor import has_second_factor
from journal.keys import key
from journal.record import record


@receiver(user_logged_in)
@transaction.atomic
def note_sign_in(request, user, **kwargs):
    """All steps of signing in are done: the session begins."""
    now, address = request.now, devices.address_of(request)
    request.open_session = sessions.begin(
        request=request, user=user, now=now, address=address, device=devices.device_name(request)
    )
    way, is_proven = sessions.way_in(get_authentication_records(request, user))
    if request.session.pop(sessions.BY_DIRECTORY, False) and way == "password":
        way = "directory"
    sessions.note_way(request, way, is_proven=is_proven)
    security_keys.mark_session(request, user)
    content = {"address": address, "by": way, "second_factor": has_second_factor(user)}
    _record("session.signed_in", user, now, content)


@receiver(user_logged_out)
@transaction.atomic
def note_sign_out(request, user, **kwargs):
    """By the person's own button, or by the middleware that found the session over (`why`)."""
    if user is None or not user.is_authenticated or request is None:
        return
    mine = request.session.get(sessions.MARK)
    why = getattr(request, "signed_out_because", "own")
    if why == "own":
        # One that has merely grown old leaves its device told: that is what a push is for.
        PushDevice.objects.filter(session=mine).delete()
    OpenSession.objects.filter(pk=mine).delete()
    _record("session.signed_out", user, getattr(request, "now", None) or timezone.now(), {"why": why})


@receiver(password_changed)
def keep_this_session(request, user, **kwargs):
    """Other sessions of the person end with the old password; this one goes on under a new key."""
    sessions.follow_new_key(request)
    mine = request.session.get(sessions.MARK)
    sessions.end(OpenSession.objects.filter(user=user).exclude(pk=mine))
    # Those too whose session has grown old.
    PushDevice.objects.filter(person=user, session__isnull=True).delete()


@receiver(post_save, sender=Authenticator)
def note_second_factor(instance, created, **kwargs):
    if created:
        _note_factor(instance, "added")


@receiver(post_delete, sender=Authenticator)
def note_second_factor_removed(instance, **kwargs):
    _note_factor(instance, "removed")


@transaction.atomic
def _note_factor(authenticator, change: str):
    content = {"change": change, "type": str(authenticator.type)}
    if authenticator.type == Authenticator.Type.WEBAUTHN:
        # People have several: which one, not what they call it.
        content["key"] = authenticator.pk
    _record("second_factor.changed", authenticator.user, timezone.now(), content)


@transaction.atomic
def refuse_sign_in(request, username: str, why: str) -> None:
    """Record a refused try. What was typed as username is kept only if such an account exists:
    people type their password there. Of tries that are not even looked at, one per window is recorded."""
    now, address = request.now, devices.address_of(request)
    if why == "throttled" and not throttles.first_in_window(
        f"told:{address}:{username.casefold()}"[:100], now
    ):
        return
    user = user_named(username)
    home = home_of(user, now) if user else None
    record(
        "session.refused",
        subject=key("user", user.pk if user else 0),
        unit=home.unit if home else None,
        actor=None,
        at=now,
        content={"username": user.username if user else "", "address": address, "why": why},
    )


def _record(kind: str, user, now, content: dict) -> None:
    home = home_of(user, now)
    record(
        kind,
        subject=key("user", user.pk),
        unit=home.unit if home else None,
        post=home.title if home else "",
        actor=user,
        at=now,
        content=content,
    )
