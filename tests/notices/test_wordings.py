"""What notices say: within the length of the channel, in both languages, with a version."""

import itertools

import pytest

from notices.choices import Channel
from notices.incoming.replies import answer_of
from notices.rules import fit, outcome_of_step, summary
from notices.sending.message_templates import DRILL_MARK, LIMITS, WORDINGS, Message, render

LONG = {
    "level": {"zh": "红色", "en": "Red"},
    "number": "W-C1-20261122-001",
    "area": "大厅" * 60,
    "matter": "人很多" * 200,
    "measures": "先救人\n" * 500,
    "post": "第一响应人" * 12,
    "person": "马骏",
    "about": {"zh": "红色预警" * 40, "en": "Red warning " * 30},
    "reply": "我也不知道" * 10,
    "unit": {"zh": "司法所" * 26, "en": "Judicial office " * 7},
    "period": {"zh": "11月22日", "en": "22 Nov"},
    "until": "17:30",
    "title": {"zh": "季度改进报告", "en": "Quarterly improvement report"},
    "count": 700_000,
    "worse": {"zh": "扬言自杀、正在自伤、受伤" * 6, "en": "suicide threat, self-harm under way, injured" * 4},
    "why": {"zh": "误报，已撤回", "en": "it was a false alarm"},
    "who": {"zh": "perimeter@C1" * 5, "en": "perimeter@C1" * 5},
    "names": {"zh": "司法所、" * 100, "en": "Judicial office, " * 40},
}


@pytest.mark.parametrize(
    ("wording", "channel", "drill"),
    list(itertools.product(WORDINGS, [c for c in Channel if c != Channel.CALL], [False, True])),
)
def test_no_text_is_longer_than_its_channel(wording, channel, drill):
    text = render(Message(wording=wording, facts=LONG), channel, drill=drill)

    for language, written in (("zh", text.text_zh), ("en", text.text_en)):
        mark = len(DRILL_MARK[language]) if drill else 0
        assert 0 < len(written) + mark <= LIMITS[channel]
    assert text.wording.startswith(f"{wording}/")
    assert text.wording.endswith(f"@{WORDINGS[wording].version}")


def test_the_number_and_the_answers_survive_shortening():
    text = render(Message(wording="warning.signed", facts=LONG), Channel.SMS)

    assert "W-C1-20261122-001" in text.text_zh
    assert text.text_zh.endswith("回复1到位，2不能到，3转他人")
    assert "…" in text.text_zh


def test_braces_in_facts_are_only_text():
    facts = {**LONG, "matter": "{number} {0.__class__}", "area": "x"}

    assert "{0.__class__}" in render(Message(wording="warning.signed", facts=facts), Channel.APP).text_zh


@pytest.mark.parametrize("wording", WORDINGS)
def test_every_wording_has_both_languages_for_every_kind_of_channel(wording):
    patterns = WORDINGS[wording].patterns

    assert set(patterns) == {"full", "sms", "voice"}
    assert {language for group in patterns.values() for language in group} == {"zh", "en"}


def test_a_pattern_that_never_fits_is_refused():
    with pytest.raises(ValueError, match="does not fit"):
        fit("x" * 20 + "{a}", {"a": "y"}, 10)


def test_a_summary_stops_before_it_is_too_long():
    assert summary("3:", ["one", "two", "three"], 14) == "3:\n· one\n· two"


@pytest.mark.parametrize(
    ("reply", "answer"),
    [
        ("1", "coming"), ("１", "coming"), (" 1 ", "coming"), ("1。", "coming"), ("2", "cannot"), ("3", "passed_on"),
        ("", None), ("4", None), ("12345", None), ("收到", "confirmed"), ("1 2 3 4", None), ("٣", None),
    ],
)  # fmt: skip
def test_replies(reply, answer):
    assert answer_of(reply) == answer


STATES = list(
    itertools.product(
        [False, True], ["", "coming", "cannot", "passed_on"], [False, True], [False, True], [False, True]
    )
)


@pytest.mark.parametrize("do", ["second_channel", "next_person", "breach"])
def test_no_step_rings_whoever_comes(do):
    """The whole table: who has said they come is never followed up, whatever else is true."""
    for heard, answer, each, others, replaced in STATES:
        outcome = outcome_of_step(
            do, heard=heard, answer=answer, needs_each=each, others_answered=others, is_replaced=replaced
        )
        if answer == "coming":
            assert outcome == "answered"
        if answer in ("cannot", "passed_on") and do != "second_channel":
            assert (outcome == "") is not replaced
        if not answer and each and not heard:
            assert outcome == ""
        if not answer and not each and (heard or others):
            assert outcome != ""
