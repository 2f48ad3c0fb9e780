"""The acts on one leader case, by the word of their address: alike on the page and over the API."""

from collections.abc import Callable
from typing import Any, NamedTuple

from accounts.queries import user_named
from accounts.scope import Reach
from cases.demands.forms import helpers_named, person_named
from cases.leader_cases import actions, forms
from cases.leader_cases.actions import Plan
from cases.leader_cases.choices import CaseVerb
from cases.leader_cases.models import LeaderCase

Given = dict[str, Any]


class Act(NamedTuple):
    form: type | None
    body: type
    action: Callable[..., LeaderCase]
    #: What form or body becomes: the action's arguments.
    as_meant: Callable[[Given, Reach], Given]


def plan_of(given: Given, reach: Reach) -> Plan:
    units = helpers_named(reach, given.get("helpers", given.get("support_units", [])))
    names = [name for name in Plan._fields if name != "units"]
    return Plan(**{name: given[name] for name in names}, units=units)


def _same(given: Given, reach: Reach) -> Given:
    return given


def _leader(given: Given, reach: Reach) -> Given:
    return {**given, "leader": user_named(given["leader"])}


def _extension(given: Given, reach: Reach) -> Given:
    return {
        "days": given["days"],
        "reason": given.get("reason", given.get("note", "")),
        "approved_by": person_named(given["approved_by"]),
        "told_how": given["told_how"],
        "told_at": given.get("told_at", given.get("at")),
    }


def _note(verb: str) -> Act:
    return Act(
        forms.CaseNoteForm,
        forms.CaseNoteSerializer,
        actions.note_entry,
        lambda given, reach: {**given, "verb": verb},
    )


ACTS: dict[str, Act] = {
    CaseVerb.ACCEPT: Act(forms.LeaderForm, forms.LeaderSerializer, actions.accept_case, _leader),
    CaseVerb.DECLINE: Act(forms.CaseReasonForm, forms.CaseReasonSerializer, actions.decline_case, _same),
    CaseVerb.START: Act(
        forms.PlanForm,
        forms.PlanSerializer,
        actions.start_case,
        lambda given, reach: {"plan": plan_of(given, reach)},
    ),
    CaseVerb.REPORT: Act(forms.ReportForm, forms.ReportSerializer, actions.hand_in_report, _same),
    CaseVerb.CHECK: Act(None, forms.NothingSerializer, actions.check_report, _same),
    CaseVerb.RETURN: Act(forms.CaseReasonForm, forms.CaseReasonSerializer, actions.return_report, _same),
    CaseVerb.TELL: Act(forms.TellForm, forms.TellSerializer, actions.tell_party, _same),
    CaseVerb.CLOSE: Act(forms.CloseCaseForm, forms.CloseCaseSerializer, actions.close_case, _same),
    CaseVerb.PROGRESS: _note(CaseVerb.PROGRESS),
    CaseVerb.VISIT: _note(CaseVerb.VISIT),
    CaseVerb.MEETING: _note(CaseVerb.MEETING),
    CaseVerb.EXTEND: Act(forms.ExtendCaseForm, forms.ExtendCaseSerializer, actions.extend_case, _extension),
    CaseVerb.CHANGE_LEADER: Act(
        forms.ChangeLeaderForm, forms.ChangeLeaderSerializer, actions.change_leader, _leader
    ),
}
