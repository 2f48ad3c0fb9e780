"""A drill with everything that can hang on an incident, played by the acts of the live walk, and a real one beside it."""

from incidents.reporting.actions import Alarm, report_incident
from plans.engine.facts import Facts
from resources.experts import calls
from resources.experts.models import Expert
from tests.live import walk
from tests.live.walk import ACTS, Walk

#: Acts after which less of the drill can be seen, or that are about something else.
LAST = (walk.end_response, walk.go_over, walk.lift, walk.close, walk.reopen)
#: A demand is a promise to somebody: a drill makes none.
PROMISES = (walk.register, walk.contact)
DURING = [act for act in ACTS if act not in (walk.report, *PROMISES, *LAST)]

#: What only the drill says: whoever reads one of these reads about the drill.
PLACE, WHAT = "乙楼试演厅", "有人试演拉起横幅"
WORDS = (PLACE, WHAT, "到一楼大厅对话", "分区接待", "工作人员正在逐一答复", "大厅录像", "LD-1", "又来十人", "人数较多，情绪激动", "已补充：七十人", "YL-")  # fmt: skip


class Exercise(Walk):
    """The same acts on the production path; only the alarm says that it is a drill."""

    is_drill = True


def begin(played: Walk, *, drill: bool) -> None:
    facts = {"headcount": 60, "life_risk": ["suicide_threat"]}
    alarm = Alarm(
        unit=played.units["T11"], place=PLACE if drill else "真实大厅", what=WHAT if drill else "真实来访",
        client_id=f"walk-{drill}", facts=Facts.from_dict(facts), drill=drill,
    )  # fmt: skip
    played.incident, _ = report_incident(reach=played.reach("town11.clerk"), alarm=alarm, now=played.now())


def play(played: Walk, *, drill: bool = True, acts=DURING) -> Walk:
    begin(played, drill=drill)
    for act in acts:
        act(played)
    expert = Expert.objects.first()
    if expert is not None and drill:
        calls.call_expert(
            reach=played.reach("county1.duty"), incident_id=played.incident.pk, expert_id=expert.pk,
            question="如何答复", now=played.now(),
        )  # fmt: skip
    return played
