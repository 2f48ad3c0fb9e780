"""What happens when units end, split or merge: planned today, carried out on the day. Lock, check, change, record."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.models import Post, Reform, Succession, Unit, User
from accounts.posts.actions import create_unit
from accounts.reform import rules
from accounts.reform.choices import ReformState
from accounts.reform.ground import Found, New, find
from accounts.reform.permissions import check_can_reform
from accounts.scope import Reach
from common.alone import Loop
from common.dates.local_time import day_of
from common.errors import Invalid, Refused, WrongState
from common.failpoints import crash_point
from common.states import move
from journal.keys import key
from journal.record import record

# --- planning ------------------------------------------------------------------------------------------------


@transaction.atomic
def plan_reform(
    *,
    reach: Reach,
    olds: Sequence[Unit],
    news: Sequence[New],
    day: date,
    reason: str,
    now: datetime,
    suffix: str = "",
) -> Reform:
    """Plan that units end on a day to come and others take over.

    One into several is a split, several into one a merger, one into one a new name, code or place, into none a
    closing. What stands below goes along below the first new one, under its code with `suffix`. Nothing that
    was is touched: reports, incidents and posts stay with the unit they belong to.
    """
    reform = Reform(
        day=day, olds=[unit.pk for unit in olds], news=[new.stored() for new in news], suffix=suffix,
        reason=reason, planned_by=reach.user, planned_at=now,
    )  # fmt: skip
    # The row before the checks: whoever plans for the same unit a moment later waits for it.
    locked = list(Unit.objects.select_for_update(of=("self",)).filter(pk__in=reform.olds).order_by("path"))

    for unit in locked:
        check_can_reform(reach, unit)
    _check_plan(locked, day, day_of(now))
    found = find(reform)
    for parent in found.above:
        if parent is not None:
            check_can_reform(reach, parent)

    reform.save()

    _record(rules.TRANSITIONS.begin.entry, reform, found.ending[0], reach.user, now)
    return reform


def _check_plan(ending: list[Unit], day: date, today: date) -> None:
    pks = [pk for one in Reform.objects.filter(state=ReformState.PLANNED) for pk in one.olds]
    planned = list(Unit.objects.filter(pk__in=pks).values_list("path", flat=True))
    olds = [
        rules.Ending(unit.tier, unit.valid_to is not None, rules.is_touched(unit.path, planned))
        for unit in ending
    ]
    code = rules.why_not(day=day, today=today, olds=olds)
    if not code:
        return
    field, sentence = {
        "nothing_ends": ("olds", _("No unit was changed: none was named. Give the code of a unit.")),
        "day_has_begun": (
            "day",
            _("No unit was changed: counts of a day that has begun stand. Choose tomorrow or a later day."),
        ),
        "day_too_far": (
            "day",
            _("No unit was changed: the day is more than a year ahead. Choose an earlier one."),
        ),
        "ended_already": (
            "olds",
            _("No unit was changed: one of them no longer exists. Take it out."),
        ),
        "planned_already": (
            "olds",
            _(
                "No unit was changed: a change is planned already for one of them, or for a unit above or below it. "
                "Cancel that first."
            ),
        ),
        "different_tiers": (
            "olds",
            _("No unit was changed: they are of different tiers. Take units of one tier."),
        ),
    }[code]
    raise Invalid(code, sentence, fields={field: [sentence]})


@transaction.atomic
def cancel_reform(*, reach: Reach, reform_id: int, now: datetime) -> Reform:
    """Take back a change that has not been carried out."""
    reform = Reform.objects.select_for_update(of=("self",)).get(pk=reform_id)
    first = Unit.objects.filter(pk__in=reform.olds).order_by("path")[0]

    check_can_reform(reach, first)
    if rules.TRANSITIONS.row(reform.state, rules.CANCEL) is None:
        raise WrongState(
            "reform_settled",
            _("Nothing was cancelled: this change has been carried out or cancelled. Look at it again."),
        )

    done = move(reform, rules.TRANSITIONS, rules.CANCEL)
    reform.settled_at = now
    reform.save(update_fields=["state", "settled_at"])

    _record(done.entry, reform, first, reach.user, now)
    return reform


# --- on the day ----------------------------------------------------------------------------------------------


DUE = Loop("accounts.reform")
#: Carried out in one turn.
MOST = 1000


def carry_out_due(now: datetime) -> int:
    """Carry out what is planned for today or was missed. One that is not possible any more says why."""
    today = day_of(now)
    due = Reform.objects.filter(state=ReformState.PLANNED, day__lte=today)
    return DUE.each(
        DUE.pick(due.order_by("day", "pk"), now, MOST), lambda pk: _carry_out_or_say_why(pk, now), now
    )


def _carry_out_or_say_why(reform_id: int, now: datetime) -> int:
    try:
        return carry_out(reform_id, now)
    except Refused as refused:
        _note_failure(reform_id, refused, now)
        return 0


@transaction.atomic
def carry_out(reform_id: int, now: datetime) -> int:
    """Returns 0 where another process was faster."""
    reform = Reform.objects.select_for_update(of=("self",)).select_related("planned_by").get(pk=reform_id)
    if rules.TRANSITIONS.row(reform.state, rules.CARRY_OUT) is None:
        return 0
    with override(reform.planned_by.language or None):
        found = find(reform)

    actor = reform.planned_by
    begun = [
        _begin(new, parent, found.ending, reform.day, actor, now)
        for new, parent in zip(found.news, found.above, strict=True)
    ]
    for old in found.ending:
        _end(old, begun, reform.day, actor, now)
    _take_along(found, begun, reform, actor, now)
    done = move(reform, rules.TRANSITIONS, rules.CARRY_OUT)
    reform.settled_at, reform.note = now, ""
    reform.save(update_fields=["state", "settled_at", "note"])

    _record(done.entry, reform, found.ending[0], actor, now)
    crash_point("reform.before_commit")
    return 1


@transaction.atomic
def _note_failure(reform_id: int, refused: Refused, now: datetime) -> None:
    Reform.objects.filter(pk=reform_id, state=ReformState.PLANNED).update(
        state=rules.TRANSITIONS[rules.FAIL].to, settled_at=now, note=str(refused)[:400]
    )


def _begin(new: New, parent: Unit | None, ending: list[Unit], day: date, actor: User, now: datetime) -> Unit:
    like = ending[0]
    unit = create_unit(
        code=new.code, name=new.name, name_en=new.name_en, tier=like.tier, parent=parent, actor=actor,
        now=now, phone=like.phone, address=like.address, valid_from=day,
        local_superior=like.local_superior, local_phone=like.local_phone,
    )  # fmt: skip
    _copy_posts(ending, unit)
    return unit


def _copy_posts(olds: list[Unit], unit: Unit) -> None:
    """The same chairs, empty: who sits there is the security administrator's to say."""
    chairs: dict[tuple[str, str, str], Post] = {}
    for post in Post.objects.filter(unit__in=olds, closed_at=None).order_by("pk"):
        chairs.setdefault((post.kind, post.squad, post.title), post)
    Post.objects.bulk_create(
        Post(unit=unit, kind=post.kind, squad=post.squad, title=post.title, title_en=post.title_en)
        for post in chairs.values()
    )


