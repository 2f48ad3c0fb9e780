"""What is said of answers that open nothing, over OpenID Connect and over SAML."""

from django.utils.translation import gettext as _

from accounts.central import way
from common.errors import NotAllowed, Refused


def out_of_place() -> Refused:
    return NotAllowed("central_state", _(
        "Not signed in: this answer of %(name)s belongs to no sign-in begun in this browser within ten "
        "minutes, or was used before. Begin again with the button."
    ) % {"name": way.name()})  # fmt: skip


def cancelled() -> Refused:
    return NotAllowed("central_cancelled", _(
        "Not signed in: it was stopped or refused at %(name)s. Begin again, or ask there."
    ) % {"name": way.name()})  # fmt: skip


def not_believed() -> Refused:
    return NotAllowed("central_invalid", _(
        "Not signed in: the answer of %(name)s was not in order and is not believed. Begin again; if it happens again, "
        "tell your system administrator."
    ) % {"name": way.name()}, other_way=True)  # fmt: skip
