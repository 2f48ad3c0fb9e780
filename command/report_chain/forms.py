"""Is this input well formed?"""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.sign_in.credentials import CredentialField
from command.report_chain import rules
from command.report_chain.choices import Channel, ReportField, ReportKind
from common.dates.date_fields import moment_field

_ROWS = {
    ReportField.COURSE: 6,
    ReportField.MEASURES: 6,
    ReportField.SITUATION: 3,
    ReportField.RESULT: 3,
    ReportField.OTHER: 2,
}
_HINTS = {
    ReportField.CONTACT: _("The office or post. Its telephone is added from the register of units."),
    ReportField.RESULT: _("How far it is settled. In a final report: how it ended."),
}


def _recipients(**more):
    return forms.CharField(
        label=_("Further recipients"),
        required=False,
        max_length=900,
        help_text=_("Authorities, one a line. Whom the plan names is told in any case."),
        widget=forms.Textarea(attrs={"rows": 2}),
        **more,
    )


class DraftForm(forms.Form):
    kind = forms.ChoiceField(choices=ReportKind.choices)
    recipients = _recipients()

    def clean_recipients(self):
        return self.cleaned_data["recipients"].splitlines()


class TextForm(forms.Form):
    """The eight parts. A draft may have gaps; the signature finds them."""

    use_required_attribute = False
    rev = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    recipients = _recipients()

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for field in ReportField:
            self.fields[field] = forms.CharField(
                label=field.label,
                required=False,
                max_length=rules.LONGEST_FIELD,
                help_text=_HINTS.get(field, ""),
                widget=forms.Textarea(attrs={"rows": _ROWS.get(field, 2)}),
            )
            self.fields[field].is_needed = field in rules.NEEDED

    def parts(self) -> list[forms.BoundField]:
        return [self[field] for field in ReportField]

    def texts(self) -> dict[str, str]:
        return {str(field): self.cleaned_data[field] for field in ReportField}

    def names(self) -> list[str]:
        return self.cleaned_data["recipients"].splitlines()


class SignForm(forms.Form):
    credential = CredentialField(
        label=_("Your password, or a one-time code"),
        help_text=_("Asked again because this is your signature."),
    )


class DiscardForm(forms.Form):
    discard_reason = forms.CharField(label=_("Why it is discarded"), max_length=300)


class PhoneForm(forms.Form):
    recipient = forms.CharField(required=False, max_length=80, widget=forms.HiddenInput)
    told_whom = forms.CharField(
        label=_("Who took the call"), max_length=80, help_text=_("The office or post there.")
    )
    at = moment_field(label=_("When"), required=False, help_text=_("Empty: now."))


class SendForm(forms.Form):
    recipient = forms.CharField(required=False, max_length=80, widget=forms.HiddenInput)
    channel = forms.ChoiceField(choices=Channel.choices)


class ReceiptForm(forms.Form):
    recipient = forms.CharField(required=False, max_length=80, widget=forms.HiddenInput)
    receiver = forms.CharField(
        label=_("Who received it"), max_length=80, help_text=_("The office or post there.")
    )
    outside_number = forms.CharField(label=_("Their number"), max_length=60, required=False)
    at = moment_field(label=_("When"), required=False, help_text=_("Empty: now."))
