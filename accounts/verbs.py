"""Verbs against kinds of posts. A post carries its verbs over its unit and everything below it.

Signing is not in this table: who signs which level is the plan's word (plans.people.holders).
"""

from accounts.choices import PostKind as P

_LEADERS = {P.DIRECTOR, P.DEPUTY_DIRECTOR, P.DUTY_LEADER, P.PETITION_DIRECTOR, P.OFFICE_HEAD}
_DESK = {P.DUTY_OFFICER}
_FIELD = {P.CLERK, P.INFORMANT}

VERBS: dict[str, set[str]] = {
    # incidents
    "incident.view": _LEADERS | _DESK | _FIELD | {P.AUDITOR},
    "incident.report": _LEADERS | _DESK | _FIELD | {P.SQUAD, P.FIRST_RESPONDER},
    "incident.observe": _LEADERS | _DESK | _FIELD,
    "incident.manage": _LEADERS | _DESK,
    "incident.close": _LEADERS | _DESK,
    "incident.switch_plan": {*_LEADERS},
    "incident.share": _LEADERS | _DESK,
    # warnings
    "warning.draft": _LEADERS | _DESK,
    # responses: who decides is the plan's word, as with a signature
    "response.propose": _LEADERS | _DESK,
    # orders
    "order.issue": _LEADERS | _DESK,
    "order.answer_for": _LEADERS | _DESK,
    "order.answer": {P.SQUAD, P.FIRST_RESPONDER, P.EXPERT, P.OFFICE_HEAD, P.CLERK, P.DUTY_OFFICER},
    # the chain of reports; where the plan names a signatory of the level, who signs is the plan's word
    "upward_report.sign": {*_LEADERS},
    # official statements: another person than who wrote it
    "statement.approve": {*_LEADERS},
    # zero-reports
    "report.file": _LEADERS | _DESK | _FIELD,
    "report.view": _LEADERS | _DESK | _FIELD | {P.AUDITOR},
    "report.confirm": _LEADERS | _DESK,
    "matter.manage": _LEADERS | _DESK | {P.CLERK},
    # rosters, shifts, readiness
    "roster.view": _LEADERS | _DESK | _FIELD | {P.SQUAD, P.FIRST_RESPONDER, P.EXPERT, P.AUDITOR},
    "roster.draft": _LEADERS | _DESK,
    "roster.publish": {*_LEADERS},
    "readiness.view": {*_LEADERS, *_DESK, P.AUDITOR},
    "readiness.test": _LEADERS | _DESK,
    "paper.view": _LEADERS | _DESK,
    # partners, experts, materials, training
    "resource.view": _LEADERS | _DESK | _FIELD | {P.SQUAD, P.FIRST_RESPONDER, P.AUDITOR},
    "resource.keep": _LEADERS | _DESK | {P.CLERK},
    # the record, people, plans
    "journal.audit": {P.AUDITOR},
    "people.manage": {P.SECADMIN},
    "people.view": _LEADERS | _DESK | {P.SECADMIN, P.SYSADMIN, P.AUDITOR},
    "units.manage": {P.SYSADMIN},
    "plan.manage": {P.DIRECTOR, P.SYSADMIN},
    "engine.view": {P.SYSADMIN},
}

#: Which verb lets a reader see journal entries of an audience. `system` entries are for everybody.
AUDIENCE_VERBS = {"incident": "incident.view", "report": "report.view", "security": "journal.audit"}

#: Three administrators' chairs that one person never holds together (separation of duties).
EXCLUSIVE = ({P.SYSADMIN}, {P.SECADMIN}, {P.AUDITOR})

#: Posts that carry no right to hand themselves on: an administrator's chair is filled by the other one.
NOT_DELEGABLE = set().union(*EXCLUSIVE)
