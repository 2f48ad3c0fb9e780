"""What is ready? What a person asks starts at `visible_to`; what the form of an order offers is by unit."""

from datetime import datetime
from typing import NamedTuple

from django.db.models import QuerySet

from accounts.choices import PostKind
from accounts.models import Post, Unit
from accounts.scope import Reach
from command.own_templates.models import OwnTemplate
from common.database.paths import prefixes
from common.errors import not_found
from journal.models import Entry
from journal.record import content_of
from resources.visibility import serving


def own_templates(reach: Reach) -> QuerySet[OwnTemplate]:
    """Those offered that this person may look up, unit by unit."""
    rows = OwnTemplate.objects.visible_to(reach).offered().select_related("unit")
    return rows.order_by("unit_path", "name", "pk")


def get_own_template(reach: Reach, pk: int) -> OwnTemplate:
    """NotFound if there is none or this person may not see it. One that is no longer offered is found."""
    found = OwnTemplate.objects.visible_to(reach).select_related("unit").filter(pk=pk).first()
    if found is None:
        raise not_found()
    return found


def templates_serving(unit: Unit) -> list[OwnTemplate]:
    """What the form of an order at this unit offers: its own ones and those of the units above, the nearest first."""
    rows = OwnTemplate.objects.offered().filter(serving(unit)).select_related("unit")
    return sorted(rows, key=lambda one: (-len(one.unit_path), one.name))


class Version(NamedTuple):
    number: int
    at: datetime
    by: str
    name: str
    task: str
    checklist: list[str]


def versions(template: OwnTemplate) -> list[Version]:
    """What it said and says, the newest first, each from its entry."""
    kinds = ("order_template.added", "order_template.changed")
    rows = Entry.objects.filter(subject=template.key, kind__in=kinds).order_by("pk")
    found = []
    for entry in rows:
        said = content_of(entry)
        found.append(
            Version(
                said["version"], entry.at, entry.actor_name, said["what"], said["task"], said["checklist"]
            )
        )
    return found[::-1]


def squads_known(reach: Reach) -> list[tuple[str, str]]:
    """For a field: the kinds of squads there are in the units this person keeps templates for, and above those."""
    above = sorted({path for own in reach.paths("order_template.keep") for path in prefixes(own)})
    posts = Post.objects.filter(kind=PostKind.SQUAD, closed_at__isnull=True)
    near = posts.filter(unit__path__in=above) | posts.filter(
        reach.filter("order_template.keep", "unit__path")
    )
    found: dict[str, str] = {}
    for post in near.order_by("unit__path", "pk"):
        found.setdefault(post.squad, str(post))
    return list(found.items())
