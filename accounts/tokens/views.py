"""A person's own tokens: made, seen once, revoked; and all of an area, for its security administrator."""

from datetime import datetime, time

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.shortcuts import render
from django.utils.timezone import make_aware
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.people.views import administrators_only
from accounts.tokens import actions
from accounts.tokens.forms import TokenForm
from accounts.tokens.queries import live_tokens, tokens_in_area
from accounts.views import back_to, never_cached, sent
from common.errors import Invalid

TOKENS_PER_PAGE = 50


@login_required
@require_http_methods(["GET", "POST"])
def own_tokens(request):
    form = TokenForm(sent(request), request=request)
    if form.is_bound and form.is_valid():
        try:
            token, secret = _make(request, form.cleaned_data)
        except Invalid as refusal:
            _add(refusal, form)
        else:
            context = {"token": token, "secret": secret}
            return never_cached(render(request, "accounts/tokens/shown.html", context, status=201))
    context = {"tokens": live_tokens(request.now).filter(user=request.user), "form": form}
    status = 422 if form.is_bound else 200
    return never_cached(render(request, "accounts/tokens/own.html", context, status=status))


def _make(request, given):
    return actions.make_token(
        user=request.user,
        actor=request.user,
        note=given["note"],
        scopes=given["scopes"],
        until=make_aware(datetime.combine(given["until"], time(23, 59, 59))),
        now=request.now,
    )


def _add(refusal: Invalid, form: TokenForm) -> None:
    """Beside the field that it names, else above the form."""
    for name, sentences in refusal.fields.items():
        form.add_error(name, sentences)
    if not refusal.fields:
        form.add_error(None, str(refusal))


@login_required
@require_POST
def revoke(request, token_id):
    token = actions.revoke_token(reach=request.reach, token_id=token_id, now=request.now)
    messages.success(request, _("The token was revoked."))
    return back_to("account-tokens" if token.user_id == request.user.pk else "account-tokens-area", "tokens")


@administrators_only
@require_GET
def area_tokens(request):
    page = Paginator(tokens_in_area(request.reach, request.now), TOKENS_PER_PAGE)
    return render(request, "accounts/tokens/area.html", {"page": page.get_page(request.GET.get("page"))})
