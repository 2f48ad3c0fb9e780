"""The list of screens with what may be done to each, and the page where a screen types its code."""

from functools import partial

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.views import View

from accounts.screens import actions, codes, queries, sessions
from accounts.screens.cookies import dress
from accounts.screens.forms import CodeForm, LookForm, RegisterForm
from accounts.screens.models import Screen
from accounts.sign_in import throttles
from accounts.sign_in.devices import address_of
from common.errors import NotAllowed
from common.web.idempotency import once
from common.web.redirects import see_other

#: Wrong codes from one address within five minutes.
WRONG_CODES = 20


class Screens(LoginRequiredMixin, View):
    def get(self, request):
        _check_keeps_some(request.reach)
        return self._page(request, RegisterForm(units=queries.units_with_screens(request.reach)))

    def post(self, request):
        _check_keeps_some(request.reach)
        form = RegisterForm(request.POST, units=queries.units_with_screens(request.reach))
        if not form.is_valid():
            return self._page(request, form, status=422)
        screen, code = actions.register_screen(reach=request.reach, now=request.now, **form.cleaned_data)
        return _code_page(request, screen, code)

    def _page(self, request, form, status=200):
        context = {"listed": queries.screens(request.reach, request.now), "form": form, "now": request.now}
        return render(request, "accounts/screens/list.html", context, status=status)


class ScreenPage(LoginRequiredMixin, View):
    """One screen: how it looks, a new code, the end."""

    def get(self, request, pk):
        screen = queries.get_screen(request.reach, pk)
        names = ("label", "scale", "theme", "language")
        return self._page(request, screen, LookForm(initial={name: getattr(screen, name) for name in names}))

    @once
    def post(self, request, pk):
        screen = queries.get_screen(request.reach, pk)
        form = LookForm(request.POST)
        if not form.is_valid():
            return self._page(request, screen, form, status=422)
        actions.change_screen(reach=request.reach, screen_id=pk, now=request.now, **form.cleaned_data)
        messages.success(request, _("Kept. The screen draws itself anew."))
        return see_other("screens")

    def _page(self, request, screen, form, status=200):
        context = {
            "screen": screen,
            "state": queries.state_of(screen, request.now),
            "form": form,
            "now": request.now,
        }
        return render(request, "accounts/screens/one.html", context, status=status)


class NewCode(LoginRequiredMixin, View):
    def post(self, request, pk):
        screen, code = actions.renew_code(reach=request.reach, screen_id=pk, now=request.now)
        return _code_page(request, screen, code)


class End(LoginRequiredMixin, View):
    @once
    def post(self, request, pk):
        screen = actions.end_screen(reach=request.reach, screen_id=pk, now=request.now)
        messages.success(request, _("%(screen)s shows nothing any more.") % {"screen": screen.label})
        return see_other("screens")


class Connect(View):
    """Typed on the screen itself. Nobody is signed in there, so wrong codes are counted by address."""

    def get(self, request):
        return self._page(request, CodeForm())

    def post(self, request):
        form = CodeForm(request.POST)
        if not form.is_valid():
            return self._page(request, form, 422)
        try:
            attempt = throttles.begin(
                [throttles.Limit(f"screen_code:{address_of(request)}", WRONG_CODES)], now=request.now
            )
        except throttles.TooMany:
            form.add_error("code", _("Too many wrong codes. Wait five minutes, then type it again."))
            return self._page(request, form, 429)
        try:
            screen = actions.connect_screen(
                code=form.cleaned_data["code"], begin=partial(sessions.begin, request), now=request.now
            )
        except NotAllowed as refused:
            attempt.wrong()
            form.add_error("code", str(refused))
            return self._page(request, form, 422)
        attempt.right()
        return dress(see_other("wall"), screen)

    def _page(self, request, form, status=200):
        response = render(request, "accounts/screens/connect.html", {"form": form}, status=status)
        add_never_cache_headers(response)
        return response


def _code_page(request, screen: Screen, code: str):
    """The code stands on this answer and nowhere else."""
    context = {
        "screen": screen,
        "code": codes.in_groups(code),
        "minutes": int(codes.LASTS.total_seconds() // 60),
        "address": request.build_absolute_uri(reverse("wall-connect")),
    }
    response = render(request, "accounts/screens/code.html", context)
    add_never_cache_headers(response)
    return response


def _check_keeps_some(reach) -> None:
    if not reach.has("screen.manage"):
        raise NotAllowed(
            "not_allowed",
            _(
                "This page was not opened: wall screens are kept by leaders and duty officers. Ask one of them for "
                "a screen."
            ),
        )
