"""Rosters of the demo bureau: three officers and two leaders take turns in the city and each county."""

from datetime import datetime, timedelta

from accounts.choices import PostKind
from accounts.models import Post, Unit, User
from accounts.posts.actions import appoint_person
from accounts.scope import reach_of
from common.dates.local_time import day_of
from duty.shifts import handovers
from duty.shifts.actions import begin_due, confirm_shift
from duty.shifts.models import Handover
from rosters.models import Shift
from rosters.months.actions import draft_roster, end_of_month, publish_roster, set_rotation
from rosters.queries import USUAL_HAND_OVER, findings_of

#: Who takes turns beside the post's first holder: second half of the username, kind of post, name.
COLLEAGUES = (
    ("duty2", PostKind.DUTY_OFFICER, "孙悦"),
    ("duty3", PostKind.DUTY_OFFICER, "赵凯"),
    ("leader2", PostKind.DUTY_LEADER, "钱峰"),
)
UNITS = {"C0": "city", "C1": "county1", "C2": "county2", "C3": "county3"}
#: Its handover is left for the reader to sign.
LEFT_OPEN = "C2"
#: So many days lie in the past, so that there is something to count.
BACK = 6


def seed_duty(people: dict[str, User], now: datetime) -> None:
    """Colleagues, rotations, a published roster from last week to the end of next month, and today's shift begun.

    The first holder of each post is on duty today.
    """
    first_day = day_of(now - timedelta(hours=8, minutes=30)) - timedelta(days=BACK)
    last_day = end_of_month(end_of_month(first_day + timedelta(days=BACK)) + timedelta(days=1))
    for code, prefix in UNITS.items():
        unit = Unit.objects.get(code=code)
        _seat_colleagues(people, unit, prefix, now)
        reach = reach_of(people[f"{prefix}.leader"], now)
        for kind, logins in (
            (PostKind.DUTY_OFFICER, ("duty", "duty2", "duty3")),
            (PostKind.DUTY_LEADER, ("leader", "leader2")),
        ):
            set_rotation(
                reach=reach,
                post=Post.objects.get(unit=unit, kind=kind),
                people=[people[f"{prefix}.{login}"] for login in logins],
                first_day=first_day,
                hand_over=USUAL_HAND_OVER,
                now=now,
            )
        roster = draft_roster(reach=reach, unit=unit, first_day=first_day, last_day=last_day, now=now)
        # Days past, before anybody was appointed, and a year whose calendar is not known yet are found.
        reason = "演示数据" if findings_of(roster) else ""
        publish_roster(reach=reach, roster_id=roster.pk, reason=reason, now=now)
    _begin_today(people, now)


def _seat_colleagues(people: dict[str, User], unit: Unit, prefix: str, now: datetime) -> None:
    for login, kind, name in COLLEAGUES:
        username = f"{prefix}.{login}"
        person = User(username=username, name=name, phone=f"1390000{len(people):04d}")
        person.set_unusable_password()
        person.save()
        people[username] = person
        appoint_person(person=person, post=Post.objects.get(unit=unit, kind=kind), actor=None, now=now)


def _begin_today(people: dict[str, User], now: datetime) -> None:
    begin_due(now)
    for shift in Shift.objects.filter(began_at__isnull=False).select_related("person"):
        confirm_shift(reach=reach_of(shift.person, now), shift_id=shift.pk, now=now)
    for handover in Handover.objects.exclude(unit__code=LEFT_OPEN).select_related(
        "outgoing__person", "incoming__person"
    ):
        handovers.give_handover(
            reach=reach_of(handover.outgoing.person, now), handover_id=handover.pk, now=now
        )
        items = list(handover.items.values_list("pk", flat=True))
        handovers.take_handover(
            reach=reach_of(handover.incoming.person, now), handover_id=handover.pk, items=items, now=now
        )
