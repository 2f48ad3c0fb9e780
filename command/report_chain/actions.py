"""How a report to the level above is written: drafted, corrected, drafted anew, discarded. Each action: lock, check,
change, record. `signing` freezes it, `sending` takes it there.

Source: linkage plan §4.2 (by telephone and fax at once, in writing when it is over), city plan §2.4 (who is told on
red); Emergency Response Law art. 61: nobody above is told late, too little, or something else than is known.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from accounts.models import Unit
from accounts.scope import Reach
from accounts.unit_lines.queries import with_local_superior
from command.report_chain import permissions, queries, rules
from command.report_chain.choices import LineAbove, ReportField, ReportKind, ReportVerb
from command.report_chain.contents.drafting import draft, picture_of
from command.report_chain.models import UpwardDelivery, UpwardReport
from command.report_chain.transitions import (
    bad_field,
    check_move,
    check_rev,
    check_said,
    check_words,
    lock,
    move,
    record_entry,
)
from common.errors import WrongState
from common.revisions import save
from incidents.models import Incident
from incidents.transitions import check_open, lock_incident
from notices.relevance.ending import settle_threads
from plans.document.reporting import Chain, chain_at
from plans.people.superiors import name_of

_NAME = 80


@transaction.atomic
def draft_report(
    *, incident_id: int, reach: Reach, kind: str, now: datetime, recipients: Iterable[str] = ()
) -> UpwardReport:
    """Draft the next report of the chain from the timeline: of a follow-up only what is new since the last one sent.

    `recipients` are names on paper beside those of the plan. Raises WrongState where another kind is next or a draft
    waits, Invalid where neither the plan nor anybody says who is told.
    """
    incident = lock_incident(incident_id)

    permissions.check_can_write(reach, incident)
    check_open(incident, _("No report was drafted: %(number)s is no longer open. Reopen it first."))
    earlier = list(queries.reports_of(incident))
    _check_next(incident, queries.standing(earlier), kind)
    chain = chain_at(incident.plan.document, incident.shown_level)
    named = _recipients(incident, chain, recipients)

    report = UpwardReport(
        incident=incident,
        unit=incident.unit,
        unit_path=incident.unit_path,
        n=(max((one.n for one in earlier), default=0)) + 1,
        kind=ReportKind(kind),
        ordinal=_ordinal(queries.standing(earlier), kind),
        drill=incident.drill,
        drafted_at=now,
        drafted_by=reach.user,
    )
    _take_picture(report, incident, chain, earlier, now)
    report.save(force_insert=True)
    UpwardDelivery.objects.bulk_create(_deliveries(report, named))

    record_entry(report, rules.TRANSITIONS.begin.entry, reach, at=now)
    return report


@transaction.atomic
def revise_report(
    *,
    report_id: int,
    reach: Reach,
    fields: Mapping[str, str],
    now: datetime,
    recipients: Iterable[str] | None = None,
    rev: int | None = None,
) -> UpwardReport:
    """Change the text of a draft; a part that is not given stays. `recipients`, if given, replaces those typed before.

    Whom the plan names stays, and who has been told by telephone. A signed report is frozen: WrongState.
    """
    report = lock(report_id)

    permissions.check_can_write(reach, report.incident)
    check_rev(report, rev)
    done = move(report, ReportVerb.REVISE)
    given = {
        name: fields[name].replace("\r\n", "\n").strip() for name in ReportField.values if name in fields
    }
    check_words(given, rules.LONGEST_FIELD)

    report.fields = {**report.fields, **given}
    if recipients is not None:
        _replace_typed(report, rules.cleaned(recipients))
    save(report, "fields")

    record_entry(report, done.entry, reach, at=now)
    return report


@transaction.atomic
def redraft_report(*, report_id: int, reach: Reach, now: datetime, rev: int | None = None) -> UpwardReport:
    """Draft the text anew from what is known by now, in place of what stands there."""
    report = lock(report_id)

    permissions.check_can_write(reach, report.incident)
    check_rev(report, rev)
    done = move(report, ReportVerb.REVISE)
    incident = report.incident
    chain = chain_at(incident.plan.document, incident.shown_level)

    _take_picture(
        report, incident, chain, [one for one in queries.reports_of(incident) if one.n < report.n], now
    )
    present = {one.title_zh for one in report.deliveries.all()}
    more = [one for one in _of_the_plan(incident, chain) if one.zh not in present]
    UpwardDelivery.objects.bulk_create(_deliveries(report, more))
    save(report, *_PICTURE)

    record_entry(report, done.entry, reach, at=now)
    return report


@transaction.atomic
def discard_report(
    *, report_id: int, reach: Reach, discard_reason: str, now: datetime, rev: int | None = None
) -> UpwardReport:
    """Discard a draft with a reason; it keeps its number. What was told by telephone is owed in writing: WrongState."""
    report = lock(report_id)

    permissions.check_can_write(reach, report.incident)
    check_rev(report, rev)
    reason = check_said("discard_reason", discard_reason, 300)
    check_move(report, ReportVerb.DISCARD)
    if report.deliveries.filter(phoned_at__isnull=False).exists():
        raise WrongState(
            "told_by_telephone",
            _(
                "Report %(number)s was not discarded: it was told by telephone, and the text is owed. Correct it and send it."
            )
            % {"number": report.reference},
        )
    done = move(report, ReportVerb.DISCARD)

    report.discarded_at, report.discarded_by, report.discard_reason = now, reach.user, reason
    save(report, "state", "discarded_at", "discarded_by", "discard_reason")
    settle_threads([report.incident.key], now)

    record_entry(report, done.entry, reach, at=now, content={"reason": reason})
    return report


_PICTURE = ("plan", "level", "phone_first", "fields", "phone", "facts", "upto_entry", "as_of", "due_at")


def _check_next(incident: Incident, chain: list[UpwardReport], kind: str) -> None:
    if waiting := next((report for report in chain if report.is_draft), None):
        raise WrongState(
            "a_draft_waits",
            _("No report was drafted: %(number)s is not signed yet. Finish it, or discard it.")
            % {"number": waiting.reference},
        )
    possible = rules.next_kinds([report.kind for report in chain])
    if kind not in possible:
        raise WrongState(
            "another_kind_is_next",
            _("No report was drafted: next on %(number)s comes: %(kinds)s. Draft that one.")
            % {"number": incident.number, "kinds": ", ".join(str(one.label) for one in possible)},
        )


def _ordinal(chain: list[UpwardReport], kind: str) -> int:
    if kind != ReportKind.CONTINUED:
        return 0
    return sum(report.kind == ReportKind.CONTINUED for report in chain) + 1


class _Named(NamedTuple):
    """A recipient: the plan's role or empty, its names on paper, in which line it stands."""

    role: str
    zh: str
    en: str = ""
    line: LineAbove = LineAbove.BUSINESS


