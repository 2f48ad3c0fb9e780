"""Probes for machines: alive, ready, numbers. Nothing about a person or an incident is in them."""

from django.http import HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from engine.metrics import exposition
from engine.probes import readiness


@require_safe
@never_cache
def healthz(request):
    """This process answers. The database is not asked: its restart is no reason to restart this one."""
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
@never_cache
def readyz(request):
    is_ready, parts = readiness(timezone.now())
    return JsonResponse({"ready": is_ready, **parts}, status=200 if is_ready else 503)


@require_safe
@never_cache
def metrics(request):
    return HttpResponse(exposition(timezone.now()), content_type="text/plain; version=0.0.4; charset=utf-8")
