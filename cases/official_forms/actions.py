"""What happens to official forms: begun, filled in, sent once. Lock, check, change, record."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Unit, User
from accounts.scope import Reach
from cases.matters.models import Matter
from cases.matters.transitions import plan_of_clock
from cases.official_forms import permissions, queries, rules
from cases.official_forms.choices import FormKind
from cases.official_forms.models import OfficialForm
from clocks.actions import record_with_clocks
from common.database.numbers import next_number
from common.errors import Invalid, WrongState
from common.states import move
from common.text.personal_data import unsigned_personal_data_in
from plans.lifecycle.queries import plan_with_clock


@transaction.atomic
def begin_form(
    *, reach: Reach, kind: str, unit: Unit, day: date, now: datetime, matter: Matter | None = None
) -> OfficialForm:
    """Begin a form with what is known already. The same form again is the one that is there.

    F1 is one per unit and month, a form about a matter one per matter. Beginning F8 says that the visit of
    that day has ended, and starts its three days (八 5).
    """
    list(Unit.objects.filter(pk=unit.pk).select_for_update(no_key=True))
    day = day.replace(day=1) if kind == FormKind.F1 else day

    permissions.check_can_fill_in(reach, unit)
    _check_subject(kind, matter)
    if found := _present(kind, unit, day, matter):
        return found

    if kind == FormKind.F8:
        return begin_visit_form(actor=reach.user, unit=unit, day=day, ended_at=now, now=now)
    form = _new_form(kind, unit, day, reach.user, now, matter)
    _record(rules.TRANSITIONS.begin.entry, form, reach.user, now)
    return form


@transaction.atomic
def begin_visit_form(
    *, actor: User, unit: Unit, day: date, ended_at: datetime, now: datetime
) -> OfficialForm:
    """Begin F8 for a visit of that day: its three days run from `ended_at` (八 5). The caller has checked who may."""
    form = _new_form(FormKind.F8, unit, day, actor, now)
    plan = plan_with_clock(unit, "supervision_visit.ended", now)
    _record("supervision_visit.ended", form, actor, ended_at, plan, recorded_at=now)
    return form


@transaction.atomic
def send_visit_form(*, form_id: int, fields: dict, actor: User, post: str, now: datetime) -> OfficialForm:
    """Send F8 as its visit fills it in. The caller has checked who may."""
    form = _lock(form_id)

    _check_draft(form)
    _check_words(form, fields)

    form.fields = fields
    move(form, rules.TRANSITIONS, rules.SEND)
    form.sent_at, form.sent_by, form.post = now, actor, post
    form.save(update_fields=["fields", "state", "sent_at", "sent_by", "post"])

    starts = rules.CLOCKS[FormKind.F8][0]
    _record(rules.sent_kind(form.kind), form, actor, now, plan_of_clock(form.subject, starts))
    return form


def _new_form(
    kind: str, unit: Unit, day: date, actor: User, now: datetime, matter: Matter | None = None
) -> OfficialForm:
    form = OfficialForm(
        number=next_number(unit_code=unit.code, now=now, prefix=f"{kind}-", drill=False),
        kind=kind,
        unit=unit,
        unit_path=unit.path,
        matter=matter,
        day=day,
        fields=queries.first_values(unit, kind, day, matter),
        begun_at=now,
        begun_by=actor,
    )
    form.save(force_insert=True)
    return form


@transaction.atomic
def fill_in(*, reach: Reach, form_id: int, fields: dict, now: datetime, send: bool = False) -> OfficialForm:
    """Keep what was entered, and with `send` send it: from then on it stands. A sent form is never changed."""
    form = _lock(form_id)

    permissions.check_can_fill_in(reach, form.unit)
    _check_draft(form)
    _check_words(form, fields)

    form.fields = fields
    if send:
        move(form, rules.TRANSITIONS, rules.SEND)
        form.sent_at, form.sent_by = now, reach.user
        post = reach.post_for("matter.manage", form.unit_path)
        form.post = post.title if post else ""
    form.save(update_fields=["fields", "state", "sent_at", "sent_by", "post"])

    if send:
        starts = rules.CLOCKS.get(form.kind, ("", ""))[0]
        _record(
            rules.sent_kind(form.kind),
            form,
            reach.user,
            now,
            plan_of_clock(form.subject, starts) if starts else "",
        )
    return form


def _present(kind: str, unit: Unit, day: date, matter: Matter | None) -> OfficialForm | None:
    if matter is not None:
        return OfficialForm.objects.filter(kind=kind, matter=matter).first()
    if kind == FormKind.F1:
        return OfficialForm.objects.filter(kind=kind, unit=unit, day=day).first()
    return None


def _check_subject(kind: str, matter: Matter | None) -> None:
    if (kind in rules.ABOUT_A_MATTER) != (matter is not None):
        raise Invalid(
            "matter_missing",
            _("The form was not begun: it is about a registered matter. Open the matter and begin it there."),
        )
    if matter is None:
        return
    is_due = {FormKind.F2: matter.accepted_at, FormKind.F3: matter.mediation_ended_at}
    if kind in is_due and is_due[FormKind(kind)] is None:
        raise WrongState(
            "not_yet",
            _(
                "The form about %(number)s was not begun: the dispute is not accepted yet, or its mediation has "
                "not ended. Say so on the page of the matter first."
            )
            % {"number": matter.number},
        )


def _lock(form_id: int) -> OfficialForm:
    rows = OfficialForm.objects.select_for_update(of=("self",)).select_related("unit", "matter")
    return rows.get(pk=form_id)


def _check_draft(form: OfficialForm) -> None:
    if rules.TRANSITIONS.row(form.state, rules.FILL_IN) is None:
        raise WrongState(
            "already_sent",
            _("%(number)s was not changed: it has been sent and stands. Begin another form.")
            % {"number": form.number},
        )


def _check_words(form: OfficialForm, fields: dict) -> None:
    texts = [value for value in fields.values() if isinstance(value, str)]
    if any(unsigned_personal_data_in(text) for text in texts):
        raise Invalid(
            "personal_data",
            _(
                "%(number)s was not saved: it holds an identity, telephone or card number, and forms name no "
                "people. Take the number out and send it again."
            )
            % {"number": form.number},
        )


def _record(
    kind: str,
    form: OfficialForm,
    actor: User,
    at: datetime,
    plan: str = "",
    recorded_at: datetime | None = None,
) -> None:
    record_with_clocks(
        kind,
        subject=form.subject,
        unit=form.unit,
        actor=actor,
        post=form.post,
        plan=plan,
        at=at,
        recorded_at=recorded_at,
        content={"number": form.number, "kind": form.kind, "day": str(form.day)},
    )
