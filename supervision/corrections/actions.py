"""What happens to corrections. Each action: lock, check, change, record."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Unit
from accounts.scope import Reach
from clocks.actions import cancel_for_subject, record_with_clocks, start_own, stop_own
from clocks.durations import end_of
from clocks.models import Clock, ClockRule
from common import revisions
from common.database.numbers import next_number
from common.dates.local_time import day_of
from common.errors import Invalid, WrongState
from common.states import move
from common.text.personal_data import fit_to_keep
from journal.keys import pk_of
from journal.models import Entry
from notices.actions import acknowledge_about
from notices.recipients import Recipient
from notices.relevance.ending import settle_threads
from plans.checks.rights import watching_in
from supervision import people
from supervision.corrections import permissions, queries, rules
from supervision.corrections.choices import CorrectionState, CorrectionVerb
from supervision.corrections.models import Correction
from supervision.visits.actions import lock_visit


@transaction.atomic
def set_correction(
    *, visit_id: int, reach: Reach, danger: str, measures: str, responsible: str, due_date: date, now: datetime,
    unit: Unit | None = None,
) -> Correction:  # fmt: skip
    """Set what a visit found to be put right by a day, whose last moment is in time.

    `unit`: the visited one (default) or one below it. A danger is a room, a line, a procedure: words against people
    are refused. Source: campaign rules §八4.
    """
    visit = lock_visit(visit_id)
    unit = unit or visit.unit

    permissions.check_can_set(reach, visit)
    words = {"danger": danger, "measures": measures, "responsible": responsible}
    words = {field: _text(field, text) for field, text in words.items()}
    if not unit.path.startswith(visit.unit_path):
        raise _bad("unit", "not_below", _("The unit is the visited one or one below it."))
    due_at = _day(due_date, now)

    row = Correction(
        number=next_number(unit_code=unit.code, now=now, prefix="SC-", drill=False),
        visit=visit, unit=unit, unit_path=unit.path, due_at=due_at, first_due_at=due_at,
        set_by=reach.user, set_at=now, **words,
    )  # fmt: skip
    row.save(force_insert=True)

    entry = _record(row, rules.TRANSITIONS.begin.entry, reach, now)
    start_own(_clock(row), entry, due_at=due_at)
    _tell_unit(
        row,
        rules.SET,
        reach,
        "隐患整改",
        "Danger to be put right",
        f"：{row.measures}",
        f": {row.measures}",
        now,
    )
    return row


@transaction.atomic
def report_correction(
    *, correction_id: int, reach: Reach, report: str, now: datetime, rev: int | None = None
) -> Correction:
    """The unit says what was done. The team verifies it; until then it is not over."""
    row = _begin(correction_id, reach, CorrectionVerb.REPORT, now, rev)
    words = _text("report", report)

    row.report, row.reported_by, row.reported_at = words, reach.user, now
    row.asked_due_at = row.asked_by = None
    entry = _move(row, CorrectionVerb.REPORT, reach, now, report=words)
    stop_own(_clock(row), entry)
    _tell(
        row,
        rules.TO_VERIFY,
        _team(row, reach),
        "整改待复核",
        "Correction to verify",
        f"：{words}",
        f": {words}",
        now,
    )
    return row


@transaction.atomic
def verify_correction(
    *, correction_id: int, reach: Reach, reason: str, now: datetime, rev: int | None = None
) -> Correction:
    """The team has seen that it is put right; `reason` says what was seen. This alone ends a correction."""
    row = _begin(correction_id, reach, CorrectionVerb.VERIFY, now, rev)
    row.reason = _text("reason", reason)

    row.verified_by, row.verified_at = reach.user, now
    _move(row, CorrectionVerb.VERIFY, reach, now, reason=row.reason)
    return row


@transaction.atomic
def send_back(
    *, correction_id: int, reach: Reach, reason: str, now: datetime, rev: int | None = None
) -> Correction:
    """It is not put right yet: the unit has it again, with the same day, and is late if that has passed."""
    row = _begin(correction_id, reach, CorrectionVerb.SEND_BACK, now, rev)
    row.reason = _text("reason", reason)

    row.reported_by = row.reported_at = None
    entry = _move(row, CorrectionVerb.SEND_BACK, reach, now, reason=row.reason)
    start_own(_clock(row), entry, due_at=row.due_at)
    _tell_unit(
        row,
        rules.SENT_BACK,
        reach,
        "整改退回",
        "Correction sent back",
        f"：{row.reason}",
        f": {row.reason}",
        now,
    )
    return row


@transaction.atomic
def ask_extension(
    *, correction_id: int, reach: Reach, due_date: date, reason: str, now: datetime, rev: int | None = None
) -> Correction:
    """The unit asks for another day, before its own has passed and with the reason."""
    row = _begin(correction_id, reach, CorrectionVerb.ASK_EXTENSION, now, rev)
    row.reason, asked = _text("reason", reason), _day(due_date, now)
    if asked <= row.due_at:
        raise _bad("due_date", "not_later", _("It is due on this day already, or later."))

    row.asked_due_at, row.asked_by = asked, reach.user
    _move(row, CorrectionVerb.ASK_EXTENSION, reach, now, reason=row.reason, asked=day_of(asked).isoformat())
    leaders = [one for one in people.deciding(row.visit.team.unit, now) if one.person != reach.user]
    day = f"{day_of(asked):%m-%d}"
    _tell(
        row,
        rules.TO_EXTEND,
        leaders,
        f"申请延期至{day}",
        f"More time asked for, until {day}",
        f"：{row.reason}",
        f": {row.reason}",
        now,
    )
    return row


@transaction.atomic
def extend_correction(
    *, correction_id: int, reach: Reach, reason: str, now: datetime, rev: int | None = None
) -> Correction:
    """A leader of the bureau gives the time that was asked for. The first day stays on record."""
    row = _begin(correction_id, reach, CorrectionVerb.EXTEND, now, rev)
    row.reason = _text("reason", reason)
    assert row.asked_due_at is not None

    before, row.due_at, row.extensions = row.due_at, row.asked_due_at, row.extensions + 1
    row.asked_due_at = row.asked_by = None
    cancel_for_subject(subject=row.key, now=now, reason="extended")
    entry = _move(
        row, CorrectionVerb.EXTEND, reach, now, reason=row.reason, before=day_of(before).isoformat()
    )
    start_own(_clock(row), entry, due_at=row.due_at)
    _tell_unit(
        row, rules.SET, reach, "整改延期已批准", "More time given", f"：{row.reason}", f": {row.reason}", now
    )
    return row


@transaction.atomic
def refuse_extension(
    *, correction_id: int, reach: Reach, reason: str, now: datetime, rev: int | None = None
) -> Correction:
    row = _begin(correction_id, reach, CorrectionVerb.REFUSE_EXTENSION, now, rev)
    row.reason = _text("reason", reason)

    row.asked_due_at = row.asked_by = None
    _move(row, CorrectionVerb.REFUSE_EXTENSION, reach, now, reason=row.reason)
    _tell_unit(
        row,
        rules.NOT_EXTENDED,
        reach,
        "整改延期未批准",
        "No more time given",
        f"：{row.reason}",
        f": {row.reason}",
        now,
    )
    return row


def tell_overdue(clock: Clock, now: datetime) -> None:
    """The effect `correction.overdue`: who leads the unit hears of it, and the team."""
    row = Correction.objects.with_names().filter(pk=pk_of(clock.subject, "correction")).first()
    if row is None or row.state != CorrectionState.OPEN:
        return
    whom = people.late_unit(clock, now)
    _tell(row, rules.OVERDUE, whom, "整改逾期", "Correction overdue", "", "", now)


# --- what they stand on --------------------------------------------------------------------------------------


def _begin(correction_id: int, reach: Reach, verb: str, now: datetime, rev: int | None) -> Correction:
    """Lock and check."""
    rows = Correction.objects.select_for_update(of=("self",)).with_names()
    row = rows.get(pk=correction_id)
    queries.CHECKS[CorrectionVerb(verb)](reach, row)
    about = {"is_asked": row.asked_due_at is not None, "is_late": now > row.due_at}
    if not rules.applies(verb, row.state, **about):
        raise WrongState("wrong_state", _sentence(row, verb, now))
    revisions.check_rev(
        row,
        rev,
        _("The correction was not changed: somebody changed it after you opened the page. Look again."),
    )
    return row


def _sentence(row: Correction, verb: str, now: datetime) -> str:
    if verb == CorrectionVerb.ASK_EXTENSION and now > row.due_at and row.asked_due_at is None:
        return _(
            "No more time was asked for: the day of %(number)s has passed, and nobody's lateness is taken back. Put it right now."
        ) % {"number": row.number}
    return _("%(number)s was not changed: it is “%(state)s”, or more time is asked for or not. Reload the page.") % {
        "number": row.number, "state": row.get_state_display(),
    }  # fmt: skip


def _move(row: Correction, verb: str, reach: Reach, now: datetime, **content: Any) -> Entry:
    done = move(row, rules.TRANSITIONS, verb)
    row.rev += 1
    row.save()
    acknowledge_about(subject=row.key, actor=reach.user, now=now)
    settle_threads([row.visit.key], now)
    return _record(row, done.entry, reach, now, **content)


def _clock(row: Correction) -> ClockRule:
    """The correction's own sentence about time, of no plan: its effect tells who is late, and the team."""
    return ClockRule(
        clock_id="correction",
        title_zh=f"隐患整改：{row.danger}"[:120],
        title_en=f"Correction: {row.danger}"[:160],
        duration="given",
        role=people.UNIT,
        warn_before=rules.WARNED,
        effect=rules.OVERDUE,
    )


