"""What every action on a report stands on: its locks, checks and entries.

The incident is locked before its report, in every action: which report is next, and whether one waits already, is
decided under one lock.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from accounts.scope import Reach
from clocks.actions import Recorded, record_with_clocks
from command.report_chain import rules
from command.report_chain.contents.drafting import title_on_paper
from command.report_chain.models import UpwardDelivery, UpwardReport
from common import revisions, states
from common.errors import Invalid, NotFound
from common.states import Transition
from common.text.personal_data import unsigned_personal_data_in
from incidents.transitions import lock_incident


def read(report_id: int, *, lock: bool = False) -> UpwardReport:
    rows = UpwardReport.objects.select_for_update(of=("self",)) if lock else UpwardReport.objects
    return rows.select_related("incident__unit", "unit", "plan", "drafted_by", "signed_by").get(pk=report_id)


def lock(report_id: int) -> UpwardReport:
    """Lock the report's incident, then the report."""
    incident = lock_incident(UpwardReport.objects.values_list("incident_id", flat=True).get(pk=report_id))
    report = read(report_id, lock=True)
    report.incident = incident
    return report


def check_move(report: UpwardReport, verb: str) -> Transition:
    return states.check_move(report, rules.TRANSITIONS, verb, lambda: _wrong_state(report))


def move(report: UpwardReport, verb: str) -> Transition:
    return states.move(report, rules.TRANSITIONS, verb, lambda: _wrong_state(report))


def _wrong_state(report: UpwardReport) -> str:
    return _(
        "Nothing was changed: report %(number)s is “%(state)s”. Reload the page to see where it stands."
    ) % {"number": report.reference, "state": report.get_state_display()}


def check_rev(report: UpwardReport, rev: int | None) -> None:
    sentence = _(
        "Report %(number)s was not changed: somebody changed it after you opened the page. Look again, then repeat."
    )
    revisions.check_rev(report, rev, sentence % {"number": report.reference})


def check_words(texts: Mapping[str, str], longest: int) -> None:
    """No number of a person, and nothing too long: a report goes out of the house and is kept."""
    for name, text in texts.items():
        if found := unsigned_personal_data_in(text):
            raise bad_field(
                name,
                "personal_data",
                _("Take out what looks like an identity, phone or card number: %(text)s")
                % {"text": found[0].text},
            )
        if len(text) > longest:
            raise bad_field(name, "too_long", _("This is longer than %(n)d characters.") % {"n": longest})


def check_said(name: str, text: str, longest: int) -> str:
    """A short text that has to be there; returns it without spaces around it."""
    if not text.strip():
        raise bad_field(name, "text_missing", _("Say it in a few words."))
    check_words({name: text}, longest)
    return text.strip()


def bad_field(name: str, code: str, sentence: str) -> Invalid:
    return Invalid(
        code,
        _("Nothing was saved: %(sentence)s") % {"sentence": sentence},
        fields={name: [sentence]},
    )


def deliveries_named(
    report: UpwardReport, recipient: str, among: Iterable[UpwardDelivery]
) -> list[UpwardDelivery]:
    """Those meant by `recipient`: the plan's role or the name on paper; empty: all of them. Raises NotFound."""
    rows = list(among)
    meant = [
        one for one in rows if recipient in ("", one.recipient or one.title_zh, one.title_zh, one.title_en)
    ]
    if not meant:
        raise NotFound(
            "no_such_recipient",
            _(
                "Nothing was changed: no recipient of report %(number)s waits for this under that name. Reload the page."
            )
            % {"number": report.reference},
        )
    return meant


def record_entry(
    report: UpwardReport,
    kind: str,
    reach: Reach | None,
    *,
    at: datetime,
    recorded_at: datetime | None = None,
    post: str = "",
    delivery: UpwardDelivery | None = None,
    content: Mapping[str, Any] | None = None,
    deadlines: Mapping[str, datetime] | None = None,
) -> Recorded:
    """The entry and the clocks that follow it; about one recipient where a delivery is given. `reach` None: the system."""
    said = {
        "number": report.reference,
        "kind": report.kind,
        "title": title_on_paper(report),
        **(content or {}),
    }
    if delivery is not None:
        said["recipient"] = delivery.title_zh
    return record_with_clocks(
        kind,
        subject=delivery.key if delivery else report.key,
        thread=report.incident.key,
        unit=report.unit,
        actor=reach.user if reach else None,
        post=post or (reach.title_for("incident.manage", report.unit_path) if reach else ""),
        at=at,
        recorded_at=recorded_at,
        level=report.incident.shown_level,
        plan=report.incident.plan.ref,
        drill=report.drill,
        content=said,
        deadlines=deadlines,
    )
