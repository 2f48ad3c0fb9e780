"""Is this input well formed? Partners, orders, filters of the lists."""

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Unit
from accounts.sign_in.credentials import ConfirmedForm
from common.dates.date_fields import moment_field
from exchange.choices import Direction, IncomingState, Kind, OutgoingState
from exchange.models import Partner
from exchange.outgoing import LONGEST_ORDER


class PartnerForm(ConfirmedForm):
    """The text that the other installation handed over, and what it is to us."""

    handed_over = forms.CharField(
        label=_("Text of the other installation"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("As it stands there under “Our keys”. Again later, it brings a new key."),
    )
    direction = forms.ChoiceField(label=_("It stands at the"), choices=Direction.choices)
    unit = forms.ModelChoiceField(
        queryset=Unit.objects.none(),
        to_field_name="code",
        label=_("Our unit"),
        help_text=_("Of the level above: the unit whose reports go there. Of the level below: the unit that it stands for."),
    )  # fmt: skip
    also_called = forms.CharField(
        label=_("How reports and plans call it"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("One name a line, as it stands among the recipients; its own name is known."),
    )

    def __init__(self, *args, units, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = units

    def clean_also_called(self):
        return "\n".join(
            line.strip() for line in self.cleaned_data["also_called"].splitlines() if line.strip()
        )


class ConfirmForm(ConfirmedForm):
    """Typed, not clicked: who types it has heard it."""

    def __init__(self, *args, partner_id=0, **kwargs):
        super().__init__(*args, auto_id=f"confirm-{partner_id}-%s", **kwargs)

    typed = forms.CharField(
        label=_("Fingerprint, as the other side reads it out"),
        max_length=80,
        help_text=_("Telephone a person there whom you know. Spaces and case do not count."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("Why"), max_length=200)


class OrderForm(forms.Form):
    """An order to the level below."""

    partner = forms.ModelChoiceField(queryset=Partner.objects.none(), label=_("To"))
    title = forms.CharField(label=pgettext_lazy("exchange", "What it is about"), max_length=200)
    text = forms.CharField(
        label=pgettext_lazy("exchange", "What is to be done"),
        max_length=LONGEST_ORDER,
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    due_at = moment_field(label=_("By when"), required=False)

    def __init__(self, *args, partners, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["partner"].queryset = partners


class AcknowledgeForm(forms.Form):
    note = forms.CharField(
        label=_("Remark to the sender"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class SettleForm(forms.Form):
    note = forms.CharField(
        label=_("How it was told instead"),
        max_length=200,
        help_text=_("By telephone or fax, to which office."),
    )


class _ListForm(forms.Form):
    """Filters of a list; what is not in order filters nothing out."""

    use_required_attribute = False
    states: type

    kind = forms.ChoiceField(
        label=_("Kind"),
        required=False,
        choices=[("", _("All")), *((one.value, one.label) for one in Kind.papers())],
    )
    state = forms.ChoiceField(label=_("State"), required=False)
    partner = forms.ModelChoiceField(
        queryset=Partner.objects.none(),
        label=pgettext_lazy("exchange", "Partner"),
        required=False,
        empty_label=_("All"),
    )

    def __init__(self, data, rows):
        super().__init__(data or None)
        self.fields["state"].choices = [("", _("All")), *self.states]
        self.fields["partner"].queryset = Partner.objects.filter(
            pk__in=rows.order_by().values("partner")
        ).order_by("name", "pk")

    def narrowed(self, rows):
        given = self.cleaned_data if self.is_bound and self.is_valid() else {}
        found = {"kind": given.get("kind"), "state": given.get("state"), "partner": given.get("partner")}
        return rows.filter(**{name: value for name, value in found.items() if value})


class InboxForm(_ListForm):
    states = [(one.value, one.label) for one in IncomingState if one != IncomingState.NOTED]


class SentForm(_ListForm):
    states = OutgoingState.choices
