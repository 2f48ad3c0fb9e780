"""The main job over the HTTP API and the WebSocket, on the production profile as deployed.

Two web processes, two engines, two workers, beat, PostgreSQL, Redis. Everybody talks to either web process;
an engine and a worker die in the middle and nobody notices.
"""

import re

import pytest

from tests.clients import new_key
from tests.faults.acts import today
from tests.installations import PASSWORD
from tests.processes import Beat, Worker, eventually, manage, together

pytestmark = [pytest.mark.production, pytest.mark.fault, pytest.mark.slow]

RED = {"headcount": {"low": 60, "high": 80}, "acts": ["banner", "storming"]}
CAP = "urn:oasis:names:tc:emergency:cap:1.2"


@pytest.fixture(scope="module")
def installation(production_bureau, tmp_path_factory):
    with production_bureau.installation(tmp_path_factory.mktemp("journey") / "installation") as made:
        yield made


@pytest.fixture(scope="module")
def deployed(installation):
    web = [installation.web(f"web-{n}") for n in (1, 2)]
    engines = [installation.engine(f"engine-{n}") for n in (1, 2)]
    workers = [Worker(env=installation.env, name=f"worker-{n}") for n in (1, 2)]
    with together(*web, *engines, *workers, Beat(env=installation.env)):
        yield web, engines, workers


def test_from_alarm_to_closed_incident(installation, deployed):
    (one, two), engines, workers = deployed
    before = installation.head()
    token = manage(
        "issue_token", "village111.informant", "--every-scope", "--days=30", env=installation.env
    ).strip()
    informant = installation.client("village111.informant", one)
    informant.headers["Authorization"] = f"Bearer {token}"
    duty, director = installation.client("county1.duty", two), installation.client("city.director", one)

    with (
        installation.screen("county1.duty", two, after=before) as duty_room,
        installation.screen("city.duty", one, after=before) as city,
        installation.screen("county1.director", two, after=None) as county,
        installation.screen("county2.duty", two, after=before) as neighbour,
        installation.screen("county1.squad.dialogue", one, after=before) as squad_room,
    ):
        entitled = (duty_room, city, county)
        eventually(lambda: all(screen.hellos for screen in (*entitled, neighbour, squad_room)), what="hello")
        assert duty_room.hellos == [before]
        assert county.hellos[0] >= before

        # The hall raises the alarm at one process; the duty room has it from the other.
        alarm = {"client_id": new_key(), "unit": "V111", "place": "reception hall", "what": "They press in.",
                 "facts": RED}  # fmt: skip
        raised = informant.post("alarms/", alarm)
        assert raised.status == 201
        number, incident = raised["number"], installation.thread_of(raised["number"])
        repeated = installation.client("village111.informant", two).post("alarms/", alarm)
        assert (repeated.status, repeated["number"]) == (200, number)
        eventually(
            lambda: duty_room.find("incident.reported", incident), seconds=5, what="the duty room sees it"
        )
        assert duty_room.find("incident.reported", incident).level == "red"

        # The proposed level says why, with the plan's paragraph.
        seen = duty.get(f"incidents/{number}/")
        assert seen["proposed_level"] == "red"
        assert {(reason["level"], reason["citation"]) for reason in seen["reasons"]} >= {("red", "§2.3")}
        assert installation.client("county2.duty", one).get(f"incidents/{number}/").status == 404

        # The warning goes to whom the plan names; nobody else signs, and not without the credential.
        asked = {"incident": number, "level": "red", "reason": "They are storming the hall."}
        key = new_key()
        proposed = duty.post("early-warnings/", asked, key=key)
        again = installation.client("county1.duty", one).post("early-warnings/", asked, key=key)
        assert proposed.status == again.status == 201
        assert again.body == proposed.body
        assert again.headers["Idempotent-Replayed"] == "true"
        assert proposed["state"] == "proposed"
        assert proposed["signatory"]["unit"] == "C0"
        warning = proposed["number"]
        sign = f"early-warnings/{warning}/sign/"
        assert installation.client("county1.director", two).post(sign, {"credential": PASSWORD}).status == 403
        assert director.post(sign, {"credential": "not the password"}).status == 403
        open_now = closing_refused(duty, number)
        assert [item["key"] for item in open_now] == [warning]

        # An engine and a worker die; the signature does not wait for them.
        engines[0].kill()
        workers[0].kill()
        key = new_key()
        signed = director.post(sign, {"credential": PASSWORD}, key=key)
        assert signed["state"] == "in_force"
        assert signed["signed_at"] == signed["pushed_at"]
        assert director.post(sign, {"credential": PASSWORD}, key=key).body == signed.body
        for screen in entitled:
            for kind in ("warning.signed", "incident.level_set"):
                eventually(lambda screen=screen, kind=kind: screen.find(kind, incident), seconds=5, what=kind)
            assert screen.find("incident.level_set", incident).level == "red"
        cap = duty.get(f"early-warnings/{warning}/cap/")
        assert CAP in cap.body

        # The telephone call and the two reports upwards, on the pages of the duty room.
        phoned = installation.browser("county1.duty", one)
        responder = installation.one("SELECT id FROM accounts_user WHERE username = 'county1.responder'")
        call = {"person": responder, "outcome": "answered", "note": ""}
        assert phoned.form(f"/early-warnings/{warning}/call/", call).status == 303
        page = installation.browser("city.director", two)
        found = set(re.findall(r"/reports/(\d+)/", page.get(f"/early-warnings/{warning}/").body))
        assert len(found) == 2
        for report in sorted(found):
            sent = page.form(f"/early-warnings/{warning}/reports/{report}/", {"channel": "phone"})
            assert sent.status == 303

        # The squad gets its order, goes there, and somebody else confirms that it came.
        squad = installation.client("county1.squad.dialogue", one)
        assert squad.get(f"incidents/{number}/").status == 404
        issued = duty.post(
            "orders/", {"incident": number, "to": "squad:dialogue@C1", "task": "Talk to them."}
        )
        assert issued["state"] == "issued"
        order = issued["number"]
        eventually(
            lambda: squad_room.find("order.issued", incident), seconds=5, what="the squad sees its order"
        )
        steps = {}
        for verb in ("acknowledge", "depart", "arrive"):
            steps[verb] = new_key()
            assert squad.post(f"orders/{order}/{verb}/", key=steps[verb]).status == 200
        assert squad.post(f"orders/{order}/arrive/", key=steps["arrive"])["state"] == "arrived"
        assert squad.post(f"orders/{order}/arrive/").status == 409
        assert squad.post(f"orders/{order}/confirm-arrival/").status == 403
        assert informant.post(f"orders/{order}/confirm-arrival/")["state"] == "arrival_confirmed"
        assert {item["key"] for item in closing_refused(duty, number)} == {warning, order}
        assert squad.post(f"orders/{order}/complete/")["state"] == "completed"

        # What the plan times was in time.
        states = {clock["id"]: clock["state"] for clock in duty.get("clocks/", subject=number).body}
        assert states == {
            "C000-1": "met", "C000-2": "met", "C000-3": "met", "C000-4": "met",
            "C000-P1": "met", "C000-P2": "met", "C000-P3": "met", "C000-P4": "met",
            "O-3": "met", "O-4": "met", "O-5": "met",
        }  # fmt: skip
        told = duty.get("notices/", subject=number).body
        assert {(one["reason"], one["channel"]) for one in told} >= {
            ("warning.signed", "app"),
            ("order.issued", "app"),
        }

        # It is over.
        assert (
            director.post(
                f"early-warnings/{warning}/lift/", {"reason": "They have left.", "credential": PASSWORD}
            )["state"]
            == "lifted"
        )
        over = {"summary": "Demands recorded; they left."}
        why = {"outcome": "not_needed", "note": "Nobody was in danger."}
        left_open = closing_refused(duty, number)
        over["answers"] = [{"item": one["key"], **why} for one in left_open]
        closed = duty.post(f"incidents/{number}/close/", over)
        assert closed["state"] == "closed"

        for screen in entitled:
            eventually(
                lambda screen=screen: screen.find("incident.closed", incident), seconds=5, what="closed"
            )

    timeline = duty.get(f"incidents/{number}/timeline/")["entries"]
    numbers = [entry["number"] for entry in timeline]
    assert numbers == sorted(set(numbers))
    for screen in entitled:
        assert [entry.number for entry in screen.seen if entry.thread == incident] == numbers
        assert screen.faults == []
    assert [entry for entry in neighbour.seen if entry.thread == incident] == []
    assert duty_room.numbers == duty.journal(before)
    assert neighbour.numbers == installation.client("county2.duty", one).journal(before)
    # The squad sees the incident from its order on, the whole of it.
    assert squad_room.kinds(incident)[0] == "order.issued"
    told = [entry["kind"] for entry in timeline if not entry["kind"].startswith("notice.")]
    assert left_open
    assert told == [*WHOLE_STORY, *["incident.checked"] * len(left_open), "incident.closed"]
    assert "journal whole" in manage("verify_journal", env=installation.env)
    assert installation.check_journal() >= numbers[-1]


