"""The next step in words: what the button says, and why it comes now."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from dashboards.next_step.rules import Step

#: Step → what the button says, and why this comes now.
WORDS: dict[Step, tuple[str | Promise, str | Promise]] = {
    Step.HERE: (
        pgettext_lazy("roll-call", "I am here"),
        _("Roll-call: the duty room asks whether you are all right. Who needs help says so on the order below."),
    ),
    Step.ANSWER: (_("Answer your order"), _("An order to you waits for your word.")),
    Step.LIFE: (
        _("Go through life safety"),
        _("Life comes first: tick off each line, or say that it is not needed."),
    ),
    Step.TAKE: (_("Take over"), _("Whoever raised the alarm waits to hear that somebody has it.")),
    Step.CALL_REST: (
        _("Look at the call that is short"),
        _("Of those who were to come some fell out: fewer come than are needed."),
    ),
    Step.SIGN: (_("Read and sign"), _("The proposed warning takes effect only with a signature.")),
    Step.DECIDE: (_("Decide on the response"), _("A decision on the response has been asked for.")),
    Step.FINISH: (
        _("Finish the warning"),
        _("A warning has been begun and is with nobody yet: propose it, or withdraw it."),
    ),
    Step.LEVEL: (
        _("Propose the level"),
        _("The plan proposes a level for what is known; it counts only once it is signed."),
    ),
    Step.CALL: (
        _("Telephone the first responder"),
        _("The plan wants the first responder told by telephone, beside the message."),
    ),
    Step.TELL_ABOVE: (
        _("Report with the warning"),
        _("At this level the plan wants the authority above told at once."),
    ),
    Step.START: (
        _("Start the response"),
        _("A warning is in force and the plan has prepared orders for its level."),
    ),
    Step.PACKAGE: (_("Send out the package"), _("The orders that the plan prepared have not been sent yet.")),
    Step.SEND: (_("Issue an order"), _("Nobody has been sent to the place yet.")),
    Step.CONFIRM: (
        _("Confirm the arrival"),
        _("Somebody reports to have arrived: whoever is on the spot confirms it."),
    ),
    Step.STATEMENT: (
        _("Prepare the statement"),
        _("The time limit for the first official statement runs."),
    ),
    Step.REPORT: (_("Report upward"), _("A report to the level above is due.")),
    Step.DUTY: (_("Settle the duties"), _("Duties of the response are open.")),
    Step.AWAIT: (_("See the orders"), _("Orders are under way: wait for them, and telephone who does not answer.")),
    Step.END: (_("End the response"), _("Every order and duty of the response is settled.")),
    Step.LIFT: (
        _("Lift the warning, or go on"),
        _("Nothing is under way any more: lift the warning once the danger is over."),
    ),
    Step.DEMANDS: (_("Answer the demands"), _("What people asked for has not been answered.")),
    Step.CLOSE: (
        _("Close, or go on"),
        _("Nothing is owed by the plan now: add what is new, or close the incident."),
    ),
    Step.REVIEW: (_("Review of the incident"), _("The incident is closed: what is to be learned from it?")),
}  # fmt: skip

#: The same where the plan's level and its first reason are known.
PROPOSED = _("The plan proposes %(level)s: %(reason)s. It counts only once it is signed.")

#: Whoever reads but may not act is told whose turn it is.
WAITS = _("Waiting for %(who)s: %(what)s")
