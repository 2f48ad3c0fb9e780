"""Is this input well formed?"""

from django import forms
from django.utils.translation import gettext_lazy as _

from notices.approved.actions import Approval


class ApprovalForm(forms.Form):
    code = forms.CharField(
        label=_("Template code"),
        max_length=60,
        help_text=_("As the provider’s console shows it once the template is approved, e.g. SMS_123456789."),
    )
    variables = forms.CharField(
        label=_("Variables"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false"}),
        help_text=_(
            "In the provider’s order, one a line: its name = ours. The same one of ours on several lines is spread "
            "over them."
        ),
    )
    sign = forms.CharField(
        label=_("Signature name"),
        required=False,
        max_length=40,
        help_text=_("Empty: the one of the settings (NOTICE_GATEWAY_SIGN)."),
    )
    variable_limit = forms.IntegerField(
        label=_("Characters of one variable"),
        required=False,
        min_value=4,
        max_value=500,
        help_text=_("As approved; empty: what the provider allows as a rule."),
    )
    approval_number = forms.CharField(label=_("Approval number"), required=False, max_length=60)

    def approval(self) -> Approval:
        return Approval(**self.cleaned_data)
