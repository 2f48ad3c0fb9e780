"""Written reports in the demo bureau: two villages' risk lists, one of them read, and a monthly review in draft.

They are those of the township that has the unit plan in force; the other villages have not begun theirs.
"""

from datetime import datetime, timedelta

from accounts.models import Unit, User
from accounts.scope import reach_of
from common.dates.periods import MONTHLY, WEEKLY
from written_reports.actions import confirm_receipt, hand_in, keep_draft
from written_reports.queries import Slot, asked_below

TOWN = "T34"
LINE = {
    "class": "labour",
    "what": "村级道路改造工程款拖欠，三人多次咨询",
    "measure": "约谈施工单位，引导至法律援助窗口",
    "responsible": "白杨乡司法所",
    "matter": "",
}
ANALYSIS = "本月以欠薪和补偿标准咨询为主，集中在两处在建工程。"


#: So long before the cut-off the lists are handed in; the demo may be begun after it.
BEFORE = timedelta(hours=6)


def seed(people: dict[str, User], now: datetime) -> None:
    town, head = Unit.objects.get(code=TOWN), reach_of(people["town34.head"], now)
    for asked in asked_below(head, town, now):
        if asked.period.cadence == WEEKLY:
            for number, slot in enumerate(asked.slots[:2]):
                _hand_in(people, slot, number, now)
                if number == 0:
                    confirm_receipt(reach=head, slot=slot, version=1, now=now)
        elif asked.period.cadence == MONTHLY:
            keep_draft(
                reach=head, slot=asked.slots[0], rev=0, texts={"analysis": ANALYSIS}, lines=[], now=now
            )


def _hand_in(people: dict[str, User], slot: Slot, number: int, now: datetime) -> None:
    """The first village lists a matter, the second says that there is none."""
    at = min(now, slot.due_at - BEFORE)
    lines = [] if number else [LINE | {"deadline": slot.period.last_day.isoformat()}]
    texts = {"judgement": "可控，已安排专人对接。" if lines else "平稳，无新增风险。"}
    reach = reach_of(people[f"village{slot.unit.code.removeprefix('V')}.informant"], at)
    hand_in(reach=reach, slot=slot, rev=0, texts=texts, lines=lines, now=at)
