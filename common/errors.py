"""Refusals: what a person is told when something did not happen.

A refusal has four parts in one message: the thing, what did not happen, why, and what to do next.
`code` is stable and for machines. Anything that is not a `Refused` is a bug and reaches the log.
"""

from django.utils.translation import gettext as _


class Refused(Exception):
    """An expected no. Shown to the person, never logged as an error."""

    status = 409

    def __init__(self, code: str, message, **extra):
        super().__init__(code)
        self.code = code
        self.message = message
        #: More members for the problem document, e.g. the list of what is still open.
        self.extra = extra

    def __str__(self):
        return str(self.message)


class NotAllowed(Refused):
    """The person may see the thing but not do this to it."""

    status = 403


class NotFound(Refused):
    """No such thing, or none this person may see: the two look the same from outside."""

    status = 404


class WrongState(Refused):
    """The thing is not in a state from which this can happen."""

    status = 409


class Stale(Refused):
    """Somebody changed the thing since it was read."""

    status = 412


class Invalid(Refused):
    """The input is not well formed. `fields` maps a field name to its sentences."""

    status = 422

    def __init__(self, code, message, *, fields=None, **extra):
        super().__init__(code, message, **extra)
        self.fields = fields or {}


class TryAgain(Refused):
    """A passing fault of ours; the same request will work in a moment."""

    status = 503


def not_found() -> NotFound:
    return NotFound("not_found", _("Nothing was done: there is no such record, or you may not see it."))


def is_allowed(check, *args, **kwargs) -> bool:
    """The yes/no twin of a `check_can_…`: a button shows exactly where the check would pass."""
    try:
        check(*args, **kwargs)
    except (NotAllowed, WrongState):
        return False
    return True
