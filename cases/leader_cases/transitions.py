"""What every act on a leader case stands on: lock, check, keep, record."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from accounts.scope import Reach
from cases.leader_cases import queries, rules
from cases.leader_cases.choices import CaseVerb
from cases.leader_cases.models import LeaderCase, LeaderCaseStep
from clocks.actions import record_with_clocks
from common.errors import Invalid
from common.revisions import save
from common.states import Transition, check_move
from common.text.personal_data import unsigned_personal_data_in


def lock_case(case_id: int) -> LeaderCase:
    rows = LeaderCase.objects.select_for_update(of=("self",)).select_related(
        "unit", "leader", "matter", "incident", "demand__incident"
    )
    return rows.get(pk=case_id)


def check_verb(case: LeaderCase, verb: str) -> Transition:
    return check_move(
        case,
        rules.TRANSITIONS,
        verb,
        lambda: (
            _("Nothing was changed on %(number)s: it is “%(state)s”, and “%(verb)s” does not follow. Load the page again.")
            % {"number": case.number, "state": case.get_state_display(), "verb": CaseVerb(verb).label}
        ),
    )  # fmt: skip


def check_words(about: str, *words: str) -> None:
    if any(unsigned_personal_data_in(text) for text in words):
        raise Invalid(
            "personal_data",
            _(
                "Nothing was changed on %(number)s: the text holds an identity, telephone or card number, and leader "
                "cases name no people. Take the number out and send it again."
            )
            % {"number": about},
        )


def check_is_said(about: str, field: str, text: str) -> str:
    """The text without its margins. Raises Invalid where there is none."""
    if not text.strip():
        raise Invalid(
            "note_missing",
            _("Nothing was changed on %(number)s: say in a sentence what was done or why.")
            % {"number": about},
            fields={field: [_("Say in a sentence what was done or why.")]},
        )
    check_words(about, text)
    return text.strip()


def keep(case: LeaderCase, done: Transition, *fields: str) -> None:
    """Save its next state, these fields, and by when it is due now."""
    case.state = done.to or case.state
    case.due_at = queries.due_of(case)
    save(case, "state", "due_at", *fields)


def title_of(case: LeaderCase, reach: Reach) -> str:
    """The post it is done from: of the leader in charge theirs."""
    own = case.leader_post if case.leader_id == reach.user.pk else ""
    return reach.title_for("matter.manage", case.unit_path) or own


def record_act(
    done: Transition, case: LeaderCase, reach: Reach | None, *, now: datetime, note: str = "",
    at: datetime | None = None, **content: Any,
) -> None:  # fmt: skip
    """Into the case's steps and the journal, in its incident's thread where it has one. The clocks follow."""
    post = title_of(case, reach) if reach else ""
    actor = reach.user if reach else None
    LeaderCaseStep.objects.create(
        case=case, verb=done.verb, at=at or now, by=actor, post=post, note=note[:500]
    )
    if not done.entry:
        return
    incident = queries.incident_of(case)
    record_with_clocks(
        done.entry,
        subject=case.key,
        thread=incident.key if incident else "",
        unit=case.unit,
        actor=actor,
        post=post,
        at=at or now,
        recorded_at=now,
        level=incident.shown_level if incident else "",
        plan=case.plan,
        content={"number": case.number, "note": note, **content},
    )
