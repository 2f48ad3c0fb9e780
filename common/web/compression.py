"""Pages leave compressed. Django's own middleware, for what is worth it; see ADR 0025."""

from django.middleware.gzip import GZipMiddleware

#: Smaller ones fit into one packet either way.
SMALLEST = 1400
_WORTH_IT = ("text/html", "text/csv", "application/json", "image/svg+xml")


class PageCompressionMiddleware(GZipMiddleware):
    """gzip with a random padding against guessing secrets by the length (BREACH); tokens are masked anew each time.

    Left alone: small answers, files that are compressed in themselves, and answers with an ETag. A compressed one
    would get a weak ETag, and `If-Match` on an incident's revision would fail.
    """

    def process_response(self, request, response):
        kind = response.headers.get("Content-Type", "").partition(";")[0]
        is_small = not response.streaming and len(response.content) < SMALLEST
        if is_small or kind not in _WORTH_IT or response.has_header("ETag"):
            return response
        return super().process_response(request, response)
