"""What can be wrong with the engine, and what to do about it."""

from django.utils.translation import gettext_lazy as _

FAULTS = {
    "wheel_stopped": _(
        "A part of the engine has stopped: deadlines or notices may be late. Start the engine (run_engine) again."
    ),
    "journal_unnumbered": _(
        "Journal entries get no number: screens do not show what happens. See the engine's log for the reason."
    ),
    "clocks_overdue": _(
        "Deadlines have passed without being recorded. Check that the engine runs, then its log."
    ),
    "notices_waiting": _(
        "Urgent notices have not left for more than a minute. Call these people, then check the gateway."
    ),
    "journal_broken": _(
        "The journal's last entries do not hold together: somebody may have changed them. "
        "Run verify_journal and tell the auditor."
    ),
    "disk_full": _("The disk is more than nine tenths full. Free some space before nothing can be stored."),
    "time_jumped": _(
        "The time of the server has jumped: deadlines go by the time before it. "
        "Set the clock right, then start the engine again."
    ),
    "set_aside": _(
        "Something cannot be done and is tried again and again; everything beside it goes on. "
        "See the engine's log for the reason, and do by hand what is waiting."
    ),
    "check_failed": _("A check of the engine itself failed. See the engine's log for the reason."),
    "journal_unverified": _(
        "The nightly check of the whole journal found it broken: somebody may have changed it. "
        "Run verify_journal and tell the auditor."
    ),
    "backup_failed": _(
        "Last night’s backup was not made. See the reason, mend it, then run: manage.py nightly backup."
    ),
    "certificate_expires": _(
        "The server’s certificate expires within 30 days: browsers will refuse these pages. "
        "Renew it (deploy/README.md) and run: manage.py nightly expiry."
    ),
    "certificate_unread": _(
        "The server’s certificate could not be read, so nobody knows when it expires. Check CERTIFICATE_FILE."
    ),
    "calendar_missing": _(
        "The working days of this year are not known: deadlines that reach into it are provisional. "
        "Import the State Council’s calendar (import_calendar)."
    ),
    "nightly_late": _(
        "A nightly job has not been done for a night and a half. Start the Celery worker and beat again."
    ),
    "templates_missing": _(
        "Some messages cannot be sent: the provider has approved no template for them. Name one on the page Templates."
    ),
    "nightly_failed": _(
        "A nightly job failed. See the worker’s log for the reason, then run: manage.py nightly."
    ),
}
#: To be seen to within days: they stand on the system page, but no screen turns red and no watchdog rings.
CAN_WAIT = {
    "backup_failed",
    "certificate_expires",
    "certificate_unread",
    "calendar_missing",
    "nightly_late",
    "nightly_failed",
    "templates_missing",
}


def can_wait(code: str) -> bool:
    return code.partition(":")[0] in CAN_WAIT
