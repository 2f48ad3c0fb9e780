"""What can be added to a plan by form: a criterion, a floor, a time limit, a squad, an item of a checklist.

Each is a block whose first field decides: left empty, nothing is added. What is added says `origin: proposal`
where the plan has room for it, because no source says so.
"""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from plans.document.words import Words, joined, words
from plans.editor.changes import Add, Path, found
from plans.editor.controls import Block, Control, name_of
from plans.editor.wording import duration_field, here, kind_choices
from plans.engine.evaluation import Level, levels_of
from plans.engine.facts import FACTS

ADD = Words("增加一项", "Add one")
CHAIN = Words("逐级上报", "reports to the level above")


def limb(document: dict, path: Path, level: Level) -> Block:
    """Another criterion of a level, enough by itself."""
    return _block(
        path,
        level,
        _condition_fields(),
        lambda given: [Add(path, _condition(given))] if given["what"] else [],
    )


def floor(document: dict, path: Path, choices: list) -> Block:
    fields = {
        **_condition_fields(),
        "level": forms.ChoiceField(label=_("leads at least to"), choices=choices, required=False),
    }

    def read(given: dict) -> list:
        if not given["what"]:
            return []
        when = _condition(given)
        aside = {key: when.pop(key) for key in ("cite", "origin") if key in when}
        return [Add(path, {"when": when, "level": given["level"], **aside})]

    return _block(path, None, fields, read)


def _condition_fields() -> dict[str, forms.Field]:
    return {
        "what": forms.ChoiceField(label=_("Criterion"), choices=[("", "—"), *_conditions()], required=False),
        "number": forms.IntegerField(label=_("Number, where one is asked for"), min_value=0, required=False),
        "cite": forms.CharField(label=_("Where it is written"), max_length=80, required=False),
    }


def _conditions() -> list[tuple[str, str]]:
    found_: list[tuple[str, str]] = []
    for fact in FACTS.values():
        what = here(fact.words)
        if fact.kind in ("range", "number", "counts"):
            found_.append((f"{fact.name} gte", _("%(what)s: … or more") % {"what": what}))
        elif fact.kind == "set":
            found_.append((f"{fact.name} not_empty", _("%(what)s: any") % {"what": what}))
        if fact.kind in ("set", "choice"):
            found_ += [
                (f"{fact.name} {code}", here(_about(fact.words, said))) for code, said in fact.choices.items()
            ]
        if fact.kind == "yes_no":
            found_.append((f"{fact.name} true", what))
    return found_


def _about(what: Words, said: Words) -> Words:
    return Words(f"{what.zh}：{said.zh}", f"{what.en}: {said.en}")


def _condition(given: Mapping[str, Any]) -> dict:
    name, _space, what = given["what"].partition(" ")
    fact = FACTS[name]
    rule: dict[str, Any]
    if what == "gte":
        rule = {"gte": given["number"] if given["number"] is not None else 1}
    elif what == "not_empty":
        rule = {"not_empty": True}
    elif fact.kind == "set":
        rule = {"any_in": [what]}
    else:
        rule = {"eq": True if fact.kind == "yes_no" else what}
    cite = {"cite": given["cite"]} if given["cite"] else {}
    return {"fact": name, **rule, **cite, "origin": "proposal"}


def clock(document: dict, path: Path) -> Block:
    kinds = [("", "—"), *kind_choices()]
    roles = [(name, here(words(role))) for name, role in document.get("roles", {}).items()]
    levels = [("", "—"), *((level.id, here(level.words)) for level in levels_of(document))]
    fields = {
        "zh": forms.CharField(label=_("Chinese"), max_length=120, required=False),
        "en": forms.CharField(label=_("English"), max_length=120, required=False),
        "start": forms.ChoiceField(label=_("Starts with"), choices=kinds, required=False),
        "stop": forms.ChoiceField(label=_("Ends with"), choices=kinds, required=False),
        "duration": duration_field(required=False),
        "role": forms.ChoiceField(label=_("By whom"), choices=[("", "—"), *roles], required=False),
        "when_level": forms.ChoiceField(label=_("Only at this level"), choices=levels, required=False),
    }

    def read(given: dict) -> list:
        if not given["zh"]:
            return []
        entry = {
            "id": _free_id(document, path, "B"),
            **{key: given[key] for key in fields if given[key]},
            "origin": "proposal",
        }
        return [Add(path, entry)]

    return _block(path, None, fields, read)


