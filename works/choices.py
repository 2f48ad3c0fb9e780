"""The words of long works: their states, and why one was not done."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class WorkState(TextChoices):
    QUEUED = "queued", pgettext_lazy("work", "waiting")
    RUNNING = "running", pgettext_lazy("work", "under way")
    DONE = "done", pgettext_lazy("work", "done")
    FAILED = "failed", pgettext_lazy("work", "not done")
    CANCELLED = "cancelled", pgettext_lazy("work", "cancelled")


#: Why a work was not done, and what to do. Of one that was refused its own sentence follows.
ERRORS = {
    "refused": _("It was not done:"),
    "fault": _(
        "It was not done: a fault in the program stopped it. Ask for it again; if that fails too, tell the system "
        "administrator, who finds the reason in the worker’s log."
    ),
    "died": _(
        "It was not done: the process that did it ended several times before it was finished. Ask for less of it, or "
        "tell the system administrator."
    ),
}
