"""What happens to written reports: kept, handed in, received. Lock, check, change, record."""

from datetime import datetime

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from accounts.models import Unit
from accounts.scope import Reach
from clocks.actions import record_with_clocks
from common.dates.days import read_day
from common.errors import Invalid, Stale, WrongState
from common.text.personal_data import unsigned_personal_data_in
from written_reports import exchanged, permissions, queries, rules
from written_reports.asked.reminders import take_back
from written_reports.models import WrittenReport, WrittenVersion
from written_reports.paper.figures import figures
from written_reports.queries import Slot
from zero_reports.filing.permissions import filing_post


@transaction.atomic
def keep_draft(
    *, reach: Reach, slot: Slot, rev: int, texts: dict, lines: list[dict], now: datetime
) -> WrittenReport:
    """Keep what is written so far as the draft. `rev` is the one that was read, 0 for none.

    Raises Stale if somebody else has kept something since: nothing of theirs is overwritten unseen.
    """
    slot = _lock(slot, now)

    permissions.check_can_write(reach, slot.unit)
    report = _write(slot, reach, rev, texts, lines, now)

    if slot.report is None:
        _record(rules.TRANSITIONS.begin.entry, report, reach, now)
    return report


@transaction.atomic
def hand_in(
    *, reach: Reach, slot: Slot, rev: int, texts: dict, lines: list[dict], now: datetime
) -> WrittenVersion:
    """Hand the report in with the figures of this moment. After the cut-off it is late, not refused.

    The same words again are the version that is there; other words are a correction, until the level above has
    confirmed its receipt. Source: unit plan §二(一), county rules §二 4.
    """
    slot = _lock(slot, now)

    permissions.check_can_write(reach, slot.unit)
    _check_whole(slot, texts, lines)
    last = slot.report.versions.first() if slot.report else None
    if last and slot.report and _is_same(last, texts, lines) and _is_same(slot.report, texts, lines):
        return last
    report = _write(slot, reach, rev, texts, lines, now)

    report.version += 1
    report.handed_in_at = report.handed_in_at or now
    report.serial = report.serial or _next_serial(report)
    report.save(update_fields=["version", "handed_in_at", "serial"])
    post, on_behalf = filing_post(reach, slot.unit)
    made = WrittenVersion.objects.create(
        report=report,
        number=report.version,
        texts=texts,
        lines=lines,
        data=figures(slot.unit, slot.period, now),
        handed_in_at=now,
        handed_in_by=reach.user,
        post=post.title if post else "",
        on_behalf=on_behalf,
    )

    take_back(report)
    done = rules.TRANSITIONS[rules.HAND_IN if made.number == 1 else rules.CORRECT]
    _record(done.entry, report, reach, now, post=made.post, late=report.is_late, lines=len(lines))
    exchanged.send_up(slot, made, reach.user, now)
    return made


@transaction.atomic
def confirm_receipt(*, reach: Reach, slot: Slot, version: int, now: datetime) -> WrittenReport:
    """The level above has read this version and confirms its receipt: from now on the report stands."""
    slot = _lock(slot, now)
    report = slot.report

    permissions.check_can_receive(reach, slot.unit)
    if report is None or report.stage == rules.DRAFT:
        raise WrongState(
            "not_handed_in",
            _("The receipt was not confirmed: %(unit)s has not handed this report in. Ask for it first.")
            % {"unit": slot.unit},
        )
    if report.version != version:
        raise Stale(
            "another_version",
            _(
                "The receipt was not confirmed: %(unit)s has corrected the report meanwhile. Read version %(n)d, "
                "then confirm that one."
            )
            % {"unit": slot.unit, "n": report.version},
        )
    if report.stage == rules.RECEIVED:
        return report

    post = permissions.receiving_post(reach, slot.unit)
    report.received_at, report.received_by = now, reach.user
    report.received_post = post.title if post else ""
    report.save(update_fields=["received_at", "received_by", "received_post"])

    _record(rules.TRANSITIONS[rules.RECEIVE].entry, report, reach, now, post=report.received_post)
    return report


def _lock(slot: Slot, now: datetime) -> Slot:
    """The unit against other writers; then what there is, read after the wait."""
    list(Unit.objects.filter(pk=slot.unit.pk).select_for_update(no_key=True))
    return queries.slot_of(slot.unit, slot.plan, slot.clock, slot.period, now)


def _is_same(before: WrittenReport | WrittenVersion, texts: dict, lines: list[dict]) -> bool:
    return (before.texts, before.lines) == (texts, lines)


