"""Journal keys ("incident:5") as people know them: the number or the name, and the page where there is one."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.emergency.models import EmergencyAccess
from accounts.models import Unit, User
from cases.demands.models import Demand
from cases.leader_cases.models import LeaderCase
from cases.matters.models import Matter
from cases.receptions.models import Reception
from command.activation.models import Response
from command.linkage.models import LinkageOrder
from command.orders.models import Order
from drills.conduct.models import Drill
from early_warnings.models import EarlyWarning
from exchange.models import Incoming
from incidents.models import Incident
from journal.keys import key, kind_of, parts_of, pks_of


class _Named(NamedTuple):
    model: type[models.Model]
    #: What people call it by; empty: what it says of itself.
    field: str = "number"
    #: The name of its page's address.
    page: str = ""
    #: And of its address in the API, where it takes the number.
    api: str = ""


KINDS: dict[str, _Named] = {
    "incident": _Named(Incident, page="incident", api="incident"),
    "warning": _Named(EarlyWarning, page="warning", api="early-warning"),
    "order": _Named(Order, api="order"),
    "response": _Named(Response, page="response", api="response"),
    "linkage": _Named(LinkageOrder, page="linkage-order", api="linkage-order"),
    "exchange_document": _Named(Incoming, page="exchange-document"),
    "demand": _Named(Demand, page="demand", api="demand"),
    "matter": _Named(Matter, page="matter"),
    "reception": _Named(Reception, page="reception", api="reception"),
    "leader_case": _Named(LeaderCase, page="leader-case", api="leader-case"),
    "drill": _Named(Drill, page="drill", api="drill"),
    "emergency": _Named(EmergencyAccess, field="asked"),
    "user": _Named(User, field=""),
    "unit": _Named(Unit, field=""),
}

#: What things of the other kinds are called: they have neither a number that is told nor a page of their own.
WORDS = {
    "attendance": _("Call to the place"),
    "calendar": _("Calendar"),
    "callout": _("Call-out"),
    "certificate": _("Certificate of destruction"),
    "certificate_item": _("Line of a certificate"),
    "clock": _("Time limit"),
    "correction": _("Correction ordered"),
    "engine": _("Engine"),
    "evidence": _("Evidence"),
    "exchange_key": _("Key of this installation"),
    "exchange_partner": _("Other installation"),
    "exchange_sent": _("Document to another installation"),
    "expert": _("Expert"),
    "expert_call": _("Call to an expert"),
    "follow_up": _("Follow-up"),
    "form": _("Official form"),
    "handedover": _("Handing over to the police"),
    "handover": _("Handover of the shift"),
    "hotline": _("Sheet of the hotline"),
    "improvement": _("Improvement"),
    "inquiry": _("Inquiry"),
    "kit": _("Kit"),
    "material": _("Material"),
    "measure": _("Measure"),
    "notice": _("Notice"),
    "obligation": _("Duty of the plan"),
    "order_template": _("Template of an order"),
    "package": _("Package of orders"),
    "paper": _("Paper pack"),
    "partner": _("Partner"),
    "person": _("Person"),
    "plan": _("Response plan"),
    "post": _("Post"),
    "reachtest": _("Test of reachability"),
    "receptionoffer": _("Offer of a reception"),
    "reform": _("Reorganisation"),
    "review": _("Review"),
    "roll_call": _("Roll-call"),
    "roll_call_line": _("Line of a roll-call"),
    "roll_up": _("Roll-up"),
    "roll_up_version": _("Roll-up"),
    "roster": _("Roster"),
    "round": _("Round of reports"),
    "screen": _("Screen on a wall"),
    "shift": _("Shift"),
    "silent": _("Report missing"),
    "statement": _("Public statement"),
    "supervision_team": _("Supervision team"),
    "supervision_visit": _("Supervision visit"),
    "swap": _("Swap of shifts"),
    "template": _("Template of a provider"),
    "template_test": _("Test of a template"),
    "training": _("Training"),
    "upward_delivery": _("Delivery of an upward report"),
    "upward_report": _("Upward report"),
    "webhook": _("Webhook"),
    "work": _("Long work"),
    "written": _("Reminder of a written report"),
    "written_report": _("Written report"),
    "written_version": _("Written report"),
    "zero_reply": _("Reply to a question about zeros"),
    "zero_report": _("Zero-report"),
}


class Subject(NamedTuple):
    label: str
    url: str
    #: Its address in the API; empty: it has none.
    api: str = ""


def subjects_of(keys: Iterable[str]) -> dict[str, Subject]:
    """Key → what it is called, for keys the reader already sees; a query for each kind among them. Keys of other kinds,
    and of things that are gone, are not in it."""
    keys = {name for name in keys if kind_of(name) in KINDS}
    found: dict[str, Subject] = {}
    for kind in sorted({kind_of(name) for name in keys}):
        named = KINDS[kind]
        for row in _rows(named.model, pks_of((name for name in keys if kind_of(name) == kind), kind)):
            label = str(getattr(row, named.field)) if named.field else str(row)
            page = reverse(named.page, args=[label]) if named.page else ""
            found[key(kind, row.pk)] = Subject(
                label, page, reverse(f"api:{named.api}", args=[label]) if named.api else ""
            )
    return found


def words_of(name: str) -> str:
    """What any other key names, without a look at it: "zero_report:17/2026-11-22" → “Zero-report 2026-11-22”."""
    word = WORDS.get(kind_of(name))
    return f"{word} {parts_of(name)[-1]}" if word else name


def _rows(model: type[models.Model], pks: Iterable[int]) -> Iterable[Any]:
    return model._default_manager.filter(pk__in=list(pks))
