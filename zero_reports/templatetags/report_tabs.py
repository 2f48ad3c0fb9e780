"""The pages about reports, in three groups: what comes in each day, what goes upward, whether the figures agree."""

from typing import NamedTuple

from django import template
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

register = template.Library()

#: (heading, {name of an address: its label}), in the order in which a clerk's month goes.
GROUPS = (
    (pgettext_lazy("reports", "Each day"), {
        "reports-missing": _("Who has not reported"),
        "reports-matrix": _("Matrix of reports"),
        "reports-history": _("Over time"),
    }),
    (pgettext_lazy("reports", "Upward"), {
        "roll-up-start": _("Summary and confirmation"),
        "written-reports": _("Written reports"),
        "official-forms": _("Official forms"),
    }),
    (pgettext_lazy("reports", "Checks"), {
        "reports-agreement": _("Three numbers"),
        "reports-credibility": _("Questions about zeros"),
        "reports-burden": _("Burden"),
    }),
)  # fmt: skip
#: Pages that belong to the tab of another address.
WITHIN = {"roll-up": "roll-up-start", "volume": "roll-up-start", "written-year": "written-reports"}


class Tab(NamedTuple):
    url: str
    label: object
    is_current: bool


@register.simple_tag(takes_context=True)
def report_tabs(context, unit=None, period=None) -> list[tuple[object, list[Tab]]]:
    """Each group with its tabs; they stay with the unit that is looked at, the summary with its period too."""
    name = context["request"].resolver_match.url_name
    here = WITHIN.get(name, name)

    def address(name: str) -> str:
        if name == "roll-up-start" and unit and period:
            return reverse("roll-up", args=[unit.code, period])
        query = urlencode({"unit": unit.code}) if unit and name != "roll-up-start" else ""
        return f"{reverse(name)}?{query}" if query else reverse(name)

    return [
        (heading, [Tab(address(name), label, name == here) for name, label in tabs.items()])
        for heading, tabs in GROUPS
    ]
