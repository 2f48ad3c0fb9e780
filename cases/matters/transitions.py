"""What every act on a matter stands on: lock, check, save, record."""

from datetime import datetime

from django.utils.translation import gettext as _

from accounts.scope import Reach
from cases.matters import rules
from cases.matters.models import Matter, MatterStep
from clocks.actions import record_with_clocks
from clocks.models import Clock
from common.errors import Invalid, WrongState
from common.text.personal_data import unsigned_personal_data_in
from plans.lifecycle.queries import plan_with_clock


def plan_of_clock(subject: str, start_kind: str) -> str:
    """The plan under which the clock was started: it stops under the same one."""
    found = Clock.objects.filter(subject=subject, start_entry__kind=start_kind).order_by("-id").first()
    return found.plan if found else ""


_STARTING = ("dispute.accepted", "mediation.ended")


def lock_matter(matter_id: int) -> Matter:
    rows = Matter.objects.select_for_update(of=("self",)).select_related(
        "unit", "lead_unit", "item__report", "incident"
    )
    return rows.get(pk=matter_id)


def check_open(matter: Matter) -> None:
    if not rules.is_open(matter.state):
        raise WrongState(
            "already_filed",
            _("Nothing was changed on %(number)s: it is filed. Take it up again first.")
            % {"number": matter.number},
        )


def check_words(matter: Matter, *words: str) -> None:
    if any(unsigned_personal_data_in(text) for text in words):
        raise Invalid(
            "personal_data",
            _(
                "Nothing was changed on %(number)s: the text holds an identity, telephone or card number, and "
                "matters name no people. Take the number out and send it again."
            )
            % {"number": matter.number},
        )


def keep_step(verb: str, matter: Matter, reach: Reach, at: datetime, note: str) -> str:
    """Append the act to the matter. Returns the title of the post it was done from."""
    title = reach.title_for("matter.manage", matter.unit_path)
    MatterStep.objects.create(matter=matter, verb=verb, at=at, by=reach.user, post=title, note=note[:500])
    return title


def record_act(
    kind: str, verb: str, matter: Matter, reach: Reach, now: datetime, note: str, **content: str
) -> None:
    record_with_clocks(
        kind,
        subject=matter.key,
        unit=matter.unit,
        actor=reach.user,
        post=keep_step(verb, matter, reach, now, note),
        plan=plan_with_clock(matter.unit, kind, now) if kind in _STARTING else "",
        at=now,
        content={"number": matter.number, "note": note, **content},
    )
