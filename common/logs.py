"""What no line of a log may show: a token opens what it stands for to whoever reads the log."""

import logging
import re

#: Addresses whose path is a secret, and secrets that are written beside their name.
_SECRETS = (
    re.compile(r"(?<=/r/)[^/\s?#'\"]{6,}"),
    re.compile(r"(?i)(?<=[?&]token=)[^&\s'\"]+"),
    re.compile(r"(?i)(?<=[?&]key=)[^&\s'\"]+"),
    re.compile(r"(?i)(?<=[?&]access_token=)[^&\s'\"]+"),
    re.compile(r"(?i)(?<=bearer )[^\s'\",]+"),
)
MASK = "***"


class MaskedFormatter(logging.Formatter):
    """The whole line is looked at, traceback included, whoever wrote it: a filter would see the message alone."""

    def format(self, record: logging.LogRecord) -> str:
        return masked(super().format(record))


def masked(line: str) -> str:
    for secret in _SECRETS:
        line = secret.sub(MASK, line)
    return line
