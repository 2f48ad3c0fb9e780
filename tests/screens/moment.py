"""The moment at which screens are looked at."""

from datetime import datetime, timedelta

from common.dates.local_time import LOCAL

FILLED_AT = datetime(2026, 11, 26, 15, 40, tzinfo=LOCAL)
#: Between two seconds, so that nothing that counts stands on an edge.
MOMENT = FILLED_AT + timedelta(seconds=0.4)
