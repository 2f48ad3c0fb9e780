"""The doors of static/js/desktop.js and of the person's own page."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.push import actions
from accounts.sign_in.devices import device_name
from accounts.views import back_to
from common.errors import Refused


@login_required
@require_POST
def register(request):
    """What a browser's `PushSubscription` says of itself, as a form; with `off` it is to be told nothing more.

    A refusal comes as a sentence to be shown.
    """
    try:
        if request.POST.get("off"):
            endpoint = request.POST.get("endpoint", "")
            actions.end_own_device(person=request.user, endpoint=endpoint, now=request.now)
            return JsonResponse({})
        actions.register_device(
            person=request.user,
            endpoint=request.POST.get("endpoint", ""),
            p256dh=request.POST.get("p256dh", ""),
            auth=request.POST.get("auth", ""),
            device=device_name(request),
            session=request.open_session,
            now=request.now,
        )
    except Refused as refusal:
        return JsonResponse({"code": refusal.code, "message": str(refusal)}, status=refusal.status)
    return JsonResponse({}, status=201)


@login_required
@require_POST
def end(request, device_id):
    actions.end_own_device(person=request.user, device_id=device_id, now=request.now)
    messages.success(request, _("This device is told nothing any more while no page is open."))
    return back_to("account", "push")
