"""Journal keys ("incident:5") as people know them: the number or the name, and the page where there is one."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from django.db import models
from django.urls import reverse

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
from incidents.models import Incident
from journal.keys import key, kind_of, pks_of


class _Named(NamedTuple):
    model: type[models.Model]
    #: What people call it by; empty: what it says of itself.
    field: str = "number"
    #: The name of its page's address.
    page: str = ""
    #: And of its address in the API, where it takes the number.
    api: str = ""


_KINDS: dict[str, _Named] = {
    "incident": _Named(Incident, page="incident", api="incident"),
    "warning": _Named(EarlyWarning, page="warning", api="early-warning"),
    "order": _Named(Order, api="order"),
    "response": _Named(Response, page="response", api="response"),
    "linkage": _Named(LinkageOrder, page="linkage-order", api="linkage-order"),
    "demand": _Named(Demand, page="demand", api="demand"),
    "matter": _Named(Matter, page="matter"),
    "reception": _Named(Reception, page="reception", api="reception"),
    "leader_case": _Named(LeaderCase, page="leader-case", api="leader-case"),
    "drill": _Named(Drill, page="drill", api="drill"),
    "user": _Named(User, field=""),
    "unit": _Named(Unit, field=""),
}


class Subject(NamedTuple):
    label: str
    url: str
    #: Its address in the API; empty: it has none.
    api: str = ""


def subjects_of(keys: Iterable[str]) -> dict[str, Subject]:
    """Key → what it is called, for keys the reader already sees; a query for each kind among them. Keys of other kinds,
    and of things that are gone, are not in it."""
    keys = {name for name in keys if kind_of(name) in _KINDS}
    found: dict[str, Subject] = {}
    for kind in sorted({kind_of(name) for name in keys}):
        named = _KINDS[kind]
        for row in _rows(named.model, pks_of((name for name in keys if kind_of(name) == kind), kind)):
            label = str(getattr(row, named.field)) if named.field else str(row)
            page = reverse(named.page, args=[label]) if named.page else ""
            found[key(kind, row.pk)] = Subject(
                label, page, reverse(f"api:{named.api}", args=[label]) if named.api else ""
            )
    return found


def _rows(model: type[models.Model], pks: Iterable[int]) -> Iterable[Any]:
    return model._default_manager.filter(pk__in=list(pks))
