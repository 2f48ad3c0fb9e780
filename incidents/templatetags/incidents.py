"""An incident's card: rendered once for everybody who sees it."""

from collections.abc import Hashable, Sequence
from datetime import datetime

from django import template
from django.template.loader import render_to_string

from clocks.models import Clock
from common.dates.local_time import day_of
from common.templatetags.times import now_of
from common.web.rendered import Rendered
from incidents.models import Incident

register = template.Library()

#: Some 3 KB each: what a province has open, in two languages.
CARDS = Rendered(most=4000)


@register.simple_tag(takes_context=True)
def incident_card(context, incident, clocks=()):
    """The card of an incident (with unit and plan) and of the clocks that are shown on it."""
    now = now_of(context)
    return CARDS.get(
        shown_on_card(incident, clocks, now),
        lambda: render_to_string(
            "incidents/_card.html", {"incident": incident, "clocks": clocks, "now": now}
        ),
    )


def shown_on_card(incident: Incident, clocks: Sequence[Clock], now: datetime) -> Hashable:
    """Everything that `incidents/_card.html` shows or decides by, except the language."""
    return (
        incident.pk,
        incident.number,
        incident.what,
        incident.place,
        incident.unit.name,
        incident.unit.name_en,
        incident.plan_id,
        incident.level,
        incident.proposed_level,
        incident.highest_level,
        incident.state,
        incident.drill,
        bool(incident.facts.get("life_risk")),
        incident.recorded_at,
        day_of(incident.recorded_at) == day_of(now),
        *(_shown_of(clock, now) for clock in clocks),
    )


def _shown_of(clock: Clock, now: datetime) -> Hashable:
    due_at = clock.due_at
    return (
        clock.title_zh,
        clock.title_en,
        clock.started_at,
        due_at,
        clock.stopped_at,
        clock.cancelled_at,
        clock.provisional,
        due_at and now > due_at,
        due_at and day_of(due_at) == day_of(now),
    )
