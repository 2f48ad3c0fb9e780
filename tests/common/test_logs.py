"""No line of a log shows a token, which whoever reads it could use, or a number of a person; and none is two lines."""

import logging
import sys

import pytest
from django.conf import settings
from django.utils.module_loading import import_string

pytestmark = pytest.mark.control(32)

TOKEN = "kR4-secret_token:1abc"


def written(record: logging.LogRecord) -> str:
    plain = dict(settings.LOGGING["formatters"]["plain"])
    make = import_string(plain.pop("()"))
    return make(plain.pop("format"), **plain).format(record)


def line(message, *args, error=None):
    return logging.LogRecord("django.request", logging.WARNING, __file__, 1, message, args, error)


@pytest.mark.parametrize(
    ("message", "args"),
    [
        ("%s: %s", ("Conflict", f"/r/{TOKEN}/")),
        ("Not Found: /r/" + TOKEN, ()),
        ("GET /api/v1/rosters/C1.ics?token=%s HTTP/1.1", (TOKEN,)),
        ("GET /x?a=1&TOKEN=%s&b=2", (TOKEN,)),
        ("Authorization: Bearer %s", (TOKEN,)),
        ("POST https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=%s failed", (TOKEN,)),
        ("url=https://oapi.dingtalk.com/robot/send?access_token=%s", (TOKEN,)),
    ],
)
def test_a_token_is_masked_wherever_it_stands(message, args):
    text = written(line(message, *args))

    assert TOKEN not in text
    assert "***" in text


def test_a_token_in_a_traceback_is_masked():
    try:
        raise ValueError(f"cannot open /r/{TOKEN}/")
    except ValueError:
        text = written(line("crashed", error=sys.exc_info()))

    assert "ValueError" in text
    assert TOKEN not in text


def test_what_is_no_token_stays():
    assert written(line("GET /reports/T11/ and /r/ and key=4")).endswith(
        "GET /reports/T11/ and /r/ and key=4"
    )


def test_the_answer_to_a_used_link_is_logged_without_its_token(client, db, caplog):
    with caplog.at_level(logging.WARNING):
        client.get(f"/r/{TOKEN}/")

    lines = [written(record) for record in caplog.records]
    assert not any(TOKEN in text for text in lines)


@pytest.mark.parametrize(
    ("number", "left"),
    [("13800138000", "138****8000"), ("11010519491231002X", "110*************2X")],
)
def test_a_number_of_a_person_is_masked(number, left):
    text = written(line("the gateway refused %s", {"to": number}))

    assert number not in text
    assert left in text


def test_a_number_in_a_traceback_is_masked():
    try:
        raise ValueError("cannot call 13800138000")
    except ValueError:
        text = written(line("crashed", error=sys.exc_info()))

    assert "138****8000" in text
    assert "13800138000" not in text


def test_times_and_counts_stay():
    text = written(line("2026-11-29 08:00:00,123 %s entries in %s s", 1380013800, 0.13800138000))

    assert text.endswith("2026-11-29 08:00:00,123 1380013800 entries in 0.13800138 s")


@pytest.mark.parametrize("end", ["\n", "\r\n", "\u2028", "\x85", "\x1b[2K"])
def test_what_was_typed_cannot_begin_a_line(end):
    text = written(line("sign-in of %s", f"x{end}2026-11-29 08:00:00,000 INFO accounts signed in"))

    assert len(text.splitlines()) == 1
    assert "\x1b" not in text


def test_a_traceback_keeps_its_lines():
    try:
        raise ValueError("two\nlines")
    except ValueError:
        text = written(line("crashed", error=sys.exc_info()))

    assert text.count("\n") >= 4
