"""A moment as people write it: the last one of a day is 24:00 of that day, as plans have it, not 23:59."""

from datetime import datetime, time

from django.utils import timezone

#: What "24:00" and "the end of the day" are stored as: the last moment that still is that day.
END_OF_DAY = time.max


def written(at: datetime, pattern: str = "%H:%M") -> str:
    """`at` in Asia/Shanghai, by a pattern of strftime."""
    local = timezone.localtime(at)
    if local.time() == END_OF_DAY:
        pattern = pattern.replace("%H:%M:%S", "24:00").replace("%H:%M", "24:00")
    return local.strftime(pattern)
