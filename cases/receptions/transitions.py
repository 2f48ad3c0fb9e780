"""What every act on a reception stands on: lock, check, record."""

from collections.abc import Mapping
from datetime import datetime

from django.utils.translation import gettext as _

from accounts.scope import Reach
from cases.receptions import permissions, rules
from cases.receptions.choices import ReceptionVerb
from cases.receptions.models import Reception, ReceptionStep
from clocks.actions import record_with_clocks
from common.errors import Invalid, WrongState
from common.states import Transition
from common.text.personal_data import unsigned_personal_data_in


def lock_reception(reception_id: int) -> Reception:
    rows = Reception.objects.select_for_update(of=("self",)).select_related(
        "unit", "incident", "matter", "offer"
    )
    return rows.get(pk=reception_id)


def check_may(reach: Reach, reception: Reception, verb: str) -> Transition:
    """The row of the verb; raises where this person may not, or where it does not follow now."""
    permissions.check_can_work_on(reach, reception)
    found = rules.TRANSITIONS.row(reception.state, verb)
    if found is None:
        raise WrongState(
            "wrong_state",
            _("Nothing was changed on %(number)s: “%(verb)s” does not follow now. Load the page again.")
            % {"number": reception.number, "verb": ReceptionVerb(verb).label},
        )
    return found


def check_words(*words: str) -> None:
    if any(unsigned_personal_data_in(text) for text in words):
        raise Invalid(
            "personal_data",
            _(
                "Nothing was kept: the text holds an identity, telephone or card number, and receptions name no "
                "people. Take the number out and send it again."
            ),
        )


def check_representatives(count: int | None) -> None:
    if rules.too_many(count):
        raise Invalid(
            "too_many_representatives",
            _(
                "Nothing was kept: a group is spoken for by at most %(most)s representatives (Petition Work "
                "Regulations art. 20), not %(count)s. Ask them to choose; everybody's points are taken down all the same."
            )
            % {"most": rules.MOST_REPRESENTATIVES, "count": count},
            fields={"representatives": [_("At most five.")]},
        )


def missing(code: str, field: str, sentence: str) -> Invalid:
    return Invalid(code, _("Nothing was kept: %(why)s") % {"why": sentence}, fields={field: [sentence]})


def record_act(
    done: Transition,
    reception: Reception,
    reach: Reach,
    *,
    now: datetime,
    note: str = "",
    at: datetime | None = None,
    appointments: Mapping[str, datetime] | None = None,
    **content: object,
) -> None:
    """Into the reception's steps and the journal, in the incident's thread where it has one. The clocks follow."""
    post, happened = reach.title_for("matter.manage", reception.unit_path), at or now
    ReceptionStep.objects.create(
        reception=reception, verb=done.verb, at=happened, by=reach.user, post=post, note=note[:500]
    )
    record_with_clocks(
        done.entry,
        appointments=appointments,
        subject=reception.key,
        thread=reception.thread,
        unit=reception.unit,
        actor=reach.user,
        post=post,
        at=happened,
        recorded_at=now,
        plan=reception.plan,
        drill=reception.drill,
        content={"number": reception.number, "note": note, **content},
    )
