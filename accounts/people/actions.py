"""What happens to people's accounts. Lock, check, change, record."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from allauth.mfa.models import Authenticator
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.access import sessions
from accounts.models import ApiToken, Appointment, FormerPassword, OpenSession, Skill, Unit, User
from accounts.permissions import check_can_manage
from accounts.posts.actions import end_appointment
from accounts.queries import Home, home_of
from accounts.scope import Reach
from accounts.sign_in import passwords
from common.errors import Invalid, NotFound, WrongState
from common.text import codes
from journal.keys import key
from journal.record import record

#: How long a password handed over by somebody else is good for choosing an own one.
ONE_TIME = timedelta(days=3)


@transaction.atomic
def open_person(
    *,
    username: str,
    name: str,
    phone: str,
    email: str = "",
    chat_id: str = "",
    actor: User | None,
    now: datetime,
    valid_for: timedelta = ONE_TIME,
) -> tuple[User, str]:
    """Open an account. Returns the person and a one-time password that is shown to nobody again."""
    username = codes.check("username", username, field="username")
    person = User(username=username, name=name, phone=phone, email=email, chat_id=chat_id)
    password = _set_one_time_password(person, now=now, valid_for=valid_for)
    try:
        with transaction.atomic():
            person.save()
    except IntegrityError:
        raise Invalid(
            "username_taken", _("The account was not opened: the username is taken."),
            fields={"username": [_("This username is taken. Choose another one.")]},
        ) from None  # fmt: skip

    record_about("person.created", person, actor=actor, now=now, content={"username": username})
    return person, password


@transaction.atomic
def change_person(
    *,
    reach: Reach,
    person_id: int,
    name: str,
    phone: str,
    email: str,
    now: datetime,
    skills: Iterable[str] | None = None,
    chat_id: str | None = None,
) -> User:
    """Write other details of an account; `skills`, `chat_id` None: they stay as they are."""
    person = _locked(person_id)

    check_can_manage(reach, person, now)

    if skills is not None:
        set_skills(person=person, skills=skills, actor=reach.user, now=now)
    details = {"name": name, "phone": phone, "email": email}
    if chat_id is not None:
        details["chat_id"] = chat_id
    return correct_person(person_id=person_id, actor=reach.user, now=now, **details)


@transaction.atomic
def correct_person(*, person_id: int, actor: User | None, now: datetime, **details: str) -> User:
    """Write other details of an account, as the machine's own console may; the pages ask `change_person`."""
    person = _locked(person_id)

    changed = [name for name, text in details.items() if getattr(person, name) != text]
    for name in changed:
        setattr(person, name, details[name])
    person.save(update_fields=changed)

    # Which fields, not what they held: the journal is no place for telephone numbers and addresses.
    record_about("person.changed", person, actor=actor, now=now, content={"fields": changed})
    return person


@transaction.atomic
def set_skills(*, person: User, skills: Iterable[str], actor: User | None, now: datetime) -> None:
    """What somebody is by profession, all of it: what is left out is taken away."""
    wanted = {codes.squad(skill) for skill in skills}
    if wrong := sorted(skill for skill in wanted if not codes.fits("squad", skill)):
        raise Invalid(
            "skill_does_not_fit",
            _("The skills were not saved: “%(word)s” is none as plans name them, e.g. lawyer. Correct it.")
            % {"word": wrong[0]},
            fields={"skills": [_("Letters a–z, digits and . - _ only.")]},
        )
    known = set(person.skills.values_list("code", flat=True))
    if wanted == known:
        return

    person.skills.exclude(code__in=wanted).delete()
    Skill.objects.bulk_create([Skill(person=person, code=code) for code in sorted(wanted - known)])

    record_about("person.changed", person, actor=actor, now=now, content={"fields": ["skills"]})


@transaction.atomic
def disable_person(*, reach: Reach, person_id: int, reason: str, now: datetime) -> User:
    """Close an account: its sessions, sockets and tokens end now; its posts are held by nobody meanwhile."""
    person = _locked(person_id)

    check_can_manage(reach, person, now)
    if not person.is_active:
        raise WrongState("already_disabled", _("Nothing was changed: this account is disabled already."))

    _close(person, actor=reach.user, now=now, reason=reason)
    return person


@transaction.atomic
def retire_person(*, person_id: int, actor: User | None, reason: str, now: datetime) -> User:
    """Take everything from somebody who left: the account as in `disable_person`, and the posts, held and to come.

    For the machine's own console. What the person did stays theirs; a security key that went along opens nothing, also
    if the account is enabled again.
    """
    person = _locked(person_id)

    if not person.is_active:
        raise WrongState("already_disabled", _("Nothing was changed: this account is disabled already."))

    _close(person, actor=actor, now=now, reason=reason)
    authenticators = Authenticator.objects.filter(user=person)
    if authenticators.exists():
        _take_factors(authenticators)
        record_about("second_factor.changed", person, actor=actor, now=now, content={"change": "reset"})
    for appointment in Appointment.objects.current_or_coming(now).filter(person=person).order_by("pk"):
        end_appointment(appointment_id=appointment.pk, actor=actor, now=now, reason=reason)
    return person


@transaction.atomic
def enable_person(*, reach: Reach, person_id: int, reason: str, now: datetime) -> User:
    """Open a disabled account again. Tokens stay revoked."""
    person = _locked(person_id)

    check_can_manage(reach, person, now)
    if person.is_active:
        raise WrongState("already_enabled", _("Nothing was changed: this account is not disabled."))

    person.is_active = True
    person.save(update_fields=["is_active"])

    record_about("person.enabled", person, actor=reach.user, now=now, content={"reason": reason})
    return person


