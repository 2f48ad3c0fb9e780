"""How a report to the level above is signed: whoever may sign is asked, and from the signature on it is frozen."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.queries import Holder
from accounts.scope import Reach
from accounts.sign_in.credentials import check_credential
from command.report_chain import alerts, permissions, rules
from command.report_chain.choices import ReportField, ReportVerb
from command.report_chain.contents import signature
from command.report_chain.models import UpwardReport
from command.report_chain.permissions import Seat
from command.report_chain.transitions import (
    check_move,
    check_rev,
    lock,
    move,
    read,
    record_entry,
)
from common.errors import Invalid, WrongState
from common.failpoints import crash_point
from common.revisions import save
from early_warnings.signing.signature import hash_of
from notices.relevance.ending import settle_threads


@transaction.atomic
def ask_for_signature(*, report_id: int, reach: Reach, now: datetime, rev: int | None = None) -> UpwardReport:
    """Tell whoever is asked first that a report waits for the signature. A gap in it is said before anybody is called."""
    report = lock(report_id)

    permissions.check_can_write(reach, report.incident)
    check_rev(report, rev)
    done = move(report, ReportVerb.ASK)
    _check_whole(report)
    asked = _whom_to_ask(report, now)

    save(report)
    record_entry(
        report, done.entry, reach, at=now, content={"asked": sorted({holder.post.title for holder in asked})}
    )
    alerts.ask_to_sign(report, asked, now=now)
    return report


def sign_report(
    *, report_id: int, reach: Reach, credential: str, now: datetime, rev: int | None = None
) -> UpwardReport:
    """Sign a report: from now on nothing in it changes.

    `credential` is the signer's password or a one-time code, asked again, and checked before anything is locked, as
    under a warning. Raises NotAllowed for who may not sign or mistypes it, Invalid where a part is empty, WrongState
    for who comes second, Stale for who read another revision.
    """
    unlocked = read(report_id)
    permissions.check_can_sign(reach, unlocked, now)
    check_rev(unlocked, rev)
    check_move(unlocked, ReportVerb.SIGN)
    _check_whole(unlocked)
    kind = check_credential(reach.user, credential, now)
    return _sign(report_id, reach, kind, now, rev)


@transaction.atomic
def _sign(report_id: int, reach: Reach, credential: str, now: datetime, rev: int | None) -> UpwardReport:
    report = lock(report_id)

    seat = permissions.check_can_sign(reach, report, now)
    check_rev(report, rev)
    _check_whole(report)
    done = move(report, ReportVerb.SIGN)

    _put_signature(report, reach, seat, credential, now)
    save(report, "state", *_SIGNATURE)
    settle_threads([report.incident.key], now)

    content = {"signed_as": report.signed_as, "signature": report.signature}
    record_entry(report, done.entry, reach, at=now, post=seat.title, content=content)
    crash_point("reports.before_sign_commit")
    return report


_SIGNATURE = ("signed_at", "signed_by", "signed_post", "signed_as", "credential", "signed_text", "signature")


def _check_whole(report: UpwardReport) -> None:
    if missing := rules.gaps(report.fields):
        raise Invalid(
            "incomplete",
            _("Report %(number)s was not signed: still empty: %(fields)s. Write them first.")
            % {
                "number": report.reference,
                "fields": ", ".join(str(ReportField(name).label) for name in missing),
            },
            fields={name: [_("This is missing.")] for name in missing},
        )


def _whom_to_ask(report: UpwardReport, now: datetime) -> list[Holder]:
    asked = permissions.asked_first(report, now)
    if not asked:
        raise WrongState(
            "nobody_to_ask",
            _(
                "Nobody was told: the plan names nobody here who signs report %(number)s. Phone a leader of %(unit)s."
            )
            % {"number": report.reference, "unit": report.unit},
        )
    return asked


def _put_signature(report: UpwardReport, reach: Reach, seat: Seat, credential: str, now: datetime) -> None:
    report.signed_at, report.signed_by, report.signed_post_id = now, reach.user, seat.post_id
    report.signed_as, report.credential = seat.signed_as, credential
    report.signed_text = signature.text_to_sign(report)
    report.signature = hash_of(report.signed_text)