def _write(
    slot: Slot, reach: Reach, rev: int, texts: dict, lines: list[dict], now: datetime
) -> WrittenReport:
    _check_open(slot, now)
    _check_unseen(slot, rev)
    _check_words(slot, texts, lines)
    if slot.report is None:
        return _begin(slot, reach, texts, lines, now)
    report = slot.report
    report.texts, report.lines, report.rev = texts, lines, report.rev + 1
    report.edited_at, report.edited_by = now, reach.user
    report.save(update_fields=["texts", "lines", "rev", "edited_at", "edited_by"])
    return report


def _begin(slot: Slot, reach: Reach, texts: dict, lines: list[dict], now: datetime) -> WrittenReport:
    assert slot.asking is not None  # without a report there is one, or there is no slot
    words = slot.asking.line.words
    report = WrittenReport(
        unit=slot.unit,
        unit_path=slot.unit.path,
        plan=slot.plan,
        clock=slot.clock,
        ref=slot.asking.version.ref,
        title_zh=words.zh,
        title_en=words.en,
        parts=list(slot.parts),
        line_kind=slot.line_kind,
        cadence=slot.period.cadence,
        day=slot.period.day,
        year=rules.year_of(slot.period),
        due_at=slot.due_at,
        texts=texts,
        lines=lines,
        begun_at=now,
        edited_at=now,
        edited_by=reach.user,
    )
    report.save(force_insert=True)
    return report


def _next_serial(report: WrittenReport) -> int:
    """Under the unit's lock: dense within unit and year."""
    rows = WrittenReport.objects.filter(unit=report.unit_id, year=report.year)
    return (rows.aggregate(last=Max("serial"))["last"] or 0) + 1


def _check_open(slot: Slot, now: datetime) -> None:
    said = {"unit": slot.unit, "period": slot.period, "title": slot.title}
    if now < slot.period.starts_at:
        raise WrongState(
            "period_not_begun",
            _("“%(title)s” of %(unit)s was not kept: %(period)s has not begun. Write it then.") % said,
        )
    if slot.report is not None and rules.TRANSITIONS.row(slot.report.stage, rules.WRITE) is None:
        raise WrongState(
            "already_received",
            _(
                "“%(title)s” of %(unit)s for %(period)s was not changed: the level above has confirmed its receipt, "
                "and it stands. Say in the next one what has to be put right."
            )
            % said,
        )


def _check_unseen(slot: Slot, rev: int) -> None:
    if slot.report is not None and slot.report.rev != rev:
        raise Stale(
            "changed_meanwhile",
            _(
                "Nothing was kept: %(who)s has kept another version of this report meanwhile. What you wrote stands "
                "below; take over what you need of theirs, then keep it again."
            )
            % {"who": slot.report.edited_by},
            rev=slot.report.rev,
        )


def _check_words(slot: Slot, texts: dict, lines: list[dict]) -> None:
    words = [*texts.values(), *(str(value) for line in lines for value in line.values())]
    if any(unsigned_personal_data_in(text) for text in words):
        raise Invalid(
            "personal_data",
            _(
                "“%(title)s” of %(unit)s was not kept: it holds an identity, telephone or card number, and reports "
                "name no people. Take the number out and send it again."
            )
            % {"title": slot.title, "unit": slot.unit},
        )


def _check_whole(slot: Slot, texts: dict, lines: list[dict]) -> None:
    if missing := rules.gaps(slot.parts, slot.line_kind, texts, lines):
        raise Invalid(
            "incomplete",
            _(
                "“%(title)s” of %(unit)s was not handed in: %(n)d fields are empty. Fill in those that are marked, "
                "or keep it as a draft."
            )
            % {"title": slot.title, "unit": slot.unit, "n": len(missing)},
            fields={_field(*one): [_("This is missing.")] for one in missing},
        )
    for number, line in enumerate(lines):
        if read_day(line["deadline"]) is None:
            raise Invalid(
                "bad_deadline",
                _("The report was not handed in: “%(text)s” is not a day. Write it as 2026-11-22.")
                % {"text": line["deadline"]},
                fields={f"lines.{number}.deadline": [_("Write the day as 2026-11-22.")]},
            )


def _field(name: str, number: int | None) -> str:
    return f"texts.{name}" if number is None else f"lines.{number}.{name}"


def _record(
    kind: str, report: WrittenReport, reach: Reach, now: datetime, post: str = "", **said: object
) -> None:
    record_with_clocks(
        kind,
        subject=report.key,
        unit=report.unit,
        actor=reach.user,
        post=post,
        plan=report.ref,
        at=now,
        content={
            "title": {"zh": report.title_zh, "en": report.title_en},
            "period": str(report.period),
            "clock": report.clock,
            "number": report.number,
            "version": report.version,
            **said,
        },
    )
