"""What happens to the list of experts. Lock, check, change, record."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Appointment, Unit, User
from accounts.scope import Reach
from common import revisions
from common.errors import Invalid, WrongState
from resources.experts import queries
from resources.experts.models import Expert, ExpertCall
from resources.permissions import check_can_keep
from resources.transitions import check_unit_open, check_words, record_act

_KEPT = ("kind", "skill", "account", "name", "organisation", "phone")


@transaction.atomic
def add_expert(
    *,
    reach: Reach,
    unit: Unit,
    kind: str,
    skill: str,
    name: str,
    organisation: str,
    phone: str,
    now: datetime,
    account: User | None = None,
) -> Expert:
    """Put an adviser on the list of a unit. `kind` is one of its plans' pools, or empty with `skill` in words.

    With an `account` here neither name nor number is written a second time.
    """
    unit = Unit.objects.select_for_update().get(pk=unit.pk)

    check_can_keep(reach, unit)
    check_unit_open(unit)
    check_words(skill=skill, name=name, organisation=organisation)
    _check_named(unit, account, name, phone, now)
    kind_of_plan = _kind_of_plan(unit, kind, skill, now)

    expert = Expert.objects.create(
        unit=unit, unit_path=unit.path, kind=kind, skill=skill, name=name, organisation=organisation,
        phone=phone, account=account, added_at=now, **kind_of_plan,
    )  # fmt: skip

    _record("expert.added", expert, reach, now)
    return expert


@transaction.atomic
def change_expert(
    *,
    reach: Reach,
    expert_id: int,
    kind: str,
    skill: str,
    name: str,
    organisation: str,
    phone: str,
    now: datetime,
    rev: int | None = None,
    account: User | None = None,
) -> Expert:
    """Correct what is written of an adviser."""
    expert = lock_expert(expert_id)

    _check_can_change(reach, expert, rev)
    check_words(skill=skill, name=name, organisation=organisation)
    _check_named(expert.unit, account, name, phone, now, besides=expert)
    kind_of_plan: dict[str, str] = {}
    if kind != expert.kind:
        kind_of_plan = _kind_of_plan(expert.unit, kind, skill, now)
    elif not kind:
        _check_knows_something(kind, skill)

    new = {
        "kind": kind, "skill": skill, "account": account, "name": name, "organisation": organisation, "phone": phone,
    }  # fmt: skip
    changed = [field for field in _KEPT if getattr(expert, field) != new[field]]
    if not changed:
        return expert
    for field, value in {**{one: new[one] for one in changed}, **kind_of_plan}.items():
        setattr(expert, field, value)
    revisions.save(expert, *changed, *kind_of_plan)

    # Which fields, not what they held: the journal is no place for names and numbers of advisers.
    _record("expert.changed", expert, reach, now, fields=changed)
    return expert


@transaction.atomic
def set_away(
    *,
    reach: Reach,
    expert_id: int,
    note: str,
    now: datetime,
    until: datetime | None = None,
    rev: int | None = None,
) -> Expert:
    """Write down that an adviser cannot be called from now on, until a moment or until somebody says otherwise."""
    expert = lock_expert(expert_id)

    _check_can_change(reach, expert, rev)
    check_words(note=note)
    if until is not None and until <= now:
        raise Invalid(
            "until_is_past",
            _("Nothing was changed: this moment has passed. Give one to come, or leave it empty."),
            fields={"until": [_("This moment has passed.")]},
        )

    expert.away_from, expert.away_until, expert.away_note = now, until, note
    revisions.save(expert, "away_from", "away_until", "away_note")

    _record("expert.away", expert, reach, now, note=note, until=until.isoformat() if until else "")
    return expert


@transaction.atomic
def set_available(*, reach: Reach, expert_id: int, now: datetime, rev: int | None = None) -> Expert:
    """They may be called again. Where nothing stood against it nothing changes."""
    expert = lock_expert(expert_id)

    _check_can_change(reach, expert, rev)
    if expert.away_from is None:
        return expert

    expert.away_from, expert.away_until, expert.away_note = None, None, ""
    revisions.save(expert, "away_from", "away_until", "away_note")

    _record("expert.available", expert, reach, now)
    return expert


@transaction.atomic
def end_expert(*, reach: Reach, expert_id: int, now: datetime, rev: int | None = None) -> Expert:
    """Take an adviser off the list: name and number are erased, what was asked and said stays. Twice is once."""
    expert = lock_expert(expert_id)

    check_can_keep(reach, expert.unit)
    if not expert.is_listed:
        return expert
    _check_rev(expert, rev)
    if ExpertCall.objects.live().filter(expert=expert).exists():
        raise WrongState(
            "expert_is_called",
            _("%(expert)s stays on the list: a call is still open. Say on its incident what became of it.")
            % {"expert": expert},
        )

    expert.ended_at, expert.account, expert.name, expert.phone = now, None, "", ""
    revisions.save(expert, "ended_at", "account", "name", "phone")

    _record("expert.ended", expert, reach, now)
    return expert


def lock_expert(expert_id: int) -> Expert:
    rows = Expert.objects.select_for_update(of=("self",)).select_related("unit", "account")
    return rows.get(pk=expert_id)


def _check_can_change(reach: Reach, expert: Expert, rev: int | None) -> None:
    check_can_keep(reach, expert.unit)
    if not expert.is_listed:
        raise WrongState(
            "expert_ended",
            _("Nothing was changed: this expert is off the list. Add them anew if they advise again."),
        )
    _check_rev(expert, rev)


def _check_rev(expert: Expert, rev: int | None) -> None:
    revisions.check_rev(expert, rev, sentence_if_stale(expert.title))


def sentence_if_stale(title: str) -> str:
    sentence = _(
        "%(title)s: nothing was changed, somebody changed it after you opened the page. Look again, then repeat."
    )
    return sentence % {"title": title}


def _kind_of_plan(unit: Unit, kind: str, skill: str, now: datetime) -> dict[str, str]:
    """The pool of a kind and the plan's words for it, as they are now."""
    _check_knows_something(kind, skill)
    if not kind:
        return {"pool": "", "title_zh": "", "title_en": ""}
    for offered in queries.kinds_offered(unit, now):
        if offered.kind.id == kind:
            zh, en = offered.kind.words
            return {"pool": offered.pool, "title_zh": zh[:80], "title_en": en[:120]}
    raise Invalid(
        "unknown_kind",
        _("Nothing was changed: no plan of %(unit)s names this kind of expert. Choose one of the list.")
        % {"unit": unit},
        fields={"kind": [_("Choose one of the list.")]},
    )


