"""What a decision on a response says, and whether the plan lets it be said."""

from datetime import datetime
from typing import NamedTuple

from django.utils.translation import gettext as _

from command.activation import rules
from command.activation.models import Response
from command.activation.transitions import (
    bad_field,
    check_text,
)
from incidents.models import Incident
from plans.document.response import response_rules
from plans.engine.evaluation import Document, levels_of


class Statement(NamedTuple):
    """What a decision says. Empty parts are taken from the incident, or from the response as it is."""

    reason: str
    level: str = ""
    matter: str = ""
    grade: str = ""
    measures: str = ""
    expected_until: datetime | None = None


def for_start(statement: Statement, incident: Incident) -> Statement:
    return statement._replace(
        level=statement.level or incident.level or incident.proposed_level,
        matter=statement.matter.strip() or incident.title[:500],
    )


def for_change(statement: Statement, response: Response) -> Statement:
    return statement._replace(
        level=statement.level or response.level,
        matter=statement.matter.strip() or response.matter,
        grade=statement.grade or response.grade,
        measures=statement.measures.strip() or response.measures,
        expected_until=statement.expected_until or response.expected_until,
    )


def check_statement(document: Document, stated: Statement, now: datetime, *, is_new: bool = True) -> None:
    if stated.level not in {level.id for level in levels_of(document)}:
        raise bad_field("level", "unknown_level", _("Choose one of the plan's levels."))
    for name in ("matter", "reason"):
        check_text(name, getattr(stated, name))
    check_text("measures", stated.measures, may_be_empty=True)
    if is_new and not rules.is_time_to_come(stated.expected_until, now):
        raise bad_field("expected_until", "time_has_passed", _("This time has already passed."))
    _check_scope(document, stated)


def _check_scope(document: Document, stated: Statement) -> None:
    of_plan = response_rules(document)
    fault = rules.scope_fault(of_plan, stated.level, stated.grade)
    if fault == "grade" and not stated.grade:
        raise bad_field("grade", "grade_missing", _("Say how grave the event is: the plan asks for it."))
    if fault:
        raise bad_field(
            fault,
            "outside_the_scope",
            _("The plan's response is not meant for it (%(cite)s).") % {"cite": of_plan.scope_cite},
        )
