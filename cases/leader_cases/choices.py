"""The words of leader cases."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from plans.document.words import Words

#: What a trigger of a plan leads to.
LEADER_CASE = "leader_case"


class CaseState(models.TextChoices):
    PROPOSED = "proposed", pgettext_lazy("leader case", "Proposed")
    DECLINED = "declined", pgettext_lazy("leader case", "Declined")
    LISTED = "listed", pgettext_lazy("leader case", "Listed, plan missing")
    RUNNING = "running", pgettext_lazy("leader case", "Under way")
    REPORTED = "reported", pgettext_lazy("leader case", "Closing report to check")
    CHECKED = "checked", pgettext_lazy("leader case", "Report checked, party to tell")
    TOLD = "told", pgettext_lazy("leader case", "Party told, to close")
    CLOSED = "closed", pgettext_lazy("leader case", "Closed")


class CaseVerb(models.TextChoices):
    PROPOSE = "propose", pgettext_lazy("leader case", "Propose a leader case")
    ADD_REASON = "add-reason", _("A further reason")
    ACCEPT = "accept", _("Accept and name the leader")
    DECLINE = "decline", pgettext_lazy("leader case", "Decline")
    START = "start", _("Set the plan and start")
    CHANGE_LEADER = "change-leader", _("Change the leader")
    PROGRESS = "progress", _("Note progress")
    VISIT = "visit", _("Note a visit")
    MEETING = "meeting", _("Note a meeting")
    EXTEND = "extend", _("Extend the time limit")
    REPORT = "report", _("Hand in the closing report")
    RETURN = "return", _("Return the closing report")
    CHECK = "check", _("Confirm the closing report")
    TELL = "tell", _("Party told in writing")
    CLOSE = "close", _("Close the leader case")


class Found(models.TextChoices):
    """What may be on record of a matter beside facts of an incident; plans name these (`found`)."""

    GROUP_VISIT = "group_visit", _("A group came to a house of the plan's level or above")
    PASSED_ON = "passed_on", _("Passed on by a government of this level or above")
    SCREENED_MAJOR = "screened_major", _("Found by screening and taken as major")
    INSTRUCTED = "instructed", _("Instruction of the principal leaders, result to be reported")
    TAKEN_UP_AGAIN = "taken_up_again", _("Taken up again after it had been filed")


#: The same for papers, which are in Chinese whatever language the page is in.
FOUND_ZH = {
    Found.GROUP_VISIT: Words("群众集体到本级以上机关反映", "a group came to a house of this level or above"),
    Found.PASSED_ON: Words("本级以上政府转办、交办", "passed on by a government of this level or above"),
    Found.SCREENED_MAJOR: Words("经排查并列为重大疑难", "found by screening and taken as major"),
    Found.INSTRUCTED: Words(
        "主要领导批示并要求报送结果", "instruction of the principals, result to be reported"
    ),
    Found.TAKEN_UP_AGAIN: Words("建档后重新办理", "taken up again after it had been filed"),
}
