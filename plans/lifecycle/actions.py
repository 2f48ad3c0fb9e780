"""What happens to plans: they are loaded, and put in force. Lock, check, change, record."""

import hashlib
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.choices import PostKind, Tier
from accounts.models import Unit, User
from clocks.actions import write_rules
from clocks.breaches import effects
from common.errors import Invalid, WrongState
from common.states import Transition, move
from journal.keys import key
from journal.kinds import KINDS
from journal.record import record
from plans.checks import documents, rights, staffing
from plans.checks.findings import Finding, Problem, Vocabulary
from plans.document import campaigns, statute
from plans.document.campaigns import NO_TERM, Term
from plans.document.clock_rules import clock_rules
from plans.document.sections import clocks_of
from plans.document.words import words
from plans.lifecycle import permissions, queries, rules
from plans.lifecycle.choices import PlanKind, PlanState, PlanVerb
from plans.lifecycle.models import Plan, PlanStep, PlanText, PlanVersion


def vocabulary_at(at: datetime | None = None) -> Vocabulary:
    """The words of this product that a plan may use; with `at`, what statutes are in force then as well."""
    return Vocabulary(
        kinds=frozenset(KINDS),
        posts=frozenset(PostKind.values),
        tiers=frozenset(Tier.values),
        effects=effects.known(),
        statutes=queries.statutes(at) if at else (statute.shipped(),),
        matters=frozenset(kind.name for kind in KINDS.values() if kind.matter),
    )


@transaction.atomic
def load_plan(
    *,
    text: str | bytes,
    actor: User | None,
    now: datetime,
    owner: Unit | None = None,
    put_in_force: bool = False,
    term: Term = NO_TERM,
    reason: str = "",
) -> PlanVersion:
    """Store a version of a plan with its clock rules, and on request put it in force at once.

    The same text again gives the version already there. Raises Invalid with every problem found, WrongState
    when the version's number is taken by another text or the plan belongs to another unit.
    Source: district plan §7 (filed, in force, revised).
    """
    raw = text.encode() if isinstance(text, str) else text
    checked = documents.check(raw, vocabulary_at(now))
    if not checked.is_loadable or checked.document is None:
        raise _not_loadable(checked.problems)
    permissions.check_can_manage(actor, owner, now)

    plan = _plan_of(checked.document, owner)
    version, is_new = _version_of(plan, checked.document, raw, actor, now)

    if is_new:
        PlanText.objects.create(version=version, source=raw.decode("utf-8-sig"), document=checked.document)
        register_clock_rules(version)
        _step(version, rules.TRANSITIONS.begin, actor, now, reason)
    if put_in_force and version.state != PlanState.IN_FORCE:
        version = put_plan_in_force(version_id=version.pk, actor=actor, now=now, term=term, reason=reason)
    return version


_TERM = ("valid_from", "valid_to", "place", "reviewed_by")


@transaction.atomic
def put_plan_in_force(
    *, version_id: int, actor: User | None, now: datetime, term: Term = NO_TERM, reason: str = ""
) -> PlanVersion:
    """Let a version hold from now on; the one before it is superseded. Open incidents keep their own version.

    A draft is filed in the same act. A campaign plan needs a `term`: its days, its place and who has reviewed
    it, as its `validity` asks. Raises Invalid naming what is missing. Source: district plan §7.
    """
    version = PlanVersion.objects.select_related("plan__owner_unit").get(pk=version_id)
    plan = Plan.objects.select_for_update(of=("self",)).get(pk=version.plan_id)

    permissions.check_can_manage(actor, version.plan.owner_unit, now)
    version.refresh_from_db(fields=["state"])
    check_can_be_in_force(version)
    term = checked_term(version, term, actor)

    if version.state == PlanState.DRAFT:
        file_version(version, actor, now, reason)
    for earlier in plan.versions.filter(state=PlanState.IN_FORCE).select_related("plan__owner_unit"):
        done = move(earlier, rules.TRANSITIONS, PlanVerb.SUPERSEDE)
        earlier.in_force_to = now
        earlier.save(update_fields=["state", "in_force_to"])
        _step(earlier, done, actor, now, version.ref)
    done = move(version, rules.TRANSITIONS, PlanVerb.PUT_IN_FORCE)
    version.in_force_from = now
    version.valid_from, version.valid_to = term.valid_from, term.valid_to
    version.place, version.reviewed_by = term.place, term.reviewed_by
    version.save(update_fields=["state", "in_force_from", *_TERM])
    title = words(version.document["title"])
    Plan.objects.filter(pk=plan.pk).update(title_zh=title.zh, title_en=title.en)

    _step(version, done, actor, now, reason)
    return version


def file_version(version: PlanVersion, actor: User | None, now: datetime, reason: str) -> None:
    """Mark a draft as filed. The caller has locked its plan and asked who may."""
    done = move(version, rules.TRANSITIONS, PlanVerb.FILE)
    version.save(update_fields=["state"])
    _step(version, done, actor, now, reason)


def register_clock_rules(version: PlanVersion) -> None:
    """Hand the version's clocks to the clocks room. Those the calendar asks for have no entry to start them."""
    write_rules(plan=version.ref, rules=clock_rules(clocks_of(version.document), version.ref))


