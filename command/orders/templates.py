"""The tasks an order form offers: those that the incident's plan has ready for its level, and those that its unit or
one above it keeps itself."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from command.orders.choices import TargetKind
from command.own_templates.queries import templates_serving
from incidents.models import Incident
from plans.document.order_templates import offered_at


class Offered(NamedTuple):
    """One task that is ready."""

    id: str
    #: Under which it stands in the list: the kind of incident it is meant for, or the unit that keeps it.
    group: str
    title: str
    task: str
    checklist: str = ""
    #: From the order on; None: the plan's own time.
    minutes: int | None = None
    #: The kind of squad it is for; empty: any recipient.
    squad: str = ""

    def recipient_for(self, recipients: Sequence[str]) -> str:
        """The nearest squad of its kind among these (as "squad:dialogue@C1", nearest first); else empty."""
        begin = TargetKind.SQUAD.named(f"{self.squad}@")
        return next((one for one in recipients if self.squad and one.startswith(begin)), "")

    def fields_for(self, recipients: Sequence[str]) -> dict[str, Any]:
        """Form field → what it has for it."""
        to = self.recipient_for(recipients)
        found = {"task": self.task, "checklist": self.checklist, "minutes": self.minutes}
        return {**found, "to": to} if to else found


def offered(incident: Incident) -> list[Offered]:
    """What is ready for an order in this incident, in the order of the list (one query)."""
    return [*_of_the_plan(incident), *_of_the_units(incident)]


def _of_the_plan(incident: Incident) -> Iterator[Offered]:
    language = get_language()
    for one in offered_at(incident.plan.document, incident.shown_level):
        group = one.kind.words.in_language(language) if one.kind else _("Any incident")
        yield Offered(
            f"plan-{one.id}", group, one.words.in_language(language), one.task.in_language(language)
        )


def _of_the_units(incident: Incident) -> Iterator[Offered]:
    for one in templates_serving(incident.unit):
        yield Offered(
            f"own-{one.pk}", str(one.unit), one.name, one.task, one.checklist, one.minutes, one.squad
        )


def chosen_of(incident: Incident, chosen: str | None) -> Offered | None:
    """The one behind a choice; None where there is none such."""
    return next((one for one in offered(incident) if one.id == chosen), None)


def choices(found: list[Offered]) -> list:
    """For a field: the groups in their order, each with what stands in it."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for one in found:
        groups.setdefault(one.group, []).append((one.id, one.title))
    return [("", "–"), *groups.items()]
