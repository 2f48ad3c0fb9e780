"""Is this input well formed? A new webhook, and from where on things are to be sent again."""

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.people.queries import units_known
from accounts.sign_in.credentials import ConfirmedForm
from webhooks.choices import GROUPS


class WebhookForm(ConfirmedForm):
    """Asks for the credential however fresh the sign-in is: what is made here is used without anybody being there."""

    is_always_asked = True

    note = forms.CharField(
        label=gettext_lazy("Which program is told"),
        max_length=80,
        help_text=gettext_lazy("As somebody recognises it who has to decide whether to end it."),
    )
    url = forms.CharField(
        label=gettext_lazy("Its address"),
        max_length=500,
        widget=forms.URLInput,
        help_text=gettext_lazy("Below one of the addresses that the operator lists."),
    )
    unit = forms.CharField(
        label=gettext_lazy("Only in this unit and below (code)"),
        max_length=40,
        required=False,
        help_text=gettext_lazy("Empty: wherever you may see."),
    )
    groups = forms.MultipleChoiceField(
        label=gettext_lazy("What it tells"),
        widget=forms.CheckboxSelectMultiple,
        choices=[(name, label) for name, (label, _words) in GROUPS.items()],
        help_text=gettext_lazy("Never more than you may yourself see at that moment."),
    )

    def clean_unit(self):
        code = self.cleaned_data["unit"].strip()
        if not code:
            return None
        unit = units_known(self.request.reach).filter(code=code).first()
        if unit is None:
            raise forms.ValidationError(
                _("None of your open units has this code. Look it up among the units.")
            )
        return unit


class AgainForm(forms.Form):
    """One of several on the page: each has ids of its own."""

    def __init__(self, webhook_id: int, data=None):
        super().__init__(data, auto_id=f"again-{webhook_id}-%s")
        self.webhook_id = webhook_id

    number = forms.IntegerField(
        label=gettext_lazy("From number"),
        min_value=1,
        max_value=2**63 - 1,
        help_text=gettext_lazy("A number of the journal; the receiver knows the last one it has."),
    )
