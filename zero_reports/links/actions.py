"""What happens to one-tap links. Lock, check, change, record."""

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.links.secrets import hash_of
from accounts.models import Unit, User
from accounts.scope import Reach
from common.dates.periods import Period
from common.dates.time_format import written
from common.errors import NotFound, Refused, WrongState
from journal.record import record
from zero_reports.filing.actions import check_open_for, file_nil_by_link, subject_of
from zero_reports.filing.models import ZeroReport
from zero_reports.filing.slots import Slot, lock_slot
from zero_reports.links import permissions, rules
from zero_reports.links.models import OneTapLink
from zero_reports.links.queries import by_token, open_links
from zero_reports.links.tokens import SECRETS


@transaction.atomic
def issue_link(*, reach: Reach, unit: Unit, period: Period, now: datetime) -> str:
    """A link for a unit that has not answered. Returns its token, which is kept nowhere."""
    slot = lock_slot(unit.pk, period)

    permissions.check_can_issue(reach, slot.unit)
    post = permissions.issuing_post(reach, slot.unit)
    return _issue(slot, period, now, reach.user, post.title if post else "")


def issue_for_reminder(*, unit: Unit, period: Period, seed: str, now: datetime) -> str:
    """A link to go with a reminder: its address, or "" where the unit has answered or cannot file.

    The same `seed` gives the same link: a message that is repeated says the same words.
    """
    token = SECRETS.of_seed(seed)
    if by_token(token):
        return address_of(token)
    try:
        with transaction.atomic():
            return address_of(_issue(lock_slot(unit.pk, period), period, now, token=token))
    except Refused:
        return ""


def address_of(token: str) -> str:
    """The whole address where the bureau's is known (SITE_URL), else its path."""
    return settings.SITE_URL.rstrip("/") + reverse("one-tap", args=[token])


def _issue(
    slot: Slot, period: Period, now: datetime, user: User | None = None, post: str = "", token: str = ""
) -> str:
    unit = slot.unit
    check_open_for(slot, period, now)
    _check_unanswered(unit, period, slot.before)
    if open_links(unit, period, now).count() >= rules.MOST_OPEN:
        raise WrongState(
            "too_many_links",
            _(
                "No link for %(unit)s was made: %(n)d are open for %(period)s already. Revoke them first, or have "
                "one of them used."
            )
            % {"unit": unit, "n": rules.MOST_OPEN, "period": period},
        )

    token = token or SECRETS.new()
    made = OneTapLink.objects.create(
        unit=unit, cadence=period.cadence, day=period.day, token_hash=hash_of(token), issued_at=now,
        issued_by=user, post=post, expires_at=rules.expires_at(period, now),
    )  # fmt: skip

    record(
        "zero_report.link_issued",
        subject=subject_of(unit, period),
        unit=unit,
        actor=user,
        post=post,
        at=now,
        content={"period": str(period), "link": made.pk, "expires_at": made.expires_at.isoformat()},
    )
    return token


@transaction.atomic
def revoke_links(*, reach: Reach, unit: Unit, period: Period, now: datetime) -> int:
    """Make every open link of the unit and period useless. Returns how many there were."""
    unit = lock_slot(unit.pk, period).unit

    permissions.check_can_issue(reach, unit)
    found = list(open_links(unit, period, now).values_list("pk", flat=True))
    if not found:
        return 0

    OneTapLink.objects.filter(pk__in=found).update(revoked_at=now, revoked_by=reach.user)

    post = permissions.issuing_post(reach, unit)
    record(
        "zero_report.link_revoked",
        subject=subject_of(unit, period),
        unit=unit,
        actor=reach.user,
        post=post.title if post else "",
        at=now,
        content={"period": str(period), "links": found},
    )
    return len(found)


def read_link(token: str, now: datetime) -> OneTapLink:
    """The link, whatever has become of it. Raises NotFound for a token this product never gave out."""
    link = by_token(token) if SECRETS.is_ours(token) else None
    if link is None:
        raise NotFound(
            "no_such_link",
            _(
                "Nothing was filed: this link is not genuine or is incomplete. Copy the whole link again, or sign "
                "in and report."
            ),
        )
    return link


@transaction.atomic
def use_link(*, token: str, now: datetime) -> ZeroReport:
    """File nil for the link's unit and period; the link is used up. Two taps at once make one report."""
    unit_id = read_link(token, now).unit_id
    Unit.objects.select_for_update(no_key=True).get(pk=unit_id)
    link = read_link(token, now)

    check_usable(link, now)
    _check_unanswered(
        link.unit, link.period, ZeroReport.objects.of(link.period).current().filter(unit=link.unit).first()
    )

    report = file_nil_by_link(unit=link.unit, period=link.period, link_id=link.pk, now=now)
    link.used_at, link.report = now, report
    link.save(update_fields=["used_at", "report"])
    return report


def check_usable(link: OneTapLink, now: datetime) -> None:
    """Raises WrongState with what became of the link and what to do instead."""
    code = link.why_not(now)
    if not code:
        return
    sentence = {
        "link_used": _(
            "Nothing was filed again: the link for %(unit)s, %(period)s was used at %(used)s, receipt %(receipt)s. "
            "To correct it, sign in."
        ),
        "link_revoked": _(
            "Nothing was filed: the link for %(unit)s, %(period)s was revoked. Ask the level above for a new one, or "
            "sign in and report."
        ),
        "link_expired": _(
            "Nothing was filed: the link for %(unit)s, %(period)s expired at %(expired)s. Ask the level above for a "
            "new one, or sign in and report."
        ),
    }[code]
    raise WrongState(
        code,
        sentence
        % {
            "unit": link.unit,
            "period": link.period,
            "used": _local(link.used_at),
            "receipt": link.report.receipt if link.report else "",
            "expired": _local(link.expires_at),
        },
    )


def _check_unanswered(unit: Unit, period: Period, report: ZeroReport | None) -> None:
    if report is not None:
        raise WrongState(
            "already_answered",
            _(
                "Nothing was filed: %(unit)s has already answered for %(period)s, receipt %(receipt)s. To correct "
                "it, sign in."
            )
            % {"unit": unit, "period": period, "receipt": report.receipt},
        )


def _local(moment: datetime | None) -> str:
    return written(moment, "%Y-%m-%d %H:%M") if moment else ""
