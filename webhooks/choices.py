"""The words of webhooks: their states, why one was stopped, and what they may be about."""

from collections.abc import Iterable
from functools import cache

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from journal.kinds import KINDS


class WebhookState(TextChoices):
    ACTIVE = "active", pgettext_lazy("webhook", "in use")
    STOPPED = "stopped", pgettext_lazy("webhook", "stopped")
    ENDED = "ended", pgettext_lazy("webhook", "ended")


class DeliveryState(TextChoices):
    QUEUED = "queued", pgettext_lazy("webhook message", "waiting")
    DELIVERED = "delivered", pgettext_lazy("webhook message", "delivered")
    FAILED = "failed", pgettext_lazy("webhook message", "given up")
    DROPPED = "dropped", pgettext_lazy("webhook message", "not sent")


#: Why a webhook was stopped, and what to do.
STOPPED_BECAUSE = {
    "person": _("You stopped it. What happens meanwhile is sent when you let it go on."),
    "silent": _(
        "It was stopped: nothing was taken for five days. Have the receiver looked at, then let it go on; what happened "
        "meanwhile is sent then."
    ),
    "gone": _(
        "It was stopped: the receiver answered that it is gone for good (410). End it, or let it go on."
    ),
    "forbidden": _(
        "It was stopped: the operator no longer lists this address (WEBHOOK_TARGETS). Ask the operator, then let it go on."
    ),
    "away": _("It was stopped: the account was disabled."),
}

#: What a webhook may be about: name → label, and the first words of the journal's kinds.
GROUPS: dict[str, tuple[object, str]] = {
    "incidents": (_("Incidents"), "incident voice_note obligation measure evidence statement dispatch handover certificate"),
    "warnings": (_("Early warnings"), "warning first_responder"),
    "command": (
        _("Responses and orders"),
        "response order order_template package roll_call command_post site_group place_code linkage linkage_order "
        "attendance coordination_meeting expert partner material kit training",
    ),
    "upward": (_("Reports upward"), "superior_report upward_report paper exchange"),
    "zero_reports": (_("Zero-reports"), "zero_report period roll_up"),
    "written_reports": (_("Written reports"), "written_report form hotline"),
    "cases": (
        _("Matters, demands, receptions"),
        "matter demand reception leader_case petition transfer written_notice objection handling_opinion written_reply "
        "review_opinion review_reply recheck recheck_opinion mediation dispute daily_meeting daily_meetings answers slip "
        "responsible rotation",
    ),
    "supervision": (
        _("Supervision"), "supervision_visit supervision_team supervision_month correction inquiry",
    ),
    "reviews": (_("Reviews and improvements"), "review improvement follow_up"),
    "duty": (_("Rosters and duty"), "roster shift swap duty readiness calendar"),
    "drills": (_("Drills"), "drill"),
    "plans": (_("Response plans"), "plan"),
    "clocks": (_("Time limits"), "clock"),
    "notices": (_("Notices"), "notice template"),
    "accounts": (
        _("Accounts and access"),
        "person appointment unit reform session password token webhook push screen second_factor credential access file "
        "contact feed recusal accusation emergency personal_data work",
    ),
    "system": (_("System"), "engine"),
}  # fmt: skip


@cache
def _group_of_word() -> dict[str, str]:
    return {word: name for name, (_label, words) in GROUPS.items() for word in words.split()}


def group_of(kind: str) -> str:
    """The group of a kind of entry: "order.issued" → "command"."""
    return _group_of_word()[kind.partition(".")[0]]


def kinds_in(groups: Iterable[str]) -> list[str]:
    """All kinds of the journal in these groups."""
    wanted = set(groups)
    return [name for name in KINDS if group_of(name) in wanted]


def in_order(groups: Iterable[str]) -> list[str]:
    """Those of `groups` that there are, each once, in the order of the table."""
    wanted = set(groups)
    return [name for name in GROUPS if name in wanted]
