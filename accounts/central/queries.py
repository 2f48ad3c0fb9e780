"""Who is meant by what the provider says."""

from datetime import datetime

from django.conf import settings
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from accounts.central import way
from accounts.models import Appointment, User
from accounts.queries import user_named
from common.errors import NotAllowed


def person_meant(claim: object, now: datetime, *, is_directory: bool = False) -> User:
    """The person whose username the provider says, whatever its case; nobody is created and no right is given.

    `is_directory`: the directory says it, whose password signs here too; a one-time password is not waited for.

    Raises NotAllowed `central_nameless`, `central_unknown`, `central_disabled`, `central_ended`, `one_time_expired`;
    `person` among its extras is who was found, if anybody.
    """
    username = str(claim).strip() if isinstance(claim, str | int) and not isinstance(claim, bool) else ""
    if not username:
        raise _refusal("central_nameless", _(
            "Not signed in: %(name)s did not say who you are here (%(claim)s). Tell your system administrator."
        ) % {"name": way.name(), "claim": way.claim()}, other_way=True)  # fmt: skip
    person = user_named(username)
    if person is None:
        raise _refusal("central_unknown", _(
            "Not signed in: %(name)s knows you as “%(username)s”, and no account here has this username. Accounts are "
            "opened by your security administrator: ask there."
        ) % {"name": settings.LDAP_NAME if is_directory else way.name(), "username": username[:150]})  # fmt: skip
    if not person.is_active:
        raise _refusal("central_disabled", _(
            "Not signed in: the account “%(username)s” is disabled here. Your security administrator can say why and "
            "open it again."
        ) % {"username": person.username}, person)  # fmt: skip
    posts = Appointment.objects.current_or_coming(now).filter(person=person, post__closed_at__isnull=True)
    if not posts.exists():
        raise _refusal("central_ended", _(
            "Not signed in: the last post of “%(username)s” has ended. If you still work here, ask your security "
            "administrator for an appointment."
        ) % {"username": person.username}, person)  # fmt: skip
    if person.one_time_until and now >= person.one_time_until and not is_directory:
        raise _refusal("one_time_expired", _(
            "Not signed in: your one-time password was good until %(time)s, and you need one for what you sign here. "
            "Ask your security administrator for a new one."
        ) % {"time": localtime(person.one_time_until).strftime("%Y-%m-%d %H:%M")}, person)  # fmt: skip
    return person


def _refusal(code: str, sentence: str, person: User | None = None, **more: object) -> NotAllowed:
    return NotAllowed(code, sentence, person=person, **more)
