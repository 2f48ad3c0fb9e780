"""What the page of a review, the API and the archive show."""

from datetime import datetime
from typing import NamedTuple

from django.db.models import QuerySet

from accounts.scope import Reach
from clocks.models import Clock
from command.improvements import queries as improvements
from command.improvements.queries import ImprovementCard
from command.review import key_times, permissions, rules
from command.review.choices import FollowUpState, FollowUpVerb, ReviewState, ReviewVerb
from command.review.key_times import Moment
from command.review.models import FollowUp, Review, ReviewAnswer
from common.errors import is_allowed, not_found
from incidents.choices import State
from incidents.models import Incident
from incidents.permissions import check_can_manage
from plans.document.after_action import Question, questions_of
from plans.lifecycle.models import PlanVersion
from plans.lifecycle.queries import plans_beside

#: Entries that end a limit of the time after an incident.
AFTERWARDS = ("review.begun", "review.handed_in", "review.approved", "follow_up.planned", "follow_up.done")


class FollowUpLine(NamedTuple):
    row: FollowUp
    verbs: list[FollowUpVerb]
    is_overdue: bool

    @property
    def look(self) -> str:
        return "bad" if self.is_overdue else rules.FOLLOW_UP_LOOKS[FollowUpState(self.row.state)]


class OfReview(NamedTuple):
    """Everything the page shows."""

    #: The last one; None where none was begun.
    review: Review | None
    earlier: list[Review]
    times: list[Moment]
    answers: list[ReviewAnswer]
    #: What this person may do with the review now.
    verbs: list[ReviewVerb]
    tasks: list[ImprovementCard]
    follow_ups: list[FollowUpLine]
    #: Limits of the plan that run since the closing.
    clocks: list[Clock]
    may_manage: bool
    #: Whether an open incident may be reviewed: only one that is over.
    is_over: bool

    @property
    def look(self) -> str:
        return rules.LOOKS[ReviewState(self.review.state)] if self.review else "off"

    @property
    def unanswered(self) -> int:
        return sum(not one.answer for one in self.answers)


def reviews_of(incident: Incident) -> QuerySet[Review]:
    """The last one first."""
    rows = Review.objects.filter(incident=incident)
    return rows.select_related("begun_by", "handed_in_by", "approved_by").order_by("-n")


def answers_of(review: Review) -> list[ReviewAnswer]:
    return list(review.answers.select_related("answered_by"))


def questions_for(incident: Incident, now: datetime) -> list[tuple[PlanVersion, Question]]:
    """What the incident's plan asks, then what working rules in force beside it ask as well."""
    plans = [incident.plan, *(one for one in plans_beside(incident.unit, now) if one.pk != incident.plan_id)]
    asked: dict[str, tuple[PlanVersion, Question]] = {}
    for plan in plans:
        for question in questions_of(plan.document):
            asked.setdefault(question.id, (plan, question))
    return list(asked.values())


def of_incident(reach: Reach, incident: Incident, now: datetime) -> OfReview:
    """A constant number of queries, however much there is."""
    rows = list(reviews_of(incident))
    for row in rows:
        row.incident = incident
    review = rows[0] if rows else None
    may = is_allowed(check_can_manage, reach, incident)
    times = key_times.thawed(review.times) if review and review.times else key_times.key_times(incident)
    tasks = improvements.of_source(reach, incident.key)
    return OfReview(
        review,
        rows[1:],
        times,
        answers_of(review) if review else [],
        _verbs(reach, incident, review, may, now),
        improvements.cards(reach, tasks, now),
        follow_ups_of(reach, incident, now),
        list(_clocks(incident)),
        may,
        incident.state == State.CLOSED,
    )


def _verbs(
    reach: Reach, incident: Incident, review: Review | None, may: bool, now: datetime
) -> list[ReviewVerb]:
    if incident.state != State.CLOSED:
        return []
    begin = [ReviewVerb.BEGIN] if may and (review is None or review.state == ReviewState.APPROVED) else []
    if review is None or review.state == ReviewState.APPROVED:
        return begin
    found = [ReviewVerb(verb) for verb in rules.TRANSITIONS.verbs_for(review.state)]
    leads = review.state == ReviewState.HANDED_IN and is_allowed(
        permissions.check_can_approve, reach, review, now
    )
    return [verb for verb in found if (leads if rules.TRANSITIONS[verb].by == rules.LEADER else may)]


def _clocks(incident: Incident) -> QuerySet[Clock]:
    """What the plan wants after the closing, and has not got yet."""
    rows = Clock.objects.running().filter(subject=incident.key, start_entry__kind="incident.closed")
    return rows.order_by("due_at", "pk")


def follow_ups_of(reach: Reach, incident: Incident, now: datetime) -> list[FollowUpLine]:
    """By their day (one query)."""
    may = is_allowed(check_can_manage, reach, incident)
    rows = FollowUp.objects.filter(incident=incident).select_related("planned_by", "ended_by")
    return [
        FollowUpLine(
            row,
            [FollowUpVerb(verb) for verb in rules.FOLLOW_UPS.verbs_for(row.state)] if may else [],
            rules.is_overdue(row.state, row.due_at, now),
        )
        for row in rows.order_by("due_at", "pk")
    ]


def get_review(reach: Reach, number: str, n: int | None = None) -> Review:
    """The n-th review of an incident this person may see, else the last one; NotFound otherwise."""
    rows = Review.objects.filter(
        incident__number=number, incident__in=Incident.objects.visible_to(reach)
    ).select_related("incident__unit__parent", "incident__plan__text", "handed_in_by", "approved_by")
    found = (rows.filter(n=n) if n is not None else rows).order_by("-n").first()
    if found is None:
        raise not_found()
    return found


def get_follow_up(reach: Reach, pk: int) -> FollowUp:
    """A follow-up of an incident this person may see; NotFound otherwise."""
    found = FollowUp.objects.filter(pk=pk, incident__in=Incident.objects.visible_to(reach))
    row = found.select_related("incident").first()
    if row is None:
        raise not_found()
    return row