def _text(field: str, text: str) -> str:
    words = fit_to_keep(text.strip())
    if not words:
        raise _bad(field, f"{field}_missing", _("Say it in a few words."))
    if against := watching_in(words):
        sentence = _("“%(text)s” is said against people. Say what the agency itself will put right.")
        raise _bad(field, "against_people", sentence % {"text": against})
    return words


def _day(day: date, now: datetime) -> datetime:
    if day < day_of(now):
        raise _bad("due_date", "past_date", _("This day has passed."))
    return end_of(day)


def _bad(field: str, code: str, sentence: str) -> Invalid:
    return Invalid(
        code, _("Nothing was saved: %(sentence)s") % {"sentence": sentence}, fields={field: [sentence]}
    )


def _team(row: Correction, reach: Reach) -> list[Recipient]:
    return [one for one in people.of_team(row.visit.team) if one.person != reach.user]


def _tell_unit(
    row: Correction, purpose: str, reach: Reach, zh: str, en: str, more_zh: str, more_en: str, now: datetime
) -> None:
    heads = [one for one in people.leading(row.unit, now) if one.person != reach.user]
    _tell(row, purpose, heads, zh, en, more_zh, more_en, now)


def _tell(
    row: Correction, purpose: str, whom: Iterable[Recipient], zh: str, en: str, more_zh: str, more_en: str, now: datetime
) -> None:  # fmt: skip
    day = f"{day_of(row.due_at):%m-%d}"
    people.tell(
        row.key, row.visit.key, row.unit, f"{purpose}.{row.rev}", whom,
        f"{zh}（{row.number}，{day}前）：{row.danger}{more_zh}", f"{en} ({row.number}, by {day}): {row.danger}{more_en}", now,
    )  # fmt: skip


def _record(row: Correction, kind: str, reach: Reach, now: datetime, **content: Any) -> Entry:
    said = {"number": row.number, "danger": row.danger, "until": day_of(row.due_at).isoformat(), **content}
    return record_with_clocks(
        kind,
        subject=row.key,
        thread=row.visit.key,
        unit=row.unit,
        actor=reach.user,
        post=reach.title_for("supervision.view", row.unit_path),
        at=now,
        content=said,
    ).entry
