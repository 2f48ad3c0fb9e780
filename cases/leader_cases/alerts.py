"""Who is told of a leader case: those who decide, the leader in charge, the one until then."""

from collections.abc import Iterable
from datetime import datetime

from accounts.choices import PostKind
from accounts.models import Appointment, User
from accounts.posts.duty import answering
from cases.leader_cases.choices import CaseState
from cases.leader_cases.models import LeaderCase
from cases.leader_cases.rules import GIVEN, RETURNED, TAKEN, TO_CHECK, TO_DECIDE
from clocks.models import Clock
from common.database.paths import prefixes
from common.dates.local_time import day_of
from journal.keys import pk_of
from notices.actions import queue_notices
from notices.choices import ORDER, ROUTINE, Channel
from notices.occasions import Occasion
from notices.recipients import Recipient
from notices.relevance import validity
from notices.sending.message_templates import Message

#: The plan's word for who answers for a case; its clock carries it.
ROLE = "case_leader"
#: The office that organises and supervises (§六2), else who leads there.
_OFFICE = (PostKind.PETITION_DIRECTOR, PostKind.OFFICE_HEAD, PostKind.DUTY_LEADER, PostKind.DIRECTOR)


def office_of(case: LeaderCase, now: datetime, besides: Iterable[int] = ()) -> list[Recipient]:
    """The nearest office at the case's unit or above; where there is none, who leads there."""
    for kind in _OFFICE:
        held = Appointment.objects.current(now).filter(
            post__unit__path__in=prefixes(case.unit_path), post__kind=kind
        )
        rows = held.select_related("person", "post__unit").order_by("-post__unit__path", "pk")
        there = [one for one in answering(rows, now) if one.person.pk not in set(besides)]
        if there:
            nearest = there[0].post.unit_id
            return [
                Recipient(one.person, one.post.title, one.post.pk)
                for one in there
                if one.post.unit_id == nearest
            ]
    return []


def leader_of(case: LeaderCase) -> list[Recipient]:
    return [Recipient(case.leader, case.leader_post)] if case.leader and case.leader.is_active else []


def late_leader(clock: Clock, now: datetime) -> list[Recipient]:
    """Who is late where a clock says `case_leader`."""
    case = LeaderCase.objects.select_related("leader").filter(pk=pk_of(clock.subject, "leader_case")).first()
    return leader_of(case) if case else []


def ask_to_decide(case: LeaderCase, *, now: datetime) -> None:
    _tell(case, TO_DECIDE, office_of(case, now), "建议领导包案", "Leader case proposed", ROUTINE, now)


def tell_leader(case: LeaderCase, *, now: datetime) -> None:
    until = f"{day_of(case.due):%m-%d}" if case.due else ""
    more = (f"，{until}前办结", f", until {until}") if until else ("", "")
    _tell(case, f"{GIVEN}.{case.rev}", leader_of(case), "由您包案", "You are in charge of", ORDER, now, more)


def tell_leader_before(case: LeaderCase, before: User, post: str, reason: str, *, now: datetime) -> None:
    people = [Recipient(before, post)] if before.is_active else []
    more = (f"。改由{case.leader_post}负责：{reason}", f". Now with {case.leader_post}: {reason}")
    _tell(case, f"{TAKEN}.{case.rev}", people, "不再由您包案", "No longer in your charge", ROUTINE, now, more)


def ask_to_check(case: LeaderCase, *, now: datetime) -> None:
    besides = [pk for pk in (case.leader_id, case.reported_by_id) if pk]
    people = office_of(case, now, besides)
    _tell(case, f"{TO_CHECK}.{case.rev}", people, "结案报告待审核", "Closing report to check", ROUTINE, now)


def tell_returned(case: LeaderCase, *, now: datetime) -> None:
    more = (f"。退回原因：{case.reason}", f". Returned: {case.reason}")
    _tell(
        case,
        f"{RETURNED}.{case.rev}",
        leader_of(case),
        "结案报告退回",
        "Closing report returned",
        ORDER,
        now,
        more,
    )


def _tell(
    case: LeaderCase, purpose: str, people: list[Recipient], zh: str, en: str, priority: int, now: datetime,
    more: tuple[str, str] = ("", ""),
) -> None:  # fmt: skip
    queue_notices(
        Occasion(purpose, case.key, case.unit),
        Message(f"{zh} {case.number}：{case.point}{more[0]}"[:300], f"{en} {case.number}: {case.point}{more[1]}"[:300]),
        recipients=people,
        channels=[Channel.APP, Channel.SMS],
        priority=priority,
        now=now,
    )  # fmt: skip


def _in(*states: str) -> validity.Check:
    def live(asked: set[int], now: datetime) -> set[int]:
        rows = LeaderCase.objects.filter(pk__in=asked, state__in=states)
        return set(rows.values_list("pk", flat=True))

    return validity.while_live(live)


#: Purpose → what says how long it lasts.
LASTING: dict[str, validity.Check] = {
    TO_DECIDE: _in(CaseState.PROPOSED),
    GIVEN: _in(CaseState.LISTED, CaseState.RUNNING),
    TAKEN: validity.always,
    TO_CHECK: _in(CaseState.REPORTED),
    RETURNED: _in(CaseState.RUNNING),
}
