"""What happens to the review of an incident and the follow-ups after it. Each action: lock, check, change, record."""

from datetime import date, datetime
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from accounts.scope import Reach
from clocks.actions import cancel_for_subject, record_with_clocks, start_own, stop_own
from clocks.durations import end_of
from clocks.models import ClockRule
from command.review import alerts, key_times, permissions, queries, rules
from command.review.choices import FollowUpState, FollowUpVerb, ReviewState, ReviewVerb
from command.review.models import FollowUp, Review, ReviewAnswer
from common import revisions
from common.dates.local_time import day_of
from common.errors import Invalid, NotFound, WrongState
from common.states import check_move, move
from common.text.personal_data import fit_to_keep
from incidents.choices import State
from incidents.models import Incident
from incidents.permissions import check_can_manage
from incidents.transitions import lock_incident
from journal.models import Entry
from notices.actions import acknowledge_about
from notices.relevance.ending import settle_threads
from plans.checks.rights import watching_in


class Texts(NamedTuple):
    """What a review says beside its answers. None leaves a text as it is."""

    course: str | None = None
    good: str | None = None
    lessons: str | None = None


@transaction.atomic
def begin_review(*, incident_id: int, reach: Reach, now: datetime) -> Review:
    """Begin the review of an incident that is over, with the questions of its plan and of rules beside it.

    Raises WrongState while it is open, and where a review is under way. Source: Emergency Response Law art. 92.
    """
    incident = lock_incident(incident_id)

    check_can_manage(reach, incident)
    _check_over(incident)
    if Review.objects.filter(incident=incident).exclude(state=ReviewState.APPROVED).exists():
        raise WrongState(
            "review_under_way",
            _("No review was begun: one of %(number)s is under way. Open it.") % {"number": incident.number},
        )

    last = Review.objects.filter(incident=incident).aggregate(last=Max("n"))["last"] or 0
    review = Review.objects.create(incident=incident, n=last + 1, begun_by=reach.user, begun_at=now)
    ReviewAnswer.objects.bulk_create(
        ReviewAnswer(
            review=review, item=one.id, plan=plan, phase=one.phase, title_zh=one.words.zh[:200],
            title_en=one.words.en[:300], cite=one.cite,
        )
        for plan, one in queries.questions_for(incident, now)
    )  # fmt: skip

    _record(incident, review.key, rules.TRANSITIONS.begin.entry, reach, now)
    return review


@transaction.atomic
def answer_question(*, review_id: int, reach: Reach, item: str, answer: str, now: datetime) -> ReviewAnswer:
    """Answer one of the plan's questions, or answer it anew; who answered last stands beside it."""
    review = _lock(review_id)

    check_can_manage(reach, review.incident)
    _check_over(review.incident)
    done = check_move(review, rules.TRANSITIONS, ReviewVerb.ANSWER, lambda: _wrong_state(review))
    row = review.answers.filter(item=item).first()
    if row is None:
        raise NotFound("not_found", _("Nothing was saved: this review has no such question."))
    words = _check_text("answer", answer)

    row.answer, row.answered_by, row.answered_at = words, reach.user, now
    row.save(update_fields=["answer", "answered_by", "answered_at"])

    said = {"question": row.item, "title_zh": row.title_zh, "title_en": row.title_en, "text": words}
    _record(review.incident, review.key, done.entry, reach, now, **said)
    return row


@transaction.atomic
def write_review(
    *, review_id: int, reach: Reach, texts: Texts, now: datetime, rev: int | None = None
) -> Review:
    """Say what happened and why, what went well, and what was learned."""
    review = _lock(review_id)

    check_can_manage(reach, review.incident)
    _check_over(review.incident)
    done = check_move(review, rules.TRANSITIONS, ReviewVerb.WRITE, lambda: _wrong_state(review))
    _check_rev(review, rev)
    given = {name: _fit(name, text) for name, text in texts._asdict().items() if text is not None}

    for name, text in given.items():
        setattr(review, name, text)
    _save(review)

    _record(review.incident, review.key, done.entry, reach, now, text=given.get("lessons", ""))
    return review


@transaction.atomic
def hand_in_review(*, review_id: int, reach: Reach, now: datetime, rev: int | None = None) -> Review:
    """Hand it in for approval; the key times are kept as they stand. Raises Invalid naming what is missing."""
    review = _lock(review_id)

    check_can_manage(reach, review.incident)
    _check_over(review.incident)
    check_move(review, rules.TRANSITIONS, ReviewVerb.HAND_IN, lambda: _wrong_state(review))
    _check_rev(review, rev)
    _check_complete(review)

    review.handed_in_by, review.handed_in_at = reach.user, now
    review.handed_in_post = _post(reach, review.incident)
    review.times = key_times.frozen(key_times.key_times(review.incident))
    _move(review, ReviewVerb.HAND_IN, reach, now, text=review.lessons)
    _settle(review, reach, now)
    alerts.ask_to_approve(review, now=now)
    return review


