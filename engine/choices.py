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
    "alarms_kept": _(
        "Alarms wait outside the database, and nobody has been told of them. Look at what is wrong with the database; read "
        "them with manage.py kept_alarms --read and ring the duty room."
    ),
    "notices_waiting": _(
        "Urgent notices have not left for more than a minute. Call these people, then check the gateway."
    ),
    "journal_broken": _(
        "The journal's last entries do not hold together: somebody may have changed them. "
        "Run verify_journal and tell the auditor."
    ),
    "anchors_not_copied": _(
        "The journal’s anchors do not reach the other machine, or stand otherwise there: a rewritten journal would not "
        "be noticed. Look at ANCHOR_COPY_DIR; where the two differ, tell the auditor before you move either."
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
    "backup_not_copied": _(
        "Last night’s backup did not reach the other machine: with this one it would be lost. See the reason, mend it, then "
        "run: manage.py nightly copy."
    ),
    "changes_not_archived": _(
        "PostgreSQL’s archive takes no more changes: a recovery to a moment would lack them, and the disk fills up. See the "
        "server’s log for what archive_command says (docs/operations.md)."
    ),
    "restore_unrehearsed": _(
        "No restore has been rehearsed for a long time, or the last one failed: nobody knows whether a backup can be "
        "restored. Bring the private key and run: manage.py rehearse_restore."
    ),
    "certificate_expires": _(
        "The server’s certificate expires within 30 days: browsers will refuse these pages. "
        "Renew it (deploy/README.md) and run: manage.py nightly expiry."
    ),
    "certificate_unread": _(
        "The server’s certificate could not be read, so nobody knows when it expires. Check CERTIFICATE_FILE."
    ),
    "logs_short": _(
        "This machine is not told to keep its logs for six months, as the law asks. Install deploy/journald.conf "
        "(deploy/README.md), restart systemd-journald and run: manage.py nightly expiry."
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
    "webhooks_failing": _(
        "Webhooks are not taken by their receivers. See which on their person’s page Webhooks, and have the receiver looked at."
    ),
    "exchange_waiting": _(
        "Documents have not been received by another installation: they wait for more than an hour, or were refused there. "
        "See which on the page Exchange, and telephone whoever keeps the other one."
    ),
    "nightly_failed": _(
        "A nightly job failed. See the worker’s log for the reason, then run: manage.py nightly."
    ),
}
#: To be seen to within days: they stand on the system page, but no screen turns red and no watchdog rings.
CAN_WAIT = {
    "changes_not_archived",
    "anchors_not_copied",
    "backup_failed",
    "backup_not_copied",
    "restore_unrehearsed",
    "certificate_expires",
    "certificate_unread",
    "logs_short",
    "calendar_missing",
    "nightly_late",
    "nightly_failed",
    "templates_missing",
    "webhooks_failing",
    "exchange_waiting",
}


def can_wait(code: str) -> bool:
    return code.partition(":")[0] in CAN_WAIT
