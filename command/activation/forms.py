"""Is this input well formed?"""

from django import forms
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from accounts.sign_in.credentials import CredentialField
from command.activation.choices import ResponseState
from common.dates.date_fields import moment_field
from common.templatetags.levels import badge
from plans.document.response import response_rules
from plans.engine.evaluation import Document, levels_of


def _long(label, **more):
    rows = more.pop("rows", 3)
    return forms.CharField(label=label, widget=forms.Textarea(attrs={"rows": rows}), **more)


def _credential(why, **more):
    return CredentialField(
        label=_("Your password, or a one-time code"),
        help_text=why,
        **more,
    )


_AT_ONCE = _("You may decide on it yourself. Left empty, it only is asked for.")


class StatementForm(forms.Form):
    """What a decision on a response says. Who may not decide is not asked for a credential."""

    level = forms.ChoiceField(label=pgettext_lazy("response", "Level"), widget=forms.RadioSelect)
    grade = forms.ChoiceField(label=_("How grave the event is"), required=False)
    matter = _long(pgettext_lazy("response", "Matter"), max_length=500, rows=2)
    measures = _long(_("Measures"), max_length=4000, required=False)
    expected_until = moment_field(label=_("Expected to last until"), required=False)
    reason = _long(
        pgettext_lazy("response", "Why"),
        max_length=500,
        rows=2,
        help_text=_("No names, identity numbers or telephones of persons."),
    )
    credential = _credential(_AT_ONCE, required=False)

    def __init__(self, *args, document: Document, at_once: bool, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["level"].choices = [(level.id, badge(level)) for level in levels_of(document)]
        grades = response_rules(document).grades
        self.fields["grade"].choices = [
            ("", "—"),
            *((grade.id, grade.words.in_language(get_language())) for grade in grades),
        ]
        if not grades:
            del self.fields["grade"]
        if not at_once:
            del self.fields["credential"]


class EndForm(forms.Form):
    reason = _long(pgettext_lazy("response", "Why it is over"), max_length=500, rows=2)
    credential = _credential(_AT_ONCE, required=False)

    def __init__(self, *args, at_once: bool = True, **kwargs):
        super().__init__(*args, **kwargs)
        if not at_once:
            del self.fields["credential"]


class DecideForm(forms.Form):
    credential = _credential(_("Asked again because this is your signature."))


class RefuseForm(forms.Form):
    reason = _long(_("Why not"), max_length=500, rows=2)


class ResponseSearchForm(forms.Form):
    """Which responses a list shows; empty: those asked for or active."""

    ANY = "any"

    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[
            ("", pgettext_lazy("responses", "Under way")),
            *ResponseState.choices,
            (ANY, pgettext_lazy("responses", "All")),
        ],
    )
    unit = forms.CharField(label=_("Unit"), max_length=20, required=False)
    matter = forms.CharField(label=_("Matter"), max_length=80, required=False)
