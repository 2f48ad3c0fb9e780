"""A warning in any state, walked there by the real actions."""

import pytest

from accounts.choices import HeldAs, PostKind
from accounts.models import Appointment, Post
from early_warnings.choices import State
from early_warnings.proposals import actions as proposals
from early_warnings.proposals.actions import Statement
from early_warnings.signing import actions as signing
from incidents.reporting.actions import Alarm, report_incident
from plans.engine.facts import Facts

PASSWORD = "Signing-2026-ok"

#: Who signs which level for an incident in county 1.
SIGNER = {
    "blue": "county1.leader",
    "yellow": "county1.director",
    "orange": "city.deputy",
    "red": "city.director",
}


@pytest.fixture
def passwords(cast):
    """Everybody's password is the same; hashing it once is enough."""
    people = list(cast.values())
    people[0].set_password(PASSWORD)
    for person in people:
        person.password = people[0].password
    type(people[0]).objects.bulk_update(people, ["password"])
    return PASSWORD


@pytest.fixture
def incident(plan, units, reach, now):
    """incident(headcount=8) → an incident in C1 (or unit="T11"), reported by its duty officer."""
    made = iter(range(1000))

    def report(
        unit="C1", *, by="county1.duty", at=None, drill=False, what="来访人聚集", category="R2", **facts
    ):
        alarm = Alarm(
            unit=units[unit],
            place="一楼大厅",
            what=what,
            facts=Facts.from_dict(facts or {"headcount": 8}),
            client_id=f"w{next(made)}",
            category=category,
            drill=drill,
        )
        return report_incident(reach=reach(by, at), alarm=alarm, now=at or now)[0]

    return report


@pytest.fixture
def statement():
    """statement("red") → a statement of that level."""
    return lambda level="yellow", reason="人数较多，情绪激动", **more: Statement(
        level=level, reason=reason, **more
    )


@pytest.fixture
def proposed(incident, statement, reach, now):
    """proposed("orange") → a warning that waits for its signature, drafted by county 1's duty officer."""

    def propose(level="yellow", *, by="county1.duty", at=None, on=None, **facts):
        event = on or incident(at=at, **facts)
        return proposals.propose_new_warning(
            incident_id=event.pk, reach=reach(by, at), statement=statement(level), now=at or now
        )

    return propose


@pytest.fixture
def signed(proposed, passwords, reach, now):
    """signed("red") → a warning in force, signed by its own signatory."""

    def sign(level="yellow", *, at=None, **more):
        warning = proposed(level, at=at, **more)
        return signing.sign_warning(
            warning_id=warning.pk, reach=reach(SIGNER[level], at), credential=PASSWORD, now=at or now
        )

    return sign


@pytest.fixture
def in_state(incident, proposed, signed, statement, reach, now):
    """in_state(State.RETURNED) → a yellow warning in that state (signed: only within its transaction)."""

    def make(state):
        if state == State.DRAFT:
            return proposals.draft_warning(
                incident_id=incident().pk, reach=reach("county1.duty"), statement=statement(), now=now
            )
        if state in (State.PROPOSED, State.RETURNED, State.WITHDRAWN):
            warning = proposed()
            if state == State.RETURNED:
                return signing.return_to_drafter(
                    warning_id=warning.pk, reach=reach("county1.director"), reason="请补充人数", now=now
                )
            if state == State.WITHDRAWN:
                return proposals.withdraw_warning(warning_id=warning.pk, reach=reach("county1.duty"), now=now)
            return warning
        warning = signed()
        if state == State.LIFTED:
            return signing.lift_warning(
                warning_id=warning.pk,
                reach=reach("county1.director"),
                reason="人员已离开",
                credential=PASSWORD,
                now=now,
            )
        if state == State.ADJUSTED:
            later = proposals.adjust_warning(
                warning_id=warning.pk, reach=reach("county1.duty"), statement=statement("blue"), now=now
            )
            signing.sign_warning(
                warning_id=later.pk, reach=reach("county1.director"), credential=PASSWORD, now=now
            )
            warning.refresh_from_db()
        return warning

    return make


@pytest.fixture
def appointed(cast, units, now):
    """appointed("county2.duty", "C1", "director", HeldAs.DEPUTY) → that appointment, from now on."""

    def appoint(username, unit, kind=PostKind.DIRECTOR, held_as=HeldAs.HOLDER, *, start=None, end=None):
        post = Post.objects.filter(unit=units[unit], kind=kind).order_by("pk").first()
        return Appointment.objects.create(
            person=cast[username],
            post=post,
            held_as=held_as,
            valid_from=start or now,
            valid_to=end,
            reason="出差" if held_as == HeldAs.DELEGATE else "",
        )

    return appoint
