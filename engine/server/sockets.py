"""The live WebSocket: who may open it, and nothing of what goes over it (that is journal.live.hub)."""

import logging
from collections import deque
from collections.abc import Awaitable, Callable
from time import monotonic
from urllib.parse import SplitResult, parse_qs, urlsplit

from channels.db import database_sync_to_async
from channels.exceptions import StopConsumer
from channels.generic.websocket import AsyncWebsocketConsumer
from channels.layers import get_channel_layer
from channels.security.websocket import WebsocketDenier
from django.conf import settings
from django.db import DatabaseError, InterfaceError
from django.http import parse_cookie
from django.http.request import split_domain_port, validate_host
from django.utils import timezone

from accounts.access import watch
from engine.monitoring.queries import status
from engine.server.live_parts import rendered
from engine.server.scope_headers import header
from engine.server.socket_auth import read_readers, ticket_of
from journal.live.hub import SIGNED_OUT, Hub, SignedOut, TooManyScreens, here

#: Messages a client may send in one second, and the length of each. Ours sends none but a "ping".
MESSAGES_PER_SECOND = 5
LONGEST_MESSAGE = 1024
#: The largest journal number a database can hold.
LARGEST = 2**63 - 1

BAD_CURSOR = 4400
TOO_MANY = 4429
TOO_LONG = 1009
TRY_AGAIN = 1013

logger = logging.getLogger(__name__)


def live_hub() -> Hub:
    """The hub of this event loop. The server's lifespan starts it; without one the first socket does."""
    return here(_make_hub)


def _make_hub() -> Hub:
    return Hub(
        read_readers=read_readers,
        answer_many=rendered,
        poll_seconds=settings.LIVE_POLL_SECONDS,
        beat_seconds=settings.LIVE_BEAT_SECONDS,
        # The in-process layer reaches nobody else, and this process wakes its hub by itself.
        layer=get_channel_layer() if settings.REDIS_URL else None,
        beat_more=_engine_state,
    )


def _engine_state() -> dict:
    """A screen must also see when the picture is fresh but nobody watches the clocks."""
    return {"engine": status(timezone.now())}


class LiveConsumer(AsyncWebsocketConsumer):
    """`/ws/live/?after=N` with the session cookie, or with a token as the HTTP API takes it."""

    #: An alias that is not configured: Channels then makes no channel and no second task per socket.
    channel_layer_alias = "none"

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.screen = None
        self._received: deque[float] = deque(maxlen=MESSAGES_PER_SECOND)

    async def dispatch(self, message):
        """As in Channels, without its hop to a thread for old connections: nothing here touches the ORM."""
        await getattr(self, message["type"].replace(".", "_"))(message)

    async def websocket_disconnect(self, message):
        # For the same reason not `super()`, which hops once more.
        await self.disconnect(message.get("code"))
        raise StopConsumer

    async def connect(self):
        # Accepted before it is refused: a browser learns the code of a close, not of a failed handshake.
        await self.accept()
        try:
            after = _after(self.scope)
        except ValueError:
            await self.close(BAD_CURSOR, "after is not a journal number")
            return
        try:
            self.screen = await live_hub().open(
                ticket=_ticket(self.scope),
                send=self.base_send,
                after=after,
                write_frame=_write_frame(self.scope),
            )
        except SignedOut:
            if gives_token(self.scope):
                await tell_of_token(self.scope)
            await self.close(SIGNED_OUT, "sign in")
        except TooManyScreens:
            await self.close(TOO_MANY, "too many sockets in this session")
        except (TimeoutError, DatabaseError, InterfaceError) as error:
            logger.warning("a live socket was sent away, the database did not answer: %r", error)
            await self.close(TRY_AGAIN, "try again")

    async def receive(self, text_data=None, bytes_data=None):
        """Nothing a client says means anything here; too much of it ends the socket."""
        if self.screen is None:
            return
        now = monotonic()
        if len(text_data or bytes_data or "") > LONGEST_MESSAGE:
            self.screen.outlet.close(TOO_LONG, "message too long")
        elif len(self._received) == MESSAGES_PER_SECOND and now - self._received[0] < 1:
            self.screen.outlet.close(TOO_MANY, "too many messages")
        self._received.append(now)

    async def disconnect(self, code):
        if self.screen is not None:
            live_hub().leave(self.screen)


