"""One rendering for everybody who asks the same, and only what a screen does not have yet."""

import gzip
import json
import random
import re
import threading
import time
from datetime import UTC, datetime, timedelta

import pytest

from journal.live.answers import REMEMBERED, Answer, Asking, Earlier, SharedAnswers, together

NOW = datetime(2026, 11, 22, 8, 30, 20, tzinfo=UTC)
TOKENS = '<input name="csrfmiddlewaretoken" value="{0}"><input name="idempotency_key" value="{0}2">'


def markup(*rows, head="<h2>x</h2><ol>", tail="</ol><p>end</p>"):
    return (
        head + "".join(f'<li class="card" data-key="{key}"><b>{text}</b></li>\n' for key, text in rows) + tail
    )


def whole(delta, before):
    """As static/js/patch.js does it."""
    rows = dict(Answer(before, 0)._pieces()[1])
    head, pieces, tail = Answer(delta, 0)._pieces()
    return head + "".join(rows[key] if " data-same>" in piece else piece for key, piece in pieces) + tail


def tags(html):
    """Blanks between rows mean nothing."""
    return re.sub(r">\s+<", "><", html)


def asking(*has, **more):
    return Asking(frozenset(has), **more)


def test_tokens_are_in_no_answer_and_change_nothing():
    one, other = Answer(markup() + TOKENS.format("a"), 1), Answer(markup() + TOKENS.format("b"), 1)

    assert one.etag == other.etag
    assert 'value=""' in one.html
    assert "a2" not in one.html


def test_whoever_has_it_gets_304_and_nothing():
    answer = Answer(markup(("i:1", "one")), 7)

    reply = answer.reply(asking("W/other", answer.etag))

    assert (reply.status, reply.body, reply.headers["X-Journal-Number"]) == (304, b"", "7")


def test_whoever_has_an_earlier_one_gets_the_rows_that_differ():
    earlier = Earlier()
    before = Answer(markup(*[(f"i:{n}", f"text {n}") for n in range(40)]), 1)
    after = Answer(markup(("i:40", "new"), *[(f"i:{n}", f"text {n}" if n != 5 else "changed") for n in range(39)]), 2)  # fmt: skip
    earlier.add(before)
    earlier.add(after)

    reply = after.reply(asking(before.etag, takes_rows=True), earlier)
    text = reply.body.decode()

    assert (reply.status, reply.headers["Delta-Base"]) == (226, before.etag)
    assert "new" in text
    assert "changed" in text
    assert "text 4<" not in text
    assert tags(whole(text, before.html)) == tags(after.html)


def test_random_lists_are_put_together_again():
    odds = random.Random(11)
    earlier, answers = Earlier(), []
    for number in range(300):
        keys = odds.sample(range(30), odds.randint(0, 20))
        answers.append(Answer(markup(*[(f"i:{key}", odds.randint(0, 2)) for key in keys], head=f"<h2>{odds.randint(0, 3)}</h2><ol>"), number))  # fmt: skip
        earlier.add(answers[-1])
        before = odds.choice(answers[-REMEMBERED:])
        reply = answers[-1].reply(asking(before.etag, takes_rows=True), earlier)
        text = reply.body.decode()
        got = {200: text, 304: before.html, 226: whole(text, before.html) if reply.status == 226 else ""}

        assert tags(got[reply.status]) == tags(answers[-1].html)


def test_rows_that_cannot_be_told_apart_come_whole():
    earlier = Earlier()
    twice = Answer(markup(("i:1", "a"), ("i:1", "b")), 1)
    earlier.add(twice)

    assert Answer(markup(("i:1", "a"), ("i:1", "c")), 2).reply(asking(twice.etag, takes_rows=True), earlier).status == 200  # fmt: skip


def test_long_answers_are_packed_each_with_a_length_of_its_own():
    rows = [(f"i:{n}", f"text {n}") for n in range(100)]
    replies = [Answer(markup(*rows), 1).reply(asking(takes_gzip=True)) for _ in range(20)]

    assert {gzip.decompress(reply.body).decode() for reply in replies} == {markup(*rows)}
    assert len({len(reply.body) for reply in replies}) > 1
    assert "Content-Encoding" not in Answer(markup(), 1).reply(asking(takes_gzip=True)).headers


