"""Is this input well formed?"""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.naming import Names, no_account
from accounts.scope import Reach
from accounts.sign_in.credentials import CredentialField
from common.dates.date_fields import day_field
from plans.document.campaigns import Term, asked_of

#: What only a campaign's version is given.
TERM_FIELDS = ("valid_from", "valid_to", "place", "reviewed_by")


def reviewers(reach: Reach) -> Names:
    """Who may be named as having reviewed a version: people where this person manages plans, and above."""
    return Names.of_verb(reach, "plan.manage", above=True)


class FileForm(forms.Form):
    reason = forms.CharField(
        label=_("Why"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("What changed, and who decided it. It stands beside the version for good."),
    )


class PutInForceForm(FileForm):
    """With the days, the place and the reviewer where the plan asks for them (a campaign)."""

    valid_from = day_field(label=_("First day it holds"))
    valid_to = day_field(label=_("Last day it holds"))
    place = forms.CharField(label=_("At which places"), max_length=200)
    reviewed_by = forms.CharField(
        label=_("Username of who has reviewed whether it is lawful"), max_length=150
    )
    credential = CredentialField(
        label=_("Your password or one-time code"),
    )
    field_order = ("reason", *TERM_FIELDS, "credential")

    def __init__(self, *args, document, reach, **kwargs):
        super().__init__(*args, **kwargs)
        self.reach = reach
        self.asked = asked_of(document)
        for name in TERM_FIELDS:
            if name not in self.asked:
                del self.fields[name]

    def clean_reviewed_by(self):
        name = self.cleaned_data["reviewed_by"].strip()
        found = reviewers(self.reach).find_people([name], self.reach.now)
        if name not in found:
            raise forms.ValidationError(no_account("reviewed_by", [name]).fields["reviewed_by"])
        return found[name]

    @property
    def term(self) -> Term:
        return Term(**{name: self.cleaned_data[name] for name in self.asked})


class CompareForm(forms.Form):
    """Which two versions: numbers out of the plan's own list."""

    before = forms.TypedChoiceField(label=_("Earlier version"), coerce=int)
    after = forms.TypedChoiceField(label=_("Later version"), coerce=int)

    def __init__(self, *args, versions, **kwargs):
        super().__init__(*args, **kwargs)
        choices = [(one.version, f"{one.version} · {one.get_state_display()}") for one in versions]
        self.fields["before"].choices = self.fields["after"].choices = choices
