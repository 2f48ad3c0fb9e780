"""What the level above writes to open a locked period."""

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from zero_reports.lock.rules import HOURS


def _ends() -> list[tuple[int, str]]:
    return [(n, ngettext("in %(n)d hour", "in %(n)d hours", n) % {"n": n}) for n in HOURS]


class GrantForm(forms.Form):
    reason = forms.CharField(label=_("Why the unit may file after the lock"), max_length=200)
    hours = forms.TypedChoiceField(label=_("It ends"), choices=_ends, coerce=int, initial=HOURS[1])
    many = forms.BooleanField(label=_("As often as needed until then, not only once"), required=False)
