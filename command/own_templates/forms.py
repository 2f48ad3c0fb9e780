"""Is this input well formed?"""

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Unit
from accounts.scope import Reach
from command.own_templates.queries import squads_known


class TemplateForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Name of the template"), max_length=40)
    task = forms.CharField(
        label=gettext_lazy("Task"), max_length=300, widget=forms.Textarea(attrs={"rows": 3})
    )
    checklist = forms.CharField(
        label=gettext_lazy("To take along or to see to"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("One thing a line."),
    )
    minutes = forms.IntegerField(
        label=gettext_lazy("Be there within (minutes)"),
        min_value=1,
        max_value=24 * 60,
        required=False,
        help_text=gettext_lazy("Empty: the plan's own time."),
    )
    squad = forms.ChoiceField(label=gettext_lazy("Kind of squad"), required=False)

    def __init__(self, *args, reach: Reach, **kwargs):
        super().__init__(*args, **kwargs)
        self._reach = reach
        known = squads_known(reach)
        kept = self.initial.get("squad")
        if kept and kept not in dict(known):
            known.append((kept, kept))
        self.fields["squad"].choices = [("", _("Any recipient")), *known]


class NewTemplateForm(TemplateForm):
    field_order = ["unit", "name"]

    unit = forms.CharField(
        label=gettext_lazy("Unit code"),
        max_length=40,
        help_text=gettext_lazy("It is offered in this unit and all below it."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["unit"].initial = next((unit.code for unit in self._units()[:1]), "")

    def _units(self):
        rows = Unit.objects.filter(self._reach.filter("order_template.keep", "path"), valid_to__isnull=True)
        return rows.order_by("path")

    def clean_unit(self):
        unit = self._units().filter(code=self.cleaned_data["unit"]).first()
        if unit is None:
            raise forms.ValidationError(_("There is no such unit among yours. Check the code."))
        return unit