def test_several_parts_come_as_one():
    has, other = Answer(markup(("i:1", "one")), 4), Answer("<p>two</p>", 5)

    reply = together({"a": (has, None), "b": (other, None)}, asking(has.etag))

    assert json.loads(reply.body) == {
        "a": {"status": 304, "tag": has.etag, "number": 4, "html": ""},
        "b": {"status": 200, "tag": other.etag, "number": 5, "html": "<p>two</p>"},
    }
    unchanged = together({"a": (has, None), "b": (other, None)}, asking(has.etag, other.etag))
    assert (unchanged.status, unchanged.body, unchanged.headers["X-Journal-Number"]) == (304, b"", "4")


# --- shared ------------------------------------------------------------------------------------------------------


def never(_since):
    return False


def test_it_is_rendered_once_until_something_comes_after_it():
    shared, rendered = SharedAnswers(most=10), []

    def render():
        rendered.append(1)
        return f"<p>{len(rendered)}</p>"

    first = shared.get("q", 5, NOW, render)

    assert shared.get("q", 5, NOW + timedelta(seconds=30), render) is first
    assert shared.get("q", 4, NOW, render) is first
    assert shared.find("q", 6, NOW, never) is None
    assert shared.get("q", 6, NOW, render).html == "<p>2</p>"
    assert shared.get("other", 6, NOW, render).html == "<p>3</p>"


def test_another_minute_is_another_question():
    shared = SharedAnswers(most=10)
    shared.get("q", 5, NOW, lambda: "<p>1</p>")

    assert shared.find("q", 5, NOW + timedelta(minutes=1), never) is None


def test_what_does_not_change_it_leaves_it_good():
    shared, asked = SharedAnswers(most=10), []
    first = shared.get("q", 5, NOW, lambda: "<p>1</p>")

    assert shared.find("q", 9, NOW, lambda since: asked.append(since) or True) is first
    assert (asked, first.number) == ([5], 9)
    assert shared.find("q", 9, NOW, never) is first


def test_the_same_again_stays_the_same_answer():
    """Nobody has to fetch it, and what was packed is not packed again."""
    shared = SharedAnswers(most=10)
    first = shared.get("q", 5, NOW, lambda: "<p>1</p>")

    assert shared.get("q", 6, NOW, lambda: "<p>1</p>") is first
    assert first.number == 6


def test_those_who_ask_together_wait_for_one_rendering():
    shared, rendered, got = SharedAnswers(most=10), [], []

    def render():
        rendered.append(1)
        time.sleep(0.2)
        return "<p>1</p>"

    threads = [
        threading.Thread(target=lambda: got.append(shared.get("q", 5, NOW, render))) for _ in range(20)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert (len(rendered), len(got), len(set(map(id, got)))) == (1, 20, 1)


def test_an_answer_under_way_that_is_too_old_is_not_waited_for():
    shared, begun, go_on = SharedAnswers(most=10), threading.Event(), threading.Event()

    def slow():
        begun.set()
        go_on.wait(10)
        return "<p>old</p>"

    thread = threading.Thread(target=lambda: shared.get("q", 5, NOW, slow))
    thread.start()
    begun.wait(10)

    assert shared.get("q", 6, NOW, lambda: "<p>new</p>").html == "<p>new</p>"
    go_on.set()
    thread.join()
    assert shared.find("q", 6, NOW, never).html == "<p>new</p>"


def test_a_rendering_that_fails_fails_for_those_who_waited_and_is_tried_again():
    shared = SharedAnswers(most=10)

    def fails():
        raise LookupError

    with pytest.raises(LookupError):
        shared.get("q", 5, NOW, fails)

    assert shared.get("q", 5, NOW, lambda: "<p>1</p>").html == "<p>1</p>"


def test_only_so_many_are_kept_and_all_can_be_forgotten():
    shared = SharedAnswers(most=3)
    for n in range(5):
        shared.get(n, 5, NOW, lambda: "<p>1</p>")

    assert [shared.find(n, 5, NOW, never) is not None for n in range(5)] == [False, False, True, True, True]
    shared.forget()
    assert shared.find(4, 5, NOW, never) is None
