"""What may this person see of the reports to the level above, in what shape?"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.exclusions.queries import accused
from accounts.scope import Reach
from clocks.models import Clock
from command.report_chain import permissions, rules
from command.report_chain.choices import LineAbove, ReportKind, ReportState, ReportVerb
from command.report_chain.contents import known_told
from command.report_chain.contents.drafting import Told, picture_of
from command.report_chain.contents.known_told import ComparedFact, TimeTold
from command.report_chain.models import UpwardDelivery, UpwardReport
from common.database.composed import Composed
from common.errors import is_allowed, not_found
from early_warnings.choices import ReportState as SuperiorState
from early_warnings.models import SuperiorReport
from incidents.models import Incident, Observation
from incidents.queries import OpenItem
from journal.keys import key_of_column
from journal.models import Entry
from notices.choices import State as NoticeState
from notices.models import Notice
from plans.document.sections import clocks_of, role_of
from plans.engine.facts import Facts


def reports_of(incident: Incident) -> QuerySet[UpwardReport]:
    """The chain in its order, with whom each report went to."""
    return UpwardReport.objects.filter(incident=incident).with_names().order_by("n")


def get_report(reach: Reach, number: str, n: int) -> UpwardReport:
    """The n-th report of the incident; NotFound if there is none or this person may not see it."""
    rows = UpwardReport.objects.visible_to(reach).with_names()
    found = rows.filter(incident__number=number, n=n).first()
    if found is None:
        raise not_found()
    return found


def superior_reports(incident: Incident) -> list[SuperiorReport]:
    """What a signed warning told the level above at once, before this chain: shown beside it, not changed by it."""
    rows = SuperiorReport.objects.filter(warning__incident=incident)
    return list(rows.select_related("warning__plan", "sent_by").order_by("pk"))


def entries_of(incident: Incident) -> QuerySet[Entry]:
    """The incident's timeline as a report draws on it. Never what an accusation holds: a report has many readers."""
    rows = Entry.objects.in_thread(incident.key).filter(audience="incident").exclude(subject__in=accused())
    return rows.order_by("at", "pk")


def standing(reports: Iterable[UpwardReport]) -> list[UpwardReport]:
    return [report for report in reports if report.state != ReportState.DISCARDED]


def told_before(reports: Iterable[UpwardReport]) -> Told | None:
    """What the last report sent said; a follow-up begins there."""
    sent = [report for report in reports if report.state in rules.SENT]
    return Told(sent[-1].as_of, sent[-1].upto_entry, sent[-1].facts) if sent else None


def due_for(incident: Incident, kind: str) -> datetime | None:
    """By when the plan wants such a report: the nearest of the running clocks that it stops (one query)."""
    stops = rules.SENT_ENTRIES[ReportKind(kind)]
    ids = [clock.id for clock in clocks_of(incident.plan.document) if clock.stop == stops]
    running = Clock.objects.running().filter(thread=incident.key, plan=incident.plan.ref, clock_id__in=ids)
    return running.filter(due_at__isnull=False).order_by("due_at").values_list("due_at", flat=True).first()


def line_dues(report: UpwardReport) -> dict[str, datetime]:
    """By when the plan wants a line to have it: line → the nearest of the running clocks that it stops (one query)."""
    lines = {
        clock.id: line
        for clock in clocks_of(report.plan.document)
        for line, entry in rules.LINE_ENTRIES.items()
        if clock.stop == entry
    }
    if not lines or report.state not in (ReportState.DRAFT, ReportState.SIGNED):
        return {}
    running = Clock.objects.running().filter(
        thread=report.incident.key, plan=report.plan.ref, clock_id__in=lines, due_at__isnull=False
    )
    return {lines[clock.clock_id]: clock.due_at for clock in running.order_by("-due_at")}


class Next(NamedTuple):
    """A report that may be drafted now, and by when the plan wants it."""

    kind: ReportKind
    due_at: datetime | None


def next_reports(incident: Incident, reports: Sequence[UpwardReport]) -> list[Next]:
    """What may be drafted: nothing while a draft waits or when the incident is over."""
    chain = standing(reports)
    if not incident.is_open or any(report.is_draft for report in chain):
        return []
    return [Next(kind, due_for(incident, kind)) for kind in rules.next_kinds([one.kind for one in chain])]


# --- known and told ------------------------------------------------------------------------------------------


class LineTold(NamedTuple):
    """What one line of superiors was told. `line` is None where there is one alone."""

    line: LineAbove | None
    lines: list[ComparedFact]


def known_and_told(
    incident: Incident, reports: Iterable[UpwardReport], superiors: Sequence[SuperiorReport]
) -> list[LineTold]:
    """What is known now against what each line above was told (at most one more query)."""
    chain, document = standing(reports), incident.plan.document
    times_told = [one for report in chain for one in _times_told(report)]
    times_told += _told_with_warnings(incident, superiors)
    told_to = {delivery.line for report in chain for delivery in report.deliveries.all()}
    lines = [line for line in LineAbove if line in told_to | {one.line for one in times_told}]
    if len(lines) < 2:
        return [LineTold(None, known_told.compare(picture_of(incident), times_told, document))]
    return [
        LineTold(
            line,
            known_told.compare(
                picture_of(incident), [one for one in times_told if one.line == line], document
            ),
        )
        for line in lines
    ]


def _times_told(report: UpwardReport) -> Iterable[TimeTold]:
    for delivery in report.deliveries.all():
        if delivery.phoned_at:
            by = _("%(who)s, by telephone (%(report)s)")
            who = {"who": delivery.phoned_by, "report": report.name}
            yield TimeTold(delivery.phoned_at, by % who, delivery.facts, delivery.line)
        if delivery.sent_at:
            by = _("%(who)s, in writing (%(report)s)")
            who = {"who": delivery.sent_by, "report": report.name}
            yield TimeTold(delivery.sent_at, by % who, report.facts, delivery.line)


