"""What each address asks before it answers: read from the code behind it, so that no second list can lag behind.

A view is followed through the functions it names (its own methods, those of the product's modules) down to the places
where it is decided who may: the verbs of `accounts.verbs`, the checks of each room's `permissions.py`, and the rows
that `visible_to` leaves. What is found is what can be asked on the way, not that it is asked each time; whether the
answers follow is tried by asking (tests/rights).
"""

import inspect
from collections.abc import Callable, Iterator, Mapping
from functools import cache, partial
from importlib import import_module
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any, NamedTuple

from django.apps import apps
from django.conf import settings
from django.db.models import Model
from django.db.models.manager import BaseManager
from django.urls import URLPattern, URLResolver, get_resolver

from accounts.verbs import VERBS

#: Open to whoever is signed in, without a further question, and why.
FOR_EVERYBODY = {
    "account-root": "leads on to the reader's own page",
    "mfa_index": "leads on to the reader's own page",
    "account_language": "the reader's own language",
    "roster-publish": "GET leads back to the roster",
    "plans": "the plans of the bureau are for everybody who works by them",
    "plan-source": "the text of a plan, as above",
    "plan-check": "looks over a text that the reader brings, and keeps nothing",
    "api:plans": "the plans of the bureau are for everybody who works by them",
    "api:plan": "as above",
    "api:plan-versions": "as above",
    "api:plan-difference": "as above",
    "api:plan-evaluate": "tries out facts that the reader brings, and keeps nothing",
    "account_reauthenticate": "the reader's own password",
    "mfa_reauthenticate": "the reader's own second factor",
    "mfa_list_webauthn": "leads on to the reader's own page",
    "mfa_generate_recovery_codes": "the reader's own second factor",
    "shortcuts": "a list of keys",
    "help": "texts of the product",
    "help-subject": "texts of the product",
    "help-card": "texts of the product",
    "handbook": "texts of the product",
    "handbook-paper": "texts of the product",
    "api:units": "the units of the reader's own posts, those below and the line above",
    "api:subject": "what an entry that the reader may read is about",
    "device-check": "looks at the reader's own device",
    "api-docs": "describes the product, not the bureau",
}

METHODS = ("get", "post", "put", "patch", "delete")

#: Written to, told, run by all alike: nobody's rights are decided there.
_PASSED_BY = (
    "journal.record.", "journal.numbering.", "journal.live.hub.", "clocks.actions.", "clocks.breaches.",
    "clocks.following.", "notices.sending.", "notices.recipients.", "notices.relevance.",
    "plans.engine.", "plans.document.", "plans.checks.", "engine.background.", "engine.backup.",
    "drills.player.", "accounts.access.rate.", "accounts.intake.",
)  # fmt: skip

#: What is asked with a verb. What a person is called in an entry (`title_for`, `post_for`) decides nothing.
_ASKING = {"holds", "has", "filter", "paths", "units_for", "check_holds", "check_has_board"}
_NAMING = {"title_for", "post_for"}
#: Tables of what happens, not of who may: an entry may be called as a verb is.
_OF_NOBODY = ("journal.kinds", "common.states")
#: Asking that is no method of a queryset too.
_ONLY_ASKING = _ASKING - {"filter"}


class Asks(NamedTuple):
    """Who may, as far as tables and checks say it."""

    #: Verbs of `accounts.verbs`, over the unit of the thing.
    verbs: frozenset[str]
    #: Checks of the rooms, by their dotted name.
    checks: frozenset[str]
    #: Models of which only the rows visible to the reader are taken.
    rows: frozenset[str]
    #: Who is signed in is looked at: the own account, one's own things.
    own: bool = False

    def __bool__(self) -> bool:
        return bool(self.verbs or self.checks or self.rows or self.own)


class Door(NamedTuple):
    name: str
    pattern: str
    method: str
    view: Any
    asks: Asks


def addresses(resolver=None, prefix: str = "", names: tuple[str, ...] = ()) -> Iterator[tuple[str, str, Any]]:
    """(pattern, name with namespaces, callback) of every route."""
    for entry in (resolver or get_resolver()).url_patterns:
        pattern = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from addresses(entry, pattern, (*names, entry.namespace) if entry.namespace else names)
        elif isinstance(entry, URLPattern):
            yield pattern, ":".join([*names, entry.name or ""]), entry.callback


@cache
def doors() -> list[Door]:
    """Every route with every method it takes."""
    return [
        Door(name, pattern, method, view, asked_by(start, view if inspect.isclass(view) else None))
        for pattern, name, callback in addresses()
        for view in [getattr(callback, "view_class", None) or getattr(callback, "cls", None) or callback]
        for method, start in _entrances(view)
    ]


def _entrances(view: Any) -> Iterator[tuple[str, Callable]]:
    if not inspect.isclass(view):
        yield "any", view
        return
    found = [(method, getattr(view, method)) for method in METHODS if hasattr(view, method)]
    yield from found or [("any", view.dispatch)]


def asked_by(start: Callable, owner: type | None = None) -> Asks:
    walk = _walked(start, owner)
    return Asks(frozenset(walk.verbs), frozenset(walk.checks), frozenset(walk.rows), walk.own)


