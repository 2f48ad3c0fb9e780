"""What a plan would do with some facts: level, reasons, who signs, who is told, which clocks run. Changes nothing."""

from dataclasses import dataclass
from datetime import datetime

from accounts.models import Unit
from accounts.queries import Holder
from clocks.durations import Due, due_at
from clocks.working_days.calendar import Calendar
from plans.document.sections import Actions, ClockLine, Role, actions_for
from plans.engine.evaluation import Document, Proposal, evaluate
from plans.engine.facts import Facts
from plans.people.holders import Signatory, recipients, signatories


@dataclass(frozen=True, slots=True)
class Running:
    """A clock of the level, as if what starts it happened at the moment rehearsed."""

    line: ClockLine
    due: Due


@dataclass(frozen=True, slots=True)
class Rehearsed:
    proposal: Proposal
    #: None for a plan that proposed no level.
    actions: Actions | None = None
    #: Who may sign, first whom the plan names; empty: nobody could sign.
    seats: tuple[Signatory, ...] = ()
    #: Roles told by telephone with who holds them; no holders: nobody would be phoned.
    phoned: tuple[Holder, ...] = ()
    report_to: tuple[Role, ...] = ()
    clocks: tuple[Running, ...] = ()


def rehearse(document: Document, facts: Facts, unit: Unit | None, at: datetime) -> Rehearsed:
    """Say what would happen in `unit` at `at`. Without a unit nobody is named (at most five queries)."""
    proposal = evaluate(document, facts)
    if proposal.level is None:
        return Rehearsed(proposal)
    actions = actions_for(document, proposal.level.id)
    told = recipients(document, proposal.level.id, unit, at) if unit else None
    return Rehearsed(
        proposal=proposal,
        actions=actions,
        seats=tuple(signatories(document, proposal.level.id, unit, at)) if unit else (),
        phoned=told.phone if told else (),
        report_to=actions.report_to,
        clocks=_running(actions.clocks, at),
    )


def _running(lines: tuple[ClockLine, ...], at: datetime) -> tuple[Running, ...]:
    calendar = Calendar()
    return tuple(Running(line, due_at(at, line.duration, calendar)) for line in lines if line.start)
