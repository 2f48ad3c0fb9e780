"""A person's own account: posts, sessions, tokens, language, and handing on a post for a time."""

from functools import wraps

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.cache import add_never_cache_headers
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import sessions
from accounts.choices import HeldAs
from accounts.models import Appointment, Post
from accounts.people import actions as people
from accounts.permissions import check_can_delegate
from accounts.posts import actions
from accounts.posts.forms import DelegateForm
from accounts.push.queries import devices_of, is_on
from accounts.sign_in.passwords import PROFILES
from accounts.verbs import NOT_DELEGABLE
from common.errors import NotAllowed, Refused


@login_required
@require_GET
def me(request):
    own = (
        Appointment.objects.current_or_coming(request.now)
        .filter(person=request.user, post__closed_at__isnull=True)
        .select_related("post__unit")
        .order_by("valid_from", "pk")
    )
    held_now = [a for a in own if a.held_as == HeldAs.HOLDER and a.valid_from <= request.now]
    given = (
        Appointment.objects.current_or_coming(request.now)
        .filter(post__in=[a.post_id for a in held_now], held_as=HeldAs.DELEGATE)
        .select_related("post__unit", "person")
        .order_by("valid_from", "pk")
    )
    context = {
        "posts": own,
        "delegable": [a.post for a in held_now if a.post.kind not in NOT_DELEGABLE],
        "given": given,
        "sessions": sessions.open_sessions(request.user, request.now),
        "this_session": request.open_session,
        "push_devices": devices_of(request.user),
        "is_push_on": is_on(),
        "tokens": request.user.api_tokens.filter(revoked_at__isnull=True, expires_at__gt=request.now).count(),
        "password_days": PROFILES[settings.PASSWORD_PROFILE].max_age_days,
        **_second_factor(request.user),
    }
    return never_cached(render(request, "accounts/me.html", context))


def _second_factor(user) -> dict:
    rows = list(Authenticator.objects.filter(user=user).order_by("pk"))
    found = {authenticator.type: authenticator for authenticator in rows}
    keys = [authenticator for authenticator in rows if authenticator.type == Authenticator.Type.WEBAUTHN]
    codes, totp = found.get(Authenticator.Type.RECOVERY_CODES), found.get(Authenticator.Type.TOTP)
    return {
        "totp": totp,
        "keys": keys,
        # Where a second factor is required, the last one stays.
        "may_remove_factor": not settings.REQUIRE_SECOND_FACTOR or len(keys) + bool(totp) > 1,
        "codes_left": len(codes.wrap().get_unused_codes()) if codes else 0,
    }


@require_POST
def choose_language(request):
    """Keep the language in a cookie and go back. Also for readers who are not signed in; for those who
    are, LanguageMiddleware keeps it with the account."""
    back = request.POST.get("next") or request.headers.get("Referer") or "/"
    if not url_has_allowed_host_and_scheme(back, {request.get_host()}):
        back = "/"
    response = HttpResponseRedirect(back, status=303)
    if request.POST.get("language") in dict(settings.LANGUAGES):
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME, request.POST["language"], max_age=365 * 24 * 3600, samesite="Lax",
            secure=settings.HTTPS,
        )  # fmt: skip
    return response


@login_required
@require_POST
def end_session(request, session_id):
    people.end_own_session(user=request.user, session_id=session_id, now=request.now)
    messages.success(request, _("The session was ended."))
    return back_to("account", "sessions")


@login_required
@require_http_methods(["GET", "POST"])
def delegate(request, post_id):
    """Hand on a post one holds, from one moment to another, with a reason."""
    post = get_object_or_404(Post.objects.select_related("unit"), pk=post_id, closed_at__isnull=True)
    check_can_delegate(request.reach, post)
    form = DelegateForm(sent(request), request=request, post=post)
    if request.method == "POST" and form.is_valid():
        try:
            appointment = actions.delegate_post(
                reach=request.reach, post=post, now=request.now, **form.terms()
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("%(person)s stands in for you from %(start)s on.") % {
                "person": appointment.person, "start": local_words(appointment.valid_from)})  # fmt: skip
            return back_to("account", "posts")
    status = 422 if form.is_bound else 200
    return never_cached(
        render(request, "accounts/delegate.html", {"form": form, "post": post}, status=status)
    )


def sent(request):
    """The form as it was sent, an empty one included; None when the page is only opened."""
    return request.POST if request.method == "POST" else None


def back_to(name, part, *args):
    response = redirect(name, *args)
    response["Location"] += f"#{part}"
    response.status_code = 303
    return response


def local_words(moment) -> str:
    return localtime(moment).strftime("%Y-%m-%d %H:%M")


def only_with(verb: str, sentence):
    """A view for whoever holds the verb anywhere; the others get `sentence` (a lazy translation). Never cached."""

    def guard(view):
        @login_required
        @wraps(view)
        def guarded(request, *args, **kwargs):
            if not request.reach.has(verb):
                raise NotAllowed("not_allowed", str(sentence))
            return never_cached(view(request, *args, **kwargs))

        return guarded

    return guard


def never_cached(response):
    add_never_cache_headers(response)
    return response
