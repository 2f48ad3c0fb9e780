"""A chain of reports at any point of its life, brought there by the real actions."""

from datetime import timedelta

import pytest

from command.report_chain import actions, rules, sending, signing
from command.report_chain.choices import ReportKind
from tests.early_warnings.conftest import PASSWORD, SIGNER, incident, passwords, proposed, signed, statement
from tests.exchange.conftest import hands, open_partner, own_key, turn

__all__ = [
    "hands", "incident", "open_partner", "own_key", "passwords", "proposed", "signed", "statement", "turn",
]  # fmt: skip

#: An authority above, where the plan names none.
ABOVE = "示例市司法局"


@pytest.fixture
def drafted(incident, reach, now):
    """drafted() → the initial report on a new incident of eight people in C1; drafted(event, "final") the next one."""

    def draft(event=None, kind=ReportKind.INITIAL, *, by="county1.duty", minutes=1, recipients=(ABOVE,)):
        at = now + timedelta(minutes=minutes)
        return actions.draft_report(
            incident_id=(event or incident()).pk,
            reach=reach(by, at),
            kind=kind,
            recipients=recipients,
            now=at,
        )

    return draft


@pytest.fixture
def whole(reach, now):
    """whole(report) → whatever was still empty is filled in."""

    def fill(report, *, minutes=2):
        at = now + timedelta(minutes=minutes)
        if missing := rules.gaps(report.fields):
            report = actions.revise_report(
                report_id=report.pk,
                reach=reach("county1.duty", at),
                fields=dict.fromkeys(missing, "已派员到场，人员情绪平稳。"),
                now=at,
            )
        return report

    return fill


@pytest.fixture
def signed_report(passwords, whole, reach, now):
    """signed_report(report) → signed by the signatory of its level, whatever was still empty filled in."""

    def sign(report, *, by="", minutes=2):
        at = now + timedelta(minutes=minutes)
        report = whole(report, minutes=minutes)
        return signing.sign_report(
            report_id=report.pk, reach=reach(by or SIGNER[report.level], at), credential=PASSWORD, now=at
        )

    return sign


@pytest.fixture
def sent(drafted, signed_report, reach, now):
    """sent(event) → the next report of that kind, signed and sent to everybody."""

    def send(event=None, kind=ReportKind.INITIAL, *, minutes=1, recipients=(ABOVE,)):
        report = signed_report(
            drafted(event, kind, minutes=minutes, recipients=recipients), minutes=minutes + 1
        )
        at = now + timedelta(minutes=minutes + 2)
        return sending.send_report(
            report_id=report.pk, reach=reach("county1.duty", at), channel="fax", now=at
        )

    return send
