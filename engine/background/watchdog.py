"""A word to a watchdog outside after every good audit: when the words stop, it alarms. Nobody here can forget to.

Nothing waits for it: the call runs in a thread of its own, one at a time, and what goes wrong with it is only
logged. The heartbeat file and /heartbeat say the same to a watchdog that comes and looks.
"""

import logging
import threading

from django.conf import settings

log = logging.getLogger(__name__)

SECONDS = 5.0
_busy = threading.Lock()


def ping_watchdog() -> threading.Thread | None:
    """Call the configured address. None if there is none, or while the last call still hangs."""
    if not settings.HEARTBEAT_PING_URL or not _busy.acquire(blocking=False):
        return None
    thread = threading.Thread(target=_ping, args=(settings.HEARTBEAT_PING_URL,), name="watchdog", daemon=True)
    thread.start()
    return thread


def _ping(url: str) -> None:
    import requests

    try:
        requests.get(url, timeout=SECONDS, allow_redirects=False)
    except requests.RequestException as error:
        log.warning("the watchdog outside was not reached: %s", type(error).__name__)
    finally:
        _busy.release()
