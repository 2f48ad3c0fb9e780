"""The same requests again and again, also at the same time: nothing happens a second time."""

import threading

from tests.campaign.kills import insist
from tests.faults import acts
from tests.installations import Installation
from tests.processes import Server

#: What people's acts leave; what clocks and jobs add meanwhile is not asked about.
TABLES = ("incidents_incident", "early_warnings_earlywarning", "command_order", "command_orderstep", "command_package",
          "command_response", "command_linkageorder", "command_upwardreport", "command_upwarddelivery",
          "command_statement", "zero_reports_zeroreport")  # fmt: skip


def replay(installation: Installation, web: Server, prepares, *, times: int, at_once: int = 4) -> int:
    """Each act once, then `times` repeats in all by `at_once` callers. Returns how many were answered as the first
    was. Raises AssertionError where one was not, or left anything."""
    done = [prepare(installation, web) for prepare in prepares]
    first = [insist(act) for act in done]
    before = _counts(installation, done)
    alike, refused = [], []

    def caller(number: int) -> None:
        for turn in range(number, times, at_once):
            act, answer = done[turn % len(done)], first[turn % len(done)]
            again = insist(act)
            same = (again.body, again.headers["Location"]) == (answer.body, answer.headers["Location"])
            (alike if again.status < 400 and same else refused).append(again)

    callers = [threading.Thread(target=caller, args=(number,)) for number in range(at_once)]
    for one in callers:
        one.start()
    for one in callers:
        one.join()

    assert not refused, refused[:3]
    assert len(alike) == times
    after = _counts(installation, done)
    assert after == before, dict(after.items() ^ before.items())
    return len(alike)


def _counts(installation: Installation, done: list[acts.Act]) -> dict[str, int]:
    counted = {table: f"SELECT count(*) FROM {table}" for table in TABLES}
    for kind in {act.kind for act in done}:
        counted[f"entries {kind}"] = f"SELECT count(*) FROM journal_entry WHERE kind = '{kind}'"
        counted[f"notices {kind}"] = f"SELECT count(*) FROM notices_notice WHERE purpose = '{kind}'"
    return {name: installation.one(sql) for name, sql in counted.items()}
