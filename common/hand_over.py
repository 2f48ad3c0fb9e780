"""Handing a task to a worker once: whoever asks may be waiting, and the row that wants it is sent again anyway."""

import logging
from typing import Any

from celery import current_app
from kombu.exceptions import OperationalError

log = logging.getLogger(__name__)

_ONE_TRY = {"max_retries": 0, "interval_start": 0, "socket_timeout": 2, "socket_connect_timeout": 2}


def hand_over(task: Any, pk: int, **options: Any) -> bool:
    """Tell a worker to look at this row. False without a broker: then it waits, and no harm.

    `options`: as of Celery's `apply_async`.
    """
    try:
        with current_app.connection_for_write(transport_options=_ONE_TRY) as broker:
            task.apply_async((pk,), connection=broker, retry=False, **options)
    except (OperationalError, OSError) as error:
        log.warning("%s of %s waits, the broker is away: %s", task.name, pk, error)
        return False
    return True
