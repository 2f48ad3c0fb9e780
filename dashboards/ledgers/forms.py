"""The filter of a ledger. It only offers: what an address asks for reads `queries.read_asked`."""

from django import forms
from django.utils.translation import gettext_lazy as _

from common.dates.date_fields import day_field


class LedgerSearchForm(forms.Form):
    unit = forms.ChoiceField(label=_("Unit with everything below"), required=False)
    state = forms.ChoiceField(label=_("State"), required=False)
    kind = forms.ChoiceField(required=False)
    until = day_field(label=_("Until"), required=False)

    field_order = ("unit", "state", "kind", "from", "until")

    def __init__(self, *, ledger, asked, units, now):
        given = {
            "unit": asked.unit.code if asked.unit else "",
            "state": asked.state,
            "kind": asked.kind,
            "from": asked.first,
            "until": asked.last,
        }
        super().__init__(initial=given)
        # A word of the language, which no attribute may be called.
        self.fields["from"] = day_field(label=_("From"), required=False)
        if asked.unit and asked.unit not in units:
            units = [asked.unit, *units]
        self._offer("unit", [(unit.code, str(unit)) for unit in units])
        self._offer("state", [(name, choice.label) for name, choice in ledger.states.items()])
        kinds = ledger.kinds(asked.unit, now).items()
        self._offer("kind", [(name, choice.label) for name, choice in kinds])
        if kinds:
            self.fields["kind"].label = ledger.kind_label
        self.order_fields(self.field_order)

    def _offer(self, name, choices):
        if choices:
            self.fields[name].choices = [("", _("All")), *choices]
        else:
            del self.fields[name]
