"""One next step, one blue button: the order of the steps, and the page that shows them."""

import re

import pytest
import time_machine
from django.utils import timezone
from django.utils.html import escape

from dashboards.next_step.rules import (
    ACTIVE,
    MEANWHILE,
    OVER,
    STEPS,
    STOPPED_BY,
    Situation,
    Step,
    applying,
    next_step,
)
from dashboards.next_step.words import WORDS
from early_warnings.proposals.actions import Statement, propose_new_warning
from early_warnings.signing.actions import sign_warning
from incidents.actions import take_over
from incidents.checklist.actions import mark_item
from incidents.checklist.queries import open_lines
from incidents.reporting.actions import add_observation
from journal.kinds import KINDS
from plans.engine.facts import Facts
from tests.early_warnings.conftest import PASSWORD, passwords  # noqa: F401
from tests.live.walk import ACTS, Walk

OPEN = Situation("under_way")
ALL = frozenset(Step)

#: What is so → the step that comes first. Each line takes away what the line before it asked for.
ORDER = [
    (OPEN._replace(is_asked=True, has_own_order=True), Step.HERE),
    (OPEN._replace(has_own_order=True, life_at_risk=True, has_life_lines=True), Step.ANSWER),
    (OPEN._replace(pending="proposed", waits_for_own_signature=True, life_at_risk=True, has_life_lines=True), Step.SIGN),
    (OPEN._replace(is_decision_asked=True, waits_for_own_decision=True, has_life_lines=True), Step.DECIDE),
    (Situation("reported", life_at_risk=True, has_life_lines=True), Step.LIFE),
    (Situation("reported", has_life_lines=True, level_waits=True), Step.TAKE),
    (OPEN._replace(has_life_lines=True, level_waits=True, pending="proposed"), Step.LIFE),
    (OPEN._replace(is_call_short=True, level_waits=True), Step.CALL_REST),
    (OPEN._replace(pending="proposed", level_waits=True, is_decision_asked=True), Step.SIGN),
    (OPEN._replace(is_decision_asked=True, response=ACTIVE, package_waits=True), Step.DECIDE),
    (OPEN._replace(pending="returned", level_waits=True), Step.FINISH),
    (OPEN._replace(pending="draft", level_waits=True), Step.FINISH),
    (OPEN._replace(level_waits=True, due=ALL), Step.LEVEL),
    (OPEN._replace(in_force=True, has_package=True, due=ALL), Step.CALL),
    (OPEN._replace(in_force=True, has_package=True, due=ALL - {Step.CALL}), Step.TELL_ABOVE),
    (OPEN._replace(in_force=True, has_package=True), Step.START),
    (OPEN._replace(in_force=True, has_package=True, response=ACTIVE, package_waits=True), Step.PACKAGE),
    (OPEN._replace(in_force=True), Step.SEND),
    (OPEN._replace(in_force=True, orders=1, orders_under_way=1, has_arrived=True, due=ALL - {Step.CALL, Step.TELL_ABOVE}),
     Step.CONFIRM),
    (OPEN._replace(in_force=True, orders=1, orders_under_way=1, due=frozenset({Step.STATEMENT, Step.REPORT})),
     Step.STATEMENT),
    (OPEN._replace(in_force=True, orders=1, orders_under_way=1, due=frozenset({Step.REPORT})), Step.REPORT),
    (OPEN._replace(in_force=True, orders=1, orders_under_way=1, response=ACTIVE, duties_open=True), Step.DUTY),
    (OPEN._replace(in_force=True, orders=1, orders_under_way=1, response=ACTIVE), Step.AWAIT),
    (OPEN._replace(in_force=True, orders=1, response=ACTIVE), Step.END),
    (OPEN._replace(in_force=True, orders=1, response=OVER, demands_open=True), Step.LIFT),
    (OPEN._replace(orders=1, response=OVER, demands_open=True), Step.DEMANDS),
    (OPEN, Step.CLOSE),
    (Situation("closed", life_at_risk=True, has_life_lines=True, demands_open=True), Step.REVIEW),
]  # fmt: skip


@pytest.mark.parametrize(("now", "step"), ORDER)
def test_the_first_open_step_comes_next(now, step):
    assert next_step(now, ALL) == (step, True, None)


def test_every_step_has_its_turn_and_its_words():
    assert {step for _now, step in ORDER} == ALL == set(WORDS)
    assert {row.step for row in STEPS} | {Step.REVIEW} == ALL


@pytest.mark.parametrize("state", ["merged", "retracted"])
def test_nothing_follows_where_the_incident_goes_on_elsewhere(state):
    assert next_step(Situation(state, demands_open=True), ALL) is None


def test_whoever_may_not_act_waits_and_has_no_button():
    chosen = next_step(OPEN._replace(pending="proposed"), frozenset())

    assert (chosen.step, chosen.is_mine, chosen.button) == (Step.SIGN, False, None)


def test_what_hangs_on_no_signature_goes_on_while_one_is_waited_for():
    now = OPEN._replace(pending="proposed", demands_open=True)

    chosen = next_step(now, {Step.SEND, Step.DEMANDS, Step.CLOSE})

    assert (chosen.step, chosen.is_mine, chosen.button) == (Step.SIGN, False, Step.SEND)


def test_closing_never_goes_on_meanwhile():
    assert not MEANWHILE & {Step.CLOSE, Step.LIFT, Step.END, Step.PACKAGE, Step.LEVEL, Step.TAKE}
    assert next_step(OPEN._replace(pending="proposed", orders=1), {Step.CLOSE}).button is None


def test_a_step_stands_once_among_those_that_are_open():
    steps = applying(Situation("reported", life_at_risk=True, has_life_lines=True))

    assert steps == [Step.LIFE, Step.TAKE, Step.CLOSE]


