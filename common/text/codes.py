"""What becomes part of an address: codes of units, names of squads, usernames. One rule for every door.

A form, an import, the API and a command all bring what was typed to its normal form here, and refuse what does
not fit; the columns do the same for what is looked up, and the database holds the rule.
"""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.deconstruct import deconstructible
from django.utils.translation import gettext_lazy as _

from common.errors import Invalid
from common.text.typed import plain

#: What a database holds of each kind. SQLite's own GLOB, because a check with REGEXP is understood by Python alone: no
#: other program could write to the file, nor copy it.
_HOLDS = {
    "unit_code": (("[A-Z0-9]*", True), ("*[A-Z0-9]", True), ("*[^A-Z0-9._-]*", False)),
    "squad": (("[a-z0-9]*", True), ("*[a-z0-9]", True), ("*[^a-z0-9._-]*", False)),
    # Letters of any script: what no username holds, wherever it came from.
    "username": (("*[^.]*", True), ("*[][/\\?#%&<> \t\n\r\u3000]*", False)),
}
#: The same for PostgreSQL. \A … \Z, for $ would let a line end through.
_MATCHES = {
    "unit_code": ((r"\A[A-Z0-9]([A-Z0-9._-]*[A-Z0-9])?\Z", True),),
    "squad": ((r"\A[a-z0-9]([a-z0-9._-]*[a-z0-9])?\Z", True),),
    "username": ((r"[^.]", True), ("[][/\\\\?#%&<> \t\n\r\u3000]", False)),
}


@models.CharField.register_lookup
class FitsLookup(models.Lookup):
    """`code__fits="unit_code"`: what a check constraint asks of a column."""

    lookup_name = "fits"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple]:
        return self._all(compiler, "~", "!~", _MATCHES)

    def as_sqlite(self, compiler: Any, connection: Any) -> tuple[str, tuple]:
        return self._all(compiler, "GLOB", "NOT GLOB", _HOLDS)

    def _all(self, compiler: Any, holds: str, holds_not: str, patterns: dict) -> tuple[str, tuple]:
        column, given = self.process_lhs(compiler, compiler.connection)
        wanted = patterns[self.rhs]
        sql = " AND ".join(f"{column} {holds if is_wanted else holds_not} %s" for _text, is_wanted in wanted)
        return f"({sql})", tuple(value for text, _is_wanted in wanted for value in (*given, text))


@deconstructible
class Fits:
    """A validator: the normal form of what was typed matches the rule."""

    def __init__(self, kind: str):
        self.kind = kind

    def __call__(self, text: str) -> None:
        if not fits(self.kind, text):
            raise ValidationError(SENTENCES[self.kind], code="does_not_fit")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Fits) and other.kind == self.kind

    __hash__ = object.__hash__


def unit_code(text: str) -> str:
    """A unit's code as it is kept and looked up: normal width, no spaces around it, capitals."""
    return plain(text).upper()


def squad(text: str) -> str:
    """A squad's name as it is kept and looked up: normal width, small letters."""
    return plain(text).lower()


def username(text: str) -> str:
    """A username as it is kept: normal width, the case as typed; two that differ only in case are one."""
    return plain(text)


NORMAL = {"unit_code": unit_code, "squad": squad, "username": username}
RULES = {
    "unit_code": re.compile(r"\A[A-Z0-9]([A-Z0-9._-]*[A-Z0-9])?\Z"),
    "squad": re.compile(r"\A[a-z0-9]([a-z0-9._-]*[a-z0-9])?\Z"),
    "username": re.compile(r"\A[\w@.+-]+\Z"),
}
SENTENCES = {
    "unit_code": _(
        "A code has letters A–Z, digits and . - _ only, and begins and ends with a letter or digit."
    ),
    "squad": _(
        "A squad's name has letters a–z, digits and . - _ only, and begins and ends with a letter or digit."
    ),
    "username": _("A username has letters, digits and . - _ + @ only, and not only dots."),
}
REFUSALS = {
    "unit_code": _(
        "No unit was added or changed: the code “%(typed)s” cannot stand in an address. Choose one of letters A–Z, "
        "digits and . - _ that begins and ends with a letter or digit."
    ),
    "squad": _(
        "Nobody was appointed: the squad's name “%(typed)s” cannot stand in an address. Give the name it has in the "
        "response plan, e.g. dialogue."
    ),
    "username": _(
        "The account was not opened: the username “%(typed)s” cannot stand in an address. Choose one of letters, "
        "digits and . - _ + @."
    ),
}


def fits(kind: str, text: str) -> bool:
    """Whether the normal form of `text` may become part of an address."""
    found = NORMAL[kind](text)
    return bool(RULES[kind].match(found)) and bool(found.strip("."))


def check(kind: str, text: str, *, field: str) -> str:
    """The normal form of `text`. Raises Invalid, about this field of a form, if it does not fit."""
    if not fits(kind, text):
        raise Invalid(
            f"{kind}_does_not_fit",
            REFUSALS[kind] % {"typed": text},
            fields={field: [str(SENTENCES[kind])]},
        )
    return NORMAL[kind](text)


class CodeInput(forms.CharField):
    """A form's field: takes what was typed in its normal form, refuses what does not fit."""

    def __init__(self, kind: str, **kwargs: Any):
        super().__init__(**kwargs)
        self.kind = kind
        self.validators.append(Fits(kind))

    def to_python(self, value: Any) -> str:
        return NORMAL[self.kind](super().to_python(value) or "")


class CodeField(models.CharField):
    """A column that holds and is asked for the normal form only, whichever way the code was typed."""

    kind = ""

    def get_prep_value(self, value: Any) -> Any:
        value = super().get_prep_value(value)
        return NORMAL[self.kind](value) if isinstance(value, str) else value

    def to_python(self, value: Any) -> Any:
        value = super().to_python(value)
        return NORMAL[self.kind](value) if isinstance(value, str) else value

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        value = NORMAL[self.kind](getattr(model_instance, self.attname))
        setattr(model_instance, self.attname, value)
        return value


class UnitCodeField(CodeField):
    kind = "unit_code"
    default_validators = [Fits("unit_code")]


class SquadField(CodeField):
    kind = "squad"
    default_validators = [Fits("squad")]
