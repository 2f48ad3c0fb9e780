"""What happens to reports to the level above. Each action: lock, check, change, record.

Source: linkage plan §4.2 (by telephone and fax at once, in writing when it is over), city plan §2.4 (who is told on
red); Emergency Response Law art. 61: nobody above is told late, too little, or something else than is known.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from accounts.queries import Holder
from accounts.scope import Reach
from accounts.sign_in.credentials import check_credential
from clocks.actions import cancel_for_thread
from command.report_chain import alerts, permissions, queries, rules
from command.report_chain.choices import Channel, ReportField, ReportKind, ReportState, ReportVerb
from command.report_chain.contents import signature
from command.report_chain.contents.drafting import draft, picture_of
from command.report_chain.models import UpwardDelivery, UpwardReport
from command.report_chain.permissions import Seat
from command.report_chain.transitions import (
    bad_field,
    check_move,
    check_rev,
    check_said,
    check_words,
    deliveries_named,
    lock,
    move,
    read,
    record_entry,
)
from common.errors import Invalid, WrongState
from common.failpoints import crash_point
from common.revisions import save
from early_warnings.signing.signature import hash_of
from incidents.models import Incident
from incidents.rules import known_time
from incidents.transitions import check_open, lock_incident
from notices.relevance.ending import settle_threads
from plans.document.reporting import Chain, chain_at
from plans.document.sections import clocks_of

_NAME, _OFFICE = 80, 80


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
    named = _recipients(chain, recipients)

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
    more = [one for one in _roles(chain) if one[1] not in present]
    UpwardDelivery.objects.bulk_create(_deliveries(report, more))
    save(report, *_PICTURE)

    record_entry(report, done.entry, reach, at=now)
    return report


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


@transaction.atomic
def record_telephone_report(
    *,
    report_id: int,
    reach: Reach,
    told_whom: str,
    now: datetime,
    recipient: str = "",
    at: datetime | None = None,
    rev: int | None = None,
) -> UpwardReport:
    """Record that a recipient was told by telephone first: who told whom, and when. The text comes later.

    `recipient` is the plan's role or the name on paper; empty: everybody not telephoned yet. `at` is when it was.
    """
    report = lock(report_id)

    permissions.check_can_write(reach, report.incident)
    check_rev(report, rev)
    move(report, ReportVerb.PHONE)
    whom = check_said("told_whom", told_whom, _OFFICE)
    happened = _not_ahead(at, now)
    waiting = report.deliveries.filter(phoned_at=None, sent_at=None)
    meant = deliveries_named(report, recipient, waiting)

    for delivery in meant:
        delivery.phoned_at, delivery.phoned_by, delivery.told_whom = happened, reach.user, whom
        delivery.facts = report.facts
        delivery.save(update_fields=["phoned_at", "phoned_by", "told_whom", "facts"])
    save(report)

    for delivery in meant:
        record_entry(
            report,
            rules.PHONED,
            reach,
            at=happened,
            recorded_at=now,
            delivery=delivery,
            content={"to": f"{delivery.title_zh} {whom}"},
        )
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


@transaction.atomic
def send_report(
    *,
    report_id: int,
    reach: Reach,
    channel: str,
    now: datetime,
    recipient: str = "",
    rev: int | None = None,
) -> UpwardReport:
    """Record that the signed text went to a recipient (empty: to all who do not have it). The last one ends the plan's
    clock: "sent" means that everybody named in it has it."""
    report = lock(report_id)

    permissions.check_can_write(reach, report.incident)
    check_rev(report, rev)
    move(report, ReportVerb.DELIVER)
    if channel not in Channel.values:
        raise bad_field("channel", "unknown_channel", _("Choose by which way the text was sent."))
    meant = deliveries_named(report, recipient, report.deliveries.filter(sent_at=None))

    for delivery in meant:
        delivery.sent_at, delivery.sent_by, delivery.channel = now, reach.user, channel
        recorded = record_entry(
            report, rules.DELIVERED, reach, at=now, delivery=delivery,
            content={"to": delivery.title_zh, "channel": channel},
        )  # fmt: skip
        due = [clock.due_at for clock in recorded.clocks if clock.due_at and clock.subject == delivery.key]
        delivery.receipt_due_at = min(due, default=None)
        delivery.save(update_fields=["sent_at", "sent_by", "channel", "receipt_due_at"])

    is_last = not report.deliveries.filter(sent_at=None).exists()
    if is_last:
        move(report, ReportVerb.COMPLETE)
        report.sent_at = now
    save(report, "state", "sent_at")
    if is_last:
        _record_sent(report, reach, now)
    crash_point("reports.before_send_commit")
    return report


@transaction.atomic
def record_receipt(
    *,
    report_id: int,
    reach: Reach,
    receiver: str,
    now: datetime,
    recipient: str = "",
    outside_number: str = "",
    at: datetime | None = None,
    rev: int | None = None,
) -> UpwardReport:
    """Record a recipient's receipt: who received it, when, and under which number it is kept there."""
    report = lock(report_id)

    permissions.check_can_write(reach, report.incident)
    check_rev(report, rev)
    move(report, ReportVerb.RECEIVE)
    who = check_said("receiver", receiver, _OFFICE)
    check_words({"outside_number": outside_number}, 60)
    waiting = list(report.deliveries.filter(sent_at__isnull=False, received_at=None))
    (delivery, *others) = deliveries_named(report, recipient, waiting)
    if others:
        raise bad_field(
            "recipient", "which_recipient", _("Say whose receipt it is: several wait for theirs.")
        )
    happened = _not_ahead(at, now)
    if delivery.sent_at and happened < delivery.sent_at:
        raise bad_field("at", "before_it_was_sent", _("It was received before it was sent. Check the time."))

    delivery.received_at, delivery.receiver, delivery.outside_number = happened, who, outside_number.strip()
    delivery.receipt_at, delivery.receipt_by = now, reach.user
    delivery.save(update_fields=["received_at", "receiver", "outside_number", "receipt_at", "receipt_by"])
    if report.state == ReportState.SENT and not report.deliveries.filter(received_at=None).exists():
        move(report, ReportVerb.SETTLE)
    save(report, "state")

    content = {"from": f"{delivery.title_zh} {who}", "outside_number": delivery.outside_number}
    record_entry(
        report, rules.RECEIVED, reach, at=happened, recorded_at=now, delivery=delivery, content=content
    )
    return report