def behind(door: Door) -> frozenset[str]:
    """Dotted names of the functions that can be called on the way, those that are passed by included."""
    is_class = inspect.isclass(door.view)
    start = getattr(door.view, door.method, None) or door.view.dispatch if is_class else door.view
    walk = _walked(start, door.view if is_class else None)
    return frozenset(f"{one.__module__}.{one.__qualname__}" for one in walk.named)


@cache
def _walked(start: Callable, owner: type | None) -> "_Walk":
    walk = _Walk()
    walk.enter(start, owner)
    for name in ("setup", "dispatch", "initial") if owner is not None else ():
        for above in owner.__mro__:
            walk.enter(vars(above).get(name), owner)
    if owner is not None and not any(map(_is_ours, _functions(start))):
        # The method is a library's: it calls what the view has.
        for one in owner.__mro__:
            for name, found in vars(one).items():
                if name not in METHODS and callable(found):
                    walk.enter(found, owner)
    return walk


def named(check: str) -> Callable:
    """The check of this dotted name, as `Asks.checks` has it."""
    module, _dot, name = check.rpartition(".")
    return getattr(import_module(module), name)


class _Walk:
    """One way through the code behind a door."""

    def __init__(self):
        self.verbs: set[str] = set()
        self.checks: set[str] = set()
        self.rows: set[str] = set()
        self.own = False
        self.named: set[FunctionType] = set()
        self.seen: set[tuple[Any, type | None]] = set()

    def enter(self, what: Any, owner: type | None) -> None:
        for function in _functions(what):
            self.named.add(function)
            if (function, owner) in self.seen or not _is_ours(function):
                continue
            self.seen.add((function, owner))
            decides = function.__module__.endswith(".permissions")
            if decides and function.__name__.startswith("check_"):
                self.checks.add(f"{function.__module__}.{function.__name__}")
            names = set().union(*(code.co_names for code in _codes(function.__code__)))
            if decides or names & _ONLY_ASKING or (names & _ASKING and not names & _NAMING):
                for code in _codes(function.__code__):
                    self.verbs |= VERBS.keys() & set(_texts(code.co_consts))
            self._follow(function, names, owner)

    def _follow(self, function: FunctionType, names: set[str], owner: type | None) -> None:
        known = {*names, *function.__code__.co_varnames}
        if "user" in names and known & {"reach", "request"} and not function.__module__.startswith("common."):
            self.own = True
        for cell in function.__closure__ or ():
            self.enter(cell.cell_contents, owner)
        for name in names:
            # Above it too: `super()` is called by no name.
            for above in owner.__mro__ if owner is not None else ():
                if name in vars(above):
                    self._take(vars(above)[name], names, owner)
            if name in function.__globals__:
                self._take(function.__globals__[name], names, None)

    def _take(self, found: Any, names: set[str], owner: type | None) -> None:
        """Something that code names: a function, a module whose functions it names too, a model, a word."""
        if type(found).__module__ in _OF_NOBODY:
            return
        if isinstance(found, ModuleType):
            for name in names & set(vars(found)):
                if not isinstance(vars(found)[name], ModuleType):
                    self._take(vars(found)[name], names, None)
        elif inspect.isclass(found) and issubclass(found, Model):
            if "visible_to" in names:
                self._see(found)
        elif inspect.isclass(found):
            for name in {"__init__", *names} & set(vars(found)):
                self.enter(vars(found)[name], found)
        elif isinstance(found, str):
            self.verbs |= {found} & VERBS.keys()
            if owner is not None and found.isidentifier():
                # The parts of a live page name the methods that fill them.
                self.enter(inspect.getattr_static(owner, found, None), owner)
        elif isinstance(found, Mapping):
            self._take(tuple(found.values()), names, owner)
        elif isinstance(found, tuple | list | frozenset | set):
            for one in found:
                self._take(one, names, owner)
        else:
            self.enter(found, owner)

    def _see(self, model: type[Model]) -> None:
        manager: BaseManager = model._default_manager
        if found := getattr(manager, "visible_to", None):
            self.rows.add(model._meta.label)
            self.enter(found, None)


def _functions(what: Any) -> Iterator[FunctionType]:
    """The functions behind a method, a property, a partial or a wrapper."""
    what = inspect.unwrap(what) if callable(what) else what
    if isinstance(what, partial):
        what = what.func
    if isinstance(what, property):
        what = what.fget
    what = getattr(what, "func", what) if type(what).__name__ == "cached_property" else what
    what = getattr(what, "__func__", what)
    if isinstance(what, FunctionType):
        yield what


def _is_ours(function: FunctionType) -> bool:
    module = function.__module__ or ""
    return module.partition(".")[0] in _rooms() and not f"{module}.".startswith(_PASSED_BY)


@cache
def _rooms() -> frozenset[str]:
    return frozenset(one.name for one in apps.get_app_configs() if Path(one.path).parent == settings.BASE_DIR)


def _codes(code: CodeType) -> Iterator[CodeType]:
    """The code of a function and of what stands within it."""
    yield code
    for one in code.co_consts:
        if isinstance(one, CodeType):
            yield from _codes(one)


def _texts(values: Any) -> Iterator[str]:
    for one in values:
        if isinstance(one, str):
            yield one
        elif isinstance(one, tuple | list | frozenset | set):
            yield from _texts(one)
