"""What a wall shows beside the lists of the boards: figures, who is on duty, what happened last."""

from collections.abc import Sequence
from typing import NamedTuple

from django.utils.translation import get_language

from accounts.models import Unit
from accounts.scope import Reach
from common.templatetags.levels import COLOUR_WORDS
from drills.conduct.models import Drill
from incidents.models import Incident
from journal.kinds import KINDS
from journal.models import Entry

#: The highest first; what a plan without colours calls otherwise comes last.
TONES = (*COLOUR_WORDS, "neutral")
#: Of what happened last; a wall turns their pages.
NEWS = 12
#: Kinds of entries that say something to whoever looks up: what was reported, decided, sent and ended.
NEWS_KINDS = (
    "incident.reported", "incident.taken", "incident.level_set", "incident.closed", "incident.retracted",
    "incident.reopened", "incident.life_safety_alerted", "warning.proposed", "warning.signed", "warning.adjusted",
    "warning.lifted", "response.started", "response.changed", "response.ended", "order.issued", "order.arrived",
    "order.completed", "order.declined", "clock.breached", "superior_report.sent", "upward_report.initial_sent",
    "upward_report.continued_sent", "upward_report.final_sent", "roll_call.help",
)  # fmt: skip


def units_on_duty(reach: Reach) -> list[Unit]:
    """The units of the picture and those right below."""
    own = {post.unit_id for post in reach.posts}
    return list(Unit.objects.filter(pk__in=own)) + list(
        Unit.objects.filter(parent__in=own, valid_to__isnull=True)
    )


class News(NamedTuple):
    entry: Entry
    word: str


def news(reach: Reach) -> list[News]:
    """What happened last, in the words of its kind and nothing that anybody typed."""
    is_chinese = (get_language() or "").startswith("zh")
    rows = Entry.objects.numbered().visible_to(reach).filter(kind__in=NEWS_KINDS).select_related("unit")
    entries: Sequence[Entry] = rows.order_by("-number")[:NEWS]
    return [News(entry, KINDS[entry.kind].zh if is_chinese else KINDS[entry.kind].en) for entry in entries]


def is_drilling(reach: Reach) -> bool:
    """Whether anything on the wall is of a drill: one runs, or an open incident is of one."""
    rows = Drill.objects.under_way().filter(reach.filter("wall.view"))
    return rows.exists() or Incident.objects.visible_to(reach).open().filter(drill=True).exists()