def chain(path: Path, levels: list[Level], authorities: list[tuple[str, str]]) -> Block:
    """Who above is told at a level of which the plan does not say it yet."""
    fields: dict[str, forms.Field] = {
        "level": forms.ChoiceField(
            label=_("Only at this level"),
            choices=[("", "—"), *((level.id, here(level.words)) for level in levels)],
            required=False,
        ),
        "to": forms.MultipleChoiceField(
            label=_("Told of an incident"),
            choices=authorities,
            required=False,
            widget=forms.CheckboxSelectMultiple,
        ),
        "phone_first": forms.BooleanField(label=_("By telephone first, the text later"), required=False),
        "daily": daily_field(),
    }

    def read(given: dict) -> list:
        if not given["level"]:
            return []
        more = {key: given[key] for key in ("phone_first", "daily") if given[key]}
        return [Add(path, {"level": given["level"], "to": list(given["to"]), **more, "origin": "proposal"})]

    return _block(path, None, fields, read, Words(f"{CHAIN.zh}：{ADD.zh}", f"{CHAIN.en}: {ADD.en}"))


def chain_title(level: Level | None) -> Words:
    """What a line of the chain is called; without a level it holds for every one that has none of its own."""
    return joined([level.words if level else Words("其他等级", "Other levels"), CHAIN], "：", ": ")


def daily_field() -> forms.Field:
    return forms.RegexField(
        r"^([01][0-9]|2[0-3]):[0-5][0-9]$",
        label=_("A report each day by"),
        required=False,
        help_text=_("An hour such as 17:30; empty: none is asked for."),
    )


def squad(document: dict, path: Path) -> Block:
    fields = {
        "zh": forms.CharField(label=_("Chinese"), max_length=120, required=False),
        "en": forms.CharField(label=_("English"), max_length=120, required=False),
        "duties": forms.CharField(
            label=pgettext("plan", "Duties"),
            required=False,
            max_length=2000,
            help_text=_("One a line: 中文 | English"),
            widget=forms.Textarea(attrs={"rows": 2}),
        ),
    }

    def read(given: dict) -> list:
        if not given["zh"]:
            return []
        duties = [row.partition("|") for row in given["duties"].splitlines() if row.strip()]
        said = [{"zh": zh.strip(), "en": (en or zh).strip()} for zh, _bar, en in duties]
        entry = {
            "id": _free_id(document, path, "squad"),
            "zh": given["zh"],
            "en": given["en"] or given["zh"],
            "origin": "proposal",
        }
        return [Add(path, {**entry, "duties": said} if said else entry)]

    return _block(path, None, fields, read)


def item(document: dict, path: Path, title: Words) -> Block:
    fields = {
        "zh": forms.CharField(label=_("Chinese"), max_length=300, required=False),
        "en": forms.CharField(label=_("English"), max_length=300, required=False),
        "cite": forms.CharField(label=_("Where it is written"), max_length=80, required=False),
    }

    def read(given: dict) -> list:
        if not given["zh"]:
            return []
        cite = {"cite": given["cite"]} if given["cite"] else {}
        entry = {
            "id": _free_id(document, path, "B"),
            "zh": given["zh"],
            "en": given["en"] or given["zh"],
            **cite,
            "origin": "proposal",
        }
        return [Add(path, entry)]

    return _block(path, None, fields, read, Words(f"{title.zh}：{ADD.zh}", f"{title.en}: {ADD.en}"))


def _free_id(document: dict, path: Path, stem: str) -> str:
    """An id that nothing in the list has: B-1, B-2, …"""
    taken = {entry.get("id") for entry in found(document, path) or () if isinstance(entry, Mapping)}
    return next(candidate for number in range(1, 10_000) if (candidate := f"{stem}-{number}") not in taken)


def _block(
    path: Path, level: Level | None, fields: dict[str, forms.Field], read: Any, title: Words = ADD
) -> Block:
    """Fields that are read together: the last control makes the steps out of all of their answers."""
    names = {key: f"add.{name_of(path)}.{key}" for key in fields}
    controls = [
        Control(names[key], asked, None, lambda _answer, _document: []) for key, asked in fields.items()
    ]
    last = controls[-1]
    controls[-1] = Control(last.name, last.field, None, Together(names, read))
    return Block(title, controls, level=level, is_new=True)


class Together:
    """Reads several answers at once; the form hands it all of them."""

    def __init__(self, names: dict[str, str], read: Any):
        self.names, self.read_all = names, read

    def __call__(self, answer: Any, document: dict) -> list:
        raise TypeError("this control is read with its neighbours")

    def together(self, cleaned: Mapping[str, Any]) -> list:
        return self.read_all({key: cleaned.get(name) for key, name in self.names.items()})
