"""What each verb of the table of rights lets somebody do, in words for whoever looks the rights over."""

from typing import Any, NamedTuple

from django.utils.translation import gettext_lazy as _


class Subject(NamedTuple):
    title: Any
    #: Verb → what it lets somebody do.
    acts: dict[str, Any]


SUBJECTS = (
    Subject(
        _("Incidents and warnings"),
        {
            "incident.view": _("Read incidents with everything that belongs to them"),
            "incident.report": _("Raise an alarm, enter an incident"),
            "incident.observe": _("Add what is seen, mark the checklist"),
            "incident.manage": _("Take over, correct, link, report upward"),
            "incident.close": _("Close an incident and open it again"),
            "incident.switch_plan": _("Let an incident go over to another plan version"),
            "incident.share": _("Share an incident with a neighbour"),
            "emergency.open": _("Open an incident past one’s posts in an emergency"),
            "emergency.end": _("End emergency access at once"),
            "emergency.review": _("State whether emergency access was justified"),
            "warning.draft": _("Draft warnings"),
            "review.approve": _("Approve reviews where the plan names nobody"),
            "personal_data.keep": _("Decide that personal data is kept"),
            "statement.approve": _("Approve official statements"),
            "upward_report.sign": _("Sign reports upward where the plan names nobody"),
        },
    ),
    Subject(
        _("Orders and responses"),
        {
            "response.propose": _("Propose a response"),
            "order.issue": _("Issue and withdraw orders"),
            "order.answer": _("Be given orders and answer them"),
            "order.answer_for": _("Enter answers to orders for somebody else"),
            "order_template.keep": _("Keep the unit’s own templates of orders"),
            "improvement.set": _("Set improvement tasks"),
            "improvement.decide": _("Decide about improvement tasks"),
            "drill.view": _("Read drills"),
            "drill.manage": _("Plan and conduct drills"),
        },
    ),
    Subject(
        _("Zero-reports and answering people"),
        {
            "report.view": _("Read zero-reports, matters, demands and receptions"),
            "report.file": _("File zero-reports"),
            "report.confirm": _("Confirm summaries, give exceptions"),
            "matter.manage": _("Work on matters, demands and receptions"),
            "leader_case.decide": _("Decide about leader cases"),
            "recusal.order": _("Order somebody’s recusal"),
        },
    ),
    Subject(
        _("Supervision"),
        {
            "supervision.view": _("Read supervision visits and corrections"),
            "supervision.manage": _("Set up teams, decide about more time"),
            "supervision.answer": _("Answer for the unit that is supervised"),
            "inquiry.view": _("Read inquiries"),
            "inquiry.manage": _("Open and conduct inquiries"),
        },
    ),
    Subject(
        _("Duty, people and resources"),
        {
            "roster.view": _("Read rosters and handovers"),
            "roster.draft": _("Draft rosters"),
            "roster.publish": _("Publish and change rosters, approve swaps"),
            "readiness.view": _("Read readiness"),
            "readiness.test": _("Hold comms checks"),
            "responsible.name": _("Name who answers for a unit"),
            "paper.view": _("Take paper packs with telephone numbers"),
            "people.view": _("Look people up in the directory"),
            "resource.view": _("Read partners, experts, materials and trainings"),
            "resource.keep": _("Keep partners, experts, materials and trainings"),
            "wall.view": _("Look at the wall and the map"),
            "screen.manage": _("Connect wall screens"),
        },
    ),
    Subject(
        _("Exchange with other installations"),
        {
            "exchange.view": _("Read what came from other installations and what was sent to them"),
            "exchange.answer": _(
                "Acknowledge documents of other installations, send orders to the level below"
            ),
            "exchange_partner.manage": _("Propose partners, make and renew this installation’s key"),
            "exchange_partner.confirm": _("Confirm a partner by the fingerprint heard on the telephone"),
        },
    ),
    Subject(
        _("Administration"),
        {
            "journal.audit": _("Read the security entries of the record"),
            "people.manage": _("Open accounts, appoint, dismiss, end sessions"),
            "units.manage": _("Set up, split, merge and end units"),
            "plan.manage": _("Load plans and put them in force"),
            "engine.view": _("Look after the system"),
        },
    ),
)

#: What is decided beside the table, and by what.
BESIDE = (
    _("Who signs a warning and decides a response is the plan’s word for each level; of orange and red nobody signs what they drafted."),
    _("What somebody drafted, reported, offered or was ordered to do is theirs to go on with, as far as its state lets them."),
    _("Whoever is sent to an incident, or whose unit it is shared with, reads that one; squads sent there add to it."),
    _("Whoever has emergency access reads what it opened and adds to it until it ends, and does nothing else with it."),
    _("A supervision team’s people, the leader in charge of a case, an investigator act by belonging to it."),
    _("Whoever recused, or is named by an accusation, is kept from that one thing, whatever their post."),
    _("Nobody holds two of the three administrators’ chairs, and these are not delegated."),
)  # fmt: skip
