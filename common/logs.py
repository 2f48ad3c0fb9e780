"""What no line of a log may show: a token opens what it stands for to whoever reads the log, and a number of a person
is nobody's business there. And a line is one line: what somebody typed cannot begin another one."""

import logging
import re

from common.text import personal_data

#: Addresses whose path is a secret, and secrets that are written beside their name.
_SECRETS = (
    re.compile(r"(?<=/r/)[^/\s?#'\"]{6,}"),
    re.compile(r"(?i)(?<=[?&]token=)[^&\s'\"]+"),
    re.compile(r"(?i)(?<=[?&]key=)[^&\s'\"]+"),
    re.compile(r"(?i)(?<=[?&]access_token=)[^&\s'\"]+"),
    re.compile(r"(?i)(?<=bearer )[^\s'\",]+"),
)
MASK = "***"
#: What ends a line, moves the cursor or turns the direction of writing; a tab does none of it.
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")


class MaskedFormatter(logging.Formatter):
    """The whole line is looked at, traceback included, whoever wrote it: a filter would see the message alone."""

    def format(self, record: logging.LogRecord) -> str:
        return masked(super().format(record))

    def formatMessage(self, record: logging.LogRecord) -> str:
        """Without the traceback, which has lines of its own."""
        return on_one_line(super().formatMessage(record))


def masked(line: str) -> str:
    for secret in _SECRETS:
        line = secret.sub(MASK, line)
    return personal_data.masked(line)


def on_one_line(message: str) -> str:
    return _CONTROL.sub(lambda sign: sign[0].encode("unicode_escape").decode("ascii"), message)
