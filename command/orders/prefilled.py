"""What an order form begins with: the plan's own order for the level, else where to go and what is known there."""

from collections.abc import Sequence

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from command.orders.choices import TargetKind
from command.orders.models import Order
from incidents.models import Incident
from plans.document.order_templates import LONGEST_TASK
from plans.document.packages import package_at
from plans.engine.facts import Facts


def first_order(incident: Incident, recipients: Sequence[str]) -> dict[str, str]:
    """Form field → what it begins with, in the reader's language; from plan and record alone (one query at most).

    `recipients` as the form offers them, the nearest first. A squad that is under way in this incident is passed over:
    nobody carries two orders of one incident at a time.
    """
    language = get_language() or ""
    prepared = package_at(incident.plan.document, incident.shown_level).orders
    free = _free(incident, recipients) if prepared else []
    for line in prepared:
        begins = TargetKind.SQUAD.named(f"{line.squad}@")
        if line.squad and (to := next((one for one in free if one.startswith(begins)), "")):
            return {"to": to, "task": line.words.in_language(language)[:LONGEST_TASK]}
    known = known_facts(incident)
    sentence = _("Go to %(place)s. Known: %(known)s") if known else _("Go to %(place)s.")
    return {"task": (sentence % {"place": incident.place, "known": known})[:LONGEST_TASK]}


def known_facts(incident: Incident) -> str:
    """The present picture in a line, in the reader's language; empty where nothing is known."""
    language = get_language() or ""
    between, colon = ("；", "：") if language.startswith("zh") else ("; ", ": ")
    described = Facts.from_dict(incident.facts).described()
    return between.join(
        f"{fact.in_language(language)}{colon}{value.in_language(language)}" for fact, value in described
    )


def _free(incident: Incident, recipients: Sequence[str]) -> list[str]:
    rows = Order.objects.live().filter(incident=incident).exclude(target_squad="")
    busy = {
        TargetKind.SQUAD.named(f"{squad}@{code}")
        for squad, code in rows.values_list("target_squad", "target_unit__code")
    }
    return [one for one in recipients if one not in busy]
