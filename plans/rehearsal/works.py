"""A replay over more incidents than a page may wait for, as a long work, and what is kept of it.

Kept are counts, levels and the incidents that are listed, with the facts at their highest moment. Who looks at it later
is shown those that they may see then.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.scope import Reach
from common.failpoints import crash_point
from plans.engine.evaluation import Level, levels_of
from plans.engine.facts import Facts
from plans.lifecycle.models import PlanVersion
from plans.lifecycle.queries import get_version
from plans.rehearsal.forms import DAYS
from plans.rehearsal.queries import replayed_in_steps
from plans.rehearsal.replay import Changed, Replay, stored_facts
from plans.rehearsal.replay_source import Case, how_many_cases
from works.kinds import Kind, Result, Task
from works.queries import write_result

#: More incidents are replayed in the background. Ten thousand take a third of a second (docs/performance.md).
MOST_AT_ONCE = 10_000
#: Incidents between two reports.
_STEP = 50


def arguments_of(version: PlanVersion, days: int) -> dict[str, Any]:
    return {"plan": version.plan.plan_id, "version": version.version, "days": days}


def _check(_reach: Reach, arguments: Mapping[str, Any]) -> None:
    """Whoever may sign in reads the plans; of the incidents everybody is shown their own."""
    get_version(arguments["plan"], arguments["version"])


def _replay(task: Task) -> Result:
    reach, now, given = task.reach, task.now, task.arguments
    assert reach is not None, "nobody replays a plan without being asked"
    version, days = get_version(given["plan"], given["version"]), given["days"]
    assert days in DAYS, days
    many = how_many_cases(reach, version, now - DAYS[days])

    def each(number: int) -> None:
        crash_point("plans.replay.case")
        if number % _STEP == 0:
            task.report(number, max(many, number), "replaying")

    task.report(0, many, "replaying")
    result = replayed_in_steps(reach, version, days, now, each)
    task.report(result.total, result.total)
    write_result(task.file, {"at": now.isoformat(), **as_plain(result)})
    return Result(is_for_page=True, phrase="replayed")


REPLAY = Kind(
    label=_("Replay of a plan"),
    about=lambda arguments: f"{arguments['plan']} {arguments['version']}",
    check=_check,
    do=_replay,
    phrases={"replaying": _("putting the incidents to this version"), "replayed": _("%(total)d incidents.")},
    page="plan-replayed",
)


# --- what is kept ------------------------------------------------------------------------------------------------


def as_plain(replay: Replay) -> dict[str, Any]:
    return {
        "total": replay.total,
        "flows": [[*pair, many] for pair, many in replay.flows.items()],
        "before": [asdict(level) for level in replay.before.values()],
        "ways": [[*way, many] for way, many in replay.ways.items()],
        "changed": [
            {
                "case": [*one.case[:2], one.case.at.isoformat(), *one.case[3:6]],
                "before": one.before and asdict(one.before),
                "after": one.after and one.after.id,
                "direction": one.direction,
                "warning": one.warning,
                "facts": one.facts.as_dict(),
            }
            for one in replay.gravest()
        ],
    }


def from_plain(kept: Mapping[str, Any], version: PlanVersion) -> Replay:
    """What `as_plain` wrote of a replay of that version."""
    after = {level.id: level for level in levels_of(version.document)}
    before = {one["id"]: Level(**one) for one in kept["before"]}
    return Replay(
        total=kept["total"],
        flows=Counter({(then, now): many for then, now, many in kept["flows"]}),
        before=before,
        after=after,
        ways=Counter({(direction, warning): many for direction, warning, many in kept["ways"]}),
        changed=[
            Changed(
                _case(one["case"]),
                Level(**one["before"]) if one["before"] else None,
                after.get(one["after"]),
                one["direction"],
                one["warning"],
                Facts(stored_facts(one["facts"])),
            )
            for one in kept["changed"]
        ],
    )


def _case(kept: list) -> Case:
    key, number, at, *rest = kept
    return Case(key, number, datetime.fromisoformat(at), *rest, observed=())