@transaction.atomic
def return_review(
    *, review_id: int, reach: Reach, reason: str, now: datetime, rev: int | None = None
) -> Review:
    """Give it back to be written again."""
    review = _lock(review_id)

    permissions.check_can_approve(reach, review, now)
    check_move(review, rules.TRANSITIONS, ReviewVerb.RETURN, lambda: _wrong_state(review))
    _check_rev(review, rev)
    review.reason = _check_text("reason", reason)

    review.times = []
    _move(review, ReviewVerb.RETURN, reach, now, reason=review.reason)
    _settle(review, reach, now)
    alerts.tell_returned(review, now=now)
    return review


@transaction.atomic
def approve_review(*, review_id: int, reach: Reach, now: datetime, rev: int | None = None) -> Review:
    """Approve it as it was handed in; from then on it is a paper. Raises NotAllowed for who handed it in."""
    review = _lock(review_id)

    permissions.check_can_approve(reach, review, now)
    check_move(review, rules.TRANSITIONS, ReviewVerb.APPROVE, lambda: _wrong_state(review))
    _check_rev(review, rev)

    review.approved_by, review.approved_at = reach.user, now
    review.issuer_post = reach.title_for("review.approve", review.incident.unit_path)
    _move(review, ReviewVerb.APPROVE, reach, now)
    _settle(review, reach, now)
    return review


# --- follow-ups ----------------------------------------------------------------------------------------------


@transaction.atomic
def plan_follow_up(*, incident_id: int, reach: Reach, what: str, due_date: date, now: datetime) -> FollowUp:
    """Say what is looked at again after the closing, and by which day. A clock runs to the end of it."""
    incident = lock_incident(incident_id)

    check_can_manage(reach, incident)
    _check_over(incident)
    words, due_at = _fit("what", _check_text("what", what)), _check_date(due_date, now)

    row = FollowUp.objects.create(
        incident=incident, what=words, due_at=due_at, planned_by=reach.user, planned_at=now
    )

    _record_follow_up(row, rules.FOLLOW_UPS.begin.entry, reach, now, starts=True)
    return row


@transaction.atomic
def move_follow_up(
    *,
    follow_up_id: int,
    reach: Reach,
    verb: str,
    now: datetime,
    result: str = "",
    reason: str = "",
    due_date: date | None = None,
    again_what: str = "",
    rev: int | None = None,
) -> FollowUp:
    """Write down what came of it, give it another day, or drop it.

    Done with `again_what` and `due_date` plans the next one in the same act.
    """
    row = _lock_follow_up(follow_up_id)

    check_can_manage(reach, row.incident)
    done = check_move(row, rules.FOLLOW_UPS, verb, lambda: _wrong_follow_up(row))
    revisions.check_rev(
        row, rev, _("The follow-up was not changed: somebody changed it after you opened the page.")
    )
    is_done = verb == FollowUpVerb.DONE
    content = (
        {"result": _fit("result", _check_text("result", result))}
        if is_done
        else {"reason": _check_text("reason", reason)}
    )
    if verb == FollowUpVerb.CHANGE_DATE:
        row.due_at = _check_date(due_date, now)

    move(row, rules.FOLLOW_UPS, verb)
    for name, text in content.items():
        setattr(row, name, text)
    if row.state != FollowUpState.PLANNED:
        row.ended_by, row.ended_at, row.ended_post = reach.user, now, _post(reach, row.incident)
    row.rev += 1
    row.save()

    if not is_done:
        cancel_for_subject(subject=row.key, now=now, reason=verb)
    entry = _record_follow_up(row, done.entry, reach, now, starts=verb == FollowUpVerb.CHANGE_DATE, **content)
    if is_done:
        stop_own(_clock(row), entry)
    acknowledge_about(subject=row.key, actor=reach.user, now=now)
    settle_threads([row.incident.key], now)
    if is_done and again_what.strip():
        _plan_again(row, reach, again_what, due_date, now)
    return row


def _plan_again(row: FollowUp, reach: Reach, what: str, due_date: date | None, now: datetime) -> None:
    if due_date is None:
        raise _bad_field("due_date", "due_date_missing", _("Give a day."))
    plan_follow_up(incident_id=row.incident_id, reach=reach, what=what, due_date=due_date, now=now)


# --- what they stand on --------------------------------------------------------------------------------------


