"""Duties for which nobody set a time limit: whoever comes on duty is told of them, and who is responsible, until they
are settled. Called within the act that begins a shift."""

from collections.abc import Iterable
from datetime import datetime

from accounts.choices import PostKind
from accounts.models import Post, Unit
from command.activation.choices import ResponseState
from command.activation.models import Response
from command.activation.transitions import record_entry
from command.obligations import alerts
from command.obligations.choices import DutyKind, DutyState
from command.obligations.models import Obligation
from common.database.paths import prefixes
from notices.recipients import Recipient
from plans.people.holders import Bench


def unlimited(unit: Unit) -> list[Obligation]:
    """The open ones without a time limit that the duty room of this unit has to see to, response by response (two
    queries). What lasts as long as the response is no task that waits."""
    rows = Obligation.objects.filter(
        state=DutyState.OPEN,
        due_at__isnull=True,
        response__state=ResponseState.ACTIVE,
        response__unit_path__under=unit.path,
    )
    rows = rows.exclude(kind=DutyKind.KEEP).order_by("response_id", "pk")
    found = list(rows.select_related("plan", "response__unit", "response__plan", "response__incident"))
    own = _seen_to_by(unit, found) if found else set()
    return [duty for duty in found if duty.response.unit_path in own]


def _seen_to_by(unit: Unit, duties: Iterable[Obligation]) -> set[str]:
    """The units whose nearest duty room is this one's."""
    paths = {duty.response.unit_path for duty in duties}
    above = {path for one in paths for path in prefixes(one)}
    rooms = set(
        Post.objects.filter(kind=PostKind.DUTY_OFFICER, closed_at__isnull=True, unit__path__in=above)
        .values_list("unit__path", flat=True)
    )  # fmt: skip
    nearest = {
        one: max((path for path in prefixes(one) if path in rooms), key=len, default="") for one in paths
    }
    return {one for one, path in nearest.items() if path == unit.path}


def remind_of_unlimited(*, shift: str, unit: Unit, comer: Recipient, with_others: bool, now: datetime) -> int:
    """Tell who begins the shift (its key), and, `with_others`, who is responsible. Returns how many duties wait."""
    duties = unlimited(unit)
    by_response: dict[int, list[Obligation]] = {}
    for duty in duties:
        by_response.setdefault(duty.response_id, []).append(duty)
    if duties:
        alerts.remind_of_unlimited(
            shift, unit, duties, comer, _responsible(duties, now) if with_others else [], now
        )
    for rows in by_response.values():
        _record(rows, shift, now)
    return len(duties)


def _responsible(duties: Iterable[Obligation], now: datetime) -> list[Recipient]:
    benches: dict[int, Bench] = {}
    people: dict[int, Recipient] = {}
    for duty in duties:
        bench = benches.setdefault(duty.response.unit_id, Bench(duty.response.unit, now))
        people |= alerts.responsible(duty, bench)
    return list(people.values())


def _record(duties: list[Obligation], shift: str, now: datetime) -> None:
    response: Response = duties[0].response
    content = {"note": "、".join(duty.title_zh for duty in duties), "shift": shift}
    record_entry(response, "obligation.reminded", None, at=now, content=content)
