"""What happens to leader cases. Lock, check, change, record."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Unit, User
from accounts.scope import Reach
from cases.demands.choices import Told
from cases.leader_cases import alerts, permissions, queries, rules
from cases.leader_cases.choices import CaseVerb
from cases.leader_cases.models import LeaderCase
from cases.leader_cases.proposing import About, cases_about, make_case, plan_for, triggers_for
from cases.leader_cases.rules import Reason
from cases.leader_cases.transitions import (
    check_is_said,
    check_verb,
    check_words,
    keep,
    lock_case,
    record_act,
    title_of,
)
from clocks.durations import end_of
from clocks.models import Clock
from clocks.terms.actions import extend_clock
from clocks.terms.rules import leading_clock
from common.dates.local_time import day_of
from common.errors import Invalid, WrongState
from common.failpoints import crash_point
from incidents.steps.actions import in_order
from notices.actions import acknowledge_about


class Plan(NamedTuple):
    """五定 beside the leader, and 三包. `units`: whose people are in the team."""

    measures: str
    team: str
    due_date: date | None
    quality: str
    investigate: str
    handle: str
    settle: str
    units: Sequence[Unit] = ()


#: Nothing is said of it: no case starts with that.
NO_PLAN = Plan("", "", None, "", "", "", "")


@transaction.atomic
def propose_case(*, reach: Reach, about: About, trigger: str, note: str, now: datetime) -> LeaderCase:
    """Propose one by hand, naming the trigger of the plan and why. Source: §六1.

    Raises WrongState for a drill, and where the matter has one already.
    """
    permissions.check_can_propose(reach, about.unit)
    _check_not_played(about)
    said = check_is_said(about.unit.name, "note", note)
    check_words(about.unit.name, about.point)
    version = plan_for(about.unit, now)
    named = next((one for one in triggers_for(version) if one.line.id == trigger), None) if version else None
    if version is None or named is None:
        raise Invalid(
            "unknown_trigger",
            _("No leader case was proposed: no plan in force for %(unit)s has this trigger. Choose one of the list.")
            % {"unit": about.unit},
            fields={"trigger": [_("Choose one of the list.")]},
        )  # fmt: skip
    if there := cases_about(about).live().first():
        raise WrongState(
            "already_there",
            _(
                "No leader case was proposed: %(number)s is about this already. One matter has one leader case."
            )
            % {"number": there.number},
            number=there.number,
        )

    case = make_case(about, version, [Reason(named, {})], now=now, reach=reach, note=said)
    crash_point("leader_cases.before_commit")
    return case


@transaction.atomic
def accept_case(*, reach: Reach, case_id: int, leader: User | None, now: datetime) -> LeaderCase:
    """List it with exactly one leader: from this day its time limit runs (§六3, 6). Raises WrongState a second time."""
    case = lock_case(case_id)

    permissions.check_can_decide(reach, case)
    done = check_verb(case, CaseVerb.ACCEPT)
    case.leader, case.leader_post = _post_of(case, leader, now)

    case.decided_at = now
    record_act(done, case, reach, now=now, note=case.leader_post, leader=case.leader.pk)
    keep(case, done, "leader", "leader_post", "decided_at")
    acknowledge_about(subject=case.key, actor=reach.user, now=now)
    alerts.tell_leader(case, now=now)
    return case


@transaction.atomic
def decline_case(*, reach: Reach, case_id: int, reason: str, now: datetime) -> LeaderCase:
    """It does not become one, with the reason. The same trigger does not propose it again."""
    case = lock_case(case_id)

    permissions.check_can_decide(reach, case)
    done = check_verb(case, CaseVerb.DECLINE)
    case.reason = check_is_said(case.number, "reason", reason)

    case.decided_at = now
    record_act(done, case, reach, now=now, note=case.reason)
    keep(case, done, "reason", "decided_at")
    acknowledge_about(subject=case.key, actor=reach.user, now=now)
    return case


@transaction.atomic
def start_case(*, reach: Reach, case_id: int, plan: Plan, now: datetime) -> LeaderCase:
    """Set the one plan it follows to the end: all of 五定 and 三包, with a day within its time limit (§六3, 4)."""
    case = lock_case(case_id)

    permissions.check_can_work_on(reach, case)
    done = check_verb(case, CaseVerb.START)
    _check_whole(case, plan)
    _check_day(case, plan.due_date, now)

    case.measures, case.team, case.quality = plan.measures.strip(), plan.team.strip(), plan.quality.strip()
    case.investigate, case.handle, case.settle = (
        plan.investigate.strip(),
        plan.handle.strip(),
        plan.settle.strip(),
    )
    case.due_date, case.started_at = plan.due_date, now
    case.team_units.set(plan.units)
    record_act(done, case, reach, now=now, note=case.measures, until=f"{case.due_date}")
    keep(
        case, done, "measures", "team", "quality", "investigate", "handle", "settle", "due_date", "started_at"
    )
    return case


@transaction.atomic
def open_case(
    *, reach: Reach, about: About, trigger: str, note: str, leader: User | None, plan: Plan, now: datetime
) -> LeaderCase:
    """Propose, list and start in one act: for callers that have everything."""
    case = propose_case(reach=reach, about=about, trigger=trigger, note=note, now=now)
    accept_case(reach=reach, case_id=case.pk, leader=leader, now=now)
    return start_case(reach=reach, case_id=case.pk, plan=plan, now=now)


@transaction.atomic
def change_leader(
    *, reach: Reach, case_id: int, leader: User | None, reason: str, now: datetime
) -> LeaderCase:
    """Give it to another leader, with the reason; both are told. The time limit stays as it is."""
    case = lock_case(case_id)

    permissions.check_can_decide(reach, case)
    done = check_verb(case, CaseVerb.CHANGE_LEADER)
    said = check_is_said(case.number, "reason", reason)
    before, before_post = case.leader, case.leader_post
    case.leader, case.leader_post = _post_of(case, leader, now)
    if before is None or case.leader == before:
        raise Invalid(
            "same_leader",
            _("The leader of %(number)s was not changed: it is the same person. Choose another leader.")
            % {"number": case.number},
            fields={"leader": [_("Choose another leader.")]},
        )

    note = f"{before_post} → {case.leader_post}：{said}"
    record_act(done, case, reach, now=now, note=note, leader=case.leader.pk, before=before.pk)
    keep(case, done, "leader", "leader_post")
    alerts.tell_leader(case, now=now)
    alerts.tell_leader_before(case, before, before_post, said, now=now)
    return case


@transaction.atomic
def note_entry(
    *, reach: Reach, case_id: int, verb: str, note: str, now: datetime, at: datetime | None = None
) -> LeaderCase:
    """Write down progress, a visit or a meeting: of the matter, no names."""
    case = lock_case(case_id)

    permissions.check_can_work_on(reach, case)
    done = check_verb(case, verb if verb in rules.NOTES else CaseVerb.PROGRESS)
    said = check_is_said(case.number, "note", note)
    happened = in_order(at, said, now)

    record_act(done, case, reach, at=happened, now=now, note=said)
    keep(case, done)
    return case


@transaction.atomic
def extend_case(
    *, reach: Reach, case_id: int, days: int, reason: str, approved_by: User | None, told_how: str,
    told_at: datetime | None, now: datetime,
) -> LeaderCase:  # fmt: skip
    """Extend the time limit of a complex case, to ninety days at most, with approval and word to the party (§六6)."""
    case = lock_case(case_id)

    permissions.check_can_work_on(reach, case)
    done = check_verb(case, CaseVerb.EXTEND)
    check_words(case.number, reason)
    approved = permissions.approval_of(approved_by, case, now)
    extend_clock(
        clock_id=_clock(case).pk, days=days, reason=reason, approved=approved,
        told_how=told_how if told_how in Told.values else "", told_at=told_at,
        actor=reach.user, now=now, post=title_of(case, reach),
    )  # fmt: skip

    record_act(done, case, reach, now=now, note=f"+{days}：{reason.strip()}（{approved.post}）")
    keep(case, done)
    return case


@transaction.atomic
def hand_in_report(*, reach: Reach, case_id: int, report: str, now: datetime) -> LeaderCase:
    """Hand in the closing report; another than its leader checks it (§六6)."""
    case = lock_case(case_id)

    permissions.check_can_report(reach, case)
    done = check_verb(case, CaseVerb.REPORT)
    case.report = check_is_said(case.number, "report", report)

    case.reported_by, case.reported_at = reach.user, now
    record_act(done, case, reach, now=now)
    keep(case, done, "report", "reported_by", "reported_at")
    acknowledge_about(subject=case.key, actor=reach.user, now=now)
    alerts.ask_to_check(case, now=now)
    return case


@transaction.atomic
def return_report(*, reach: Reach, case_id: int, reason: str, now: datetime) -> LeaderCase:
    """Send the closing report back with the reason: the case goes on."""
    case = lock_case(case_id)

    permissions.check_can_check(reach, case)
    done = check_verb(case, CaseVerb.RETURN)
    case.reason = check_is_said(case.number, "reason", reason)

    record_act(done, case, reach, now=now, note=case.reason)
    keep(case, done, "reason")
    acknowledge_about(subject=case.key, actor=reach.user, now=now)
    alerts.tell_returned(case, now=now)
    return case


@transaction.atomic
def check_report(*, reach: Reach, case_id: int, now: datetime) -> LeaderCase:
    """Confirm the closing report as it stands. Raises NotAllowed for the leader in charge."""
    case = lock_case(case_id)

    permissions.check_can_check(reach, case)
    done = check_verb(case, CaseVerb.CHECK)

    case.checked_by, case.checked_at, case.checked_post = (
        reach.user,
        now,
        reach.title_for("leader_case.decide", case.unit_path),
    )
    record_act(done, case, reach, now=now)
    keep(case, done, "checked_by", "checked_at", "checked_post")
    acknowledge_about(subject=case.key, actor=reach.user, now=now)
    return case


@transaction.atomic
def tell_party(
    *, reach: Reach, case_id: int, number: str, how: str, now: datetime, at: datetime | None = None
) -> LeaderCase:
    """Note the written word to the party: its number, how and when it reached them. No name (§六6)."""
    case = lock_case(case_id)

    permissions.check_can_work_on(reach, case)
    done = check_verb(case, CaseVerb.TELL)
    if not number.strip():
        raise Invalid(
            "number_missing",
            _(
                "Nothing was changed on %(number)s: the number of the written notice is missing. Write it down."
            )
            % {"number": case.number},
            fields={"number": [_("Write the number of the paper.")]},
        )
    if how not in Told.values:
        raise Invalid(
            "how_missing",
            _("Nothing was changed on %(number)s: say how the party was told.") % {"number": case.number},
            fields={"how": [_("Choose one.")]},
        )
    check_words(case.number, number)
    happened = in_order(at, "", now)
    if case.checked_at and happened < case.checked_at:
        raise Invalid(
            "before_check",
            _("Nothing was changed on %(number)s: the party was told before the report was checked. Correct the time.")
            % {"number": case.number},
            fields={"at": [_("This lies before the report was checked.")]},
        )  # fmt: skip

    case.reply_number, case.told_how, case.told_at = number.strip(), how, happened
    record_act(done, case, reach, at=happened, now=now, note=case.reply_number, how=how)
    keep(case, done, "reply_number", "told_how", "told_at")
    return case


@transaction.atomic
def close_case(*, reach: Reach, case_id: int, note: str, now: datetime) -> LeaderCase:
    """Close it: the time limit stops where it is and stays readable."""
    case = lock_case(case_id)

    permissions.check_can_work_on(reach, case)
    done = check_verb(case, CaseVerb.CLOSE)
    said = check_is_said(case.number, "note", note)

    case.closed_at = now
    record_act(done, case, reach, now=now, note=said)
    keep(case, done, "closed_at")
    acknowledge_about(subject=case.key, actor=reach.user, now=now)
    return case


# --- what they stand on --------------------------------------------------------------------------------------


def _post_of(case: LeaderCase, person: User | None, now: datetime) -> tuple[User, str]:
    """The person, and the post of a leader they hold at the unit or above it."""
    for held in queries.leaders_offered(case.unit, now):
        if person is not None and held.person_id == person.pk:
            return held.person, held.post.title
    raise Invalid(
        "no_leader",
        _("Nothing was changed on %(number)s: a case has exactly one leader, who holds such a post at %(unit)s or above. Choose one of the list.")
        % {"number": case.number, "unit": case.unit},
        fields={"leader": [_("Choose one of the list.")]},
    )  # fmt: skip


def _check_whole(case: LeaderCase, plan: Plan) -> None:
    """五定 and 三包, all of them."""
    given = plan._asdict()
    names = [
        name for name in (*rules.FIVE_FIXED, *rules.THREE_GUARANTEES) if name not in ("leader", "due_date")
    ]
    missing = [name for name in names if not given[name].strip()] + ([] if plan.due_date else ["due_date"])
    if missing:
        raise Invalid(
            "plan_incomplete",
            _("%(number)s was not started: the five that are fixed and the three guarantees are not all there. Fill in what is empty.")
            % {"number": case.number},
            fields={name: [_("This has to be said before the case can start.")] for name in missing},
        )  # fmt: skip
    check_words(case.number, *(given[name] for name in names))


def _check_day(case: LeaderCase, day: date | None, now: datetime) -> None:
    """Not behind us, and not after the time limit that runs."""
    if day is None or day < day_of(now) or (case.due and end_of(day) > case.due):
        raise Invalid(
            "day_out_of_range",
            _("%(number)s was not started: its day lies in the past or after its time limit. Choose an earlier one.")
            % {"number": case.number},
            fields={"due_date": [_("Choose a day from today until the time limit.")]},
        )  # fmt: skip


def _check_not_played(about: About) -> None:
    if about.incident and about.incident.drill:
        raise WrongState(
            "only_a_drill",
            _("No leader case was proposed: %(number)s is a drill, and a leader case is a duty to people. Note on the drill what would have been proposed.")
            % {"number": about.incident.number},
        )  # fmt: skip


def _clock(case: LeaderCase) -> Clock:
    running = [clock for clock in queries.clocks_of(case) if clock.is_running]
    clock = leading_clock(running) or next(iter(running), None)
    if clock is None:
        raise WrongState(
            "no_such_clock",
            _("Nothing was changed on %(number)s: no time limit runs for it. Close it in time.")
            % {"number": case.number},
        )
    return clock
