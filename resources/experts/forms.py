"""Is this input well formed?"""

from django import forms
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from accounts.naming import Names, no_account
from common.dates.date_fields import moment_field
from resources.experts.choices import CallVerb
from resources.forms import NUMBER, OfUnitForm, ReaderForm

_OF_NO_POOL = pgettext_lazy("expert", "Of no pool")


class ExpertForm(ReaderForm):
    kind = forms.ChoiceField(label=_("Kind"), required=False)
    skill = forms.CharField(
        label=_("What they are asked about"),
        max_length=120,
        required=False,
        help_text=_("Needed where no kind of a plan fits."),
    )
    account = forms.CharField(
        label=_("Account, where they are a member of staff"),
        max_length=150,
        required=False,
        help_text=_("The user name. Name and telephone stand with the account then: leave both empty."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    name = forms.CharField(label=_("Name of the expert"), max_length=40, required=False)
    organisation = forms.CharField(label=_("Organisation"), max_length=80, required=False)
    phone = forms.CharField(
        label=_("Telephone"),
        max_length=40,
        required=False,
        validators=[NUMBER],
        widget=forms.TextInput(attrs={"type": "tel"}),
        help_text=_("Kept sealed, and shown to those who call from the list. That it was shown is recorded."),
    )

    def __init__(self, *args, kinds=(), **kwargs):
        """`kinds`: (id, words) of the plans' kinds; what stands on the row already is among them."""
        super().__init__(*args, **kwargs)
        language = get_language()
        self.fields["kind"].choices = [
            ("", _OF_NO_POOL),
            *((id_, words.in_language(language)) for id_, words in dict(kinds).items()),
        ]

    def clean_account(self):
        """The account of that user name; none where nothing was typed."""
        if not (username := self.cleaned_data["account"].strip()):
            return None
        near = Names.of_verb(self.reach, "resource.keep", above=True)
        found = near.find_people([username], self.reach.now)
        if username not in found:
            raise forms.ValidationError(no_account("account", [username]).fields["account"])
        return found[username]


class NewExpertForm(ExpertForm, OfUnitForm):
    field_order = ["kind", "skill", "account", "name", "organisation", "phone", "unit"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["unit"].help_text = _("Serves this unit and all below it.")


class AwayForm(forms.Form):
    note = forms.CharField(label=_("Why, in a few words"), max_length=120, required=False)
    until = moment_field(
        label=_("Until"), required=False, help_text=_("Empty: until somebody says otherwise.")
    )


class CallForm(forms.Form):
    expert = forms.ChoiceField(label=_("Whom"))
    question = forms.CharField(
        label=_("What they are asked"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("The matter, not the persons."),
    )

    def __init__(self, *args, experts=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["expert"].choices = [
            (str(one.pk), " · ".join(part for part in (one.title, one.shown_name, one.organisation) if part))
            for one in experts
        ]


class CallStepForm(forms.Form):
    verb = forms.ChoiceField(label=_("What became of it"), choices=CallVerb)
    note = forms.CharField(
        label=_("In a sentence"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("The advice, or why; the matter, not the persons."),
    )
    at = moment_field(label=_("When"), required=False, help_text=_("Empty: now."))

    def __init__(self, *args, verbs=None, **kwargs):
        super().__init__(*args, **kwargs)
        if verbs is not None:
            self.fields["verb"].choices = [(verb, CallVerb(verb).label) for verb in verbs]
