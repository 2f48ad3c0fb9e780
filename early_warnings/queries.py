"""What may this person see of warnings, in what shape?"""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.choices import HeldAs
from accounts.models import Post, User
from accounts.scope import Reach
from clocks.models import Clock
from common.database.composed import Composed
from common.drills import SERIES
from common.errors import is_allowed, not_found
from early_warnings import permissions, rules
from early_warnings.choices import Owner, ReportState, State, Verb
from early_warnings.models import CallAttempt, EarlyWarning, SignatureRequest, SuperiorReport
from early_warnings.proposals import drafting
from early_warnings.signing import signature
from incidents.closing.queries import Question
from incidents.models import Incident
from incidents.queries import OpenItem
from incidents.rules import OPEN
from notices.models import Notice
from notices.reading.delivery_proof import ProofSheet, proof_sheet_of
from plans.document.words import Words
from plans.engine.evaluation import Level, levels_of
from plans.people.holders import Signatory, recipients, seat_of, signatory


def warnings(reach: Reach) -> QuerySet[EarlyWarning]:
    """Every warning this person may see, newest first."""
    return EarlyWarning.objects.visible_to(reach).with_names().order_by("-drafted_at", "-pk")


def get_warning(reach: Reach, number: str) -> EarlyWarning:
    """The warning of that number; NotFound if there is none or this person may not see it."""
    rows = EarlyWarning.objects.visible_to(reach).with_names()
    found = (
        rows.select_related(
            "incident__unit",
            "incident__plan",
            "adjusted_from",
            "proposed_by",
            "returned_by",
            "withdrawn_by",
            "lifted_by",
            "signed_post__unit",
            "signatory_post__unit",
        )
        .filter(number=number)
        .first()
    )
    if found is None:
        raise not_found()
    return found


def to_sign(reach: Reach, now: datetime) -> QuerySet[EarlyWarning]:
    """Warnings that wait for this person's signature: asked first, or escalated to them. By deadline.

    A standing deputy (AB角) finds here what has been escalated; the page of any other warning lets them sign
    it as well.
    """
    return _by_deadline(EarlyWarning.objects.with_names().filter(_asked(reach)))


def mine_to_finish(reach: Reach) -> QuerySet[EarlyWarning]:
    """Drafts and returned warnings of this person or of a desk they sit at, the longest lying first."""
    rows = EarlyWarning.objects.with_names().filter(_unfinished(reach))
    return rows.order_by("drafted_at", "pk")


def _asked(reach: Reach) -> Q:
    mine = Q(pk__in=[])
    for post in reach.posts:
        asked_as = HeldAs.DEPUTY if post.held_as == HeldAs.DEPUTY else HeldAs.HOLDER
        mine |= Q(requests__post=post.post_id, requests__asked_as=asked_as)
    return Q(pk__in=EarlyWarning.objects.filter(mine, state=State.PROPOSED).values("pk"))


def _unfinished(reach: Reach) -> Q:
    desks = [post.post_id for post in reach.posts]
    own = Q(drafted_by=reach.user) | Q(drafted_post__in=desks)
    return own & Q(state__in=[State.DRAFT, State.RETURNED])


def _by_deadline(rows: QuerySet[EarlyWarning]) -> QuerySet[EarlyWarning]:
    return rows.order_by(F("sign_by").asc(nulls_last=True), "proposed_at", "drafted_at", "pk")


def listed(reach: Reach, shown: str) -> QuerySet[EarlyWarning]:
    """The list page: "pending", "in_force", a state, or everything."""
    rows = warnings(reach)
    if shown == "pending":
        return rows.filter(state__in=rules.PENDING)
    if shown == "in_force":
        return rows.filter(state__in=rules.STANDING)
    return rows.filter(state=shown) if shown in State.values else rows


def for_incident(incident: Incident) -> QuerySet[EarlyWarning]:
    """Every warning of one incident, newest first. Who may see the incident may see them."""
    return EarlyWarning.objects.filter(incident=incident).with_names().order_by("-pk")


class IncidentWarnings(NamedTuple):
    """What an incident's page shows of its warnings."""

    rows: list[EarlyWarning]
    #: The one on its way to a signature, and the one in force, if there are such.
    pending: EarlyWarning | None
    in_force: EarlyWarning | None
    may_propose: bool
    may_adjust: bool


def incident_warnings(reach: Reach, incident: Incident) -> IncidentWarnings:
    """The warnings of an incident with what this person may do about them (one query)."""
    rows = list(for_incident(incident))
    pending = next((row for row in rows if row.state in rules.PENDING), None)
    standing = next((row for row in rows if row.state in rules.STANDING), None)
    may_draft = (
        incident.is_open and pending is None and is_allowed(permissions.check_can_draft, reach, incident)
    )
    return IncidentWarnings(
        rows, pending, standing, may_draft and standing is None, may_draft and standing is not None
    )


class Turn(NamedTuple):
    """Whose turn it is with a warning, by name where it is known."""

    owner: str
    who: str