@transaction.atomic
def reset_password(*, reach: Reach, person_id: int, now: datetime, valid_for: timedelta = ONE_TIME) -> str:
    """Give a one-time password to somebody who lost theirs. Ends their sessions and revokes their API tokens."""
    person = _locked(person_id)

    check_can_manage(reach, person, now)

    return _hand_over_password(person, actor=reach.user, now=now, valid_for=valid_for)


@transaction.atomic
def renew_first_password(*, person_id: int, now: datetime, valid_for: timedelta) -> str:
    """For the machine's own console: a new one-time password for an account that never got an own one."""
    person = _locked(person_id)

    if person.one_time_until is None:
        raise WrongState("has_own_password", _(
            "No password was made: %(person)s has chosen an own one. Another security administrator resets it."
        ) % {"person": person})  # fmt: skip

    return _hand_over_password(person, actor=None, now=now, valid_for=valid_for)


@transaction.atomic
def reset_second_factor(*, reach: Reach, person_id: int, now: datetime) -> User:
    """Take away every second factor of somebody who lost one: app, security keys, recovery codes. Ends their sessions, revokes their API tokens."""
    person = _locked(person_id)

    check_can_manage(reach, person, now)
    authenticators = Authenticator.objects.filter(user=person)
    if not authenticators.exists():
        raise WrongState("no_second_factor", _("Nothing was changed: this account has no second factor."))

    _take_factors(authenticators)
    sessions.end_all(person)
    revoked = _revoke_tokens(person, now)

    content = {"change": "reset", "tokens_revoked": revoked}
    record_about("second_factor.changed", person, actor=reach.user, now=now, content=content)
    return person


@transaction.atomic
def end_sessions(*, reach: Reach, person_id: int, now: datetime) -> int:
    """End every session of a person. Returns how many there were."""
    person = _locked(person_id)

    check_can_manage(reach, person, now)

    ended = sessions.end_all(person)

    record_about("session.ended", person, actor=reach.user, now=now, content={"count": ended})
    return ended


# --- what people do themselves -----------------------------------------------------------------------------


@transaction.atomic
def set_own_password(*, user: User, password: str, now: datetime) -> User:
    """Choose a password. The validators have run in the form; other sessions of the person end."""
    user.set_password(password)
    user.password_changed_at, user.one_time_until = now, None
    user.save(update_fields=["password", "password_changed_at", "one_time_until"])
    FormerPassword.objects.create(user=user, hash=user.password, at=now)
    kept = user.former_passwords.order_by("-at", "-pk").values("pk")[: passwords.MOST_HISTORY]
    user.former_passwords.exclude(pk__in=list(kept.values_list("pk", flat=True))).delete()

    record_about("password.changed", user, actor=user, now=now)
    return user


@transaction.atomic
def end_own_session(*, user: User, session_id: int, now: datetime) -> None:
    """End one of one's own sessions, e.g. on a PC left behind."""
    rows = OpenSession.objects.filter(user=user, pk=session_id)
    if not sessions.end(rows):
        raise NotFound("no_such_session", _("Nothing was ended: this session has ended already."))

    record_about("session.ended", user, actor=user, now=now, content={"count": 1})


# --- parts -------------------------------------------------------------------------------------------------


def _locked(person_id: int) -> User:
    return User.objects.select_for_update(of=("self",)).get(pk=person_id)


def _close(person: User, *, actor: User | None, now: datetime, reason: str) -> None:
    # Asked first: somebody who is disabled holds nothing, and the entry would be no auditor's.
    home = home_of(person, now)
    person.is_active = False
    person.save(update_fields=["is_active"])
    ended = sessions.end_all(person)
    revoked = _revoke_tokens(person, now)
    content = {"reason": reason, "sessions": ended, "tokens_revoked": revoked}
    record_about("person.disabled", person, actor=actor, now=now, content=content, home=home)


def _set_one_time_password(person: User, *, now: datetime, valid_for: timedelta) -> str:
    password = passwords.random_password()
    person.password = passwords.quick_hash(password)
    person.one_time_until, person.password_changed_at = now + valid_for, None
    return password


def _hand_over_password(person: User, *, actor: User | None, now: datetime, valid_for: timedelta) -> str:
    password = _set_one_time_password(person, now=now, valid_for=valid_for)
    person.save(update_fields=["password", "one_time_until", "password_changed_at"])
    sessions.end_all(person)
    revoked = _revoke_tokens(person, now)
    record_about("password.reset", person, actor=actor, now=now, content={"tokens_revoked": revoked})
    return password


def _take_factors(authenticators: QuerySet) -> None:
    """_raw_delete: the signal that records a person's own changes would record this one as theirs."""
    authenticators._raw_delete(authenticators.db)


def _revoke_tokens(person: User, now: datetime) -> int:
    """Whoever stole a password may have made a token with it."""
    return ApiToken.objects.filter(user=person, revoked_at__isnull=True).update(revoked_at=now)


def record_about(
    kind: str,
    person: User,
    *,
    actor: User | None,
    now: datetime,
    content: dict | None = None,
    home: Home | None = None,
) -> None:
    """Record something about a person, in the unit the person belongs to, for the auditors above it."""
    home = home or home_of(person, now)
    unit: Unit | None = home.unit if home else None
    acting = home_of(actor, now) if actor and actor.pk != person.pk else home
    record(
        kind,
        subject=key("user", person.pk),
        unit=unit,
        post=acting.title if acting else "",
        actor=actor,
        at=now,
        content={"person": person.username, **(content or {})},
    )


def check_new_password(password: str, user: User) -> None:
    """Raise Invalid with the sentences of all validators that object."""
    try:
        validate_password(password, user)
    except ValidationError as objection:
        raise Invalid("password_weak", " ".join(objection.messages)) from None