def _lock(review_id: int) -> Review:
    """Lock the review's incident, then the review."""
    incident = lock_incident(Review.objects.values_list("incident_id", flat=True).get(pk=review_id))
    review = Review.objects.select_for_update(of=("self",)).select_related("handed_in_by").get(pk=review_id)
    review.incident = incident
    return review


def _lock_follow_up(follow_up_id: int) -> FollowUp:
    incident = lock_incident(FollowUp.objects.values_list("incident_id", flat=True).get(pk=follow_up_id))
    row = FollowUp.objects.select_for_update(of=("self",)).get(pk=follow_up_id)
    row.incident = incident
    return row


def _check_over(incident: Incident) -> None:
    if incident.state != State.CLOSED:
        raise WrongState(
            "incident_not_over",
            _("Nothing was saved: %(number)s is not closed. A review and follow-ups come after the closing.")
            % {"number": incident.number},
        )


def _check_complete(review: Review) -> None:
    if not review.lessons or not review.course:
        missing = "lessons" if review.course else "course"
        raise _bad_field(missing, f"{missing}_missing", _("Say what happened and what was learned."))
    if left := review.answers.filter(answer="").count():
        raise _bad_field(
            "answers",
            "unanswered",
            _("Questions without an answer: %(n)d. Answer each of them.") % {"n": left},
        )


def _check_rev(review: Review, rev: int | None) -> None:
    revisions.check_rev(
        review,
        rev,
        _("The review was not changed: somebody changed it after you opened the page. Look again."),
    )


def _check_text(field: str, text: str) -> str:
    words = fit_to_keep(text.strip())
    if not words:
        raise _bad_field(field, f"{field}_missing", _("Say it in a few words."))
    return words


def _fit(field: str, text: str) -> str:
    words = fit_to_keep(text.strip())
    if against := watching_in(words):
        raise _bad_field(
            field,
            "against_people",
            _("“%(text)s” is said against people. Say what the bureau itself will do better.")
            % {"text": against},
        )
    return words


def _check_date(day: date | None, now: datetime) -> datetime:
    if day is None:
        raise _bad_field("due_date", "due_date_missing", _("Give a day."))
    if day < day_of(now):
        raise _bad_field("due_date", "past_date", _("This day has passed."))
    return end_of(day)


def _move(review: Review, verb: str, reach: Reach, now: datetime, **content: Any) -> None:
    done = move(review, rules.TRANSITIONS, verb)
    _save(review)
    _record(review.incident, review.key, done.entry, reach, now, **content)


def _save(review: Review) -> None:
    review.rev += 1
    review.save()


def _settle(review: Review, reach: Reach, now: datetime) -> None:
    acknowledge_about(subject=review.key, actor=reach.user, now=now)
    settle_threads([review.incident.key], now)


def _record_follow_up(
    row: FollowUp, kind: str, reach: Reach, now: datetime, *, starts: bool, **content: str
) -> Entry:
    said = {"text": row.what, "until": day_of(row.due_at).isoformat(), **content}
    entry = _record(row.incident, row.key, kind, reach, now, **said)
    if starts:
        start_own(_clock(row), entry, due_at=row.due_at)
    return entry


def _clock(row: FollowUp) -> ClockRule:
    """The follow-up's own sentence about time; the desk of the incident's unit is late when it is missed."""
    return ClockRule(
        plan=row.incident.plan.ref,
        clock_id="follow_up",
        title_zh=f"回访：{row.what}"[:120],
        title_en=f"Follow-up: {row.what}"[:160],
        duration="given",
    )


def _record(
    incident: Incident, subject: str, kind: str, reach: Reach, now: datetime, **content: Any
) -> Entry:
    return record_with_clocks(
        kind,
        subject=subject,
        thread=incident.key,
        unit=incident.unit,
        actor=reach.user,
        post=_post(reach, incident),
        at=now,
        level=incident.highest_level,
        plan=incident.plan.ref,
        drill=incident.drill,
        content={name: text for name, text in content.items() if text},
    ).entry


def _post(reach: Reach, incident: Incident) -> str:
    return reach.title_for("incident.manage", incident.unit_path)


def _bad_field(field: str, code: str, sentence: str) -> Invalid:
    return Invalid(
        code, _("Nothing was saved: %(sentence)s") % {"sentence": sentence}, fields={field: [sentence]}
    )


def _wrong_state(review: Review) -> str:
    return _("The review was not changed: it is “%(state)s”. Reload the page.") % {
        "state": review.get_state_display()
    }


def _wrong_follow_up(row: FollowUp) -> str:
    return _("The follow-up was not changed: it is “%(state)s”. Reload the page.") % {
        "state": row.get_state_display()
    }
