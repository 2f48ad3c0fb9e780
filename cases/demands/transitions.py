"""What every act on a demand stands on: lock, check, keep, record."""

from datetime import datetime

from django.utils.translation import gettext as _

from accounts.scope import Reach
from cases.demands import queries, rules
from cases.demands.choices import DemandVerb
from cases.demands.models import Demand, DemandStep
from clocks.actions import record_with_clocks
from common.errors import Invalid, WrongState
from common.revisions import save
from common.states import Transition
from common.text.personal_data import unsigned_personal_data_in


def lock_demand(demand_id: int) -> Demand:
    rows = Demand.objects.select_for_update(of=("self",)).select_related("unit", "lead_unit", "incident")
    return rows.get(pk=demand_id)


def check_verb(demand: Demand, verb: str) -> Transition:
    if verb == DemandVerb.CLOSE_DEMAND and demand.is_open and demand.delivered_at is None:
        raise WrongState(
            "not_delivered",
            _("%(number)s was not closed: its reply is not delivered. Note the reply and its delivery first.")
            % {"number": demand.number},
        )
    found = rules.TRANSITIONS.row(demand.state, verb)
    if found is None:
        raise WrongState(
            "wrong_state",
            _("Nothing was changed on %(number)s: “%(verb)s” does not follow now. Load the page again.")
            % {"number": demand.number, "verb": DemandVerb(verb).label},
        )
    return found


def check_words(about: str, *words: str) -> None:
    if any(unsigned_personal_data_in(text) for text in words):
        raise Invalid(
            "personal_data",
            _(
                "Nothing was changed on %(number)s: the text holds an identity, telephone or card number, and "
                "demands name no people. Take the number out and send it again."
            )
            % {"number": about},
        )


def check_is_said(demand: Demand, words: str) -> None:
    if not words.strip():
        raise Invalid(
            "note_missing",
            _("Nothing was changed on %(number)s: say in a sentence what was done or why.")
            % {"number": demand.number},
            fields={"note": [_("Say in a sentence what was done or why.")]},
        )


def keep(demand: Demand, *fields: str) -> None:
    """Save these fields, and by when it is due now."""
    demand.due_at = queries.due_of(demand)
    save(demand, *fields, "due_at")


def title_of(demand: Demand, reach: Reach) -> str:
    """Of the post that leads it, took it down, or helps."""
    near = (demand.lead_path, demand.unit_path)
    path = next((path for path in near if reach.holds("matter.manage", path)), "")
    if not path:
        helping = (unit.path for unit in demand.supporters.all() if reach.holds("matter.manage", unit.path))
        path = next(helping, demand.unit_path)
    return reach.title_for("matter.manage", path)


def keep_step(verb: str, demand: Demand, reach: Reach, at: datetime, note: str, kind: str = "") -> str:
    """Append the act. Returns the title of the post it was done from."""
    title = title_of(demand, reach)
    DemandStep.objects.create(
        demand=demand, verb=verb, kind=kind, at=at, by=reach.user, post=title, note=note[:500]
    )
    return title


def record_act(
    kind: str,
    verb: str,
    demand: Demand,
    reach: Reach,
    *,
    at: datetime,
    now: datetime,
    note: str,
    said: str | None = None,
    also: tuple[str, ...] = (),
    **content: object,
) -> None:
    """Into the demand's steps and the journal, in the incident's thread where it has one. The clocks follow.

    `also`: kinds that happened with it, such as the acceptance with the written notice.
    """
    post = keep_step(verb, demand, reach, at, note if said is None else said, kind)
    for one in (kind, *also):
        record_only(one, demand, reach, at=at, now=now, note=note, post=post, **content)


def record_only(
    kind: str,
    demand: Demand,
    reach: Reach,
    *,
    at: datetime,
    now: datetime,
    note: str,
    post: str = "",
    **content: object,
) -> None:
    incident = demand.incident
    record_with_clocks(
        kind,
        subject=demand.key,
        thread=incident.key if incident and not demand.accusation else "",
        unit=demand.lead_unit,
        actor=reach.user,
        post=post or title_of(demand, reach),
        at=at,
        recorded_at=now,
        level=incident.shown_level if incident else "",
        plan=queries.plan_of_step(demand, kind, now),
        drill=incident.drill if incident else False,
        content={"number": demand.number, "note": note, **content},
    )
