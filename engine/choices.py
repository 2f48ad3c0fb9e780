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
    "check_failed": _("A check of the engine itself failed. See the engine's log for the reason."),
}
