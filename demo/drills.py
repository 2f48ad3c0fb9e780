"""The demo bureau's yearly plan of drills: one that can be started at once, and a line that waits for its scenario."""

from datetime import datetime, timedelta

from accounts.models import Unit, User
from accounts.scope import reach_of
from common.dates.local_time import day_of
from drills.conduct.actions import Plan, plan_drill


def seed(people: dict[str, User], now: datetime) -> None:
    this_month = day_of(now).replace(day=1)
    plan_drill(
        reach=reach_of(people["county1.leader"], now),
        unit=Unit.objects.get(code="C1"),
        plan=Plan(
            scenario="crowd-at-a-notary-hall",
            month=this_month,
            objectives="值班室和对话专班合练；先救人",
            speed=10,
            participants=(
                ("county1.duty", "duty_officer"),
                ("city.deputy", "leader"),
                ("county1.squad.dialogue", "squad"),
                ("county1.leader", "controller"),
                ("county1.deputy", "evaluator"),
            ),
        ),
        now=now,
    )
    plan_drill(
        reach=reach_of(people["city.leader"], now),
        unit=Unit.objects.get(code="C0"),
        plan=Plan(
            kind="linkage", month=this_month + timedelta(days=31), objectives="与市应急联动中心联合演练"
        ),
        now=now,
    )