def _end(old: Unit, begun: list[Unit], day: date, actor: User, now: datetime) -> None:
    # The database asks for an end after the beginning: one that began today existed for its day.
    old.valid_to = max(day, old.valid_from + rules.ONE_DAY) if old.valid_from else day
    old.save(update_fields=["valid_to"])
    Succession.objects.bulk_create(Succession(old=old, new=new, day=day) for new in begun)
    record(
        "unit.closed",
        subject=key("unit", old.pk),
        unit=old,
        actor=actor,
        at=now,
        content={"code": old.code, "day": day.isoformat(), "successors": [unit.code for unit in begun]},
    )


def _take_along(found: Found, begun: list[Unit], reform: Reform, actor: User, now: datetime) -> None:
    """A like unit below the successor for each one below; where nobody takes over they end with it."""
    place = {old.pk: begun[0] for old in found.ending} if begun else {}
    for unit in found.along:
        after = []
        if begun and unit.parent_id:
            like = create_unit(
                code=rules.code_taken_along(unit.code, reform.suffix), name=unit.name, name_en=unit.name_en,
                tier=unit.tier, parent=place[unit.parent_id], actor=actor, now=now, phone=unit.phone,
                address=unit.address, valid_from=reform.day, local_superior=unit.local_superior,
                local_phone=unit.local_phone,
            )  # fmt: skip
            _copy_posts([unit], like)
            place[unit.pk] = like
            after = [like]
        _end(unit, after, reform.day, actor, now)


def _record(kind: str, reform: Reform, unit: Unit, actor: User, now: datetime) -> None:
    codes = Unit.objects.filter(pk__in=reform.olds).order_by("path").values_list("code", flat=True)
    record(
        kind,
        subject=key("reform", reform.pk),
        unit=unit,
        actor=actor,
        at=now,
        content={
            "ends": list(codes),
            "begins": [new["code"] for new in reform.news],
            "day": reform.day.isoformat(),
            "reason": reform.reason,
        },
    )