class May(NamedTuple):
    """What this person may do with a warning now: each is the twin of a check and of the state table."""

    revise: bool
    propose: bool
    withdraw: bool
    sign: bool
    send_back: bool
    adjust: bool
    lift: bool
    call: bool
    report: bool


def may(reach: Reach, warning: EarlyWarning, now: datetime) -> May:
    verbs = rules.TRANSITIONS.verbs_for(warning.state)
    is_open = warning.incident.is_open

    def can(verb: str, check: Callable, *args: object) -> bool:
        return verb in verbs and is_allowed(check, reach, warning, *args)

    return May(
        revise=can(Verb.REVISE, permissions.check_can_edit),
        propose=is_open and can(Verb.PROPOSE, permissions.check_can_edit),
        withdraw=can(Verb.WITHDRAW, permissions.check_can_edit),
        sign=is_open and can(Verb.SIGN, permissions.check_can_sign, now),
        send_back=can(Verb.RETURN, permissions.check_can_return, now),
        adjust=is_open and Verb.ADJUST in verbs and _may_adjust(reach, warning),
        lift=can(Verb.LIFT, permissions.check_can_lift, now),
        call=can(Verb.CALL, permissions.check_can_record_call),
        report=can(Verb.REPORT, permissions.check_can_report_up),
    )


def _may_adjust(reach: Reach, warning: EarlyWarning) -> bool:
    free = not EarlyWarning.objects.pending().filter(incident=warning.incident_id).exists()
    return free and is_allowed(permissions.check_can_draft, reach, warning.incident)


def my_seat(reach: Reach, warning: EarlyWarning, now: datetime) -> Signatory | None:
    """The seat from which this person would sign."""
    level = permissions.deciding_level(warning)
    return seat_of(warning.plan.document, level, warning.unit, reach.user, now)


def turn(warning: EarlyWarning) -> Turn:
    """Whose turn it is. Of a warning that waits, everybody who has been asked."""
    if warning.owner == Owner.DRAFTER:
        return Turn(warning.owner, str(warning.drafted_by))
    if warning.owner == Owner.SIGNATORY:
        return Turn(warning.owner, _list(dict.fromkeys(str(one.post) for one in asked(warning))))
    return Turn(warning.owner, "")


def asked(warning: EarlyWarning) -> QuerySet[SignatureRequest]:
    """Who has been asked to sign, in order."""
    return warning.requests.select_related("post").order_by("asked_at", "pk")


def _list(words: Iterable[str]) -> str:
    return ("、" if (get_language() or "").startswith("zh") else ", ").join(words)


def clocks(warning: EarlyWarning) -> QuerySet[Clock]:
    """The warning's own clocks and those of its incident that it has started; running ones first."""
    mine = Q(subject=warning.key) | Q(thread=warning.thread, start_entry__subject=warning.key)
    return Clock.objects.filter(mine).order_by(
        F("stopped_at").asc(nulls_first=True), F("due_at").asc(nulls_last=True), "pk"
    )


def seats(warning: EarlyWarning, now: datetime) -> list[Signatory]:
    """Every seat that may sign it now, with names: first whom the plan names, then the higher ones."""
    return permissions.signatories(warning, now)


class Seat(NamedTuple):
    """A level, and who would be asked first to sign it."""

    level: Level
    seat: Signatory | None


def first_seats(incident: Incident, now: datetime, level_in_force: str = "") -> list[Seat]:
    """For each level of the plan: whom the signature would be asked of now."""
    document = incident.plan.document
    levels = levels_of(document)
    ranks = {level.id: level.rank for level in levels}
    return [
        Seat(
            level,
            signatory(document, rules.deciding_level(level.id, level_in_force, ranks), incident.unit, now),
        )
        for level in levels
        if level.id != level_in_force
    ]


def successor(warning: EarlyWarning) -> EarlyWarning | None:
    """The adjustment that waits for its signature or has replaced this warning."""
    return warning.adjustments.exclude(state=State.WITHDRAWN).order_by("-pk").first()


class Responder(NamedTuple):
    """A line of the call sheet."""

    person: User
    title: str
    phone: str
    calls: list[CallAttempt]


def call_sheet(warning: EarlyWarning, now: datetime) -> list[Responder]:
    """Whom the plan says to telephone at this level, with what has been tried, oldest first."""
    calls: dict[int, list[CallAttempt]] = {}
    for call in warning.calls.select_related("by").order_by("at", "pk"):
        calls.setdefault(call.person_id, []).append(call)
    named = recipients(warning.plan.document, warning.level, warning.unit, now).phone
    return [
        Responder(one.person, str(one.post), one.person.phone, calls.get(one.person.pk, [])) for one in named
    ]


def to_call(reach: Reach) -> QuerySet[EarlyWarning]:
    """Warnings in force for which nobody has been telephoned yet, where this person sees to it."""
    return EarlyWarning.objects.filter(_uncalled(reach)).with_names().order_by("in_force_at", "pk")


