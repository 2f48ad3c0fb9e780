import json

import pytest

from incidents.reporting.actions import Alarm, report_incident
from plans.engine.facts import Facts
from tests import tokens


@pytest.fixture
def alarm(plan, units, reach, now):
    """alarm("county1.duty", headcount=8, …) → a recorded incident in C1 (or unit="T11")."""
    made = iter(range(1000))

    def raise_alarm(username="county1.duty", *, unit="C1", at=None, place="一楼大厅", what="来访", **facts):
        given = Alarm(
            unit=units[unit], place=place, what=what, facts=Facts.from_dict(facts), client_id=f"a{next(made)}"
        )
        incident, _ = report_incident(reach=reach(username, at), alarm=given, now=at or now)
        return incident

    return raise_alarm


@pytest.fixture
def api(plan, cast, now, client):
    """api("county1.duty") → post(path, body) and get(path) with that person's token."""

    class Caller:
        def __init__(self, username):
            self.headers = {"Authorization": f"Bearer {tokens.issue(user=cast[username], now=now)}"}

        def post(self, path, body=None, key="k1", **headers):
            return client.post(f"/api/v1/{path}", json.dumps(body or {}), content_type="application/json",
                               headers={**self.headers, "Idempotency-Key": key, **headers})  # fmt: skip

        def get(self, path, **headers):
            return client.get(f"/api/v1/{path}", headers={**self.headers, **headers})

    return Caller