def _check_named(
    unit: Unit, account: User | None, name: str, phone: str, now: datetime, besides: Expert | None = None
) -> None:
    """An account, or a name and a number: never the same person twice."""
    if account is None:
        missing = [field for field, text in (("name", name), ("phone", phone)) if not text]
        if missing:
            raise Invalid(
                "expert_not_named",
                _("Nothing was changed: give a name and a telephone, or the account of a member of staff."),
                fields={field: [_("This is missing.")] for field in missing},
            )
        return
    if name or phone:
        raise Invalid(
            "named_twice",
            _(
                "Nothing was changed: name and telephone stand with the account already. Leave them empty here."
            ),
            fields={"account": [_("Name and telephone stand with the account already: leave them empty.")]},
        )
    if not Appointment.objects.current(now).filter(person=account).exists():
        raise Invalid(
            "no_member_of_staff",
            _("Nothing was changed: this account holds no post now. Write name and telephone instead."),
            fields={"account": [_("This account holds no post now.")]},
        )
    twins = Expert.objects.listed().filter(unit=unit, account=account)
    if besides is not None:
        twins = twins.exclude(pk=besides.pk)
    if twins.exists():
        raise WrongState(
            "expert_listed",
            _("Nothing was changed: %(person)s is on the list of %(unit)s already. Change that line instead.")
            % {"person": account, "unit": unit},
        )


def _check_knows_something(kind: str, skill: str) -> None:
    if not kind and not skill:
        raise Invalid(
            "skill_missing",
            _("Nothing was changed: say what the expert is asked about, or choose a kind of the plan."),
            fields={"skill": [_("Say what the expert is asked about.")]},
        )


def _record(kind: str, expert: Expert, reach: Reach, now: datetime, **more: Any) -> None:
    record_act(
        kind, reach, subject=expert.key, unit=expert.unit, now=now,
        title_zh=expert.title_zh or expert.skill, title_en=expert.title_en or expert.skill, **more,
    )  # fmt: skip
