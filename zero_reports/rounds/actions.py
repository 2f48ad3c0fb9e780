"""What happens to rounds: opened, counted after the cut-off, counted anew. Lock, check, change, record."""

from datetime import datetime, timedelta

from accounts.models import Unit
from common.alone import Loop
from common.dates.local_time import day_of
from common.dates.periods import Period, period_of
from journal.keys import key
from journal.record import record
from zero_reports.counts.tallies import Coverage, count_anew, coverages_of, one_folder, recount, silent_units
from zero_reports.filing.models import ZeroReport
from zero_reports.rounds import rules
from zero_reports.rounds.cadence import asking_units, cadence_of, due_by_tier, locks_by_tier, not_asked
from zero_reports.rounds.models import Round, Silence

#: How many days of missed rounds are opened after a stop.
CATCH_UP_DAYS = 31
_CHUNK = 1000
ASKING, OPENING = Loop("rounds.asked"), Loop("rounds.open")
FIXING, RECOUNTING = Loop("rounds.fix"), Loop("rounds.recount")


def open_rounds(*, now: datetime) -> list[Round]:
    """Open what the plans ask for today and this week, and what was missed while nothing ran.

    Opening counts who is expected; it may take seconds in a province and is run where nobody waits for it.
    """
    wanted: dict[Period, list[Round]] = {}

    units = {unit.pk: unit for unit in asking_units(now)}

    def ask(pk: int) -> int:
        for opening in _rounds_due(units[pk], now):
            wanted.setdefault(opening.period, []).append(opening)
        return 0

    ASKING.each_not_resting(units, ask, now)
    done: list[Round] = []
    OPENING.each_not_resting(
        sorted(wanted), lambda period: _into(done, _open(period, wanted[period], now)), now
    )
    return done


def _into(done: list[Round], fresh: list[Round]) -> int:
    done += fresh
    return len(fresh)


def _rounds_due(unit: Unit, now: datetime) -> list[Round]:
    cadence, plan = cadence_of(unit, now)
    rounds = []
    for kind in sorted({ask.cadence for ask in cadence}):
        for period in _periods_to_open(unit, kind, now):
            # A period that asks nobody is written down too, or the plan above would ask in its place.
            due = due_by_tier(cadence, period)
            rounds.append(
                Round(
                    unit=unit,
                    cadence=kind,
                    day=period.day,
                    plan=plan,
                    due={tier: at.isoformat() for tier, at in due.items()},
                    locks={tier: at.isoformat() for tier, at in locks_by_tier(cadence, period).items()},
                    due_at=max(due.values(), default=period.ends_at),
                    opened_at=now,
                )
            )
    return rounds


def _periods_to_open(unit: Unit, kind: str, now: datetime) -> list[Period]:
    """From the period after the last round up to the present one."""
    present = period_of(kind, day_of(now))
    last = Round.objects.filter(unit=unit, cadence=kind).order_by("-day").first()
    period = last.period.shifted(1) if last else present
    period = max(period, period_of(kind, day_of(now - timedelta(days=CATCH_UP_DAYS))))
    periods = []
    while period <= present:
        periods.append(period)
        period = period.shifted(1)
    return periods


def _open(period: Period, rounds: list[Round], now: datetime) -> list[Round]:
    with one_folder() as folded:
        there = set(Round.objects.of(period).values_list("unit_id", flat=True))
        fresh = [opening for opening in rounds if opening.unit_id not in there]
        for opening in fresh:
            opening.save(force_insert=True)
            _record_round(rules.ROUNDS.begin.entry, opening, now)
        if fresh:
            count_anew(period, folded)
    return fresh


def fix_rounds(*, now: datetime) -> list[Round]:
    """After the cut-off: write down who was silent; from here on the expected number stands."""
    over = Round.objects.filter(fixed_at=None, due_at__lt=now).values_list("cadence", "day").distinct()
    periods = [Period(cadence, day) for cadence, day in sorted(set(over.order_by()))]
    done: list[Round] = []
    FIXING.each_not_resting(periods, lambda period: _into(done, _fix(period, now)), now)
    return done


def _fix(period: Period, now: datetime) -> list[Round]:
    with one_folder() as folded:
        rounds = list(Round.objects.of(period).select_related("unit"))
        fresh = [
            (found, coverage)
            for found, coverage in zip(rounds, coverages_of(rounds), strict=True)
            if found.fixed_at is None and found.due_at < now
        ]
        for found, coverage in fresh:
            _write_silences(found, coverage)
            found.fixed_at = now
            found.save(update_fields=["fixed_at"])
            _record_round(rules.ROUNDS[rules.COUNT].entry, found, now)
        if fresh:
            count_anew(period, folded)
    return [found for found, _scope in fresh]


def _write_silences(over: Round, coverage: Coverage) -> None:
    silent = silent_units(coverage, over.period).values_list("pk", "tier").order_by("pk")
    batch: list[Silence] = []
    for unit_id, tier in silent.iterator(chunk_size=_CHUNK):
        batch.append(
            Silence(
                unit_id=unit_id, cadence=over.cadence, day=over.day, round=over, due_at=coverage.due[tier]
            )
        )
        if len(batch) == _CHUNK:
            Silence.objects.bulk_create(batch)
            batch = []
    Silence.objects.bulk_create(batch)

    left = ZeroReport.objects.of(over.period).filter(
        not_asked(coverage.due, "unit__"), unit__path__under=coverage.path
    )
    for other in coverage.without:
        left = left.exclude(unit__path__under=other)
    left.update(counted=False)


def _record_round(kind: str, over: Round, now: datetime) -> None:
    record(
        kind,
        subject=key("round", over.pk),
        unit=over.unit,
        actor=None,
        at=now,
        content={"period": str(over.period), "due_at": over.due_at.isoformat()},
    )


def recount_rounds(now: datetime) -> int:
    """Make anew the counts of rounds whose units came or went. Returns how many periods."""
    periods = sorted({found.period for found in Round.objects.filter(recount_wanted=True)})
    return RECOUNTING.each_not_resting(periods, _recount, now)


def _recount(period: Period) -> int:
    recount(period)
    return 1
