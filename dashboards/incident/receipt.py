"""The receipt of an alarm, for who raised it: how far help has come, what to do until then. It lives on."""

from datetime import datetime, timedelta
from typing import NamedTuple

from django.conf import settings
from django.contrib.auth.mixins import LoginRequiredMixin

from accounts.intake.keeping import why_masked
from accounts.models import Post
from command.orders import queries as order_queries
from command.orders.choices import OrderState
from command.orders.models import Order
from common.errors import is_allowed
from common.text.masking import masks_in
from incidents import permissions, queries, rules
from incidents.checklist.queries import checklist
from incidents.models import Incident
from incidents.reporting import alerts, forms
from incidents.voice_notes.permissions import check_can_leave
from incidents.voice_notes.queries import note_of
from incidents.voice_notes.rules import LONGEST_SECONDS
from journal.live.live_pages import PartsView
from plans.document.sections import alarm_roles

#: The page offers ten seconds for taking a false alarm back; the server allows a slow network on top.
WITHDRAW_WITHIN = timedelta(seconds=10)


class Help(NamedTuple):
    """Somebody who was sent, and how far they have come."""

    order: Order
    #: Since when they are under way; None as long as they have not set out.
    left_at: datetime | None
    arrived_at: datetime | None

    @property
    def is_coming(self) -> bool:
        return self.order.is_live and self.arrived_at is None


class Desk(NamedTuple):
    """Who answers for the incident, and where they are reached by telephone."""

    name: str
    phone: str
    #: The room's own number, which a telephone may keep; a person's is only shown.
    is_office: bool


class Receipt(LoginRequiredMixin, PartsView):
    """Received, taken over by whom, a squad under way, arrived; the checklist; what else is seen; 120."""

    template_name = "dashboards/receipt.html"
    parts = {
        "progress": ("dashboards/receipt/_progress.html", "progress_context"),
        "withdrawal": ("dashboards/receipt/_withdrawal.html", "withdrawal_context"),
        "checklist": ("dashboards/incident/_checklist.html", "checklist_context"),
        "voice": ("dashboards/receipt/_voice.html", "voice_context"),
        "observe": ("dashboards/receipt/_observe.html", "observe_context"),
    }

    def prepare(self):
        self.incident = queries.get_incident(self.request.reach, self.kwargs["number"])

    def page_context(self):
        reach, incident = self.request.reach, self.incident
        return {
            "incident": incident,
            "drill": incident.drill,
            "redirected": queries.redirected(incident),
            "masked_because": masked_because(incident),
            "similar": list(queries.similar_incidents(reach, incident)[:3]) if incident.is_open else [],
        }

    def voice_context(self):
        """Whether its reporter may say it, too: once."""
        incident, context = self.incident, {"incident": self.incident}
        if note_of(incident) or not settings.VOICE_NOTES:
            return context
        if is_allowed(check_can_leave, self.request.reach, incident):
            context |= {"voice_seconds": LONGEST_SECONDS, "multipart": "multipart/form-data"}
        return context

    def progress_context(self):
        return {
            "incident": self.incident,
            "voice_note": note_of(self.incident),
            "sent": help_for(self.incident),
            "desk": desk_of(self.incident, self.request.now),
            "now": self.request.now,
        }

    def withdrawal_context(self):
        return {"incident": self.incident, "withdraw_until": withdraw_until(self.incident, self.request.now)}

    def observe_context(self):
        reach, incident = self.request.reach, self.incident
        if not (incident.is_open and is_allowed(permissions.check_can_add_observation, reach, incident)):
            return {"incident": incident, "observation_form": None}
        picture = forms.ObservationForm.picture(incident.facts)
        form = forms.ObservationForm(initial=picture, document=incident.plan.document)
        return {"incident": incident, "observation_form": form}

    def checklist_context(self):
        can_mark = self.incident.is_open and is_allowed(
            permissions.check_can_mark_checklist, self.request.reach, self.incident
        )
        return {
            "incident": self.incident,
            "checklist": checklist(self.incident),
            "can_mark": can_mark,
        }


def withdraw_until(incident: Incident, now: datetime) -> datetime | None:
    """Until when the page offers its reporter to take the alarm back; None where that moment has passed."""
    if not queries.is_fresh(incident, now):
        return None
    return min(now + WITHDRAW_WITHIN, incident.recorded_at + rules.RETRACT_WITHIN)


def masked_because(incident: Incident) -> str:
    """What its reporter is told where numbers of people were masked in the alarm; "" where there were none."""
    masks = [mask for text in (incident.what, incident.place) for mask in masks_in(text)]
    return why_masked(masks) if masks else ""


def help_for(incident: Incident) -> list[Help]:
    """Who was sent, those who are on their way first (two queries)."""
    sent = [
        Help(order, _at(order, OrderState.UNDER_WAY), _at(order, OrderState.ARRIVED))
        for order in order_queries.for_incident(incident)
    ]
    return sorted(sent, key=lambda one: not one.is_coming)


def _at(order: Order, state: OrderState) -> datetime | None:
    return next((step.at for step in order.steps.all() if step.state == state), None)


def desk_of(incident: Incident, now: datetime) -> Desk | None:
    """The duty room nearest to the incident: the room's own number, else that of who sits there."""
    roles = alarm_roles(incident.plan.document)
    told = alerts.people_of(roles, incident.unit_path, now, nearest=True)
    posts = Post.objects.select_related("unit").in_bulk([one.post_id for one in told])
    for one in told:
        unit = posts[one.post_id].unit
        if phone := unit.phone or one.person.phone:
            return Desk(str(unit), phone, is_office=bool(unit.phone))
    return None
