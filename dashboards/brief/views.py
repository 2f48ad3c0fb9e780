"""The one-page brief of an incident as a file. That it was made is on record like every download."""

from datetime import datetime
from typing import Any

from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpResponse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views import View

from accounts.queries import home_of
from accounts.scope import Reach
from cases.demands.queries import of_incident as demands_of
from clocks.queries import clocks_about
from command.orders.queries import for_incident as orders_of
from command.report_chain.queries import entries_of
from common.dates.local_time import day_of
from common.documents.official_documents import Paper, Table, respond
from common.errors import NotAllowed
from dashboards.brief.contents import Known, parts_of
from early_warnings.queries import for_incident as warnings_of
from incidents.models import Incident
from incidents.queries import get_incident


class IncidentBrief(LoginRequiredMixin, View):
    def get(self, request: Any, number: str, kind: str) -> HttpResponse:
        incident = get_incident(request.reach, number)
        check_can_read(request.reach, incident)
        return respond_with(request.reach, incident, kind, request.now)


def check_can_read(reach: Reach, incident: Incident) -> None:
    """Who sees the incident by a post of their own: a squad that was sent there does not report on it."""
    if not reach.holds("incident.view", incident.unit_path):
        raise NotAllowed(
            "not_allowed",
            _("The brief of %(number)s was not made: it is for its unit and those above it.")
            % {"number": incident.number},
        )


def respond_with(reach: Reach, incident: Incident, kind: str, now: datetime) -> HttpResponse:
    """Under the name of the reader's own bureau. The same number of statements whatever the length of the timeline."""
    known = Known(
        warnings=list(warnings_of(incident)),
        entries=list(entries_of(incident)),
        clocks=list(clocks_about(reach, incident.key)),
        orders_under_way=sum(order.is_live for order in orders_of(incident)),
        open_demands=sum(demand.is_open for demand in demands_of(reach, incident)),
    )
    with translation.override("zh-hans"):
        home = home_of(reach.user, now)
        unit = (home.unit if home else incident.unit).name
        rows = tuple(parts_of(incident, known, now))
        paper = Paper(
            issuer=unit,
            number=incident.number,
            title="突发事件专报",
            body=(Table(("项目", "内容"), rows, widths=(2, 11)),),
            signed=unit,
            dated=day_of(now),
            drill=incident.drill,
        )
        return respond(paper, kind, name=f"{incident.number}-brief")