def test_time_limits_stop_with_entries_that_there_are():
    assert {kind for kinds in STOPPED_BY.values() for kind in kinds} <= set(KINDS)


# --- the page -------------------------------------------------------------------------------------------------

READERS = ("county1.duty", "county1.director", "city.director", "county1.squad.dialogue", "town11.clerk")


def strip_of(page: str) -> tuple[str, str]:
    """The step the strip shows, and what its button says; both empty where there is none."""
    step = re.search(r'data-key="next:(\w+)"', page)
    part = page[page.index('data-part="next"') : page.index('data-part="checklist"')]
    button = re.search(r'class="button primary"[^>]*>\s*(.*?)\s*<', part, re.S)
    return step[1] if step else "", button[1] if button else ""


def settle_life_lines(incident, reach, now):
    for line in open_lines(incident):
        about = {"incident_id": incident.pk, "reach": reach("county1.duty"), "now": now}
        mark_item(item=line.item.id, outcome="done", note="", **about)


@pytest.fixture
def shown(signed_in):
    def show(incident, username="county1.duty", language="en"):
        page = signed_in(username, language).get(f"/incidents/{incident.number}/")
        return strip_of(page.content.decode())

    return show


def test_a_fresh_incident_is_taken_over_with_one_tap(alarm, shown, signed_in):
    incident = alarm("town11.clerk", headcount=8)

    assert shown(incident) == ("take", "Take over")
    assert shown(incident, language="zh-hans") == ("take", "接办")
    assert shown(incident, "town11.clerk") == ("take", "Go through life safety")
    page = signed_in("county1.duty", "en").get(f"/incidents/{incident.number}/").content.decode()
    assert page.count('id="take"') == 1


def test_with_a_life_at_risk_the_lines_come_first_and_taking_over_stays_at_hand(alarm, shown, signed_in):
    incident = alarm("town11.clerk", headcount=8, life_risk=["suicide_threat"])

    assert shown(incident) == ("life", "Go through life safety")
    page = signed_in("county1.duty", "en").get(f"/incidents/{incident.number}/").content.decode()
    assert page.count('id="take"') == 1


def test_an_auditor_sees_who_is_to_act(alarm, signed_in):
    incident = alarm("town11.clerk", headcount=8)

    page = signed_in("city.audit", "en").get(f"/incidents/{incident.number}/").content.decode()

    assert strip_of(page) == ("take", "")
    assert "Waiting for the duty room of County 1 Justice Bureau: Take over" in page


@pytest.mark.slow
@pytest.mark.embedded_only  # templates and rules are the same on both profiles
@pytest.mark.usefixtures("passwords", "plan")
def test_one_blue_button_at_most_through_the_whole_walk(signed_in, reach, units):
    walk, seen = Walk(reach, units, timezone.now), {}
    browsers = {username: signed_in(username, "en") for username in READERS}

    with time_machine.travel(timezone.now(), tick=False):
        for act in ACTS:
            act(walk)
            for username, browser in browsers.items():
                answer = browser.get(f"/incidents/{walk.incident}/")
                if answer.status_code == 200:
                    page = answer.content.decode()
                    main = page[page.index("<main") : page.index("</main>")]
                    assert len(re.findall(r'class="[^"]*\bprimary\b', main)) <= 1, (username, act)
                    seen.setdefault(username, set()).add(strip_of(page)[0])

    assert {"take", "life", "sign", "send"} & seen["county1.duty"]
    assert "sign" in seen["city.director"] | seen["county1.director"]


@pytest.mark.usefixtures("passwords")
def test_whoever_signed_lower_than_was_proposed_is_not_asked_again(alarm, reach, shown, now):
    incident = alarm("county1.duty", headcount=30)
    assert incident.proposed_level == "orange"
    take_over(incident_id=incident.pk, reach=reach("county1.duty"), now=now)
    settle_life_lines(incident, reach, now)
    assert shown(incident) == ("level", "Propose the level")
    said = Statement(level="yellow", reason="情绪平稳")
    warning = propose_new_warning(
        incident_id=incident.pk, reach=reach("county1.duty"), statement=said, now=now
    )
    assert shown(incident) == ("sign", "Issue an order")
    assert shown(incident, "county1.director") == ("sign", "Read and sign")

    sign_warning(warning_id=warning.pk, reach=reach("county1.director"), credential=PASSWORD, now=now)

    assert shown(incident)[0] == "call"
    add_observation(
        incident_id=incident.pk, reach=reach("county1.duty"), what="又来数十人",
        facts=Facts.from_dict({"headcount": 90}), now=now,
    )  # fmt: skip
    assert shown(incident)[0] == "level"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "says"), [("zh-hans", "预案建议黄色"), ("en", "The plan proposes Yellow")]
)
def test_whoever_is_to_propose_reads_the_level_and_why_and_finds_the_reason_filled_in(
    plan, alarm, signed_in, reach, now, language, says
):
    incident = alarm(headcount=8)
    take_over(incident_id=incident.pk, reach=reach("county1.duty"), now=now)
    settle_life_lines(incident, reach, now)
    browser = signed_in("county1.duty", language)

    page = browser.get(f"/incidents/{incident.number}/").content.decode()
    part = page[page.index('data-part="next"') : page.index('data-part="checklist"')]
    reasons = [one["zh" if language == "zh-hans" else "en"] for one in incident.reasons]
    first = next(one for one in reasons if one["level"] == incident.proposed_level)

    assert says in part
    assert escape(first["found"]) in part
    form = browser.get(f"/incidents/{incident.number}/warning/").context["form"]
    assert first["found"] in form["reason"].value()
    assert "§" in form["reason"].value()
