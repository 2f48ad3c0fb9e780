"""Is this input well formed? Which units end, which begin, when, why."""

import re
from functools import partial

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Unit
from accounts.reform.ground import New
from accounts.reform.queries import open_units_named
from accounts.reform.rules import CODE_LENGTH, MOST_NEW
from accounts.sign_in.credentials import ConfirmedForm
from common.dates.date_fields import day_field
from common.text.codes import CodeInput, unit_code

_FIELDS = (
    ("code", gettext_lazy("Code"), CODE_LENGTH),
    ("name", gettext_lazy("Name"), 80),
    ("name_en", gettext_lazy("Name in English"), 120),
    ("parent", gettext_lazy("Code of the unit above"), CODE_LENGTH),
)


class ReformForm(ConfirmedForm):
    """The units that end by their codes; up to four that take over, one row each."""

    olds = forms.CharField(
        label=gettext_lazy("Units that end"), max_length=400,
        help_text=gettext_lazy("Their codes, with spaces between. Two or more that become one are a merger."),
    )  # fmt: skip
    day = day_field(label=gettext_lazy("First day on which they no longer exist"))
    suffix = forms.CharField(
        label=gettext_lazy("Added to the codes of the units below"), max_length=10, required=False,
        help_text=gettext_lazy("They go along to the first new unit, e.g. V111 becomes V111-27."),
    )  # fmt: skip
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=200)

    def __init__(self, *args, request, confirmed=True, **kwargs):
        super().__init__(*args, request=request, **kwargs)
        for row in range(1, MOST_NEW + 1):
            for name, label, length in _FIELDS:
                field = partial(CodeInput, "unit_code") if name in ("code", "parent") else forms.CharField
                self.fields[f"{name}_{row}"] = field(label=label, max_length=length, required=False)
        if not confirmed:
            self.fields.pop("credential", None)

    @property
    def rows(self):
        """The new units as the page lays them out: one list of fields each."""
        return [
            [self[f"{name}_{row}"] for name, _label, _length in _FIELDS] for row in range(1, MOST_NEW + 1)
        ]

    @property
    def has_further(self) -> bool:
        """Whether a second unit is written down, or something is wrong with it."""
        further = [name for name in self.fields if name[-2:] in {f"_{row}" for row in range(2, MOST_NEW + 1)}]
        return any(self[name].value() or self[name].errors for name in further)

    def clean_olds(self) -> list[Unit]:
        typed = re.split(r"[\s,，、;；]+", self.cleaned_data["olds"])
        codes = [code for code in map(unit_code, typed) if code]
        found = open_units_named(self.request.reach, codes)
        if missing := sorted(set(codes) - {unit.code for unit in found}):
            raise forms.ValidationError(
                _("There is no open unit %(codes)s among those you administer.")
                % {"codes": ", ".join(missing)}
            )
        return found

    def clean(self):
        cleaned = self.cleaned_data
        cleaned["news"] = []
        for row in range(1, MOST_NEW + 1):
            given = {name: cleaned.get(f"{name}_{row}", "").strip() for name, _label, _length in _FIELDS}
            if not any(given.values()):
                continue
            for name in ("code", "name"):
                if not given[name]:
                    self.add_error(f"{name}_{row}", _("A new unit needs a code and a name."))
            cleaned["news"].append(New(**given))
        return super().clean()
