"""What one search looks through. Whoever adds a subject with a page of its own adds its line here.

Rights are each subject's own: its `rows` are those this reader sees in its lists, and no more. Nobody who asked for
something is on record anywhere, so that nobody can be looked for but people on duty, by their posts.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Appointment, in_reader_language
from accounts.people.queries import directory_units
from accounts.scope import Reach
from cases.demands.models import Demand
from cases.leader_cases.models import LeaderCase
from cases.matters.models import Matter
from cases.official_forms.models import OfficialForm
from cases.receptions.models import Reception
from command.activation.models import Response
from command.linkage.models import LinkageOrder
from command.orders.models import Order
from command.report_chain.models import UpwardReport
from drills.conduct.models import Drill
from early_warnings.models import EarlyWarning
from incidents.models import Incident
from plans.lifecycle.choices import PlanState
from plans.lifecycle.models import Plan
from resources.partners.models import Partner
from supervision.corrections.models import Correction
from supervision.visits.models import Visit


class Subject(NamedTuple):
    """One kind of thing that can be found.

    Fields are searched for each word by itself; the newest come first. `title`, `details` and `address` take a row.
    """

    slug: str
    label: Any
    icon: str
    rows: Callable[[Reach, datetime], QuerySet]
    fields: tuple[str, ...]
    newest: tuple
    title: Callable[[Any], str]
    details: Callable[[Any], tuple]
    address: Callable[[Any], str]


def _page(name: str):
    return lambda row: reverse(name, args=[row.number])


def _held_posts(reach: Reach, now: datetime) -> QuerySet:
    """Who holds a post that this reader may look up, now."""
    held = Appointment.objects.current(now).filter(reach.filter("people.view", field="post__unit__path"))
    return held.filter(post__closed_at__isnull=True).select_related("person", "post__unit")


def _directory(code: str) -> str:
    return reverse("account-directory", query={"q": code})


SUBJECTS = (
    Subject(
        "incidents", _("Incidents"), "siren",
        lambda reach, now: Incident.objects.visible_to(reach).select_related("unit"),
        ("number", "what", "place"), ("-recorded_at", "-pk"),
        lambda row: row.title, lambda row: (row.number, row.unit, row.place, row.get_state_display()), _page("incident"),
    ),
    Subject(
        "warnings", _("Early warnings"), "triangle-alert",
        lambda reach, now: EarlyWarning.objects.visible_to(reach).select_related("unit"),
        ("number", "matter", "area"), ("-drafted_at", "-pk"),
        lambda row: row.matter, lambda row: (row.number, row.unit, row.area, row.get_state_display()), _page("warning"),
    ),
    Subject(
        "responses", pgettext_lazy("menu", "Responses"), "shield",
        lambda reach, now: Response.objects.visible_to(reach).select_related("unit"),
        ("number", "matter"), ("-proposed_at", "-pk"),
        lambda row: row.matter, lambda row: (row.number, row.unit, row.get_state_display()), _page("response"),
    ),
    Subject(
        "orders", _("Orders"), "clipboard-list",
        lambda reach, now: Order.objects.visible_to(reach).select_related("incident"),
        ("number", "task"), ("-issued_at", "-pk"),
        lambda row: row.task, lambda row: (row.number, row.incident, row.get_state_display()),
        lambda row: reverse("incident", args=[row.incident.number]),
    ),
    Subject(
        "demands", pgettext_lazy("menu", "Demands"), "message-circle-question-mark",
        lambda reach, now: Demand.objects.visible_to(reach).select_related("lead_unit"),
        ("number", "point", "office_number", "reply_number", "receipt_number"), ("-registered_at", "-pk"),
        lambda row: row.point, lambda row: (row.number, row.lead_unit), _page("demand"),
    ),
    Subject(
        "matters", pgettext_lazy("menu", "Matters"), "folder-open",
        lambda reach, now: Matter.objects.visible_to(reach).select_related("unit"),
        ("number", "note", "file_number"), ("-registered_at", "-pk"),
        lambda row: row.note or row.number, lambda row: (row.number, row.unit, row.get_state_display()), _page("matter"),
    ),
    Subject(
        "receptions", pgettext_lazy("menu", "Receptions"), "users",
        lambda reach, now: Reception.objects.visible_to(reach).select_related("unit"),
        ("number", "place", "about"), ("-day_at", "-pk"),
        lambda row: row.about or row.place, lambda row: (row.number, row.unit, row.get_state_display()), _page("reception"),
    ),
    Subject(
        "leader-cases", pgettext_lazy("menu", "Leader cases"), "user-check",
        lambda reach, now: LeaderCase.objects.visible_to(reach).select_related("unit"),
        ("number",), ("-pk",),
        lambda row: row.number, lambda row: (row.unit, row.get_state_display()), _page("leader-case"),
    ),
    Subject(
        "linkage", _("Orders of joint command centres"), "radio",
        lambda reach, now: LinkageOrder.objects.visible_to(reach).select_related("unit"),
        ("number", "outside_number", "centre", "nature", "place"), ("-received_at", "-pk"),
        lambda row: row.nature, lambda row: (row.number, row.centre, row.outside_number, row.place), _page("linkage-order"),
    ),
    Subject(
        "upward-reports", _("Reports upward"), "file-text",
        lambda reach, now: UpwardReport.objects.visible_to(reach).select_related("incident"),
        ("incident__number", "incident__what"), ("-drafted_at", "-pk"),
        lambda row: f"{row.get_kind_display()} {row.reference}", lambda row: (row.incident.title, row.get_state_display()),
        lambda row: reverse("upward-report", args=[row.incident.number, row.n]),
    ),
    Subject(
        "papers", _("Official forms"), "file-check",
        lambda reach, now: OfficialForm.objects.visible_to(reach).select_related("unit"),
        ("number",), ("-begun_at", "-pk"),
        lambda row: row.get_kind_display(), lambda row: (row.number, row.unit, row.get_state_display()),
        _page("official-form"),
    ),
    Subject(
        "visits", pgettext_lazy("menu", "Visits"), "map-pin",
        lambda reach, now: Visit.objects.visible_to(reach).select_related("unit"),
        ("number", "looked_at", "found"), ("-visited_on", "-pk"),
        lambda row: row.looked_at, lambda row: (row.number, row.unit), _page("supervision-visit"),
    ),
    Subject(
        "corrections", _("Corrections"), "list-checks",
        lambda reach, now: Correction.objects.visible_to(reach).select_related("unit"),
        ("number", "danger", "measures"), ("-set_at", "-pk"),
        lambda row: row.danger, lambda row: (row.number, row.unit, row.get_state_display()), _page("correction"),
    ),
    Subject(
        "drills", pgettext_lazy("menu", "Drills"), "flag-triangle-right",
        lambda reach, now: Drill.objects.visible_to(reach).select_related("unit"),
        ("number", "objectives"), ("-month", "-pk"),
        lambda row: row.objectives or row.get_kind_display(), lambda row: (row.number, row.unit, row.get_state_display()),
        _page("drill"),
    ),
    Subject(
        "units", _("Units"), "network",
        lambda reach, now: directory_units(reach),
        ("code", "name", "name_en"), ("path",),
        lambda row: in_reader_language(row.name, row.name_en), lambda row: (row.code, row.phone),
        lambda row: _directory(row.code),
    ),
    Subject(
        "people", _("People and posts"), "circle-user",
        _held_posts,
        ("person__name", "post__title", "post__title_en", "post__unit__code"), ("post__unit__path", "pk"),
        lambda row: row.person.name,
        lambda row: (in_reader_language(row.post.title, row.post.title_en), row.post.unit),
        lambda row: _directory(row.post.unit.code),
    ),
    Subject(
        "partners", _("Partner agencies"), "package",
        lambda reach, now: Partner.objects.visible_to(reach).filter(ended_at=None),
        ("name", "phone"), ("name", "pk"),
        lambda row: row.name, lambda row: (row.get_kind_display(), row.phone),
        lambda row: reverse("partner", args=[row.pk]),
    ),
    Subject(
        "plans", pgettext_lazy("menu", "Plans"), "scroll-text",
        lambda reach, now: Plan.objects.filter(versions__state=PlanState.IN_FORCE).distinct(),
        ("plan_id", "title_zh", "title_en"), ("title_zh",),
        lambda row: in_reader_language(row.title_zh, row.title_en), lambda row: (row.plan_id,),
        lambda row: reverse("plan", args=[row.plan_id]),
    ),
)  # fmt: skip
