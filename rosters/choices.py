"""The words of rosters."""

from django.db import models
from django.utils.translation import pgettext_lazy


class RosterState(models.TextChoices):
    DRAFT = "draft", pgettext_lazy("roster", "Draft")
    PUBLISHED = "published", pgettext_lazy("roster", "Published")


class SwapState(models.TextChoices):
    PROPOSED = "proposed", pgettext_lazy("swap", "Proposed")
    ACCEPTED = "accepted", pgettext_lazy("swap", "Accepted, waits for the leader")
    APPROVED = "approved", pgettext_lazy("swap", "Approved")
    DECLINED = "declined", pgettext_lazy("swap", "Declined")
    REFUSED = "refused", pgettext_lazy("swap", "Not approved")
    WITHDRAWN = "withdrawn", pgettext_lazy("swap", "Withdrawn")
    #: The duty it was about changed before it was decided.
    LAPSED = "lapsed", pgettext_lazy("swap", "Lapsed, the duty has changed")


class SwapVerb(models.TextChoices):
    ACCEPT = "accept", pgettext_lazy("swap", "Accept")
    DECLINE = "decline", pgettext_lazy("swap", "Decline")
    WITHDRAW = "withdraw", pgettext_lazy("swap", "Withdraw")
    APPROVE = "approve", pgettext_lazy("swap", "Approve")
    REFUSE = "refuse", pgettext_lazy("swap", "Do not approve")


class FindingCode(models.TextChoices):
    GAP = "gap", pgettext_lazy("roster", "Too few people")
    CLASH = "clash", pgettext_lazy("roster", "Two duties at once")
    NOT_HOLDING = "not_holding", pgettext_lazy("roster", "Does not hold the post then")
    UNREACHABLE = "unreachable", pgettext_lazy("roster", "Cannot be reached")
    UNDOES_CHANGE = "undoes_change", pgettext_lazy("roster", "Undoes an agreed change")
    NO_CALENDAR = "no_calendar", pgettext_lazy("roster", "Working days of the year not loaded")
