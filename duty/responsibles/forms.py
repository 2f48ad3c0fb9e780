"""Is this input well formed?"""

from datetime import datetime

from django import forms
from django.utils.translation import gettext_lazy, pgettext_lazy
from rest_framework import serializers

from accounts.choices import Tier
from accounts.models import Unit, User
from accounts.naming import Names, no_account
from common.api.serializers import StrictSerializer
from duty.responsibles.choices import Part, Show
from duty.responsibles.queries import Row, current


class NamingForm(forms.Form):
    """One choice for each part; "–" is nobody."""

    def __init__(self, *args, people, **kwargs):
        super().__init__(*args, **kwargs)
        for part in Part:
            self.fields[part.value] = forms.ChoiceField(
                label=part.label, choices=[("", "–"), *people], required=False
            )


class GridForm(forms.Form):
    show = forms.ChoiceField(label=pgettext_lazy("unit readiness", "Show"), choices=Show, required=False)
    tier = forms.ChoiceField(
        label=gettext_lazy("Tier"), choices=[("", gettext_lazy("All")), *Tier.choices], required=False
    )
    unit = forms.CharField(label=gettext_lazy("Unit"), max_length=20, required=False)


class ResponsiblesFileForm(forms.Form):
    file = forms.FileField(label=gettext_lazy("Workbook (XLSX)"))


class ResponsiblesSerializer(StrictSerializer):
    """By username; null: nobody any more; what is left out stays as it is."""

    first = serializers.CharField(max_length=60, required=False, allow_null=True)
    main = serializers.CharField(max_length=60, required=False, allow_null=True)
    direct = serializers.CharField(max_length=60, required=False, allow_null=True)
    reporter = serializers.CharField(max_length=60, required=False, allow_null=True)
    stand_in = serializers.CharField(max_length=60, required=False, allow_null=True)


def named_of(given: dict, unit: Unit, now: datetime) -> dict[str, User | None]:
    """Usernames as people of the unit or of one above, or who answer for it already (three queries).

    Raises Invalid for anybody else.
    """
    names = {name for name in given.values() if name}
    found = Names.at_or_above(unit).find_people(names, now)
    standing = {row.person.username: row.person for row in current(unit).values()}
    found |= {name: standing[name] for name in names - {*found} if name in standing}
    for part, name in given.items():
        if name and name not in found:
            raise no_account(part, [name])
    return {part: found[name] if name else None for part, name in given.items()}


def detail(row: Row) -> dict:
    cells = {
        name: {"lack": cell.lack.value or None, "text": cell.text, **({"ref": cell.ref} if cell.ref else {})}
        for name, cell in row.cells.items()
    }
    return {"unit": row.unit.code, "tier": row.unit.tier, "gaps": row.gaps, "may_name": row.may_name, **cells}
