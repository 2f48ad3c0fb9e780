"""Fields for the facts that a plan asks about and that not every form has: a flow's urgency, a crowd's mood."""

from collections.abc import Collection, Iterator

from django import forms
from django.utils.translation import gettext_lazy as _

from incidents.reporting.fact_parsing import choices_of, language
from plans.document.chapters import demand_classes_of
from plans.engine.conditions import singles
from plans.engine.evaluation import Document, criteria_of
from plans.engine.facts import FACTS, MOST, Fact

_YES_NO = {"yes": True, "no": False}


def asked_fields(document: Document, besides: Collection[str]) -> dict[str, forms.Field]:
    """Fact → form field, in the order of the vocabulary, for what this plan's limbs, floors and triggers ask.

    `besides`: facts for which the form has fields of its own.
    """
    asked = set(_asked(document)).difference(besides)
    fields = {name: _field(fact, document) for name, fact in FACTS.items() if name in asked}
    return {name: field for name, field in fields.items() if field is not None}


def first_values(facts: dict) -> dict:
    """What fields that are called like their facts show at first: the present picture."""
    yes_no = {True: "yes", False: "no"}
    return {
        name: yes_no.get(value, value) if isinstance(value, bool) else value for name, value in facts.items()
    }


def _asked(document: Document) -> Iterator[str]:
    conditions = [criterion.when for criterion in criteria_of(document)]
    conditions += [entry["when"] for entry in document.get("triggers", ()) if "when" in entry]
    return (single["fact"] for condition in conditions for single in singles(condition))


def _field(fact: Fact, document: Document) -> forms.Field | None:
    label = fact.words.in_language(language())
    match fact.kind:
        case "number":
            return forms.IntegerField(label=label, min_value=0, max_value=MOST, required=False)
        case "choice":
            return _choice(label, choices_of(fact.name))
        case "code":
            classes = demand_classes_of(document)
            return _choice(label, [(line.id, line.words.in_language(language())) for line in classes])
        case "yes_no":
            return _choice(label, [("yes", _("Yes")), ("no", _("No"))], coerce=_YES_NO.get)
        case _:
            return None


def _choice(label: str, choices: list, coerce=str) -> forms.Field:
    return forms.TypedChoiceField(
        label=label, choices=[("", "–"), *choices], coerce=coerce, empty_value=None, required=False
    )
