"""What evaluators do. Each action: lock, check, change, record."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.scope import Reach
from command.improvements.actions import Owner, Source, add_improvement
from command.improvements.models import Improvement
from common.errors import Invalid, WrongState
from common.revisions import save
from drills import permissions
from drills.choices import DrillState, DrillVerb, Grade
from drills.conduct.models import Drill
from drills.conduct.transitions import check_move, check_rev, check_words, lock, record_act
from drills.evaluation.models import Rating, Remark
from plans.lifecycle.queries import plan_in_force


@transaction.atomic
def write_remark(
    *, reach: Reach, drill_id: int, text: str, now: datetime, number: int | None = None
) -> Remark:
    """Write down what was seen, of one inject or of the whole."""
    drill = lock(drill_id)

    permissions.check_can_evaluate(reach, drill)
    done = check_move(drill, DrillVerb.NOTE)
    _check_said(drill, text=text)
    if number is not None and not drill.injects.filter(number=number).exists():
        raise _bad_field("number", "no_such_inject", _("There is no inject of this number."))

    remark = Remark.objects.create(drill=drill, number=number, text=text.strip(), at=now, by=reach.user)

    record_act(done.entry, drill, reach.user, now=now, reach=reach, inject=number, what=remark.text)
    return remark


@transaction.atomic
def rate_objective(
    *, reach: Reach, drill_id: int, objective: str, grade: str, text: str, now: datetime
) -> Rating:
    """Say how an objective was met. Where there were challenges, which ones. The last rating counts."""
    drill = lock(drill_id)

    permissions.check_can_evaluate(reach, drill)
    done = check_move(drill, DrillVerb.RATE)
    known = {one.id for one in drill.played.objectives} if drill.played else set()
    if objective not in known:
        raise _bad_field("objective", "no_such_objective", _("The scenario has no such objective."))
    if grade != Grade.PERFORMED:
        _check_said(drill, text=text)
    else:
        check_words(text=text)

    rating = Rating.objects.create(
        drill=drill, objective=objective, grade=grade, text=text.strip(), at=now, by=reach.user
    )

    record_act(
        done.entry,
        drill,
        reach.user,
        now=now,
        reach=reach,
        objective=objective,
        grade=grade,
        what=rating.text,
    )
    return rating


@transaction.atomic
def end_review(*, reach: Reach, drill_id: int, summary: str, now: datetime, rev: int | None = None) -> Drill:
    """End the review: every objective is rated, the summary says what it comes to. Source: district plan §6.2."""
    drill = lock(drill_id)

    permissions.check_can_evaluate(reach, drill)
    check_rev(drill, rev)
    done = check_move(drill, DrillVerb.REVIEW)
    _check_said(drill, summary=summary)
    _check_all_rated(drill)

    drill.state, drill.reviewed_at, drill.reviewed_by = done.to or drill.state, now, reach.user
    drill.summary = summary.strip()
    save(drill, "state", "reviewed_at", "reviewed_by", "summary")

    record_act(done.entry, drill, reach.user, now=now, reach=reach, summary=drill.summary)
    return drill


@transaction.atomic
def improve_after_drill(
    *, reach: Reach, drill_id: int, owner: Owner, text: str, due_date: date, now: datetime
) -> Improvement:
    """Set what is to be better next time, with an owner and a day: a line of the improvement plan."""
    drill = lock(drill_id)
    permissions.check_can_evaluate(reach, drill)
    if drill.state not in (DrillState.FINISHED, DrillState.REVIEWED):
        raise WrongState(
            "drill_not_over",
            _("Nothing was set: %(number)s is not over. What is to be improved is set after its end.")
            % {"number": drill.number},
        )
    return add_improvement(
        source=_source(drill, now), reach=reach, owner=owner, text=text, due_date=due_date, now=now
    )


def _source(drill: Drill, now: datetime) -> Source:
    """The task is real, whatever it was learned from: it carries no mark of a drill, and the plan in force chases it."""
    opened = drill.incidents().select_related("plan").first()
    plan = opened.plan if opened else plan_in_force(drill.unit, now)
    return Source(drill.key, drill.key, drill.number, drill.unit, plan)


def _check_all_rated(drill: Drill) -> None:
    rated = set(drill.ratings.values_list("objective", flat=True))
    objectives = drill.played.objectives if drill.played else ()
    if missing := [one.id for one in objectives if one.id not in rated]:
        raise Invalid(
            "not_rated",
            _("The review of %(number)s was not ended: not rated yet: %(objectives)s. Rate them first.")
            % {"number": drill.number, "objectives": "、".join(missing)},
            fields={"objective": [_("Rate every objective first.")]},
        )


def _check_said(drill: Drill, **texts: str) -> None:
    check_words(**texts)
    for name, text in texts.items():
        if not text.strip():
            raise _bad_field(name, "text_missing", _("Say it in a sentence."))


def _bad_field(field: str, code: str, why: str) -> Invalid:
    return Invalid(code, _("Nothing was written down: %(why)s") % {"why": why}, fields={field: [why]})
