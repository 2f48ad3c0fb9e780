"""Django's ASGI handler, with one step into the request's thread instead of one for each middleware's half.

Every view and nearly every middleware here is synchronous. Django's own handler goes back to the event loop between
them, eight to ten times in a request, and each time the thread and the loop wait for each other's turn.
"""

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIHandler
from django.http import HttpRequest
from django.http.response import HttpResponseBase


class OneThreadHandler(ASGIHandler):
    def load_middleware(self, is_async: bool = False) -> None:
        super().load_middleware(is_async=False)

    async def get_response_async(self, request: HttpRequest) -> HttpResponseBase:
        return await sync_to_async(self.get_response, thread_sensitive=True)(request)
