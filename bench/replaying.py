"""Run inside an installation: write incidents, replay a draft over them. Prints one JSON object.

python -m bench.replaying '{"incidents": 10000, "times": 5}'
"""

import json
import os
import random
import statistics
import sys
import time
from collections import Counter
from datetime import timedelta

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.utils import timezone  # noqa: E402

from accounts.models import Unit, User  # noqa: E402
from accounts.scope import reach_of  # noqa: E402
from incidents.models import Incident, Observation  # noqa: E402
from incidents.replay_source import cases  # noqa: E402
from plans.engine.evaluation import evaluate  # noqa: E402
from plans.engine.facts import Facts  # noqa: E402
from plans.lifecycle.actions import load_plan  # noqa: E402
from plans.lifecycle.choices import PlanState  # noqa: E402
from plans.lifecycle.models import PlanVersion  # noqa: E402
from plans.rehearsal.queries import replayed  # noqa: E402
from plans.rehearsal.replay import replay  # noqa: E402

NOW = timezone.now()
ACTS = ["banner", "slogans", "sit_in", "obstruct_entrance", "storming_signs", "storming"]


def some_facts(luck: random.Random) -> dict:
    facts: dict = {
        "headcount": {"low": (n := luck.choice([1, 3, 7, 12, 18, 25, 60])), "high": n + luck.randrange(4)}
    }
    if luck.random() < 0.4:
        facts["acts"] = luck.sample(ACTS, k=luck.randrange(3))
    if luck.random() < 0.03:
        facts["life_risk"] = ["suicide_threat"]
    if luck.random() < 0.03:
        facts["casualties"] = {"injured": 1}
    if luck.random() < 0.1:
        facts["online_views_reported"] = luck.choice([500, 99_999, 200_000])
    return facts


def write(count: int, version: PlanVersion) -> None:
    """So many incidents over 90 days, three in ten with a second observation."""
    luck = random.Random(7)
    units, person = list(Unit.objects.filter(tier="township")), User.objects.get(username="city.duty")
    incidents, seen = [], []
    for number in range(count):
        unit, at = luck.choice(units), NOW - timedelta(minutes=luck.randrange(90 * 24 * 60 - 60))
        first = some_facts(luck)
        steps = [first, {**first, **some_facts(luck)}] if luck.random() < 0.3 else [first]
        levels = [evaluate(version.document, Facts.from_dict(facts)).level for facts in steps]
        incidents.append(Incident(number=f"B-{number}", unit=unit, unit_path=unit.path, plan=version, source="desk", place="x",
                                  what="x", facts=steps[-1], proposed_level=levels[-1].id, proposed_rank=levels[-1].rank, known_at=at,
                                  recorded_at=at, reported_by=person, client_id=f"b{number}"))  # fmt: skip
        seen.append(list(zip(steps, levels, strict=True)))
    Incident.objects.bulk_create(incidents, batch_size=500)
    Observation.objects.bulk_create(
        [Observation(incident=incident, at=incident.recorded_at, recorded_at=incident.recorded_at, actor=person,
                     facts=facts, proposed_level=level.id)
         for incident, steps in zip(incidents, seen, strict=True) for facts, level in steps],
        batch_size=500,
    )  # fmt: skip


def draft_of(version: PlanVersion) -> PlanVersion:
    text = version.text.source.replace(
        f"version: {version.version}\n", f"version: {version.version + 1}\n", 1
    )
    text = text.replace("between: [21, 50]", "between: [16, 50]").replace(
        "between: [6, 20]", "between: [6, 15]"
    )
    return load_plan(text=text, actor=None, now=NOW)


def by_hand(facts: dict) -> int:
    """The draft's thresholds as somebody would write them for this one plan: 1 red … 4 blue."""
    headcount = facts["headcount"]["high"] if "headcount" in facts else 0
    acts, life = set(facts.get("acts", ())), facts.get("life_risk", ())
    if headcount >= 51 or acts & {"storming", "smashing"} or sum(facts.get("casualties", {}).values()) >= 1:
        return 1
    if (
        headcount >= 16
        or facts.get("online_views_reported", 0) >= 100_000
        or life
        or "storming_signs" in acts
    ):
        return 2
    if headcount >= 6 or acts & {"banner", "grievance_clothing", "slogans", "sit_in", "obstruct_entrance",
                                 "lobby_overstay", "other_disorder"}:  # fmt: skip
        return 3
    return 4


def plain(found: list, ranks: dict[str, int]) -> Counter:
    """What the replay answers, for one plan alone."""
    flows: Counter = Counter()
    for case in found:
        picture: dict = {}
        best = before = 9
        for facts, level in case.observed:
            picture = {**picture, **facts}
            best, before = min(best, by_hand(picture)), min(before, ranks[level])
        flows[before, best] += 1
    return flows


def seconds(act, times: int) -> float:
    found = []
    for _round in range(times):
        begun = time.perf_counter()
        act()
        found.append(time.perf_counter() - begun)
    return statistics.median(found)


def main() -> None:
    given = json.loads(sys.argv[1])
    version = PlanVersion.objects.get(state=PlanState.IN_FORCE, plan__plan_id="cn-justice-city-petition-000")
    write(given["incidents"], version)
    draft, reach = draft_of(version), reach_of(User.objects.get(username="city.director"), NOW)
    since, ranks = NOW - timedelta(days=90), {"red": 1, "orange": 2, "yellow": 3, "blue": 4}
    rows, documents = list(cases(reach, draft, since)), {version.pk: version.document}

    result = replay(draft.document, rows, documents)
    assert plain(rows, ranks) == Counter({(ranks[a], ranks[b]): n for (a, b), n in result.flows.items()})
    asked: list[str] = []
    with connection.execute_wrapper(lambda execute, sql, *rest: asked.append(sql) or execute(sql, *rest)):
        replayed(reach, draft, 90, NOW)
    browser = Client(headers={"host": "127.0.0.1"})
    browser.force_login(reach.user)
    address, times = f"/plans/{draft.plan.plan_id}/{draft.version}/replay/?days=90", given["times"]
    assert browser.get(address, secure=True).status_code == 200
    pictures = [facts for case in rows for facts, _level in case.observed]
    read = [Facts.from_dict(facts) for facts in pictures]
    assert [evaluate(draft.document, facts).level.rank for facts in read] == [
        by_hand(facts) for facts in pictures
    ]
    print(json.dumps({
        "one": seconds(lambda: [evaluate(draft.document, facts) for facts in read], times) / len(read),
        "one_why": seconds(lambda: [evaluate(draft.document, facts).reasons for facts in read], times) / len(read),
        "one_plain": seconds(lambda: [by_hand(facts) for facts in pictures], times) / len(read),
        "whole": seconds(lambda: replayed(reach, draft, 90, NOW), times),
        "whole_plain": seconds(lambda: plain(list(cases(reach, draft, since)), ranks), times),
        "pure": seconds(lambda: replay(draft.document, rows, documents), times),
        "pure_plain": seconds(lambda: plain(rows, ranks), times),
        "page": seconds(lambda: browser.get(address, secure=True), times),
        "queries": len(asked),
    }))  # fmt: skip


if __name__ == "__main__":
    main()
