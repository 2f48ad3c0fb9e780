"""Counts requests for /metrics."""

import time

from engine.monitoring.metrics import count_request


class MetricsMiddleware:
    """Outermost, so that the time of every other middleware is counted too."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        began = time.perf_counter()
        response = self.get_response(request)
        match = request.resolver_match
        count_request(
            method=request.method,
            route=match.route if match else "none",
            status=response.status_code,
            seconds=time.perf_counter() - began,
        )
        return response
