"""The demo bureau in the middle of a working day: one incident under way, one waiting for a signature, one just reported.

`python -m tests.screens.fill` fills the empty, migrated database of DATA_DIR and prints everybody's session as JSON.
"""

import json
import os
from datetime import datetime, timedelta

import django
import time_machine

from tests.screens.moment import FILLED_AT

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
if __name__ == "__main__":
    django.setup()

from accounts.models import Unit, User
from accounts.scope import Reach, reach_of
from accounts.sign_in.passwords import quick_hash, random_password
from command.activation import actions as responses
from command.orders import actions as orders
from command.orders.choices import OrderVerb
from demo.seed import seed
from early_warnings.proposals import actions as proposals
from early_warnings.signing import actions as signing
from engine.background.jobs import LANES
from engine.background.run import run_lane
from incidents import actions as incidents
from incidents.models import Incident
from incidents.reporting.actions import Alarm, report_incident
from plans.engine.facts import Facts
from tests.live.sessions import sign_in


def _reach(username: str, now: datetime) -> Reach:
    return reach_of(User.objects.get(username=username), now)


def _report(unit: str, what: str, facts: dict, now: datetime) -> Incident:
    alarm = Alarm(
        unit=Unit.objects.get(code=unit),
        place="一楼大厅",
        what=what,
        facts=Facts.from_dict(facts),
        client_id=f"screens-{unit}",
    )
    return report_incident(reach=_reach("county1.duty", now), alarm=alarm, now=now)[0]


def _propose(incident: Incident, reason: str, now: datetime):
    statement = proposals.Statement(level=incident.proposed_level, reason=reason)
    return proposals.propose_new_warning(
        incident_id=incident.pk, reach=_reach("county1.duty", now), statement=statement, now=now
    )


def under_way(begun: datetime) -> None:
    """Taken over, signed, a response begun, and a squad on its way."""
    incident = _report(
        "T11",
        "十余人在大厅拉横幅，要求当面答复",
        {"headcount": {"low": 12, "high": 18}, "acts": ["banner"]},
        begun,
    )
    now = begun + timedelta(minutes=1)
    incidents.take_over(incident_id=incident.pk, reach=_reach("county1.duty", now), now=now)
    warning = _propose(incident, "拉横幅，情绪激动", now)
    password = random_password()
    User.objects.filter(username="county1.director").update(password=quick_hash(password))
    director = _reach("county1.director", now)
    signing.sign_warning(warning_id=warning.pk, reach=director, credential=password, now=now)
    responses.propose_response(
        incident_id=incident.pk,
        reach=director,
        statement=responses.Statement(
            reason="需对话专班到场", measures="分区接待", level=incident.proposed_level
        ),
        credential=password,
        now=now,
    )
    order = orders.issue_order(
        incident_id=incident.pk,
        reach=_reach("county1.duty", now),
        task="到城关镇司法所对话，逐条登记诉求",
        target=orders.read_target("squad:dialogue@C1"),
        arrive_by=None,
        now=now,
    )
    for verb in (OrderVerb.ACKNOWLEDGE, OrderVerb.DEPART):
        now += timedelta(minutes=1)
        squad = _reach("county1.squad.dialogue", now)
        orders.move_order(order_id=order.pk, reach=squad, verb=verb, now=now, note="")


def to_be_signed(begun: datetime) -> None:
    incident = _report("T12", "四十余人聚集，要求退还律师费", {"headcount": {"low": 40, "high": 45}}, begun)
    now = begun + timedelta(minutes=1)
    incidents.take_over(incident_id=incident.pk, reach=_reach("county1.duty", now), now=now)
    _propose(incident, "人数在增加", now)


def fill(now: datetime) -> dict[str, str]:
    """The engine's jobs do what is to do, and nobody runs them afterwards: nothing changes while somebody looks."""
    seed(now=now)
    under_way(now - timedelta(minutes=25))
    to_be_signed(now - timedelta(minutes=12))
    _report("C1", "一人在门口情绪激动", {"headcount": 1}, now - timedelta(minutes=2))
    for _turn in range(3):
        for lane in LANES:
            run_lane(lane, now, timedelta(0))
    return {name: sign_in(name) for name in User.objects.order_by("pk").values_list("username", flat=True)}


if __name__ == "__main__":
    with time_machine.travel(FILLED_AT, tick=False):
        print(json.dumps(fill(FILLED_AT)))