def _plan_of(document: dict, owner: Unit | None) -> Plan:
    title = words(document["title"])
    plan, is_new = Plan.objects.get_or_create(
        plan_id=document["id"],
        defaults={
            "title_zh": title.zh,
            "title_en": title.en,
            "kind": document.get("kind", PlanKind.RESPONSE),
            "owner_unit": owner,
        },
    )
    plan = Plan.objects.select_for_update(of=("self",)).get(pk=plan.pk)
    if not is_new and owner is not None and plan.owner_unit_id != owner.pk:
        raise WrongState(
            "plan_of_another_unit",
            _("The plan was not loaded: %(plan)s belongs to another unit. Give it an id of its own.")
            % {"plan": plan.plan_id},
        )
    return plan


def _version_of(
    plan: Plan, document: dict, raw: bytes, actor: User | None, now: datetime
) -> tuple[PlanVersion, bool]:
    sha256 = hashlib.sha256(raw).hexdigest()
    version, is_new = PlanVersion.objects.get_or_create(
        plan=plan,
        version=document["version"],
        defaults={
            "ref": f"{document['id']}@{document['version']}",
            "sha256": sha256,
            "loaded_at": now,
            "loaded_by": actor,
        },
    )
    if version.sha256 != sha256:
        raise WrongState(
            "plan_version_exists",
            _(
                "The plan was not loaded: %(ref)s is already there with another text. Raise its version number."
            )
            % {"ref": version.ref},
        )
    return version, is_new


def check_can_be_in_force(version: PlanVersion) -> None:
    """Raise WrongState for its state, Invalid for what no plan may ask for or a level that nobody here could sign."""
    if version.state not in (PlanState.DRAFT, PlanState.FILED):
        raise WrongState(
            "wrong_state",
            _(
                "%(ref)s was not put in force: it is %(state)s. Load the text again under a new version number."
            )
            % {"ref": version.ref, "state": version.get_state_display()},
        )
    if version.document.get("levels") and not version.document.get("roles"):
        raise WrongState(
            "plan_without_roles",
            _(
                "%(ref)s was not put in force: it has no roles table, so nobody could sign. Add the table and "
                "raise the version number."
            )
            % {"ref": version.ref},
        )
    if faults := [_(one.sentence) % one.values for one in rights.findings(version.document)]:
        raise Invalid(
            "against_peoples_rights",
            _("%(ref)s was not put in force: %(why)s") % {"ref": version.ref, "why": " ".join(faults)},
            fields={"plan": faults},
        )
    found = staffing.findings(version.document, staffing.posts_of(version.plan.owner_unit))
    if faults := [_(one.sentence) % one.values for one in found if one.severity == "problem"]:
        raise Invalid(
            "nobody_can_sign",
            _("%(ref)s was not put in force: %(why)s") % {"ref": version.ref, "why": " ".join(faults)},
            fields={"levels": faults},
        )


def checked_term(version: PlanVersion, given: Term, actor: User | None) -> Term:
    document = version.document
    term = campaigns.term_of(document, given)
    faults = {field: [_(_MISSING[field])] for field in campaigns.missing_in(document, term)}
    if term.valid_from and term.valid_to and term.valid_to < term.valid_from:
        faults["valid_to"] = [_("The last day lies before the first day.")]
    if actor is not None and term.reviewed_by == actor and "reviewed_by" in campaigns.asked_of(document):
        faults["reviewed_by"] = [_("Whoever puts the plan in force does not review it: name somebody else.")]
    if faults:
        raise Invalid(
            "plan_term_missing",
            _("%(ref)s was not put in force: %(why)s")
            % {"ref": version.ref, "why": " ".join(said for fault in faults.values() for said in fault)},
            fields=faults,
        )
    return term


_MISSING = {
    "valid_from": gettext_noop("Give the first day it holds."),
    "valid_to": gettext_noop("Give the last day it holds."),
    "place": gettext_noop("Say at which places it holds."),
    "reviewed_by": gettext_noop("Name who has reviewed whether it is lawful."),
}


def _not_loadable(problems: list[Problem]) -> Invalid:
    found = [problem for problem in problems if problem.severity == "problem"]
    first = found[0]
    return Invalid(
        "plan_has_problems",
        _("The plan was not loaded: it has %(count)s problems, the first in line %(line)s: %(problem)s")
        % {"count": len(found), "line": first.line, "problem": finding_as_text(first)},
        problems=[{"line": p.line, "path": p.path, "message": finding_as_text(p)} for p in found],
    )


def finding_as_text(problem: Problem | Finding) -> str:
    """A problem's sentence in the reader's language."""
    return _(problem.sentence) % problem.values


def _step(version: PlanVersion, done: Transition, actor: User | None, now: datetime, reason: str) -> None:
    """Write down that the version came into a state, beside it and in the journal."""
    PlanStep.objects.create(version=version, state=version.state, at=now, by=actor, reason=reason)
    said = {"reason": reason} if reason else {}
    record(
        done.entry,
        subject=key("plan", version.pk),
        unit=version.plan.owner_unit,
        actor=actor,
        at=now,
        content={"plan": version.ref, "sha256": version.sha256, **_term_as_text(version), **said},
    )


def _term_as_text(version: PlanVersion) -> dict:
    """The term of a campaign for the journal; nothing for a standing plan."""
    said = {name: str(getattr(version, name) or "") for name in _TERM}
    return {name: text for name, text in said.items() if text}