def _of_the_plan(incident: Incident, chain: Chain | None) -> Iterable[_Named]:
    for role in chain.to if chain else ():
        name = name_of(role, incident.unit)
        line = LineAbove.LOCAL if role.is_local else LineAbove.BUSINESS
        yield _Named(role.name, name.zh[:80], name.en[:120], line)


def _typed(unit: Unit, names: Iterable[str]) -> list[_Named]:
    """By hand too the unit's own local superior stands in the local line."""
    local = with_local_superior(unit)
    name_of_local = local.local_superior if local else ""
    return [
        _Named("", name, line=LineAbove.LOCAL if name == name_of_local else LineAbove.BUSINESS)
        for name in _checked_names(list(names))
    ]


def _recipients(incident: Incident, chain: Chain | None, typed: Iterable[str]) -> list[_Named]:
    named = list({one.zh: one for one in _of_the_plan(incident, chain)}.values())
    known = {one.zh for one in named}
    given = [name for name in rules.cleaned(typed) if name not in known]
    named += _typed(incident.unit, given) if given else []
    if not named:
        raise bad_field(
            "recipients",
            "nobody_to_tell",
            _("The plan names nobody above for this level. Write down who is told, one a line."),
        )
    return named


def _checked_names(names: list[str]) -> list[str]:
    if len(names) > rules.MOST_RECIPIENTS:
        raise bad_field(
            "recipients",
            "too_many",
            _("At most %(n)d recipients can be typed.") % {"n": rules.MOST_RECIPIENTS},
        )
    for name in names:
        check_words({"recipients": name}, _NAME)
    return names


def _deliveries(report: UpwardReport, named: Iterable[_Named]) -> list[UpwardDelivery]:
    return [
        UpwardDelivery(report=report, recipient=one.role, title_zh=one.zh, title_en=one.en, line=one.line)
        for one in named
    ]


def _replace_typed(report: UpwardReport, names: list[str]) -> None:
    """Those typed before and not telephoned give way; somebody has to be left."""
    report.deliveries.filter(recipient="", phoned_at=None).exclude(title_zh__in=names).delete()
    present = set(report.deliveries.values_list("title_zh", flat=True))
    more = _typed(report.unit, [name for name in names if name not in present])
    UpwardDelivery.objects.bulk_create(_deliveries(report, more))
    if not present and not more:
        raise bad_field("recipients", "nobody_to_tell", _("Write down who is told, one a line."))


def _take_picture(
    report: UpwardReport, incident: Incident, chain: Chain | None, earlier: list[UpwardReport], now: datetime
) -> None:
    """The text from the timeline, and what it rests on."""
    told = queries.told_before(queries.standing(earlier))
    entries = queries.entries_of(incident)
    report.plan, report.level = incident.plan, incident.shown_level
    report.phone_first = bool(chain and chain.phone_first)
    report.fields = draft(incident, report.kind, entries, told, now)
    report.phone, report.facts = incident.unit.phone, picture_of(incident)
    report.upto_entry = entries.aggregate(last=Max("pk"))["last"] or 0
    report.as_of, report.due_at = now, queries.due_for(incident, report.kind)