def gives_token(scope) -> bool:
    """Whether a program knocks. No page of a browser can send this header with a socket."""
    return header(scope, b"authorization").lower().startswith("bearer ")


def _ticket(scope) -> str:
    if gives_token(scope):
        return ticket_of(header(scope, b"authorization").partition(" ")[2].strip())
    cookies = parse_cookie(header(scope, b"cookie"))
    session_key = cookies.get(settings.SESSION_COOKIE_NAME, "")
    # What stands in the cookie is never the ticket of a token.
    return session_key if session_key.isalnum() else ""


def _after(scope) -> int | None:
    """The journal number after which to go on; None, if not given, for "from now on"."""
    values = parse_qs(scope["query_string"].decode("latin-1"), keep_blank_values=True).get("after")
    if values is None:
        return None
    text = values[-1]
    if not (text.isascii() and text.isdigit() and int(text) <= LARGEST):
        raise ValueError(text)
    return int(text)


def _write_frame(scope):
    """The server's short way for finished frames, if it has one (engine.server.websocket)."""
    return scope.get("extensions", {}).get("websocket.preframed", {}).get("write")


class OwnOriginOnly:
    """Refuses a WebSocket that another site's page opens with our cookie (cross-site hijacking).

    A browser always sends Origin. It must be this very host, or one of ALLOWED_HOSTS at the same port, or
    be listed in CSRF_TRUSTED_ORIGINS: the same sites that may send forms.
    """

    def __init__(self, application, told: Callable[..., Awaitable[None]] | None = None):
        self.application, self._told = application, told

    async def __call__(self, scope, receive, send):
        origin, host = header(scope, b"origin"), header(scope, b"host")
        # A token is sent by nobody's browser: nothing of ours can be taken along from another site.
        if is_own_origin(origin, host) or gives_token(scope):
            return await self.application(scope, receive, send)
        logger.warning("a live socket was refused: origin %.200r at host %.200r", origin, host)
        if self._told:
            await self._told(scope, origin)
        return await WebsocketDenier()(scope, receive, send)


async def tell_auditor(scope, origin: str) -> None:
    """Write a refused origin down, once in a while for each address."""
    await _refused(scope, about="origin", origin=origin[:200])


async def tell_of_token(scope) -> None:
    """The same for a token that is unknown, has ended, or does not open the journal."""
    await _refused(scope, about="token", status=SIGNED_OUT)


async def _refused(scope, about: str, **content) -> None:
    address = (scope.get("client") or ("",))[0]
    await database_sync_to_async(watch.note)(
        "access.refused",
        user=None,
        address=address,
        about=about,
        now=timezone.now(),
        content={"page": "ws/live/", "address": address, **content},
    )


def is_own_origin(origin: str, host: str) -> bool:
    """Whether a page from `origin` may open a socket at `host`."""
    try:
        page = urlsplit(origin.lower())
        page_port = page.port or {"http": 80, "https": 443}[page.scheme]
    except (ValueError, KeyError):
        return False
    if _is_trusted(page):
        return True
    if settings.HTTPS and page.scheme != "https":
        return False
    domain, port = split_domain_port(host)
    if not domain or not validate_host(domain, settings.ALLOWED_HOSTS):
        return False
    is_same_port = page_port == int(port or {"http": 80, "https": 443}[page.scheme])
    named = [allowed for allowed in settings.ALLOWED_HOSTS if allowed != "*"]
    page_domain = f"[{page.hostname}]" if ":" in (page.hostname or "") else page.hostname or ""
    return is_same_port and (page_domain == domain or validate_host(page_domain, named))


def _is_trusted(page: SplitResult) -> bool:
    for trusted in settings.CSRF_TRUSTED_ORIGINS:
        scheme, _, netloc = trusted.lower().partition("://")
        if page.scheme != scheme:
            continue
        if page.netloc == netloc or (netloc.startswith("*.") and page.netloc.endswith(netloc[1:])):
            return True
    return False
