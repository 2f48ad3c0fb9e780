"""Every constraint of every table refuses something: found by trying, so that none can be forgotten.

A bureau is played once. Then, for each constraint, rows are changed field by field to values that could break
it (checks), or written twice (unique ones), until the database refuses naming that constraint. What takes more
than that to break has a test of its own, in which its name stands.
"""

from contextlib import suppress
from datetime import timedelta
from itertools import combinations, product
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db import IntegrityError, connection, models, transaction
from django.db.models import CheckConstraint, UniqueConstraint
from django.utils import timezone

from accounts.models import User
from command.orders.choices import OrderState, OrderVerb
from command.orders.models import OrderStep
from common.dates.local_time import day_of
from common.dates.periods import DAILY, period_of
from tests.early_warnings.conftest import passwords  # noqa: F401
from tests.live.walk import ACTS, Walk, order, report
from zero_reports.filing.actions import Item, file_report
from zero_reports.filing.choices import Answer

#: Whatever breaks these breaks another check too, and PostgreSQL names the first of the two.
SHADOWED = {"versions_count_from_one": "the_first_version_came_first"}

#: Rows of a table that are tried; the conditions of a constraint usually hold for one of the first.
ROWS = 40


def own_models():
    own = {app for app in settings.INSTALLED_APPS if "." not in app}
    return [model for model in apps.get_models() if model._meta.app_config.name in own]


@pytest.mark.slow
@pytest.mark.usefixtures("passwords", "plan")
def test_every_constraint_refuses_something(reach, units):
    walk = Walk(reach, units, timezone.now)
    for act in [*ACTS, file_reports]:
        act(walk)
    own_tests = "\n".join(file.read_text() for file in Path(__file__).parent.rglob("test_*.py"))

    idle = [
        f"{model._meta.label}.{constraint.name}"
        for model in own_models()
        for constraint in model._meta.constraints
        if constraint.name not in own_tests and not is_defended(model, constraint)
    ]

    assert not idle, "\n".join(idle)


@pytest.mark.control(2)
def test_one_account_per_username_whatever_the_case(cast):
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create(username="County1.DUTY")


@pytest.mark.usefixtures("passwords", "plan")
def test_one_live_order_per_squad_and_incident(reach, units):
    walk = Walk(reach, units, timezone.now)
    for act in (report, order):
        act(walk)
    walk.order.pk, walk.order.number = None, "O-2"

    with pytest.raises(IntegrityError), transaction.atomic():
        walk.order.save(force_insert=True)


@pytest.mark.usefixtures("passwords", "plan")
def test_declining_and_recalling_have_a_reason(reach, units):
    walk = Walk(reach, units, timezone.now)
    for act in (report, order):
        act(walk)
    step = {"order": walk.order, "at": walk.now(), "by": walk.order.issued_by}

    for verb, state in ((OrderVerb.DECLINE, OrderState.DECLINED), (OrderVerb.RECALL, OrderState.RECALLED)):
        with pytest.raises(IntegrityError), transaction.atomic():
            OrderStep.objects.create(**step, verb=verb, state=state, note="")
        OrderStep.objects.create(**step, verb=verb, state=state, note="路堵")


def file_reports(walk):
    """Nothing, then something after all: a class of dispute, and the incident of the walk."""
    unit, period = walk.units["T11"], period_of(DAILY, day_of(walk.now()))
    filed = {"reach": walk.reach("town11.head"), "unit": unit, "period": period, "now": walk.now()}
    file_report(**filed, answer=Answer.NIL)
    file_report(
        **filed, answer=Answer.ITEMS, items=[Item("labour", 1, "欠薪"), Item(incident=walk.incident.number)]
    )


def is_defended(model, constraint) -> bool:
    attempts = broken if isinstance(constraint, CheckConstraint) else doubled
    assert isinstance(constraint, CheckConstraint | UniqueConstraint)
    return any(refuses(constraint, attempt) for attempt in attempts(model, constraint))


def refuses(constraint, attempt) -> bool:
    try:
        with transaction.atomic():
            attempt()
            raise Allowed
    except Allowed:
        return False
    except IntegrityError as error:
        # SQLite names the columns of a unique index, not the index.
        is_nameless = connection.vendor == "sqlite" and isinstance(constraint, UniqueConstraint)
        names = {constraint.name, SHADOWED.get(constraint.name, constraint.name)}
        is_named = any(name in str(error) for name in names)
        return is_named or (is_nameless and "UNIQUE constraint failed" in str(error))
    except Exception:
        return False


