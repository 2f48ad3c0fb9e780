"""Who may propose and who decides. Each check raises with the reason; buttons and API derive from it.

Both are the plan's word (`response.propose`, `response.decide`); a plan that does not say who decides leaves it to
the signatories of the level. Source: linkage plan §2.1, §2.2.
"""

from datetime import datetime

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.models import Unit
from accounts.scope import Reach
from command.activation.models import Decision, Response
from common.errors import NotAllowed
from early_warnings.rules import deciding_level
from incidents.models import Incident
from plans.document.response import response_rules
from plans.document.sections import role_of, signatory_roles
from plans.document.words import joined
from plans.engine.evaluation import Document, levels_of
from plans.people import holders
from plans.people.holders import Bench, Signatory


def check_can_propose(reach: Reach, incident: Incident, document: Document, now: datetime) -> None:
    """The desk and the leaders of the unit, or of one above; where the plan names who proposes, one of those."""
    named = response_rules(document).proposers
    if reach.holds("response.propose", incident.unit_path):
        bench = Bench(incident.unit, now) if named else None
        if bench is None or _sits(reach, bench, document, named) or _decides(reach, bench, document):
            return
    roles = joined([role_of(document, name).words for name in named], "、", ", ")
    raise NotAllowed(
        "not_a_proposer",
        _(
            "Nothing was proposed for %(number)s: a decision on its response is asked for by %(roles)s, and you are neither. Phone them."
        )
        % {
            "number": incident.number,
            "roles": roles.in_language(get_language()) or _("its duty room or a leader of its unit"),
        },
    )


def check_can_decide(reach: Reach, response: Response, level: str, now: datetime) -> Signatory:
    """Whoever sits on a seat that decides; returns the seat.

    `level` is the higher of the one in force and the one asked for.
    """
    seat = seat_of(reach, response.plan.document, level, response.unit, now)
    if seat is None:
        raise NotAllowed(
            "not_a_decider",
            _("Response %(number)s was not decided on: this is up to %(roles)s. Phone them.")
            % {"number": response.number, "roles": deciders_in_words(response.plan.document, level)},
        )
    return seat


def check_can_withdraw(reach: Reach, decision: Decision) -> None:
    """Who asked for it, or whoever may ask at the same unit: a shift ends, its requests do not."""
    response = decision.response
    if decision.proposed_by_id != reach.user.pk and not reach.holds("response.propose", response.unit_path):
        raise NotAllowed(
            "not_the_proposer",
            _("Nothing was withdrawn from %(number)s: %(person)s asked for it. Ask them.")
            % {"number": response.number, "person": decision.proposed_by},
        )


def level_of_decision(response: Response, level: str) -> str:
    """Whose signature counts: the one of the higher of the level in force and the level asked for."""
    ranks = {one.id: one.rank for one in levels_of(response.plan.document)}
    return deciding_level(level, response.level if response.is_active else "", ranks)


def seats(document: Document, level: str, bench: Bench) -> list[Signatory]:
    """Every seat that may decide, first whom the plan names."""
    named = response_rules(document).deciders
    if not named:
        return holders.signatories_on(document, level, bench)
    return [seat for name in named if (seat := bench.seat(role_of(document, name)))]


def seat_of(reach: Reach, document: Document, level: str, unit: Unit, now: datetime) -> Signatory | None:
    """The seat from which this person decides; the lowest one counts."""
    for seat in seats(document, level, Bench(unit, now)):
        if mine := tuple(holder for holder in seat.holders if holder.person == reach.user):
            return Signatory(seat.role, seat.unit, mine, seat.by)
    return None


def deciders_in_words(document: Document, level: str) -> str:
    named = response_rules(document).deciders
    roles = [role_of(document, name) for name in named] or signatory_roles(document, level)[:1]
    return joined([role.words for role in roles], "、", ", ").in_language(get_language())


def _sits(reach: Reach, bench: Bench, document: Document, roles: tuple[str, ...]) -> bool:
    for name in roles:
        seat = bench.seat(role_of(document, name))
        if seat and reach.user in seat.people:
            return True
    return False


def _decides(reach: Reach, bench: Bench, document: Document) -> bool:
    """Who may decide may as well ask; a plan that names no one leaves this to the level's signatories."""
    return _sits(reach, bench, document, response_rules(document).deciders)
