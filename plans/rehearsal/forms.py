"""Facts to try a plan with. The form asks only for what the plan itself asks about."""

import re
from datetime import timedelta

from django import forms
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from accounts.models import Unit
from common.dates.date_fields import moment_field
from plans.document.words import Words, words
from plans.engine.conditions import singles
from plans.engine.evaluation import Document, criteria_of
from plans.engine.facts import FACTS, SENTENCES, Fact, FactProblem, Facts

_RANGE = re.compile(r"\s*(\d{1,9})\s*(?:[-–—~～至到]\s*(\d{1,9})|\+)?\s*")
#: Asked for in every plan: the first thing anybody reports.
_ALWAYS = "headcount"


class FactsForm(forms.Form):
    """One field for each fact the plan reads, the unit, and the moment."""

    unit = forms.ModelChoiceField(
        queryset=Unit.objects.none(), to_field_name="code", label=gettext_lazy("Unit"), required=False
    )
    at = moment_field(label=gettext_lazy("At what time"), required=False)

    def __init__(self, *args, document: Document, units, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = units
        self.names = facts_asked(document)
        for name in self.names:
            for key, field in _fields_of(FACTS[name], document):
                self.fields[key] = field
        self.order_fields([*(key for key in self.fields if key not in ("unit", "at")), "unit", "at"])
        self.facts = Facts()

    def clean(self):
        cleaned = super().clean()
        raw = {name: _raw(FACTS[name], cleaned) for name in self.names}
        try:
            self.facts = Facts.from_dict(
                {name: value for name, value in raw.items() if value not in ("", None, {}, [])}
            )
        except FactProblem as problem:
            for name, code in problem.fields.items():
                self.add_error(name if name in self.fields else None, _(SENTENCES[code]))
        return cleaned


#: Over how many days a version is replayed.
DAYS = {days: timedelta(days=days) for days in (7, 30, 90, 365)}


class DaysForm(forms.Form):
    days = forms.TypedChoiceField(label=gettext_lazy("Over the last"), coerce=int)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["days"].choices = [
            (days, ngettext("%(count)s day", "%(count)s days", days) % {"count": days}) for days in DAYS
        ]


def facts_asked(document: Document) -> list[str]:
    """The facts that any limb or floor of the plan reads, in the order of the vocabulary."""
    asked = {single["fact"] for criterion in criteria_of(document) for single in singles(criterion.when)}
    return [name for name in FACTS if name in asked or name == _ALWAYS]


def _fields_of(fact: Fact, document: Document):
    label = _here(fact.words)
    match fact.kind:
        case "range":
            yield fact.name, forms.CharField(label=label, max_length=24, required=False, help_text=_("A number or a range, such as 8 or 6-20."))  # fmt: skip
        case "number":
            yield fact.name, forms.IntegerField(label=label, min_value=0, required=False)
        case "set":
            yield fact.name, forms.MultipleChoiceField(label=label, required=False, choices=_choices(fact), widget=forms.CheckboxSelectMultiple)  # fmt: skip
        case "counts":
            for code, words_ in fact.choices.items():
                yield f"{fact.name}-{code}", forms.IntegerField(label=f"{label} · {_here(words_)}", min_value=0, required=False)  # fmt: skip
        case "choice":
            yield fact.name, forms.ChoiceField(label=label, required=False, choices=[("", _("not reported")), *_choices(fact)])  # fmt: skip
        case "code":
            classes = [(entry["id"], _here(words(entry))) for entry in document.get("demand_classes", ())]
            yield fact.name, forms.ChoiceField(label=label, required=False, choices=[("", _("not reported")), *classes])  # fmt: skip
        case "yes_no":
            yield fact.name, forms.ChoiceField(label=label, required=False, choices=[("", _("not reported")), ("yes", _("Yes")), ("no", _("No"))])  # fmt: skip
        case _:
            yield fact.name, forms.CharField(label=label, max_length=120, required=False)


def _raw(fact: Fact, cleaned: dict):
    value = cleaned.get(fact.name)
    match fact.kind:
        case "range":
            return _headcount(value or "")
        case "counts":
            return {
                code: cleaned.get(f"{fact.name}-{code}")
                for code in fact.choices
                if cleaned.get(f"{fact.name}-{code}")
            }
        case "yes_no":
            return {"yes": True, "no": False}.get(value or "")
        case _:
            return value


def _headcount(text: str):
    """ "6-20" → its two ends; "51+" → 51; anything that is no number is left for the facts to refuse."""
    if not text.strip():
        return None
    match = _RANGE.fullmatch(text)
    if match is None:
        return text
    low = int(match[1])
    return {"low": low, "high": int(match[2]) if match[2] else low}


def _choices(fact: Fact) -> list[tuple[str, str]]:
    return [(code, _here(said)) for code, said in fact.choices.items()]


def _here(said: Words) -> str:
    return said.in_language(get_language())
