"""Probes for machines: alive, ready, numbers. Nothing about a person or an incident is in them."""

from ipaddress import ip_address

from django.http import Http404, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from engine.background.auditor import HEARTBEAT_SECONDS, heartbeat_age
from engine.monitoring.metrics import exposition
from engine.monitoring.probes import readiness


@require_safe
@never_cache
def healthz(request):
    """This process answers. The database is not asked: its restart is no reason to restart this one."""
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
@never_cache
def readyz(request):
    """200 when everything turns, else 503. Which part does not is said on this machine only."""
    is_ready, parts = readiness(timezone.now())
    said = {"ready": is_ready, **(parts if _is_from_this_machine(request) else {})}
    return JsonResponse(said, status=200 if is_ready else 503)


@require_safe
@never_cache
def heartbeat(request):
    """For a watchdog elsewhere: 200 while the last audit that found everything right is fresh, else 503.

    The file is read, not the database: a database that is away is one of the things it has to tell.
    """
    age = heartbeat_age(timezone.now())
    is_fresh = age is not None and age <= HEARTBEAT_SECONDS
    return JsonResponse(
        {"ok": is_fresh, "age": age, "limit": HEARTBEAT_SECONDS}, status=200 if is_fresh else 503
    )


@require_safe
@never_cache
def metrics(request):
    """Numbers for Prometheus on this machine. One elsewhere asks METRICS_PORT, which is opened on purpose."""
    if not _is_from_this_machine(request):
        raise Http404
    return HttpResponse(exposition(timezone.now()), content_type="text/plain; version=0.0.4; charset=utf-8")


def _is_from_this_machine(request) -> bool:
    try:
        return ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False
