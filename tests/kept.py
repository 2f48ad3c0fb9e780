"""What many tests begin with is built once per process by the real actions, and then only written again.

A test that commits builds it anew: there the acts themselves, and what follows a commit, are the point.
"""

import pickle
from collections.abc import Callable, Hashable

from django.apps import apps
from django.conf import settings
from django.db import connection

_rows: dict[Hashable, bytes] = {}


def kept(name: Hashable, build: Callable[[], object]) -> None:
    """Build it, or write the rows that building left the first time, if their places are still free."""
    if not connection.in_atomic_block:
        build()
    elif name in _rows:
        tables = pickle.loads(_rows[name])
        if any(_taken(model, rows) for model, rows in tables):
            build()
            return
        for model, rows in tables:
            model._base_manager.bulk_create(rows)
    else:
        before = {model: set(model._base_manager.values_list("pk", flat=True)) for model in _tables()}
        build()
        new = [
            (model, [row for row in model._base_manager.order_by("pk") if row.pk not in known])
            for model, known in before.items()
        ]
        _rows[name] = pickle.dumps([(model, rows) for model, rows in new if rows])


def _taken(model, rows) -> bool:
    """A test that wrote something of its own first may hold these keys."""
    return model._base_manager.filter(pk__gte=rows[0].pk, pk__lte=rows[-1].pk).exists()


def _tables():
    """The product's own tables, those that others point to first."""
    own = [name for name in settings.INSTALLED_APPS if "." not in name]
    order = ["accounts.Unit", "accounts.User", "accounts.Post"]
    models = [model for name in own for model in apps.get_app_config(name).get_models()]
    return sorted(
        models, key=lambda model: order.index(model._meta.label) if model._meta.label in order else len(order)
    )
