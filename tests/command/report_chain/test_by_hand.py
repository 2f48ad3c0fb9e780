"""The chain of a scripted incident, compared with what an officer would have written, field by field."""

from datetime import timedelta

import pytest
from django.utils import translation

from command.orders.actions import issue_order, move_order, read_target
from incidents.reporting.actions import add_observation
from plans.engine.facts import Facts

pytestmark = pytest.mark.django_db

INITIAL = {
    "time": "2026年11月22日9时00分知悉，2026年11月22日9时00分登记。",
    "place": "清河县司法局 一楼大厅",
    "course": "9时00分，上报事件：来访人聚集；人数 30，现场行为 拉横幅。",
    "result": "结果续报。",
    "situation": "系统建议等级橙色（未签发）；人数：30；现场行为：拉横幅。",
    "measures": "9时05分，下达指令：对话专班；到场对话。\n9时06分，签收指令：对话专班。\n"
    "9时08分，出发：对话专班。\n9时20分，到场：对话专班。",
    "contact": "清河县司法局值班室",
    "other": "",
}
#: Only what is new: nobody reads the banner or the squad a second time.
CONTINUED = {
    "time": "2026年11月22日9时21分至2026年11月22日9时30分（上次报告之后）。",
    "place": "清河县司法局 一楼大厅",
    "course": "9时25分，现场情况：又来三十人；人数 60。",
    "result": "结果续报。",
    "situation": "系统建议等级（未签发）：橙色→红色；人数：30→60。",
    "measures": "自上次报告以来无新的措施。",
    "contact": "清河县司法局值班室",
    "other": "",
}


@pytest.fixture
def script(incident, reach, now):
    """An alarm at 09:00; a squad ordered at 09:05 and there at 09:20; more people at 09:25; they leave at 09:50."""
    event = incident(headcount=30, acts=["banner"])

    def at(minutes, act, who="county1.duty", **more):
        moment = now + timedelta(minutes=minutes)
        return act(reach=reach(who, moment), now=moment, **more)

    def first():
        order = at(
            5, issue_order, incident_id=event.pk, target=read_target("squad:dialogue@C1"), task="到场对话"
        )
        for minutes, verb in ((6, "acknowledge"), (8, "depart"), (20, "arrive")):
            at(minutes, move_order, "county1.squad.dialogue", order_id=order.pk, verb=verb)

    def second():
        facts = Facts.from_dict({"headcount": 60})
        at(25, add_observation, incident_id=event.pk, what="又来三十人", facts=facts)

    def third():
        facts = Facts.from_dict({"headcount": 0})
        at(50, add_observation, incident_id=event.pk, what="全部离开", facts=facts)

    return event, first, second, third


def test_each_report_says_what_an_officer_would_have_written(script, drafted, sent):
    event, first, second, third = script
    with translation.override("zh-hans"):
        first()
        initial = sent(event, minutes=21)
        second()
        continued = sent(event, "continued", minutes=30)
        third()
        final = drafted(event, "final", minutes=55)

    assert initial.fields == INITIAL
    assert continued.fields == CONTINUED
    # How it ended is written by whoever signs for it.
    assert (final.fields["course"], final.fields["result"]) == ("9时50分，现场情况：全部离开；人数 0。", "")