#: Up to the closing, which answers each line left open. Acting on a thing also confirms the notices about it; those
#: stand between.
WHOLE_STORY = [
    "incident.discovered", "incident.reported",
    "warning.drafted", "warning.proposed",
    "warning.signed", "warning.pushed_to_platform", "incident.level_set",
    "superior_report.drafted", "superior_report.drafted",
    "first_responder.phone_attempted",
    "superior_report.delivered", "superior_report.delivered", "superior_report.sent",
    "order.issued", "order.acknowledged", "order.under_way", "order.arrived", "order.arrival_confirmed",
    "order.completed",
    "warning.lifted", "incident.level_set",
]  # fmt: skip


def test_a_zero_report_is_in_the_summary_of_the_level_above(installation, deployed):
    (one, two), _engines, _workers = deployed
    clerk, duty = installation.client("town11.clerk", one), installation.client("county1.duty", two)
    path, key = f"zero-reports/T11/{today()}/", new_key()
    before = duty.get("zero-reports/summary/", unit="C1", period=today())

    filed = clerk.put(path, {"answer": "nil"}, key=key)
    repeated = installation.client("town11.clerk", two).put(path, {"answer": "nil"}, key=key)

    assert filed["version"] == 1
    assert repeated.body == filed.body
    after = eventually(
        lambda: (
            (now := duty.get("zero-reports/summary/", unit="C1", period=today()))["received"]
            > before["received"]
            and now
        )
    )
    assert (after["nil"], after["with_items"]) == (before["nil"] + 1, before["with_items"])
    assert installation.client("county2.duty", two).get(path).status == 404

    corrected = clerk.put(path, {"answer": "items", "items": [{"class": "labour", "count": 2, "note": ""}]})

    assert corrected["version"] == 2
    assert corrected["receipt"] != filed["receipt"]


def closing_refused(client, number: str) -> list[dict]:
    """What the refusal to close lists as still open."""
    refused = client.post(f"incidents/{number}/close/", {"summary": "Over."})
    assert refused.status == 409, refused
    return refused.body["open"]
