"""How a decision on a response ends: taken and carried out, or closed. The response is locked before (`actions`)."""

from datetime import datetime

from django.utils.translation import gettext as _

from accounts.scope import Reach
from clocks.actions import cancel_for_subject
from command.activation import alerts, permissions, rules, signature
from command.activation.choices import DecisionKind, DecisionVerb, ResponseState, ResponseVerb
from command.activation.models import Decision, Response
from command.activation.transitions import (
    check_move,
    check_open,
    move,
    move_decision,
    pending,
    record_entry,
)
from command.command_post.actions import seat_people
from command.obligations.actions import owe_duties
from command.obligations.queries import still_owed
from common.errors import WrongState
from common.failpoints import crash_point
from common.revisions import save
from early_warnings.choices import SignedAs
from early_warnings.signing.signature import hash_of
from notices.actions import acknowledge_about
from notices.relevance.ending import settle_threads
from plans.people.holders import Signatory


def still_open(response: Response) -> list[str]:
    """What has to be settled before the response can end, in the reader's language."""
    found = [_("duty: %(what)s") % {"what": duty.title} for duty in still_owed(response)]
    orders = response.incident.orders.live().order_by("pk")
    return found + [
        _("order %(number)s: %(state)s") % {"number": order.number, "state": order.get_state_display()}
        for order in orders
    ]


def check_nothing_open(response: Response) -> None:
    if items := still_open(response):
        raise WrongState(
            "still_open",
            _("Response %(number)s was not ended: still open: %(open)s. Settle each first.")
            % {"number": response.number, "open": "; ".join(items)},
            open=items,
        )


def check_seat(response: Response, decision: Decision, reach: Reach, now: datetime) -> Signatory:
    level = permissions.level_of_decision(response, decision.level)
    return permissions.check_can_decide(reach, response, level, now)


def check_may_take(response: Response, decision: Decision, reach: Reach, now: datetime) -> Signatory:
    seat = check_seat(response, decision, reach, now)
    check_open(response.incident)
    check_move(response, rules.VERB_OF[DecisionKind(decision.kind)])
    if decision.kind == DecisionKind.END:
        check_nothing_open(response)
    return seat


def take(decision: Decision, reach: Reach, seat: Signatory, kind: str, now: datetime) -> None:
    """Put the signature under it, and carry out what it says."""
    move_decision(decision, DecisionVerb.TAKE)
    decision.closed_at, decision.closed_by, decision.signed_post = now, reach.user, seat.post
    decision.signed_as = SignedAs.HIGHER if seat.by == "next_higher" else SignedAs(seat.holders[0].held_as)
    decision.credential = kind
    decision.signed_text = signature.text_to_sign(decision)
    decision.signature = hash_of(decision.signed_text)
    decision.save()
    _CARRY_OUT[DecisionKind(decision.kind)](decision, reach, seat.post.title, now)
    settle(decision.response, reach, now)
    crash_point("responses.before_commit")


def _start(decision: Decision, reach: Reach, post: str, now: datetime) -> None:
    response = decision.response
    done = move(response, ResponseVerb.START)
    response.started_at = now
    save(response, "state", "started_at")
    record_entry(response, done.entry, reach, at=now, post=post, content=_signed(decision))
    owe_duties(response, reach, now)
    seated = seat_people(response, now)
    alerts.tell_started(response, seated, reach.user, now=now)


def _change(decision: Decision, reach: Reach, post: str, now: datetime) -> None:
    response, before = decision.response, decision.response.level
    done = move(response, ResponseVerb.CHANGE)
    for name in ("level", "grade", "matter", "measures", "expected_until"):
        setattr(response, name, getattr(decision, name))
    save(response, "level", "grade", "matter", "measures", "expected_until")
    record_entry(
        response, done.entry, reach, at=now, post=post, content={**_signed(decision), "before": before}
    )
    owe_duties(response, reach, now)
    sat = {name for names in response.seated.values() for name in names}
    seated = seat_people(response, now)
    alerts.tell_seated(response, [one for one in seated if one.person.username not in sat], now=now)


def _end(decision: Decision, reach: Reach, post: str, now: datetime) -> None:
    response = decision.response
    done = move(response, ResponseVerb.END)
    response.ended_at = now
    save(response, "state", "ended_at")
    record_entry(response, done.entry, reach, at=now, post=post, content=_signed(decision))
    alerts.tell_ended(response, reach.user, now=now)


_CARRY_OUT = {DecisionKind.START: _start, DecisionKind.CHANGE: _change, DecisionKind.END: _end}


def close(decision: Decision, reach: Reach, now: datetime) -> None:
    """A decision that is not taken; a response that has not begun does not begin."""
    decision.closed_at, decision.closed_by = now, reach.user
    decision.save(update_fields=["state", "closed_at", "closed_by", "refusal"])
    response = decision.response
    asked = [rules.ASKED[DecisionKind(decision.kind)]]
    cancel_for_subject(subject=response.key, now=now, reason=decision.state, started_by=asked)
    if response.state == ResponseState.PROPOSED:
        move(response, ResponseVerb.DROP)
    save(response, "state")


def settle(response: Response, reach: Reach, now: datetime) -> None:
    """Who acts has heard; nobody else needs the request any more."""
    if pending(response) is None:
        acknowledge_about(subject=response.key, actor=reach.user, now=now)
    settle_threads([response.thread], now)


def shown(decision: Decision) -> dict:
    """What the timeline shows of a decision."""
    until = decision.expected_until
    return {
        "decision": decision.kind,
        "level": decision.level,
        "grade": decision.grade,
        "text": decision.matter,
        "reason": decision.reason,
        "measures": decision.measures,
        "expected_until": until.isoformat() if until else "",
    }


def _signed(decision: Decision) -> dict:
    return {**shown(decision), "signed_as": decision.signed_as, "signature": decision.signature}
