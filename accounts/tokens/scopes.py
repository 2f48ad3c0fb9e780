"""What a token opens: `subject:read` and `subject:write`, worked out from the addresses of the API.

An address below one incident belongs to the subject of its word ("incidents/reports"), any other to that of its first
word. One whose word stands nowhere below is opened by no token, and fails tests/accounts/test_token_scopes.py.
"""

import re
from collections.abc import Iterable
from functools import cache
from typing import NamedTuple

from django.urls import URLPattern, get_resolver
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

READ, WRITE = "read", "write"
PREFIX = "api/v1/"
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
#: Asked by POST because the question is long; nothing is changed.
ASKED_BY_POST = frozenset({"plan-evaluate"})
#: Opened by any token: describes the product, or whose token it is.
FREE = frozenset({"schema", "me"})
#: No token is looked at there: signed otherwise.
WITHOUT_TOKEN = frozenset(
    {"gateway-events", "provider-pushes", "roster-feed", "roster-feed-own", "exchange-documents"}
)


class Subject(NamedTuple):
    label: object
    #: First words of its addresses.
    words: tuple[str, ...]


SUBJECTS: dict[str, Subject] = {
    "alarms": Subject(gettext_lazy("Alarms"), ("alarms",)),
    "incidents": Subject(
        gettext_lazy("Incidents"),
        (
            "incidents", "incidents/timeline", "incidents/observations", "incidents/checklist", "incidents/steps",
            "incidents/position", "incidents/plan", "incidents/close",
        ),
    ),
    "early_warnings": Subject(gettext_lazy("Early warnings"), ("early-warnings",)),
    "responses": Subject(gettext_lazy("Responses"), ("responses",)),
    "orders": Subject(
        gettext_lazy("Orders"), ("orders", "order-templates", "incidents/calls", "incidents/place-codes")
    ),
    "roll_calls": Subject(gettext_lazy("Roll-calls"), ("roll-call", "incidents/roll-call")),
    "linkage": Subject(
        gettext_lazy("Linkage with joint command centres"),
        ("linkage-orders", "linkage-reports", "incidents/linkage-reports"),
    ),
    "upward_reports": Subject(gettext_lazy("Reports upward"), ("incidents/reports", "incidents/known-told")),
    "attendance": Subject(
        gettext_lazy("Attendance and handing over"),
        (
            "incidents/attendance", "attendance-calls", "incidents/reception-offers", "reception-offers",
            "incidents/handed-over", "handed-over", "incidents/routing",
        ),
    ),
    "measures": Subject(
        gettext_lazy("Measures"), ("measures", "incidents/measures", "incidents/measure-requests")
    ),
    "statements": Subject(gettext_lazy("Official statements"), ("statements", "incidents/statements")),
    "evidence": Subject(gettext_lazy("Index of evidence"), ("evidence", "incidents/evidence")),
    "reviews": Subject(
        gettext_lazy("Reviews and improvements"),
        (
            "incidents/review", "incidents/follow-ups", "follow-ups", "incidents/improvements", "improvements",
        ),
    ),
    "destruction": Subject(gettext_lazy("Destruction of personal data"), ("incidents/destruction", "kept-data")),
    "resources": Subject(
        gettext_lazy("Partners, experts, stock, training"),
        ("partners", "experts", "incidents/experts", "materials", "kits", "trainings"),
    ),
    "duty": Subject(
        gettext_lazy("Rosters and duty"), ("rosters", "shifts", "swaps", "units", "people", "unit-readiness")
    ),
    "zero_reports": Subject(gettext_lazy("Zero-reports"), ("zero-reports",)),
    "written_reports": Subject(gettext_lazy("Written reports"), ("written-reports",)),
    "cases": Subject(
        gettext_lazy("Matters, demands, receptions"),
        (
            "matters", "demands", "receptions", "leader-cases", "daily-meetings", "answers-due", "hotline-totals",
        ),
    ),
    "supervision": Subject(
        gettext_lazy("Supervision"), ("supervision-visits", "supervision-teams", "corrections", "inquiries")
    ),
    "recusals": Subject(gettext_lazy("Recusals"), ("recusals",)),
    "drills": Subject(gettext_lazy("Drills"), ("drills",)),
    "plans": Subject(gettext_lazy("Response plans"), ("plans",)),
    "clocks": Subject(gettext_lazy("Clocks"), ("clocks",)),
    "notices": Subject(gettext_lazy("Notices"), ("notices",)),
    "statistics": Subject(gettext_lazy("Statistics and ledgers"), ("pictures", "yearly-figures", "ledgers")),
    "journal": Subject(gettext_lazy("Journal"), ("journal", "subjects")),
    "emergency": Subject(gettext_lazy("Emergency access"), ("emergency-access",)),
    "works": Subject(gettext_lazy("Background tasks"), ("works",)),
}  # fmt: skip
_BY_WORD = {word: name for name, subject in SUBJECTS.items() for word in subject.words}


