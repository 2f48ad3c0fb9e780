"""Two people do the same thing at the same moment; in production, at two web processes."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from tests.clients import Answer, new_key
from tests.faults import acts
from tests.installations import PASSWORD
from tests.processes import eventually, together

pytestmark = [pytest.mark.fault, pytest.mark.slow, pytest.mark.control(22)]

TWINS = 8
KEYS = 25


@pytest.fixture(scope="module", params=[pytest.param("embedded", marks=pytest.mark.embedded_only), pytest.param("production", marks=pytest.mark.production)])  # fmt: skip
def deployed(request, tmp_path_factory):
    """(installation, web processes)."""
    bureau = request.getfixturevalue(f"{request.param}_bureau")
    with bureau.installation(tmp_path_factory.mktemp("two") / "installation") as installation:
        web = [installation.web(f"web-{n}") for n in range(1, 2 if installation.is_embedded else 3)]
        with together(*web):
            yield installation, web
        installation.check_journal()


@pytest.fixture
def person(deployed):
    """person("county1.duty", 0) → a client that talks to one of the web processes, by turns."""
    installation, web = deployed
    return lambda username, n=0: installation.client(username, web[n % len(web)])


def at_once(calls: list[Callable[[], Answer]]) -> list[Answer]:
    """All of these from the same moment on."""
    gate = Barrier(len(calls))

    def pass_gate(call):
        gate.wait(30)
        return call()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(pass_gate, calls))


def statuses(answers: list[Answer]) -> Counter:
    return Counter(answer.status for answer in answers)


def test_of_many_signatures_one_counts(deployed, person):
    installation, web = deployed
    warning = acts.proposed_warning(installation, web[0])
    signers = ["county1.director", "city.deputy"] * 3

    answers = at_once(
        [
            lambda who=who, n=n: person(who, n).post(
                f"early-warnings/{warning}/sign/", {"credential": PASSWORD}
            )
            for n, who in enumerate(signers)
        ]
    )

    assert statuses(answers) == {200: 1, 409: 5}
    assert {answer.body["code"] for answer in answers if answer.status == 409} == {"wrong_state"}
    assert kinds_of(deployed, warning).count("warning.signed") == 1
    assert kinds_of(deployed, warning).count("warning.pushed_to_platform") == 1


def test_of_many_warnings_for_one_incident_one_is_proposed(deployed, person):
    incident = person("county1.duty").post("alarms/", acts.alarm())["number"]
    body = {"incident": incident, "level": "yellow", "reason": "More come."}

    answers = at_once([lambda n=n: person("county1.duty", n).post("early-warnings/", body) for n in range(6)])

    assert statuses(answers) == {201: 1, 409: 5}


def test_of_many_orders_to_one_squad_one_is_issued(deployed, person):
    incident = person("county1.duty").post("alarms/", acts.alarm())["number"]
    body = {"incident": incident, "to": "squad:perimeter@C1", "task": "Outer cordon."}

    answers = at_once([lambda n=n: person("county1.duty", n).post("orders/", body) for n in range(6)])

    assert statuses(answers) == {201: 1, 409: 5}


@pytest.mark.parametrize("verbs", [["acknowledge"] * 6, ["acknowledge", "decline", "recall"] * 2])
def test_of_many_steps_of_an_order_those_count_that_follow_each_other(deployed, person, verbs):
    installation, web = deployed
    number = acts.issue_order(installation, web[0]).call()["number"]
    people = {"recall": "county1.duty"}

    answers = at_once(
        [
            lambda verb=verb, n=n: person(people.get(verb, "county1.squad.dialogue"), n).post(
                f"orders/{number}/{verb}/", {"note": "A word."}
            )
            for n, verb in enumerate(verbs)
        ]
    )

    assert set(statuses(answers)) == {200, 409}
    steps = person("county1.duty").get(f"orders/{number}/")["steps"]
    assert len(steps) == statuses(answers)[200]
    assert len({step["state"] for step in steps}) == len(steps)
    if len(set(verbs)) == 1:
        assert len(steps) == 1


def test_zero_reports_filed_at_once_are_versions_one_after_the_other(deployed, person):
    path = f"zero-reports/T11/{acts.today()}/"
    filers = ["town11.head", "town11.clerk"] * 3
    bodies = [{"answer": "items", "items": [{"class": "land", "count": n + 1, "note": ""}]} for n in range(6)]

    answers = at_once(
        [lambda who=who, n=n: person(who, n).put(path, bodies[n]) for n, who in enumerate(filers)]
    )

    assert set(statuses(answers)) <= {200, 201}
    assert sorted(answer["version"] for answer in answers) == [1, 2, 3, 4, 5, 6]
    assert len({answer["receipt"] for answer in answers}) == 6
    current = "SELECT count(*) FROM zero_reports_zeroreport r JOIN accounts_unit u ON u.id = r.unit_id WHERE u.code = 'T11' AND r.current"  # fmt: skip
    assert deployed[0].one(current) == 1


def test_twins_of_an_alarm_are_one_alarm(deployed, person):
    installation, _web = deployed
    for _ in range(KEYS):
        alarm = acts.alarm()
        answers = at_once(
            [lambda n=n, a=alarm: person("town11.clerk", n).post("alarms/", a) for n in range(TWINS)]
        )

        assert statuses(answers) == {201: 1, 200: TWINS - 1}
        assert len({answer["number"] for answer in answers}) == 1
        stored = f"SELECT count(*) FROM incidents_incident WHERE client_id = '{alarm['client_id']}'"
        assert installation.one(stored) == 1


def test_twins_of_a_request_are_one_act_and_one_answer(deployed, person):
    installation, _web = deployed
    incident = person("county1.duty").post("alarms/", acts.alarm())["number"]
    path = f"incidents/{incident}/observations/"
    for number in range(KEYS):
        body, key = {"what": f"Observation {number}"}, new_key()
        answers = at_once(
            [lambda n=n, b=body, k=key: person("county1.duty", n).post(path, b, key=k) for n in range(TWINS)]
        )

        assert statuses(answers) == {201: TWINS}
        assert all(answer.body == answers[0].body for answer in answers)
        assert sum("Idempotent-Replayed" not in answer.headers for answer in answers) == 1
    other = person("county1.duty").post(path, {"what": "Another"}, key=key)
    assert (other.status, other.body["code"]) == (422, "idempotency_key_reused")
    seen = f"SELECT count(*) FROM incidents_observation o JOIN incidents_incident i ON i.id = o.incident_id WHERE i.number = '{incident}'"  # fmt: skip
    assert installation.one(seen) == KEYS + 1


def kinds_of(deployed, warning: str) -> list[str]:
    """What the journal says of a warning, once all has its number."""
    installation, _web = deployed
    eventually(
        lambda: not installation.one("SELECT count(*) FROM journal_entry WHERE number IS NULL"), seconds=10
    )
    pk = installation.one(f"SELECT id FROM early_warnings_earlywarning WHERE number = '{warning}'")
    return [
        row[0] for row in installation.rows(f"SELECT kind FROM journal_entry WHERE subject = 'warning:{pk}'")
    ]
