"""What is typed about a matter."""

from django import forms
from django.utils.translation import gettext_lazy as _

from common.dates.date_fields import day_field


class AssignForm(forms.Form):
    lead = forms.CharField(label=_("Lead unit (code)"), max_length=40)
    helpers = forms.CharField(
        label=_("Helping units (codes)"), max_length=200, required=False, help_text=_("Separated by spaces.")
    )
    due_date = day_field(label=_("Work until"), required=False)
    note = forms.CharField(label=_("Note"), max_length=400, required=False)


class WorkForm(forms.Form):
    note = forms.CharField(
        label=_("What was done, or why"), max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )


class FileForm(forms.Form):
    result = forms.CharField(label=_("Result"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))
    file_number = forms.CharField(label=_("Number of the paper file"), max_length=60)


class AcceptForm(forms.Form):
    """The kinds of major situation that the plan in force names; without such a plan nothing is asked."""

    kinds = forms.MultipleChoiceField(
        label=_("Kind of major situation"), widget=forms.CheckboxSelectMultiple, required=False
    )

    def __init__(self, *args, kinds=(), **kwargs):
        super().__init__(*args, **kwargs)
        if kinds:
            self.fields["kinds"].choices = kinds
        else:
            del self.fields["kinds"]
