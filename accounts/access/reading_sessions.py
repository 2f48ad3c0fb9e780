"""Sessions in a process that only reads (READ_ONLY=1): they begin, change and end on the primary.

Django's middleware saves a session that a page changed, or deletes one that is over; on a replica either would
turn the page into an error.
"""

from accounts.access.stored_sessions import SessionStore as Stored


class SessionStore(Stored):
    """The sessions of the primary, as they are there."""

    def save(self, must_create=False):
        """What a reading page noted in the session is not kept."""

    def delete(self, session_key=None):
        """One that is over is ended by the next page that the primary serves."""
