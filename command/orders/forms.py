"""Is this input well formed?"""

from collections.abc import Sequence
from itertools import groupby
from typing import NamedTuple

from django import forms
from django.forms.boundfield import BoundWidget
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from command.orders.choices import TargetKind
from command.orders.recipients import Recipient
from command.orders.templates import choices
from common.web.filling import TemplateField

MOST_CALLED = 40
#: Recipients that are seen at once; further groups are one press away.
SEEN = 8
GROUPS = {
    TargetKind.SQUAD: pgettext_lazy("order to", "Squads"),
    TargetKind.DUTY: pgettext_lazy("order to", "On duty now"),
    TargetKind.UNIT: pgettext_lazy("order to", "Units"),
    TargetKind.ROLE: pgettext_lazy("order to", "Posts"),
    TargetKind.PERSON: pgettext_lazy("order to", "People"),
}


class Group(NamedTuple):
    """Recipients of one kind, each with its control."""

    title: str
    rows: list[tuple[BoundWidget, Recipient]]
    is_open: bool


class OrderForm(forms.Form):
    to = forms.ChoiceField(label=_("To whom"), widget=forms.RadioSelect)
    task = forms.CharField(label=_("Task"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}))
    checklist = forms.CharField(
        label=_("To take along or to see to"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("One thing a line. It stands on the order and on the page behind its link."),
    )
    minutes = forms.IntegerField(
        label=_("Be there within (minutes)"),
        min_value=1,
        max_value=24 * 60,
        required=False,
        help_text=_("Empty: the plan's own time."),
    )

    template = TemplateField(label=_("Task from a template"))

    def __init__(self, *args, recipients: Sequence[Recipient], templates=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.recipients = recipients
        self.fields["template"].choices = choices(templates)
        self.fields["to"].choices = [(recipient.value, recipient.label) for recipient in recipients]

    @property
    def groups(self) -> list[Group]:
        """The recipients by kind: as many open as are seen at once, and where somebody is chosen."""
        found, before = [], 0
        pairs = zip(self["to"].subwidgets, self.recipients, strict=True)
        for kind, some in groupby(pairs, key=lambda pair: pair[1].target.kind):
            rows = list(some)
            before += len(rows)
            is_chosen = any(widget.data["selected"] for widget, _recipient in rows)
            found.append(Group(GROUPS[TargetKind(kind)], rows, not found or before <= SEEN or is_chosen))
        return found


class OrdersForm(OrderForm):
    """The same order to several."""

    to = forms.MultipleChoiceField(
        label=_("To whom (each gets an order of its own)"), widget=forms.CheckboxSelectMultiple
    )
    enough = forms.IntegerField(
        label=_("How many are enough"),
        min_value=1,
        max_value=MOST_CALLED,
        required=False,
        help_text=_(
            "Once so many have acknowledged, the others hear that they need not come. Empty: all of them come."
        ),
    )

    def clean(self):
        given = super().clean()
        if (given.get("enough") or 0) >= len(given.get("to", ())) > 0:
            self.add_error("enough", _("At least 1, and fewer than are called."))
        return given


class StepForm(forms.Form):
    note = forms.CharField(label=_("Why"), max_length=200, required=False)