def subject_of(route: str) -> str | None:
    """The subject of an address, as the URLconf writes it: "api/v1/incidents/<code:number>/close/" → incidents."""
    words = [word for word in route.removeprefix(PREFIX).split("/") if word and "<" not in word]
    word = "/".join(words[:2]) if words[:1] == ["incidents"] else "".join(words[:1])
    return _BY_WORD.get(word)


def scope_for(route: str, name: str, method: str) -> str | None:
    """The scope that this call needs; None: no scope opens it."""
    subject = subject_of(route)
    reads = method in SAFE or name in ASKED_BY_POST
    return f"{subject}:{READ if reads else WRITE}" if subject else None


@cache
def offered() -> dict[str, tuple[str, ...]]:
    """What there is to be opened: subject → read, write or both, in the order of the table."""
    found: dict[str, set[str]] = {name: set() for name in SUBJECTS}
    for route, entry in addresses():
        if entry.name in FREE | WITHOUT_TOKEN:
            continue
        methods = [name for name in ("GET", "POST", "PUT", "PATCH", "DELETE") if _answers(entry, name)]
        for scope in filter(None, (scope_for(route, entry.name, method) for method in methods)):
            subject, _colon, act = scope.partition(":")
            found[subject].add(act)
    return {name: tuple(sorted(acts)) for name, acts in found.items() if acts}


def addresses(patterns=None, prefix: str = "") -> Iterable[tuple[str, URLPattern]]:
    """Every address of the API."""
    for entry in get_resolver().url_patterns if patterns is None else patterns:
        route = prefix + str(entry.pattern)
        if not isinstance(entry, URLPattern):
            if route.startswith("api/") or prefix:
                yield from addresses(entry.url_patterns, route)
        elif route.startswith(PREFIX):
            yield route, entry


def _answers(entry: URLPattern, method: str) -> bool:
    return hasattr(entry.callback.view_class, method.lower())


def every_scope() -> list[str]:
    return [f"{subject}:{act}" for subject, acts in offered().items() for act in acts]


def in_order(scopes: Iterable[str]) -> list[str]:
    """Those of `scopes` that there are, each once, in the order of the table."""
    wanted = set(scopes)
    return [scope for scope in every_scope() if scope in wanted]


def as_text(scopes: str) -> str:
    """What is kept with a token, in words: "Incidents (read, write) · Alarms (write)"."""
    named = re.findall(r"(\w+):(\w+)", scopes)
    if set(every_scope()) <= set(scopes.split()):
        return _("everything its person may")
    words = {READ: pgettext("scope", "read"), WRITE: pgettext("scope", "write")}
    acts: dict[str, list[str]] = {}
    for subject, act in named:
        acts.setdefault(subject, []).append(str(words.get(act, act)))
    # Translators: what a token opens, e.g. "Incidents (read, write)".
    sentence = _("%(subject)s (%(acts)s)")
    said = [
        sentence
        % {"subject": SUBJECTS[name].label if name in SUBJECTS else name, "acts": _(", ").join(its_acts)}
        for name, its_acts in acts.items()
    ]
    return " · ".join(said) or pgettext("scope", "nothing")
