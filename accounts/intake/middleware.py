"""Forms, looked at before their view reads them. Works without JavaScript; nothing typed is lost."""

from collections.abc import Sequence
from contextlib import ExitStack
from typing import Any, NamedTuple

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import render

from accounts.intake import closing, keeping
from accounts.intake.closing import StoredNumbers
from accounts.intake.fields import SECRET, is_looked_at, is_masked_at_once
from common.errors import Refused
from common.text.masking import Finding, masked, personal_data_in
from common.text.personal_data import kept_because, mask_what_is_stored

_ANSWER = tuple(f"{keeping.NAME}.{part}" for part in ("answer", "reason", "credential"))


class Noticed(NamedTuple):
    """One text with a number of a person in it."""

    field: str
    typed: str
    masked: str
    numbers: list[Finding]

    @property
    def sentences(self) -> list[str]:
        return [keeping.sentence(number) for number in self.numbers]


class TypedMiddleware:
    """Asks what to do with numbers of people in a form, before its view is called.

    A reason to keep them is signed for this one request; the journal notes it beside every entry that holds one.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        with ExitStack() as request.while_it_lasts:
            return self.get_response(request)

    def process_view(self, request, view, args, kwargs) -> HttpResponse | None:
        # Bodies of the API are looked at where they are read: accounts.intake.parsers.
        if request.method != "POST" or request.path.startswith("/api/") or not request.user.is_authenticated:
            return None
        found = noticed_in(request.resolver_match.view_name, request.POST)
        answer = {name: request.POST.get(name, "") for name in _ANSWER if name in request.POST}
        if not found:
            return self._about_what_is_stored(request, answer) if any(answer.values()) else None
        # A file cannot be handed back to be sent again: its form is masked too, and says so.
        route, life_risk = request.resolver_match.view_name, request.POST.getlist("life_risk")
        if request.FILES or is_masked_at_once(route, life_risk):
            messages.warning(request, notice_of_masking(found))
            return _go_on_masked(request)
        return self._answered(request, found, answer)

    def process_exception(self, request, exception) -> HttpResponse | None:
        """What somebody wants to close holds numbers: the same question, about what is kept."""
        if not isinstance(exception, StoredNumbers) or request.path.startswith("/api/"):
            return None
        return _ask_before_closing(request, exception)

    def _about_what_is_stored(self, request, answer: dict[str, str]) -> HttpResponse | None:
        """Nothing typed holds a number: the answer is about what stands in the thing that is closed."""
        try:
            accept(request, *(answer.get(name, "") for name in _ANSWER))
        except Refused as refused:
            return _ask(request, [], refused)
        _replace(request, request.POST.copy())
        return None

    def _answered(self, request, found: list[Noticed], answer: dict[str, str]) -> HttpResponse | None:
        choice, reason, credential = (answer.get(name, "") for name in _ANSWER)
        if choice not in (keeping.MASK, keeping.KEEP):
            return _ask(request, found)
        try:
            accept(request, choice, reason, credential)
        except Refused as refused:
            return _ask(request, found, refused)
        if choice == keeping.MASK:
            return _go_on_masked(request)
        _replace(request, request.POST.copy())
        return None


def accept(request, choice: str, reason: Any = "", credential: Any = "") -> None:
    """What becomes of numbers of people until the request ends. Raises what `keeping.signed` does."""
    lasting = getattr(request, "_request", request).while_it_lasts
    if choice == keeping.MASK:
        lasting.enter_context(mask_what_is_stored())
    elif choice == keeping.KEEP:
        keep_for_this_request(request, keeping.signed(request.user, reason, credential, request.now))


def keep_for_this_request(request, reason: str) -> None:
    """Numbers of people stay as typed until the request ends."""
    getattr(request, "_request", request).while_it_lasts.enter_context(kept_because(reason))


def noticed_in(route: str, form: QueryDict) -> list[Noticed]:
    """The texts of a form that hold numbers of people."""
    found = []
    for name in form:
        if name in _ANSWER or not is_looked_at(route, name):
            continue
        for text in form.getlist(name):
            if numbers := personal_data_in(text):
                found.append(Noticed(name, text, masked(text), numbers))
    return found


def notice_of_masking(found: list[Noticed]) -> str:
    return keeping.why_masked(number.masked for one in found for number in one.numbers)


def _go_on_masked(request) -> None:
    form = request.POST.copy()
    for name in form:
        if is_looked_at(request.resolver_match.view_name, name):
            form.setlist(name, [masked(text) for text in form.getlist(name)])
    _replace(request, form)


def _replace(request, form: QueryDict) -> None:
    """The view reads the form without the answer to our question."""
    for name in _ANSWER:
        form.pop(name, None)
    request.POST = request._post = form


def _ask_before_closing(request, exception: StoredNumbers) -> HttpResponse:
    shown = [{"sentences": closing.sentences(one), "masked": one.masked} for one in exception.stored]
    return _ask(request, shown, exception, is_closing=True)


def _ask(
    request, found: Sequence[Any], refused: Refused | None = None, *, is_closing: bool = False
) -> HttpResponse:
    kept = [(name, text) for name in request.POST for text in request.POST.getlist(name)]
    context: dict[str, Any] = {
        "found": found,
        "refused": refused,
        "is_closing": is_closing,
        "reason": request.POST.get(_ANSWER[1], ""),
        "longest": keeping.LONGEST_REASON,
        "kept": [(name, text) for name, text in kept if name not in (*_ANSWER, "csrfmiddlewaretoken") and not SECRET.search(name)],
        "secrets": sorted({name for name, text in kept if SECRET.search(name) and name not in _ANSWER and text}),
    }  # fmt: skip
    return render(request, "accounts/intake/ask.html", context, status=refused.status if refused else 422)
