"""The statute's time limits are in force from the first migration on, in every installation: nobody loads them.

The law does not wait for an administrator. The journal gets no entry for it, as it gets none for the working-day
calendar: no person did this; the version's own steps say when and by what. A newer version comes as any plan does.
"""

import hashlib
from datetime import datetime, time
from typing import Any

from django.db.models import Model

from common.dates.local_time import LOCAL
from plans.document import statute
from plans.document.clock_rules import clock_rules
from plans.document.sections import clocks_of
from plans.document.words import words
from plans.lifecycle.choices import PlanKind, PlanState

REASON = "随系统安装"


def fill(models: Any, *, now: datetime) -> None:
    """Write the shipped statute as a version in force, unless one is there. `models(app, name)` may be historical."""
    document = statute.shipped()
    if models("plans", "Plan").objects.filter(plan_id=document["id"]).exists():
        return
    version = _version(models, document, now)
    raw = statute.SHIPPED.read_bytes()
    models("plans", "PlanText").objects.create(
        version=version, source=raw.decode("utf-8-sig"), document=document
    )
    for state in (PlanState.DRAFT, PlanState.FILED, PlanState.IN_FORCE):
        models("plans", "PlanStep").objects.create(version=version, state=state, at=now, reason=REASON)
    rules = models("clocks", "ClockRule")
    rules.objects.bulk_create(_stored(rules, rule) for rule in clock_rules(clocks_of(document), version.ref))


def _version(models: Any, document: dict, now: datetime) -> Any:
    title = words(document["title"])
    plan = models("plans", "Plan").objects.create(
        plan_id=document["id"], title_zh=title.zh, title_en=title.en, kind=PlanKind.OVERLAY
    )
    since = datetime.combine(datetime.fromisoformat(document["validity"]["from"]), time.min, LOCAL)
    return models("plans", "PlanVersion").objects.create(
        plan=plan,
        version=document["version"],
        ref=f"{document['id']}@{document['version']}",
        sha256=hashlib.sha256(statute.SHIPPED.read_bytes()).hexdigest(),
        state=PlanState.IN_FORCE,
        loaded_at=now,
        # As the law has been; what is recorded of earlier days is counted by it too.
        in_force_from=since,
    )


def _stored(model: Any, made: Model) -> Model:
    columns = (field.attname for field in model._meta.concrete_fields if not field.primary_key)
    return model(**{name: getattr(made, name) for name in columns})
