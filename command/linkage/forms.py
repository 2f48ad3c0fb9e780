"""Is this input well formed?"""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit
from command.linkage.choices import ReportKind, ReportWay
from common.dates.date_fields import moment_field
from incidents.reporting.fact_parsing import choices_of
from incidents.reporting.forms import FactsMixin

#: How long each text may be; the API and files hold to the same.
LONGEST = {"centre": 80, "outside_number": 60, "nature": 120, "place": 120, "asked": 300, "report_to": 80}
LONGEST_TEXT = 2000


def _text(name, label, **more):
    return forms.CharField(label=label, max_length=LONGEST[name], **more)


class ReceiveForm(forms.Form):
    """An order that came by telephone, fax or another system."""

    unit = forms.ModelChoiceField(
        queryset=Unit.objects.none(), to_field_name="code", label=_("For which unit")
    )
    centre = _text("centre", _("Sending centre"))
    outside_number = _text("outside_number", _("Its number there"))
    nature = _text("nature", _("Nature of the event"), help_text=_("The event, not the persons."))
    place = _text("place", _("Place"))
    asked = _text("asked", _("What is asked of us"), widget=forms.Textarea(attrs={"rows": 2}))
    report_to = _text("report_to", _("Report to (by post)"), required=False)
    arrive_by = moment_field(label=_("Be there by"), required=False)
    received_at = moment_field(label=_("Received at"), required=False, help_text=_("Empty: now."))
    #: Number of the paper it came on, where that came over the exchange.
    document = forms.CharField(max_length=60, required=False, widget=forms.HiddenInput)

    def __init__(self, *args, units, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = units


class FileForm(forms.Form):
    file = forms.FileField(label=_("File (CSV, JSON or XLSX)"), allow_empty_file=True)


class OpenIncidentForm(FactsMixin, forms.Form):
    """What is known at once; the rest is observed later."""

    headcount = forms.CharField(
        label=_("How many people"), max_length=24, required=False,
        help_text=_("A number or a range, such as 8 or 6-20."),
    )  # fmt: skip
    life_risk = forms.MultipleChoiceField(
        label=_("Is a life at risk"), required=False, widget=forms.CheckboxSelectMultiple
    )

    fact_fields = {"headcount": "headcount", "life_risk": "life_risk"}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["life_risk"].choices = choices_of("life_risk")


class TieForm(forms.Form):
    into = forms.CharField(label=_("Number of the incident"), max_length=60)


class ReportForDutyForm(forms.Form):
    receiver = forms.CharField(label=_("Reported to (by post)"), max_length=80)
    at = moment_field(label=_("When"), required=False, help_text=_("Empty: now."))
    note = forms.CharField(label=_("Note"), max_length=200, required=False)


class CompleteForm(forms.Form):
    at = moment_field(label=_("When"), required=False, help_text=_("Empty: now."))
    note = forms.CharField(label=_("Note"), max_length=200, required=False)


class WithdrawForm(forms.Form):
    reason = forms.CharField(label=_("How the centre withdrew it"), max_length=200)


class SendForm(forms.Form):
    """One try: how, when, and whether it got through."""

    way = forms.ChoiceField(label=_("How it is sent"), choices=ReportWay)
    at = moment_field(label=_("When"), required=False, help_text=_("Empty: now."))
    failed = forms.CharField(
        label=_("Did not get through, because"), max_length=200, required=False,
        help_text=_("Empty: it got through."),
    )  # fmt: skip
    receipt = forms.CharField(
        label=_("Receipt of the centre"), max_length=120, required=False,
        help_text=_("Its number, or who took it, by post. May follow later."),
    )  # fmt: skip


class ReportForm(SendForm):
    kind = forms.ChoiceField(label=_("What is sent"), choices=())
    text = forms.CharField(
        label=_("Text"), max_length=LONGEST_TEXT, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("The event and what was done, not the persons."),
    )  # fmt: skip

    field_order = ["kind", "text", "way", "at", "receipt", "failed"]

    def __init__(self, *args, kinds=tuple(ReportKind), ways=ReportWay.choices, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["way"].choices = ways
        self.fields["kind"].choices = [(kind.value, kind.label) for kind in kinds]


class ReceiptForm(forms.Form):
    receipt = forms.CharField(label=_("Receipt of the centre"), max_length=120)
