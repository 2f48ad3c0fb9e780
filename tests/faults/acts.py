"""What people do in these tests: each act prepares what it needs and gives the request that matters."""

from datetime import UTC, datetime
from typing import NamedTuple

from common.dates.local_time import day_of
from tests.clients import Answer, Client, new_key
from tests.installations import PASSWORD, Installation
from tests.processes import Server

BANNER = {"headcount": {"low": 6, "high": 20}, "acts": ["banner"]}
LIFE_RISK = {"headcount": {"low": 1, "high": 5}, "life_risk": ["suicide_threat"]}


class Act(NamedTuple):
    client: Client
    method: str
    path: str
    body: dict
    key: str
    #: How often its effect stands in the database.
    count: str
    #: The entry that records it.
    kind: str

    def call(self) -> Answer:
        if self.method == "FORM":
            return self.client.form(self.path, {**self.body, "idempotency_key": self.key})
        return self.client.call(self.method, self.path, self.body, key=self.key)


def alarm(client_id: str = "", facts: dict | None = None, **more) -> dict:
    return {
        "client_id": client_id or new_key(),
        "unit": "V111",
        "place": "hall",
        "what": "",
        "facts": facts or BANNER,
        **more,
    }


def raise_alarm(installation: Installation, web: Server) -> Act:
    body = alarm()
    count = f"SELECT count(*) FROM incidents_incident WHERE client_id = '{body['client_id']}'"
    clerk = installation.client("town11.clerk", web)
    return Act(clerk, "POST", "alarms/", body, new_key(), count, "incident.reported")


def proposed_warning(installation: Installation, web: Server, level: str = "yellow", what: str = "") -> str:
    """The number of a warning that waits for its signature."""
    duty = installation.client("county1.duty", web)
    incident = duty.insist("POST", "alarms/", alarm(what=what))["number"]
    body = {"incident": incident, "level": level, "reason": "They are growing in number."}
    return duty.insist("POST", "early-warnings/", body)["number"]


def raise_alarm_on_a_page(installation: Installation, web: Server) -> Act:
    key = new_key()
    fields = {"unit": "T11", "headcount": "6-20", "acts": "banner", "what": "They have come."}
    count = f"SELECT count(*) FROM incidents_incident WHERE client_id = '{key}'"
    clerk = installation.browser("town11.clerk", web)
    return Act(clerk, "FORM", "/alarm/", fields, key, count, "incident.reported")


def sign(installation: Installation, web: Server) -> Act:
    number = proposed_warning(installation, web)
    count = f"SELECT count(*) FROM early_warnings_earlywarning WHERE number = '{number}' AND signed_at IS NOT NULL"
    director = installation.client("county1.director", web)
    path = f"early-warnings/{number}/sign/"
    return Act(director, "POST", path, {"credential": PASSWORD}, new_key(), count, "warning.signed")


def issue_order(installation: Installation, web: Server) -> Act:
    duty = installation.client("county1.duty", web)
    incident = duty.post("alarms/", alarm())["number"]
    body = {"incident": incident, "to": "squad:dialogue@C1", "task": "Talk to them in the hall."}
    return Act(duty, "POST", "orders/", body, new_key(), "SELECT count(*) FROM command_order", "order.issued")


def start_response(installation: Installation, web: Server) -> Act:
    duty = installation.client("county1.duty", web)
    incident = duty.post("alarms/", alarm())["number"]
    director = installation.client("county1.director", web)
    body = {"incident": incident, "matter": "A crowd in the hall.", "level": "yellow", "credential": PASSWORD}
    count = "SELECT count(*) FROM command_response WHERE started_at IS NOT NULL"
    return Act(director, "POST", "responses/", body, new_key(), count, "response.started")


def started_response(installation: Installation, web: Server) -> str:
    """The number of an active response on yellow."""
    return start_response(installation, web).call()["number"]


def issue_package(installation: Installation, web: Server) -> Act:
    """What the plan has prepared for yellow: three orders to three squads."""
    number = started_response(installation, web)
    duty = installation.client("county1.duty", web)
    ready = duty.get(f"responses/{number}/packages/yellow/")["orders"]
    body = {
        "level": "yellow",
        "orders": [{"id": one["id"], "to": one["to"], "task": one["task"]} for one in ready],
    }
    count = "SELECT count(*) FROM command_package"
    return Act(duty, "POST", f"responses/{number}/packages/", body, new_key(), count, "package.issued")


def drafted_report(installation: Installation, web: Server) -> tuple[Client, Client, str]:
    """The duty room, who signs, and the address of a report to the level above with nothing missing."""
    duty = installation.client("county1.duty", web)
    incident = duty.post("alarms/", alarm())["number"]
    chain = f"incidents/{incident}/reports/"
    made = duty.post(chain, {"kind": "initial", "recipients": ["The city bureau"]})
    path = f"{chain}{made['number']}/"
    missing = {name: "Officers are there." for name, text in made["fields"].items() if not text}
    if missing:
        duty.post(f"{path}revise/", {"fields": missing})
    return duty, installation.client("city.director", web), path


def sign_report(installation: Installation, web: Server) -> Act:
    _duty, director, path = drafted_report(installation, web)
    count = "SELECT count(*) FROM command_upwardreport WHERE signed_at IS NOT NULL"
    body = {"credential": PASSWORD}
    return Act(director, "POST", f"{path}sign/", body, new_key(), count, "upward_report.signed")


def send_report(installation: Installation, web: Server) -> Act:
    duty, director, path = drafted_report(installation, web)
    director.insist("POST", f"{path}sign/", {"credential": PASSWORD})
    count = "SELECT count(*) FROM command_upwarddelivery WHERE sent_at IS NOT NULL"
    return Act(
        duty, "POST", f"{path}send/", {"channel": "fax"}, new_key(), count, "upward_report.initial_sent"
    )


def linkage_order(installation: Installation, web: Server) -> Act:
    duty = installation.client("county1.duty", web)
    body = {
        "unit": "C1", "from": "Linkage centre", "outside_number": "LD-1", "nature": "dispute", "place": "Square",
        "asked": "Send a mediator.", "report_to": "The commander on site",
    }  # fmt: skip
    count = "SELECT count(*) FROM command_linkageorder"
    return Act(duty, "POST", "linkage-orders/", body, new_key(), count, "linkage_order.received")


def feed_back(installation: Installation, web: Server) -> Act:
    order = linkage_order(installation, web).call()["number"]
    duty = installation.client("county1.duty", web)
    body = {"text": "Two mediators are there.", "way": "phone"}
    count = "SELECT count(*) FROM command_linkagereport"
    return Act(
        duty, "POST", f"linkage-orders/{order}/feedback/", body, new_key(), count, "linkage.feedback_sent"
    )


def acknowledge_order(installation: Installation, web: Server) -> Act:
    number = issue_order(installation, web).call()["number"]
    squad = installation.client("county1.squad.dialogue", web)
    count = "SELECT count(*) FROM command_orderstep WHERE verb = 'acknowledge'"
    return Act(squad, "POST", f"orders/{number}/acknowledge/", {}, new_key(), count, "order.acknowledged")


def file_report(installation: Installation, web: Server) -> Act:
    clerk = installation.client("town11.clerk", web)
    path = f"zero-reports/T11/{today()}/"
    count = "SELECT count(*) FROM zero_reports_zeroreport"
    return Act(clerk, "PUT", path, {"answer": "nil"}, new_key(), count, "zero_report.received")


def today() -> str:
    """The bureau's day."""
    return day_of(datetime.now(UTC)).isoformat()
