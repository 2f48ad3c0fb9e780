"""The reader's language, the person behind a page request, and what that person has to do first."""

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.models import AnonymousUser
from django.http import HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.functional import SimpleLazyObject
from django.utils.http import urlencode

from accounts.access import sessions, watch
from accounts.models import OpenSession, User
from accounts.scope import reach_of
from accounts.sign_in import throttles
from accounts.sign_in.devices import address_of
from accounts.sign_in.first_things import SENTENCES, first_thing
from accounts.sign_in.second_factor import has_second_factor
from common.asking import asked
from common.database.composed import Composed


class LanguageMiddleware:
    """The language this reader chose; before anybody has signed in, the one the browser or client asks for.

    Once somebody is signed in the browser is not asked any more: a duty room's shared PC with an English system
    shows its people Chinese. What a signed-in person chooses is also the language of messages sent to them."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        language = self._language_of(request)
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        self._keep_choice(request, response)
        return response

    def _language_of(self, request) -> str:
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME)
        if chosen in dict(settings.LANGUAGES):
            return chosen
        if settings.SESSION_COOKIE_NAME in request.COOKIES:
            return settings.LANGUAGE_CODE
        return translation.get_language_from_request(request)

    def _keep_choice(self, request, response):
        chosen = response.cookies.get(settings.LANGUAGE_COOKIE_NAME)
        user = getattr(request, "user", None)
        if chosen and user and user.is_authenticated and chosen.value != user.language:
            User.objects.filter(pk=user.pk).update(language=chosen.value)


_OPEN = Composed(lambda pk, user: OpenSession.objects.filter(pk=pk, user_id=user))


class PersonMiddleware:
    """Gives each page request `now` (read once) and `reach` (read when first asked), says to the record from where it
    came, and ends a session that is over: ended elsewhere, too old, or idle too long."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.now = timezone.now()
        request.reach = SimpleLazyObject(lambda: reach_of(request.user, request.now))
        request.open_session = self._open_session(request)
        with asked(request=request.id, address=address_of(request)), throttles.request_scope():
            return self.get_response(request)

    def _open_session(self, request) -> OpenSession | None:
        """The row of this session; without one (nobody, or not made by signing in) there is no limit."""
        mark = request.session.get(sessions.MARK)
        if mark is None or not request.user.is_authenticated:
            return None
        row = next(iter(_OPEN(mark, request.user.pk)), None)
        over = sessions.why_over(row, request.now)
        if over:
            request.signed_out_because = over
            self._leave(request)
            return None
        sessions.touch(row, request.now)
        return row

    def _leave(self, request) -> None:
        """End the session; where nothing can be written, only for this request (the primary ends it)."""
        if settings.READ_ONLY:
            request.user = AnonymousUser()
        else:
            logout(request)


class WatchMiddleware:
    """Tells the auditor of refusals and downloads (accounts.access.watch)."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        watch.look(request, response)
        return response


class FirstThingsMiddleware:
    """Before anything else: an own password instead of a handed-over or outdated one, and a second factor
    where the bureau requires one."""

    #: Pages that lead there, and those nobody may be kept from.
    OPEN = {
        "account_login", "account_logout", "account_change_password", "account_reauthenticate",
        "account_language", "mfa_reauthenticate", "mfa_reauthenticate_webauthn", "mfa_activate_totp",
        "mfa_add_webauthn", "mfa_view_recovery_codes",
        "mfa_download_recovery_codes", "ui-preferences", "ui-settings",
    }  # fmt: skip

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        name = request.resolver_match.view_name
        if name in self.OPEN or not request.user.is_authenticated:
            return None
        goal = first_thing(
            request.user,
            request.now,
            has_factor=self._has_second_factor(request),
            by_directory=sessions.came_by_directory(request.session),
        )
        if goal is None:
            return None
        if request.path.startswith("/api/"):
            return _problem(goal)
        back = {"next": request.get_full_path()} if request.method == "GET" else {}
        return HttpResponseRedirect(f"{reverse(goal)}?{urlencode(back)}", status=303)

    def _has_second_factor(self, request) -> bool:
        """Asked once per session: taking the factor away ends the session, or is not allowed here."""
        if not settings.REQUIRE_SECOND_FACTOR:
            return True
        if not request.session.get("second_factor") and has_second_factor(request.user):
            request.session["second_factor"] = True
        return bool(request.session.get("second_factor"))


def _problem(goal: str) -> JsonResponse:
    code, detail = SENTENCES[goal]
    body = {
        "type": f"urn:problem:{code}",
        "title": code.replace("_", " "),
        "status": 403,
        "detail": str(detail),
        "code": code,
    }
    return JsonResponse(body, status=403, content_type="application/problem+json")
