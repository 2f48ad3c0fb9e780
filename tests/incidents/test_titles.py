"""An alarm without a word is called what it is, and not by its unit's name."""

import pytest


@pytest.mark.parametrize(
    ("language", "title", "at_place"),
    [
        ("zh-hans", "报警（无描述）", "报警：二楼窗口（无描述）"),
        ("en", "Alarm (no description)", "Alarm at 二楼窗口 (no description)"),
    ],
)
def test_an_alarm_without_facts_has_a_title(alarm, units, signed_in, language, title, at_place):
    bare, placed = alarm(what="", place=units["C1"].name), alarm(what="", place="二楼窗口")
    browser = signed_in("county1.duty")
    browser.cookies["language"] = language

    listed = browser.get("/incidents/").content.decode()
    assert title in listed
    assert at_place in listed
    for incident, said in ((bare, title), (placed, at_place)):
        for address in (
            f"/incidents/{incident.number}/",
            f"/incidents/{incident.number}/warning/",
        ):
            page = browser.get(address, follow=True).content.decode()
            assert said in page


def test_a_sentence_is_its_own_title(alarm):
    assert alarm(what="十余人来访").title == "十余人来访"
