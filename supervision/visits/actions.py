"""What happens to supervision visits. Each action: lock, check, change, record."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Unit
from accounts.scope import Reach
from cases.official_forms.actions import begin_visit_form, send_visit_form
from cases.official_forms.choices import FormState
from common import revisions
from common.database.numbers import next_number
from common.dates.local_time import day_of
from common.errors import Invalid, WrongState
from common.states import check_move, move
from common.text.personal_data import fit_to_keep
from journal.record import record
from notices.actions import acknowledge_about
from notices.relevance.ending import settle_threads
from supervision import people
from supervision.months.actions import count_visit
from supervision.teams.actions import lock_team
from supervision.visits import permissions, rules
from supervision.visits.choices import LookedAt, VisitVerb
from supervision.visits.models import Visit


@dataclass(frozen=True, slots=True)
class Seen:
    """What a team says about a visit."""

    visited_on: date
    villages: int
    came: str
    topics: Sequence[str]
    looked_at: str
    found: str
    said: str
    responsible: str


@transaction.atomic
def record_visit(*, team_id: int, reach: Reach, unit: Unit, seen: Seen, now: datetime) -> Visit:
    """Record a visit to a unit of the team's areas. It counts for its month, and the days of its form run from it.

    Raises Invalid for a unit that the team does not look after, a day to come, no village, or nothing said.
    Source: campaign rules §八2–5.
    """
    team = lock_team(team_id)

    permissions.check_can_record(reach, team)
    if team.ended_at is not None:
        raise WrongState("team_ended", _("Nothing was recorded: “%(team)s” has ended.") % {"team": team})
    words = _check(unit, seen, team, now)

    ended = rules.ended_at(seen.visited_on, now)
    visit = Visit(
        number=next_number(unit_code=team.unit.code, now=now, prefix="SV-", drill=False),
        team=team, unit=unit, unit_path=unit.path, visited_on=seen.visited_on, villages=seen.villages,
        topics=[one for one in LookedAt.values if one in seen.topics], recorded_by=reach.user, recorded_at=now,
        form=begin_visit_form(actor=reach.user, unit=team.unit, day=seen.visited_on, ended_at=ended, now=now), **words,
    )  # fmt: skip
    visit.save(force_insert=True)

    _record(visit, rules.TRANSITIONS.begin.entry, reach, now, found=visit.found, said=visit.said)
    count_visit(team, seen.visited_on, ended, reach.user, now)
    _tell_unit(visit, reach, now)
    return visit


@transaction.atomic
def send_form(*, visit_id: int, reach: Reach, now: datetime, rev: int | None = None) -> Visit:
    """Fill in F8 from the visit and the corrections set by now, and send it: from then on it stands."""
    visit = lock_visit(visit_id)

    permissions.check_can_send(reach, visit)
    row = check_move(visit, rules.TRANSITIONS, VisitVerb.SEND_FORM, lambda: _wrong_state(visit))
    _check_rev(visit, rev)
    if visit.form.state == FormState.SENT:
        raise WrongState(
            "already_sent", _("%(number)s was not sent again: it stands.") % {"number": visit.form.number}
        )

    post = reach.title_for("supervision.manage", visit.team.unit_path)
    send_visit_form(form_id=visit.form_id, fields=form_fields(visit), actor=reach.user, post=post, now=now)
    revisions.save(visit)

    _record(visit, row.entry, reach, now, form=visit.form.number)
    visit.form.refresh_from_db()
    return visit


@transaction.atomic
def confirm_reading(*, visit_id: int, reach: Reach, now: datetime, rev: int | None = None) -> Visit:
    """The unit has read what was found."""
    visit = lock_visit(visit_id)

    permissions.check_can_answer(reach, visit)
    check_move(visit, rules.TRANSITIONS, VisitVerb.READ, lambda: _wrong_state(visit))
    _check_rev(visit, rev)

    row = move(visit, rules.TRANSITIONS, VisitVerb.READ)
    visit.read_by, visit.read_at = reach.user, now
    revisions.save(visit, "state", "read_by", "read_at")

    _record(visit, row.entry, reach, now)
    return visit


@transaction.atomic
def answer_visit(*, visit_id: int, reach: Reach, answer: str, now: datetime, rev: int | None = None) -> Visit:
    """The unit says what it thinks of it; answered once, and whoever answers has read it."""
    visit = lock_visit(visit_id)

    permissions.check_can_answer(reach, visit)
    check_move(visit, rules.TRANSITIONS, VisitVerb.ANSWER, lambda: _wrong_state(visit))
    _check_rev(visit, rev)
    words = _text("answer", answer)

    row = move(visit, rules.TRANSITIONS, VisitVerb.ANSWER)
    if visit.read_at is None:
        visit.read_by, visit.read_at = reach.user, now
    visit.answer, visit.answered_by, visit.answered_at = words, reach.user, now
    revisions.save(visit, "state", "read_by", "read_at", "answer", "answered_by", "answered_at")

    _record(visit, row.entry, reach, now, answer=words)
    acknowledge_about(subject=visit.key, actor=reach.user, now=now)
    settle_threads([visit.key], now)
    people.tell(
        visit.key, visit.key, visit.unit, rules.ANSWERED,
        [one for one in people.of_team(visit.team) if one.person != reach.user],
        f"{visit.unit.name}已答复督查（{visit.number}）：{words}",
        f"{visit.unit} has answered the visit {visit.number}: {words}", now,
    )  # fmt: skip
    return visit


def form_fields(visit: Visit) -> dict[str, Any]:
    """The fields of F8 in its own order, from the visit and its corrections."""
    corrections = list(visit.corrections.order_by("pk"))
    numbered = [f"{place}. " if len(corrections) > 1 else "" for place in range(1, len(corrections) + 1)]
    first = min((day_of(one.due_at) for one in corrections), default=None)
    return {
        "visited_on": visit.visited_on.isoformat(),
        "villages": visit.villages,
        "team": visit.came,
        "contents": f"{'、'.join(visit.topic_labels)}：{visit.looked_at}"[:500],
        "dangers": "\n".join(f"{n}{one.danger}" for n, one in zip(numbered, corrections, strict=True))[:500],
        "corrections": "\n".join(f"{n}{one.measures}" for n, one in zip(numbered, corrections, strict=True))[
            :500
        ],
        "correct_by": first.isoformat() if first else "",
        "responsible": visit.responsible,
    }


def lock_visit(visit_id: int) -> Visit:
    return Visit.objects.select_for_update(of=("self",)).with_names().get(pk=visit_id)


def _check(unit: Unit, seen: Seen, team: Any, now: datetime) -> dict[str, str]:
    """The texts as they are kept."""
    if not any(unit.path.startswith(area.unit_path) for area in team.areas.all()):
        raise _bad(
            "unit",
            "not_in_area",
            _("“%(team)s” does not look after %(unit)s.") % {"team": team, "unit": unit},
        )
    if seen.visited_on > day_of(now):
        raise _bad("visited_on", "day_to_come", _("This day has not come yet."))
    if seen.villages < 0:
        raise _bad("villages", "villages_missing", _("Say how many villages were visited."))
    if not set(seen.topics) & set(LookedAt.values):
        raise _bad("topics", "topics_missing", _("Choose what was looked at."))
    texts = ("came", "looked_at", "found", "said", "responsible")
    return {field: _text(field, getattr(seen, field)) for field in texts}


def _text(field: str, text: str) -> str:
    words = fit_to_keep(text.strip())
    if not words:
        raise _bad(field, f"{field}_missing", _("Say it in a few words."))
    return words


def _check_rev(visit: Visit, rev: int | None) -> None:
    revisions.check_rev(
        visit, rev, _("The visit was not changed: somebody changed it after you opened the page. Look again.")
    )


def _wrong_state(visit: Visit) -> str:
    return _("%(number)s was not changed: it is “%(state)s”. Reload the page.") % {
        "number": visit.number, "state": visit.get_state_display(),
    }  # fmt: skip


def _bad(field: str, code: str, sentence: str) -> Invalid:
    return Invalid(
        code, _("Nothing was saved: %(sentence)s") % {"sentence": sentence}, fields={field: [sentence]}
    )


def _tell_unit(visit: Visit, reach: Reach, now: datetime) -> None:
    people.tell(
        visit.key, visit.key, visit.unit, rules.TO_ANSWER,
        [one for one in people.leading(visit.unit, now) if one.person != reach.user],
        f"督查待答复（{visit.number}）：{visit.team.name}于{visit.visited_on:%m-%d}督查{visit.unit.name}：{visit.found}",
        f"Visit to answer ({visit.number}): {visit.team.name} came to {visit.unit} on {visit.visited_on:%m-%d}: {visit.found}",
        now,
    )  # fmt: skip


def _record(visit: Visit, kind: str, reach: Reach, now: datetime, **content: Any) -> None:
    said = {"number": visit.number, "team": visit.team.name, "day": visit.visited_on.isoformat(), **content}
    record(
        kind,
        subject=visit.key,
        unit=visit.unit,
        actor=reach.user,
        post=reach.title_for("supervision.view", visit.unit_path),
        at=now,
        content=said,
    )