class Allowed(Exception):
    """The database let it pass; it is rolled back."""


def broken(model, constraint):
    """Changes of one field, or of two, of each row among the fields the check reads."""
    names = [
        field.name for field in model._meta.concrete_fields if field.name in fields_of(constraint.condition)
    ]
    for row in rows_of(model):
        for name in names:
            for value in values_for(model._meta.get_field(name), row):
                yield lambda row=row, name=name, value=value: change(model, row, {name: value})
    for row in rows_of(model)[:8]:
        for pair in combinations(names, 2):
            for both in product(*(values_for(model._meta.get_field(name), row) for name in pair)):
                yield lambda row=row, values=dict(zip(pair, both, strict=True)): change(model, row, values)


def doubled(model, constraint):
    """Each row once more, with everything else that is unique made different."""
    alone = [field for field in model._meta.concrete_fields if field.unique and not field.primary_key]
    for row in rows_of(model):
        twin = model(**{field.attname: getattr(row, field.attname) for field in model._meta.concrete_fields})
        twin.pk = None
        for field in alone:
            if field.name not in constraint.fields:
                setattr(twin, field.attname, other(field, row))
        for name, value in differing(model, constraint, row).items():
            setattr(twin, name, value)
        yield lambda twin=twin: models.Model.save_base(twin, force_insert=True, raw=True)


def differing(model, constraint, row) -> dict:
    """Values that keep the other unique constraints of the table out of the way."""
    values = {}
    for another in model._meta.constraints:
        if isinstance(another, UniqueConstraint) and another is not constraint:
            for name in another.fields:
                field = model._meta.get_field(name)
                if name not in constraint.fields and not field.is_relation and not field.choices:
                    values[field.attname] = other(field, row)
    return values


def change(model, row, values):
    changed = model.objects.filter(pk=row.pk).update(**values)
    assert changed == 1


def rows_of(model):
    """What the play left of this table; else one plain row, if the table takes one."""
    if not model.objects.exists():
        values = {
            field.attname: plain(field)
            for field in model._meta.concrete_fields
            if field.name != "id" and not field.null
        }
        with suppress(IntegrityError), transaction.atomic():
            models.Model.save_base(model(**values), force_insert=True, raw=True)
    return model.objects.order_by("pk")[:ROWS]


def plain(field):
    """A harmless value for a column that must not be empty."""
    if field.has_default():
        return field.get_default()
    if field.is_relation:
        return field.related_model.objects.order_by("pk").values_list("pk", flat=True).first()
    if isinstance(field, models.DateTimeField):
        return timezone.now()
    if isinstance(field, models.DateField):
        return day_of(timezone.now())
    if isinstance(field, models.IntegerField):
        return 1
    return field.flatchoices[0][0] if field.choices else "x"


def fields_of(condition) -> set[str]:
    """The names a condition speaks of, on its left sides and in F()."""
    found = set()
    for child in getattr(condition, "children", [condition]):
        if isinstance(child, tuple):
            found.add(child[0].split("__")[0])
            found |= {child[1].name} if isinstance(child[1], models.F) else set()
        else:
            found |= fields_of(child)
    return found


def values_for(field, row):
    """What could be wrong in a field: nothing, emptiness, the other choices, the extremes, somebody."""
    if field.null:
        yield None
    if field.is_relation:
        first = field.related_model.objects.order_by("pk").first()
        yield first.pk if first else None
    elif field.choices:
        yield from (choice for choice, _label in field.flatchoices)
        yield ""
    elif isinstance(field, models.DateTimeField):
        yield from (timezone.now() - timedelta(days=4000), timezone.now() + timedelta(days=4000))
    elif isinstance(field, models.DateField):
        today = day_of(timezone.now())
        yield from (today - timedelta(days=4000), today + timedelta(days=4000))
    elif isinstance(field, models.BooleanField):
        yield from (True, False)
    elif isinstance(field, models.IntegerField | models.DecimalField):
        yield from (0, 1, 2)
    elif isinstance(field, models.JSONField):
        yield from ({}, [], {"x": 1})
    else:
        yield from ("", "x")


def other(field, row):
    """A value of this field that no row has yet."""
    if isinstance(field, models.DateTimeField):
        return (getattr(row, field.attname) or timezone.now()) + timedelta(seconds=row.pk + 1)
    if isinstance(field, models.IntegerField):
        return (getattr(row, field.attname) or 0) + 10_000
    if isinstance(field, models.UUIDField):
        return None
    return f"~{row.pk}"[: field.max_length]
