"""What was held, who was there, and who is to come (again)?"""

from collections.abc import Iterable
from datetime import date, datetime
from typing import NamedTuple

from django.db.models import Count, Max, Q, QuerySet

from accounts.models import Appointment, Post, Unit, User
from accounts.scope import Reach
from clocks.durations import parse
from common.dates.local_time import day_of
from common.errors import not_found
from plans.document.training import TrainingTerms, training_of
from plans.lifecycle.models import PlanVersion
from plans.lifecycle.queries import versions_in_force
from resources.trainings import rules
from resources.trainings.choices import TrainingPart
from resources.trainings.models import Attendance, Training


class Standing(NamedTuple):
    """One person on one post: for each part when they were last there, and which they are to come to."""

    person: User
    post: Post
    audience: str
    last: dict[str, date | None]
    due: tuple[str, ...]


def trainings(reach: Reach, *, part: str = "", audience: str = "") -> QuerySet[Training]:
    """The trainings this person may look up, the latest first."""
    rows = Training.objects.visible_to(reach).select_related("unit", "recorded_by")
    if part:
        rows = rows.filter(part=part)
    if audience:
        rows = rows.filter(audience=audience)
    return rows.annotate(people=Count("attendances")).order_by("-held_on", "-pk")


def get_training(reach: Reach, pk: int) -> Training:
    """NotFound if there is none or this person may not see it."""
    training = Training.objects.visible_to(reach).select_related("unit", "recorded_by").filter(pk=pk).first()
    if training is None:
        raise not_found()
    return training


def sees_names(reach: Reach, training: Training) -> bool:
    """Who was there is shown to who keeps the record."""
    return reach.holds("resource.keep", training.unit_path)


def terms_at(unit: Unit, now: datetime) -> TrainingTerms | None:
    """What the nearest plan that holds there says of training (one query)."""
    found = None
    for version in sorted(versions_in_force(unit, now), key=_depth):
        found = training_of(version.document) or found
    return found


def _depth(version: PlanVersion) -> int:
    owner = version.plan.owner_unit
    return len(owner.path) if owner else 0


def staff_of(unit: Unit, now: datetime) -> list[Appointment]:
    """Who holds a post at the unit or below it, in the order of the tree (one query)."""
    rows = Appointment.objects.current(now).filter(post__unit__path__under=unit.path)
    return list(rows.select_related("person", "post__unit").order_by("post__unit__path", "post_id", "pk"))


#: So many people a form offers; a larger bureau writes its trainings down unit by unit.
MOST_OFFERED = 300


def staff_offered(unit: Unit, now: datetime) -> list[User]:
    """Whom the form offers: who holds a post at the unit itself or at one right below it, each once (one query)."""
    near_by = Q(post__unit=unit) | Q(post__unit__parent=unit)
    rows = Appointment.objects.current(now).filter(near_by).select_related("person")
    people = {one.person_id: one.person for one in rows.order_by("post__unit__path", "post_id", "pk")}
    return list(people.values())[:MOST_OFFERED]


def standings(unit: Unit, now: datetime) -> list[Standing]:
    """Who of the unit and those below is to be trained by the plan, in the order of the tree, and what they have
    been to (three queries). Empty where no plan speaks of training."""
    terms = terms_at(unit, now)
    if terms is None:
        return []
    held = [
        (appointment, audience)
        for appointment in staff_of(unit, now)
        if (audience := _audience_of(appointment.post.kind, terms))
    ]
    last = _last_of({appointment.person_id for appointment, _audience in held})
    days = parse(terms.again_after).amount if terms.again_after else None
    return [_standing(appointment, audience, last, days, day_of(now)) for appointment, audience in held]


def _standing(appointment: Appointment, audience: str, last: dict, days: int | None, today: date) -> Standing:
    of_parts = {part: last.get((appointment.person_id, part)) for part in TrainingPart.values}
    due = tuple(part for part, day in of_parts.items() if rules.is_due(day, days, today))
    return Standing(appointment.person, appointment.post, audience, of_parts, due)


def _audience_of(kind: str, terms: TrainingTerms) -> str:
    return next((audience for audience, kinds in terms.posts.items() if kind in kinds), "")


def _last_of(people: Iterable[int]) -> dict[tuple[int, str], date]:
    """(person, part) → the last day on which they were at a training of that part, whatever its audience."""
    rows = Attendance.objects.filter(person__in=list(people)).order_by()
    found = rows.values_list("person", "training__part").annotate(Max("training__held_on"))
    return {(person, part): day for person, part, day in found}