_PICTURE = ("plan", "level", "phone_first", "fields", "phone", "facts", "upto_entry", "as_of", "due_at")
_SIGNATURE = ("signed_at", "signed_by", "signed_post", "signed_as", "credential", "signed_text", "signature")


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


def _roles(chain: Chain | None) -> list[tuple[str, str, str]]:
    """Role, Chinese and English name of whom the plan names."""
    return [(role.name, role.words.zh[:80], role.words.en[:120]) for role in (chain.to if chain else ())]


def _recipients(chain: Chain | None, typed: Iterable[str]) -> list[tuple[str, str, str]]:
    named = _roles(chain)
    known = {zh for _role, zh, _en in named}
    named += [("", name, "") for name in _checked_names(rules.cleaned(typed)) if name not in known]
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


def _deliveries(report: UpwardReport, named: Iterable[tuple[str, str, str]]) -> list[UpwardDelivery]:
    return [UpwardDelivery(report=report, recipient=role, title_zh=zh, title_en=en) for role, zh, en in named]


def _replace_typed(report: UpwardReport, names: list[str]) -> None:
    """Those typed before and not telephoned give way; somebody has to be left."""
    report.deliveries.filter(recipient="", phoned_at=None).exclude(title_zh__in=names).delete()
    present = set(report.deliveries.values_list("title_zh", flat=True))
    more = [("", name, "") for name in _checked_names(names) if name not in present]
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


def _not_ahead(at: datetime | None, now: datetime) -> datetime:
    happened = known_time(at, now)
    if happened is None:
        raise bad_field("at", "in_the_future", _("This time lies in the future."))
    return happened


def _record_sent(report: UpwardReport, reach: Reach, now: datetime) -> None:
    """Everybody has it: the plan's clock of this kind of report stops, and the next day's starts; none after the last."""
    chain = chain_at(report.incident.plan.document, report.incident.shown_level)
    entry = rules.SENT_ENTRIES[ReportKind(report.kind)]
    if report.kind == ReportKind.FINAL:
        cancel_for_thread(
            thread=report.incident.key, now=now, reason=report.kind, started_by=rules.SENT_ENTRIES.values()
        )
    deadlines = {
        clock.id: rules.daily_due(now, chain.daily)
        for clock in clocks_of(report.incident.plan.document)
        if chain and chain.daily and clock.start == entry and clock.duration == "given"
    }
    record_entry(report, entry, reach, at=now, deadlines=deadlines)
