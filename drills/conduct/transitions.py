"""What every act on a drill stands on: its lock, its move and its entry."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from accounts.scope import Reach
from common import revisions, states
from common.errors import Invalid
from common.states import Transition
from common.text.personal_data import unsigned_personal_data_in
from drills.choices import DrillVerb
from drills.conduct import rules
from drills.conduct.models import Drill
from journal.record import record


def lock(drill_id: int) -> Drill:
    rows = Drill.objects.select_for_update(of=("self",))
    return rows.select_related("unit", "controller").get(pk=drill_id)


def move(drill: Drill, verb: str) -> Transition:
    return states.move(drill, rules.DRILLS, verb, lambda: _wrong_state(drill, verb))


def check_move(drill: Drill, verb: str) -> Transition:
    return states.check_move(drill, rules.DRILLS, verb, lambda: _wrong_state(drill, verb))


def _wrong_state(drill: Drill, verb: str) -> str:
    named = DrillVerb(verb).label if verb in DrillVerb.values else verb
    return _("%(number)s was not changed: it is “%(state)s”, and “%(verb)s” does not follow from that. Load the page again.") % {
        "number": drill.number, "state": drill.get_state_display(), "verb": named,
    }  # fmt: skip


def check_rev(drill: Drill, rev: int | None) -> None:
    sentence = _(
        "%(number)s was not changed: somebody changed it after you opened the page. Look again, then repeat."
    )
    revisions.check_rev(drill, rev, sentence % {"number": drill.number})


def check_words(**texts: str) -> None:
    """Raise Invalid where a text holds a number of a person."""
    if found := {name for name, text in texts.items() if unsigned_personal_data_in(text)}:
        raise Invalid(
            "personal_data",
            _("Nothing was kept: a text holds what looks like an identity, telephone or card number. Take it out and send it again."),
            fields={name: [_("Take the number out.")] for name in sorted(found)},
        )  # fmt: skip


def record_act(
    kind: str, drill: Drill, actor: User | None, *, now: datetime, reach: Reach | None = None, **content: Any
) -> None:
    """`actor` None: it came by itself."""
    record(
        kind,
        subject=drill.key,
        unit=drill.unit,
        actor=actor,
        post=reach.title_for("drill.manage", drill.unit_path) if reach else "",
        at=now,
        content={"number": drill.number, **content},
        drill=True,
    )