def _uncalled(reach: Reach) -> Q:
    called = CallAttempt.objects.filter(warning__incident=OuterRef("incident"))
    return Q(state__in=rules.STANDING) & ~Q(Exists(called)) & reach.filter("incident.manage")


def to_report(reach: Reach) -> QuerySet[SuperiorReport]:
    """Upward reports that are drafted and not sent, where this person may send them: closing asks about the rest."""
    mine = reach.filter("incident.manage", field="warning__signed_post__unit__path")
    rows = SuperiorReport.objects.filter(mine, state=ReportState.DRAFTED, warning__incident__state__in=OPEN)
    return rows.select_related("warning__incident", "warning__plan").order_by("drafted_at", "pk")


def _waiting(reach: Reach) -> QuerySet[EarlyWarning]:
    mine = EarlyWarning.objects.with_names().filter(_asked(reach) | _unfinished(reach) | _uncalled(reach))
    return _by_deadline(mine)


#: Every board asks both after every entry about a warning.
_WAITING, _TO_REPORT = Composed(_waiting), Composed(to_report)


def desk_tasks(reach: Reach, now: datetime) -> dict[str, Any]:
    """What waits for a desk (two queries): context of `_to_sign.html` and `_desk_tasks.html`."""
    waiting = _WAITING(reach)
    return {
        "to_sign": [warning for warning in waiting if warning.state == State.PROPOSED],
        "to_finish": [warning for warning in waiting if warning.state in (State.DRAFT, State.RETURNED)],
        "to_call": sorted(
            (warning for warning in waiting if warning.state in rules.STANDING),
            key=lambda warning: (warning.in_force_at, warning.pk),
        ),
        "to_report": _TO_REPORT(reach),
        "now": now,
    }


def superior_reports(warning: EarlyWarning) -> QuerySet[SuperiorReport]:
    return warning.superior_reports.select_related("sent_by").order_by("pk")


def proofs(warning: EarlyWarning) -> QuerySet[Notice]:
    """Who was told of the signed warning, by which way, and how far that got."""
    return (
        Notice.objects.filter(subject=warning.key, purpose="warning.signed")
        .select_related("recipient")
        .order_by("recipient_id", "channel")
    )


def proof_sheet(warning: EarlyWarning) -> ProofSheet:
    """The printable proof of who was told of the signed warning, with what followed where nobody heard."""
    return proof_sheet_of(subject=warning.key, thread=warning.thread, purpose="warning.signed")


def is_intact(warning: EarlyWarning) -> bool:
    """Whether the warning still is what was signed."""
    return signature.is_intact(warning)


def kind_of_event(warning: EarlyWarning) -> str:
    words = drafting.kind_of_event(warning)
    return words.in_language(get_language()) if words else ""


def holding_open(incident: Incident) -> list[OpenItem]:
    """Warnings that keep their incident from being closed."""
    return [
        OpenItem(
            "warning",
            warning.number,
            _("Warning %(number)s: %(state)s")
            % {"number": warning.number, "state": warning.get_state_display()},
            reverse("warning", args=[warning.number]),
        )
        for warning in EarlyWarning.objects.filter(incident=incident, state__in=rules.HOLDS_OPEN).order_by(
            "pk"
        )
    ]


def never_called(incident: Incident, now: datetime) -> list[Question]:
    """First responders whom the latest signed warning names and nobody has telephoned: closing asks why."""
    signed = EarlyWarning.objects.filter(incident=incident, state__in=rules.SIGNED).select_related(
        "plan", "unit"
    )
    warning = signed.order_by("-signed_at", "-pk").first()
    if warning is None:
        return []
    called = set(CallAttempt.objects.filter(warning__incident=incident).values_list("post_id", flat=True))
    named = recipients(warning.plan.document, warning.level, warning.unit, now).phone
    posts = {holder.post.pk: holder.post for holder in named if holder.post.pk not in called}
    return [
        Question(f"call-{pk}", _no_call(post), asks_why=True, is_line=False) for pk, post in posts.items()
    ]


def never_reported(incident: Incident, now: datetime) -> list[Question]:
    """Authorities above for whom a signed warning drafted a report that nobody sent: closing asks why."""
    waiting = SuperiorReport.objects.filter(
        warning__incident=incident, warning__state__in=rules.SIGNED, state=ReportState.DRAFTED
    )
    return [
        Question(
            f"report-{report.pk}",
            Words(
                f"预警 {report.warning.number} 上报{report.title_zh}：没有报出记录",
                f"Warning {report.warning.number}, report to {report.title_en or report.title_zh}: not sent by the record",
            ),
            asks_why=True,
            is_line=False,
        )
        for report in waiting.select_related("warning").order_by("pk")
    ]


def _no_call(post: Post) -> Words:
    return Words(
        f"第一响应人（{post}）：没有电话通知记录", f"First responder ({post}): no telephone call on record"
    )


def key_of_number(text: str) -> str | None:
    """The journal key behind a warning's number, for callers of the API."""
    if not text.removeprefix(SERIES).startswith("W-"):
        return None
    found = EarlyWarning.objects.filter(number=text).first()
    return found.key if found else None
