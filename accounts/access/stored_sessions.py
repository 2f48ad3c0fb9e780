"""Django's sessions in the database, found by a query that is composed once: every page asks for its session."""

from django.contrib.sessions.backends.db import SessionStore as Stored
from django.contrib.sessions.models import Session
from django.utils import timezone

from common.database.composed import Composed

_SESSION = Composed(lambda key, now: Session.objects.filter(session_key=key, expire_date__gt=now))


class SessionStore(Stored):
    """As Django's."""

    def _get_session_from_db(self):
        found = _SESSION(self.session_key, timezone.now())
        if found:
            return found[0]
        self._session_key = None
        return None
