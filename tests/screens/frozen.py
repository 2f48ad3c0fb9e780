"""The product at a moment that does not pass: what a page says of time is the same today and in a year."""

import time_machine

from tests.screens.moment import MOMENT

time_machine.travel(MOMENT, tick=False).start()

from config.asgi import application  # noqa: E402, F401
