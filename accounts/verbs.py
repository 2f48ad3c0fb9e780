"""Verbs against kinds of posts. A post carries its verbs over its unit and everything below it.

Signing is not in this table: who signs which level is the plan's word (plans.people.holders).
"""

from accounts.choices import PostKind as P

_LEADERS = {P.DIRECTOR, P.DEPUTY_DIRECTOR, P.DUTY_LEADER, P.PETITION_DIRECTOR, P.OFFICE_HEAD}
_DESK = {P.DUTY_OFFICER}
_FIELD = {P.CLERK, P.INFORMANT}
#: Held by leaders beside their own post: who receives people goes round by roster.
_RECEIVES = {P.RECEIVING_LEADER}

#: A screen on a wall, as if it held a post of its unit. No kind of post: nobody is appointed to it.
SCREEN = "screen"

#: Posts by which somebody sees past their units for a time: who answers for incidents at night, never who administers
#: or audits. Beside the table because a reach asks it of everybody to whom something is opened.
SEES_IN_EMERGENCY = {P.DIRECTOR, P.DEPUTY_DIRECTOR, P.DUTY_LEADER, P.DUTY_OFFICER}

VERBS: dict[str, set[str]] = {
    # incidents
    "incident.view": _LEADERS | _DESK | _FIELD | _RECEIVES | {P.AUDITOR, SCREEN},
    "incident.report": _LEADERS | _DESK | _FIELD | _RECEIVES | {P.SQUAD, P.FIRST_RESPONDER},
    "incident.observe": _LEADERS | _DESK | _FIELD | _RECEIVES,
    "incident.manage": _LEADERS | _DESK,
    "incident.close": _LEADERS | _DESK,
    "incident.switch_plan": {*_LEADERS},
    "incident.share": _LEADERS | _DESK,
    # past one's posts, for a time
    "emergency.open": {*SEES_IN_EMERGENCY},
    "emergency.end": {P.AUDITOR, P.SECADMIN},
    "emergency.review": {P.AUDITOR},
    # warnings
    "warning.draft": _LEADERS | _DESK,
    # responses: who decides is the plan's word, as with a signature
    "response.propose": _LEADERS | _DESK,
    # orders
    "order.issue": _LEADERS | _DESK,
    "order.answer_for": _LEADERS | _DESK,
    "order_template.keep": _LEADERS | _DESK,
    "order.answer": {P.SQUAD, P.FIRST_RESPONDER, P.EXPERT, P.OFFICE_HEAD, P.CLERK, P.DUTY_OFFICER},
    # the chain of reports; where the plan names a signatory of the level, who signs is the plan's word
    "upward_report.sign": {*_LEADERS},
    # official statements: another person than who wrote it
    "statement.approve": {*_LEADERS},
    # the review of an incident, where its plan names nobody
    "review.approve": {*_LEADERS},
    # personal data of an incident that is over, kept after an assessment
    "personal_data.keep": {*_LEADERS},
    # what was learned, as tasks: set by the desk too, decided about by leaders
    "improvement.set": _LEADERS | _DESK,
    "improvement.decide": {*_LEADERS},
    # zero-reports
    "report.file": _LEADERS | _DESK | _FIELD,
    "report.view": _LEADERS | _DESK | _FIELD | _RECEIVES | {P.AUDITOR, SCREEN},
    "report.confirm": _LEADERS | _DESK,
    "matter.manage": _LEADERS | _DESK | _RECEIVES | {P.CLERK},
    # supervision: of the agency's own conduct; a team's people act by belonging to it
    "supervision.view": _LEADERS | _DESK | _FIELD | {P.AUDITOR},
    "supervision.manage": {*_LEADERS},
    "supervision.answer": _LEADERS | _DESK | {P.CLERK},
    # leader cases: proposed by whoever manages matters, decided by leaders
    "leader_case.decide": {*_LEADERS},
    # inquiries into the agency's own conduct: the leaders who open and decide, and the auditor; nobody else reads them
    "inquiry.view": {P.DIRECTOR, P.DEPUTY_DIRECTOR, P.AUDITOR},
    "inquiry.manage": {P.DIRECTOR, P.DEPUTY_DIRECTOR},
    # somebody with an interest in a thing is kept from it
    "recusal.order": {*_LEADERS},
    # rosters, shifts, readiness
    "roster.view": _LEADERS | _DESK | _FIELD | _RECEIVES | {P.SQUAD, P.FIRST_RESPONDER, P.EXPERT, P.AUDITOR},
    "roster.draft": _LEADERS | _DESK,
    "roster.publish": {*_LEADERS},
    "readiness.view": {*_LEADERS, *_DESK, P.AUDITOR},
    "readiness.test": _LEADERS | _DESK,
    "responsible.name": {*_LEADERS},
    "paper.view": _LEADERS | _DESK,
    # partners, experts, materials, training
    "resource.view": _LEADERS | _DESK | _FIELD | {P.SQUAD, P.FIRST_RESPONDER, P.AUDITOR},
    "resource.keep": _LEADERS | _DESK | {P.CLERK},
    # the wall: looked at from a desk too; a screen reads and does nothing else
    "wall.view": _LEADERS | _DESK | {SCREEN},
    "screen.manage": _LEADERS | _DESK,
    # drills: who plays in one sees that one beside this
    "drill.view": {*_LEADERS, *_DESK, P.AUDITOR},
    "drill.manage": _LEADERS | _DESK,
    # the record, people, plans
    "journal.audit": {P.AUDITOR},
    "people.manage": {P.SECADMIN},
    "people.view": _LEADERS | _DESK | {P.SECADMIN, P.SYSADMIN, P.AUDITOR},
    "units.manage": {P.SYSADMIN},
    # the exchange with other installations: documents are the duty room's; partners are proposed by one administrator and
    # confirmed by the other
    "exchange.view": _LEADERS | _DESK | {P.AUDITOR},
    "exchange.answer": _LEADERS | _DESK,
    "exchange_partner.manage": {P.SYSADMIN},
    "exchange_partner.confirm": {P.SECADMIN},
    "plan.manage": {P.DIRECTOR, P.SYSADMIN},
    "engine.view": {P.SYSADMIN},
}

#: Which verb lets a reader see journal entries of an audience. `system` entries are for everybody.
AUDIENCE_VERBS = {"incident": "incident.view", "report": "report.view", "security": "journal.audit"}

#: Three administrators' chairs that one person never holds together (separation of duties).
EXCLUSIVE = ({P.SYSADMIN}, {P.SECADMIN}, {P.AUDITOR})

#: Posts that carry no right to hand themselves on: an administrator's chair is filled by the other one.
NOT_DELEGABLE = set().union(*EXCLUSIVE)
