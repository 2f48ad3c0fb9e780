"""A person's own webhooks: made, tried, stopped, ended; and all of an area, for its security administrator."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.people.views import administrators_only
from accounts.views import back_to, never_cached, sent
from common.errors import Invalid, not_found
from webhooks import actions, queries
from webhooks.forms import AgainForm, WebhookForm

WEBHOOKS_PER_PAGE = 50


@login_required
@require_http_methods(["GET", "POST"])
def own_webhooks(request):
    form = WebhookForm(sent(request), request=request)
    if form.is_bound and form.is_valid():
        given = form.cleaned_data
        try:
            webhook = actions.make_webhook(
                reach=request.reach, note=given["note"], url=given["url"], groups=given["groups"],
                unit=given["unit"], now=request.now,
            )  # fmt: skip
        except Invalid as refusal:
            _add(refusal, form)
        else:
            return _shown(request, webhook, status=201)
    return _own_page(request, form)


def _own_page(request, form, corrected: AgainForm | None = None):
    """`corrected`: what came back from one of them."""
    webhooks = list(queries.shown_of(request.user))
    for webhook in webhooks:
        is_its = corrected is not None and corrected.webhook_id == webhook.pk
        webhook.again = corrected if is_its else AgainForm(webhook.pk)
    context = {"webhooks": webhooks, "form": form, "targets": settings.WEBHOOK_TARGETS}
    status = 422 if form.is_bound or corrected is not None else 200
    return never_cached(render(request, "webhooks/own.html", context, status=status))


def _shown(request, webhook, status=200):
    return never_cached(render(request, "webhooks/shown.html", {"webhook": webhook}, status=status))


def _add(refusal: Invalid, form) -> None:
    """Beside the field that it names, else above the form."""
    for name, sentences in refusal.fields.items():
        form.add_error(name, sentences)
    if not refusal.fields:
        form.add_error(None, str(refusal))


@login_required
@require_POST
def act(request, webhook_id, verb):
    """What is done with one by a button."""
    if verb not in _ACTS:
        raise not_found()
    return _ACTS[verb](request, {"reach": request.reach, "webhook_id": webhook_id, "now": request.now})


def _stop(request, one):
    actions.stop_webhook(**one)
    messages.success(request, _("It is stopped. What happens meanwhile is sent when you let it go on."))
    return back_to("webhooks", "webhooks")


def _go_on(request, one):
    actions.let_go_on(**one)
    messages.success(request, _("It goes on, beginning with what happened meanwhile."))
    return back_to("webhooks", "webhooks")


def _renew(request, one):
    return _shown(request, actions.renew_secret(**one), status=201)


def _try(request, one):
    actions.send_trial(**one)
    messages.success(request, _("A trial is on its way. Whether it was taken stands here in a few seconds."))
    return back_to("webhooks", "webhooks")


def _failed_again(request, one):
    count = actions.send_failed_again(**one)
    said = ngettext("One message is sent again.", "%(count)d messages are sent again.", count)
    messages.success(request, said % {"count": count})
    return back_to("webhooks", "webhooks")


def _from(request, one):
    again = AgainForm(one["webhook_id"], request.POST)
    if again.is_valid():
        try:
            actions.send_from(**one, number=again.cleaned_data["number"])
        except Invalid as refusal:
            _add(refusal, again)
        else:
            messages.success(request, _("Everything from this number on is sent again, under the same ids."))
            return back_to("webhooks", "webhooks")
    return _own_page(request, WebhookForm(None, request=request), again)


def _end(request, one):
    webhook = actions.end_webhook(**one)
    messages.success(request, _("The webhook has ended. Nothing more is sent there."))
    return back_to("webhooks" if webhook.person_id == request.user.pk else "webhooks-area", "webhooks")


_ACTS = {
    "stop": _stop, "go-on": _go_on, "secret": _renew, "try": _try, "failed-again": _failed_again, "from": _from, "end": _end,
}  # fmt: skip


@administrators_only
@require_GET
def area_webhooks(request):
    page = Paginator(queries.in_area(request.reach, request.now), WEBHOOKS_PER_PAGE)
    return render(request, "webhooks/area.html", {"page": page.get_page(request.GET.get("page"))})
