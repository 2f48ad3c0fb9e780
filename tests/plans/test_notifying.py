"""How a plan wants people reached, and what check_plan says of a plan that makes no sense of it."""

from datetime import timedelta

import pytest

from notices.choices import Do
from plans.document.notifying import CHANNELS, channels_of, escalation_of

SECOND = timedelta(seconds=1)


def test_the_city_plan_follows_up_on_silence(city):
    escalation = escalation_of(city, "red")

    assert channels_of(city) == ("app", "sms")
    assert [(step.after, step.do, step.channels) for step in escalation.steps] == [
        (60 * SECOND, Do.SECOND_CHANNEL, ("voice",)),
        (120 * SECOND, Do.NEXT_PERSON, ()),
        (180 * SECOND, Do.BREACH, ()),
    ]
    assert (escalation.still_after, escalation.still_times) == (900 * SECOND, 3)


@pytest.mark.parametrize(
    ("level", "each"), [("red", True), ("orange", True), ("yellow", False), ("blue", False)]
)
def test_who_must_confirm_is_the_plans_word(city, level, each):
    assert escalation_of(city, level).needs_each is each


def test_a_danger_to_life_needs_each_whatever_the_level(city):
    assert escalation_of(city, "", insists=True).needs_each is True


def test_a_plan_that_is_silent_follows_up_on_nothing():
    assert channels_of({}) == CHANNELS
    assert escalation_of({}, "red").steps == ()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("each_person: [red, orange]", "each_person: [red, purple]", "no level “purple”"),
        ("{after: PT60S, do: second_channel, channels: [voice]}", "{after: PT60S, do: second_channel}", "channels"),
        ("{after: PT120S, do: next_person}", "{after: PT30S, do: next_person}", "order of their times"),
        ("{after: PT120S, do: next_person}", "{after: P1D, do: next_person}", ""),
        ("{after: PT120S, do: next_person}", "{after: PT, do: next_person}", ""),
        ("{after: PT120S, do: next_person}", "{after: PT120S, do: shout}", ""),
        ("channels: [app, sms]", "channels: [app, pigeon]", ""),
        ("channels: [app, sms]", "channels: []", ""),
        ("{after: PT15M, times: 3}", "{after: PT15M, times: 0}", ""),
    ],
)  # fmt: skip
def test_nonsense_is_a_problem(city_text, old, new, said):
    from plans.checks.documents import check

    assert old in city_text
    problems = check(city_text.replace(old, new, 1)).problems

    assert problems
    assert said in " ".join(problem.message for problem in problems)


def test_the_page_of_the_plan_says_how_people_are_reached(city):
    from django.utils.translation import override

    from plans.lifecycle.pages import told

    with override("zh-hans"):
        shown = told(city)
        assert [str(label) for label in shown.channels] == ["屏幕", "短信"]
        assert [(after, str(what)) for after, what, _channels in shown.steps] == [
            ("1 分钟", "换一种方式通知"),
            ("2 分钟", "通知下一人"),
            ("3 分钟", "报带班领导：无人应答"),
        ]
    assert [level.id for level in shown.each] == ["red", "orange"]
    assert told({}) is None
