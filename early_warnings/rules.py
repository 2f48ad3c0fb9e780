"""What follows from what in a warning's life. Plain values in and out.

draft ──propose──▶ proposed ──sign──▶ signed ──push──▶ in force ──replace──▶ adjusted
  │                 │   ▲                                 └──────lift─────▶ lifted
  │              return  propose
  │                 ▼   │
  └─withdraw─▶ ◀── returned        (withdraw: from draft, proposed and returned, by the drafter)

`sign` and `push` happen in one transaction: a warning is never seen signed and not pushed. `adjust` proposes
a successor and changes nothing here; the old warning is replaced when the successor is signed.
Source: city plan §2.4; Emergency Response Law arts. 64 and 70.
"""

from collections.abc import Mapping

from early_warnings.choices import Owner, State, Verb

#: state → verb → next state. What is not listed cannot happen.
TRANSITIONS: dict[str, dict[str, str]] = {
    State.DRAFT: {
        Verb.REVISE: State.DRAFT,
        Verb.PROPOSE: State.PROPOSED,
        Verb.WITHDRAW: State.WITHDRAWN,
    },
    State.PROPOSED: {
        Verb.SIGN: State.SIGNED,
        Verb.RETURN: State.RETURNED,
        Verb.WITHDRAW: State.WITHDRAWN,
        Verb.ESCALATE: State.PROPOSED,
    },
    State.RETURNED: {
        Verb.REVISE: State.RETURNED,
        Verb.PROPOSE: State.PROPOSED,
        Verb.WITHDRAW: State.WITHDRAWN,
    },
    State.SIGNED: {Verb.PUSH: State.IN_FORCE},
    State.IN_FORCE: {
        Verb.ADJUST: State.IN_FORCE,
        Verb.REPLACE: State.ADJUSTED,
        Verb.LIFT: State.LIFTED,
        Verb.CALL: State.IN_FORCE,
        Verb.REPORT: State.IN_FORCE,
    },
    # A call or an upward report that was owed is still recorded when the warning has ended meanwhile.
    State.ADJUSTED: {Verb.CALL: State.ADJUSTED, Verb.REPORT: State.ADJUSTED},
    State.LIFTED: {Verb.CALL: State.LIFTED, Verb.REPORT: State.LIFTED},
    State.WITHDRAWN: {},
}

#: Whose turn it is.
OWNERS: dict[str, str] = {
    State.DRAFT: Owner.DRAFTER,
    State.PROPOSED: Owner.SIGNATORY,
    State.RETURNED: Owner.DRAFTER,
    State.SIGNED: Owner.SYSTEM,
    State.IN_FORCE: Owner.DESK,
    State.ADJUSTED: Owner.NOBODY,
    State.LIFTED: Owner.NOBODY,
    State.WITHDRAWN: Owner.NOBODY,
}

#: On the way to a signature: at most one per incident.
PENDING = (State.DRAFT, State.PROPOSED, State.RETURNED)
#: Bears a signature.
SIGNED = (State.SIGNED, State.IN_FORCE, State.ADJUSTED, State.LIFTED)
#: In force, or between signature and push: at most one per incident.
STANDING = (State.SIGNED, State.IN_FORCE)
#: Keeps its incident from being closed.
HOLDS_OPEN = (State.PROPOSED, State.IN_FORCE)


def next_state(state: str, verb: str) -> str | None:
    """The state after `verb`, or None where the verb does not apply."""
    return TRANSITIONS[state].get(verb)


def verbs_for(state: str) -> list[str]:
    return list(TRANSITIONS[state])


def owner_of(state: str) -> str:
    return OWNERS[state]


def deciding_level(level: str, level_in_force: str, ranks: Mapping[str, int]) -> str:
    """Whose signatory decides: an adjustment needs the one of the higher of the two levels.

    `ranks`: level → rank, 1 the highest. `level_in_force` is empty for a first warning.
    """
    if not level_in_force:
        return level
    return min(level, level_in_force, key=lambda one: ranks[one])