def _told_with_warnings(incident: Incident, superiors: Sequence[SuperiorReport]) -> Iterable[TimeTold]:
    """The reports of a signed warning keep no picture of their own: it is what had been observed by then."""
    sent = [report for report in superiors if report.state == SuperiorState.SENT]
    seen = list(Observation.objects.filter(incident=incident).order_by("pk")) if sent else []
    for report in sent:
        assert report.sent_at is not None  # a_sent_report_says_when_by_whom_and_how
        facts = [Facts.from_dict(one.facts) for one in seen if one.recorded_at <= report.drafted_at]
        picture = {
            **picture_of(incident),
            "level": report.warning.level,
            "facts": Facts.current(facts).as_dict(),
        }
        by = _("%(who)s, with warning %(number)s") % {"who": report.sent_by, "number": report.warning.number}
        is_local = role_of(report.warning.plan.document, report.recipient).is_local
        yield TimeTold(report.sent_at, by, picture, LineAbove.LOCAL if is_local else LineAbove.BUSINESS)


# --- one report ----------------------------------------------------------------------------------------------


class May(NamedTuple):
    """What this reader may do with a report now."""

    write: bool
    sign: bool
    verbs: frozenset[str]

    def can(self, verb: str) -> bool:
        return self.write and verb in self.verbs

    @property
    def revise(self) -> bool:
        return self.can(ReportVerb.REVISE)

    @property
    def discard(self) -> bool:
        return self.can(ReportVerb.DISCARD)

    @property
    def phone(self) -> bool:
        return self.can(ReportVerb.PHONE)

    @property
    def send(self) -> bool:
        return self.can(ReportVerb.DELIVER)

    @property
    def receive(self) -> bool:
        return self.can(ReportVerb.RECEIVE)


def may(reach: Reach, report: UpwardReport, now: datetime) -> May:
    verbs = frozenset(rules.TRANSITIONS.verbs_for(report.state))
    return May(
        write=is_allowed(permissions.check_can_write, reach, report.incident),
        sign=ReportVerb.SIGN in verbs and is_allowed(permissions.check_can_sign, reach, report, now),
        verbs=verbs,
    )


def is_receipt_overdue(delivery: UpwardDelivery, now: datetime) -> bool:
    """Whether its receipt is outstanding past the plan's time."""
    waits = delivery.sent_at is not None and delivery.received_at is None
    return waits and rules.is_overdue(due_at=delivery.receipt_due_at, done_at=None, now=now)


# --- what waits for a desk -----------------------------------------------------------------------------------

#: More than these wait on their incidents' own pages.
MOST_WAITING = 20


class Waiting(NamedTuple):
    """A report that somebody has to do something about, and what that is."""

    report: UpwardReport
    #: sign, send or receipt.
    what: str


def waiting(reach: Reach, now: datetime) -> list[Waiting]:
    """What this desk has to do: sign what it was asked to, send what is signed, ask after overdue receipts (one query)."""
    whats = {ReportState.DRAFT: "sign", ReportState.SIGNED: "send"}
    return [
        Waiting(report, whats.get(ReportState(report.state), "receipt")) for report in _WAITING(reach, now)
    ]


def _waiting(reach: Reach, now: datetime) -> QuerySet[UpwardReport]:
    asked = Notice.objects.filter(
        recipient=reach.user,
        purpose__startswith="upward_report.to_sign",
        subject=key_of_column("upward_report", OuterRef("pk")),
    ).exclude(state=NoticeState.CANCELLED)
    overdue = UpwardDelivery.objects.filter(
        report=OuterRef("pk"), sent_at__isnull=False, received_at=None, receipt_due_at__lt=now
    )
    to_sign = Q(state=ReportState.DRAFT) & Exists(asked)
    # A report goes out from the house that signed it: a city does not work through its counties' lists.
    mine = Q(signed_post__unit__in=[post.unit_id for post in reach.posts])
    rows = UpwardReport.objects.filter(reach.filter("incident.manage")).filter(
        to_sign | mine & (Q(state=ReportState.SIGNED) | Exists(overdue))
    )
    return rows.select_related("incident", "unit").order_by("drafted_at", "pk")[:MOST_WAITING]


#: Asked by every board.
_WAITING = Composed(_waiting)


# --- for other rooms -----------------------------------------------------------------------------------------


def holding_open(incident: Incident) -> list[OpenItem]:
    """A draft, a signed report that is not sent, a chain that was begun and has no final report."""
    chain = list(
        UpwardReport.objects.standing().filter(incident=incident).select_related("incident").order_by("n")
    )
    items = [
        OpenItem(
            "upward_report",
            report.reference,
            _("%(report)s to the level above: %(state)s")
            % {"report": report.name, "state": report.get_state_display()},
            reverse("upward-report", args=[incident.number, report.n]),
        )
        for report in chain
        if report.state in (ReportState.DRAFT, ReportState.SIGNED)
    ]
    if not rules.is_ended([report.kind for report in chain]):
        items.append(
            OpenItem(
                "report_chain",
                incident.number,
                _("The reports to the level above have no final report"),
                reverse("report-chain", args=[incident.number]),
            )
        )
    return items


def key_of_number(text: str) -> str | None:
    """The journal key behind a report's number ("C1-20261122-001-R2"), for callers of the API."""
    number, _dash, n = text.rpartition("-R")
    if not n.isdecimal() or len(n) > 4:
        return None
    found = UpwardReport.objects.filter(Q(incident__number=number), n=int(n)).first()
    return found.key if found else None
