"""What people do in these tests: each act prepares what it needs and gives the request that matters."""

from datetime import UTC, datetime
from typing import NamedTuple

from common.dates.local_time import day_of
from tests.clients import Answer, Client, new_key
from tests.installations import PASSWORD, Installation
from tests.processes import Server, python

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
    headers: dict[str, str] = {}

    def call(self) -> Answer:
        if self.method == "FORM":
            return self.client.form(self.path, {**self.body, "idempotency_key": self.key})
        return self.client.call(self.method, self.path, self.body, key=self.key, headers=self.headers)


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


def open_in_emergency(installation: Installation, web: Server) -> Act:
    """Past one's posts; counted with its alarm, because one without the other must not be."""
    number = installation.client("county1.duty", web).insist("POST", "alarms/", alarm())["number"]
    neighbour = installation.browser("county2.duty", web)
    fields = {"asked": number, "reason": "Nobody answers there.", "credential": PASSWORD}
    count = """SELECT count(*) FROM accounts_emergencyaccess a WHERE EXISTS (SELECT 1 FROM notices_notice n
        WHERE n.purpose = 'emergency.opened' AND n.subject = 'emergency:' || a.id)"""
    return Act(neighbour, "FORM", "/emergency/", fields, new_key(), count, "emergency.opened")


def linkage_order(installation: Installation, web: Server) -> Act:
    duty = installation.client("county1.duty", web)
    body = {
        "unit": "C1", "from": "Linkage centre", "outside_number": f"LD-{new_key()[:8]}", "nature": "dispute", "place": "Square",
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


def file_report_with_items(installation: Installation, web: Server) -> Act:
    """The day's report with two disputes, or the next correction of it: what was said before is no correction."""
    clerk = installation.client("town11.clerk", web)
    path = f"zero-reports/T11/{today()}/"
    count = "SELECT count(*) FROM zero_reports_zeroreport"
    said = installation.one(count) + 1
    items = [{"class": "land", "count": said}, {"class": "land", "count": 1, "note": "At the counter."}]
    return Act(
        clerk, "PUT", path, {"answer": "items", "items": items}, new_key(), count, "zero_report.received"
    )


#: So many at a time, because each time a process of its own reads the product first.
LISTS = 40

OPEN_LISTS = f"""
from datetime import timedelta
from django.db import transaction
from django.utils import timezone
from accounts.choices import PostKind
from accounts.models import Post, User
from duty.shifts.handovers import open_handover
from duty.shifts.models import Handover
from rosters.models import Shift

now = timezone.now()
post = Post.objects.filter(unit__code="C1", kind=PostKind.DUTY_OFFICER).first()
goes, comes = (User.objects.get(username=name) for name in ("county1.duty", "county1.director"))
made = Handover.objects.count()
with transaction.atomic():
    for number in range({LISTS}):
        change = now - timedelta(hours=12) * (made + number + 1)
        hours = timedelta(hours=3)
        began = {{"post": post, "in_force": True, "began_at": change - hours, "number_checked_at": now}}
        Shift.objects.create(person=goes, starts_at=change - hours, ends_at=change, **began)
        shift = Shift.objects.create(person=comes, starts_at=change, ends_at=change + hours, **began)
        print(open_handover(shift=shift, now=now).pk)
"""


def hand_over(installation: Installation, web: Server) -> Act:
    """The outgoing side signs the list between two shifts."""
    unsigned = "SELECT id FROM duty_handover WHERE given_at IS NULL ORDER BY id"
    if not installation.rows(unsigned):
        python(OPEN_LISTS, env=installation.env)
    pk = installation.one(unsigned)
    duty = installation.browser("county1.duty", web)
    count = f"SELECT count(*) FROM duty_handover WHERE id = {pk} AND given_at IS NOT NULL"
    return Act(
        duty, "FORM", f"/handovers/{pk}/give/", {"note": "Two wait."}, new_key(), count, "handover.given"
    )


def draft_statement(installation: Installation, web: Server) -> Act:
    duty = installation.client("county1.duty", web)
    incident = duty.insist("POST", "alarms/", alarm())["number"]
    count = "SELECT count(*) FROM command_statement"
    body = {"text": "We receive everybody who waits; ask at window 3."}
    return Act(duty, "POST", f"incidents/{incident}/statements/", body, new_key(), count, "statement.drafted")


def today() -> str:
    """The bureau's day."""
    return day_of(datetime.now(UTC)).isoformat()
