"""What happens to calls of experts: on the record of an incident. Lock, check, change, record."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.scope import Reach
from clocks.actions import cancel_for_subject, record_with_clocks
from common import revisions
from common.errors import Invalid, WrongState
from common.failpoints import crash_point
from common.states import move
from incidents import rules as incident_rules
from incidents.models import Incident
from incidents.sharing import let_take_part
from incidents.transitions import check_open, lock_incident
from notices.relevance.ending import settle_threads
from resources.experts import alerts, permissions, rules
from resources.experts.actions import lock_expert, sentence_if_stale
from resources.experts.choices import CallState, CallVerb
from resources.experts.models import Expert, ExpertCall, ExpertCallStep
from resources.transitions import check_words


@transaction.atomic
def call_expert(
    *, reach: Reach, incident_id: int, expert_id: int, question: str, now: datetime
) -> ExpertCall:
    """Put on record that an adviser was called for an incident; the plan's clock starts. Phoning is done by people.

    Who has an account here hears of it in the product, and may read the incident.
    Source: city plan §3.4 (thirty minutes to the consultation).
    """
    incident = lock_incident(incident_id)
    expert = lock_expert(expert_id)

    permissions.check_can_call(reach, incident)
    check_open(incident, _("No expert was called: %(number)s is not open any more. Load the page again."))
    _check_can_be_called(incident, expert, question, now)

    call = ExpertCall.objects.create(
        incident=incident, expert=expert, unit=incident.unit, unit_path=incident.unit_path,
        question=question, called_at=now,
    )  # fmt: skip

    if expert.account:
        let_take_part(incident=incident, posts=(), people=[expert.account])

    _record_call(rules.CALLS.begin.entry, call, reach, at=now, now=now, what=question)
    alerts.tell_called(call, now=now)
    crash_point("experts.before_commit")
    return call


@transaction.atomic
def move_call(
    *,
    reach: Reach,
    call_id: int,
    verb: str,
    now: datetime,
    note: str = "",
    at: datetime | None = None,
    rev: int | None = None,
) -> ExpertCall:
    """Say what became of a call: arrived, consulted remotely, cannot come, not reached, no longer needed, advised.

    `at` is when it happened (default: now): the clock is met at that moment, however late it is written down.
    """
    call = _lock_call(call_id)

    permissions.check_can_move(reach, call, verb)
    revisions.check_rev(call, rev, sentence_if_stale(call.expert.title))
    check_words(note=note)
    _check_note(verb, note)
    happened = _moment_in_order(call, at, now)
    done = move(call, rules.CALLS, verb, lambda: _not_now(call, verb))

    if done.to in (CallState.ARRIVED, CallState.CONSULTED):
        call.met_at = call.met_at or happened
    revisions.save(call, "state", "met_at")
    post = _post_of(reach, call)
    ExpertCallStep.objects.create(call=call, verb=verb, at=happened, by=reach.user, post=post, note=note)
    if verb in rules.ENDS_WITHOUT_ANYBODY:
        cancel_for_subject(subject=call.key, now=now, reason=call.state)
    settle_threads([call.incident.key], now)

    _record_call(done.entry, call, reach, at=happened, now=now, way=verb, note=note)
    return call


def _lock_call(call_id: int) -> ExpertCall:
    rows = ExpertCall.objects.select_for_update(of=("self",))
    return rows.select_related("unit", "expert__account", "incident__unit", "incident__plan").get(pk=call_id)


def _post_of(reach: Reach, call: ExpertCall) -> str:
    """The post from which it is said; of an expert's own word, what they were called as."""
    if permissions.is_own(reach, call):
        return call.expert.title
    return reach.title_for("order.issue", call.unit_path)


def _check_can_be_called(incident: Incident, expert: Expert, question: str, now: datetime) -> None:
    check_words(question=question)
    if not expert.is_listed or not incident.unit_path.startswith(expert.unit_path):
        raise Invalid(
            "not_this_units",
            _(
                "No expert was called for %(number)s: this one does not serve its unit. Choose one of the list."
            )
            % {"number": incident.number},
            fields={"expert": [_("Choose one of the list.")]},
        )
    if not expert.is_available(now):
        raise WrongState(
            "expert_is_away",
            _("%(expert)s was not called: not available at present. Choose somebody else.")
            % {"expert": expert},
        )
    if ExpertCall.objects.live().filter(incident=incident, expert=expert).exists():
        raise WrongState(
            "already_called",
            _("%(expert)s was not called again: the first call is still open. Say what became of it.")
            % {"expert": expert},
        )


def _check_note(verb: str, note: str) -> None:
    if verb in rules.NEEDS_NOTE and not note.strip():
        raise Invalid(
            "note_missing",
            _("Nothing was written down: say it in a sentence."),
            fields={"note": [_("Say it in a sentence.")]},
        )


def _moment_in_order(call: ExpertCall, at: datetime | None, now: datetime) -> datetime:
    happened = incident_rules.known_time(at, now)
    if happened is None or happened < call.called_at:
        raise Invalid(
            "moment_not_in_order",
            _("Nothing was written down: give a moment after the call and not in the future."),
            fields={"at": [_("Give a moment after the call and not in the future.")]},
        )
    return happened


def _not_now(call: ExpertCall, verb: str) -> str:
    return _(
        "Nothing was changed on the call to %(expert)s: it is “%(state)s”, and “%(verb)s” does not follow from that. "
        "Load the page again."
    ) % {"expert": call.expert, "state": call.get_state_display(), "verb": CallVerb(verb).label}


def _record_call(
    kind: str, call: ExpertCall, reach: Reach, *, at: datetime, now: datetime, **content: str
) -> None:
    """On the incident's record stands what the expert is, never who: an adviser may have their name erased."""
    expert, incident = call.expert, call.incident
    titles = {"title_zh": expert.title_zh or expert.skill, "title_en": expert.title_en or expert.skill}
    record_with_clocks(
        kind,
        subject=call.key,
        thread=incident.key,
        unit=incident.unit,
        actor=reach.user,
        post=_post_of(reach, call),
        at=at,
        recorded_at=now,
        level=incident.shown_level,
        plan=incident.plan.ref,
        drill=incident.drill,
        content={**titles, "organisation": expert.organisation, **content},
    )
