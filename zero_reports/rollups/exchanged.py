"""Summaries that go to the level above where that has an installation of its own: each version as it is confirmed."""

from datetime import datetime

from django.urls import reverse

from accounts.models import User
from exchange import queries as exchange
from exchange.choices import Kind
from exchange.models import Outgoing
from exchange.outgoing import send_up as send_paper_up
from journal.keys import key, parts_of
from zero_reports.rollups.documents import roll_up_paper
from zero_reports.rollups.models import RollUp


def send_up(found: RollUp, by: User, now: datetime) -> None:
    send_paper_up(
        kind=Kind.SUMMARY, unit=found.unit, paper=lambda: roll_up_paper(found), by=by, post=found.post, now=now,
        subject=_version_of(found), thread=found.subject,
    )  # fmt: skip


def sent_of(found: RollUp) -> Outgoing | None:
    """What went up of this version, with its receipts."""
    name = _version_of(found)
    return exchange.sent_about([name]).get(name)


def page_of(row: Outgoing) -> str:
    return reverse("roll-up", args=[row.unit.code, parts_of(row.subject)[-1]])


def _version_of(found: RollUp) -> str:
    return key("roll_up_version", found.pk, found.period)
