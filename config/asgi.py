"""The ASGI application: pages and API, the live socket, and the lifespan that runs the engine's jobs."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup(set_prefix=False)

from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from django.urls import path  # noqa: E402

from engine.server.asgi_handler import OneThreadHandler  # noqa: E402
from engine.server.lifespan import Lifespan  # noqa: E402
from engine.server.live_parts import LiveParts  # noqa: E402
from engine.server.sockets import LiveConsumer, OwnOriginOnly, tell_auditor  # noqa: E402

application = ProtocolTypeRouter(
    {
        "http": LiveParts(OneThreadHandler()),
        "websocket": OwnOriginOnly(URLRouter([path("ws/live/", LiveConsumer.as_asgi())]), told=tell_auditor),
        "lifespan": Lifespan(),
    }
)
