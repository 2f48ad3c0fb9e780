"""What stands on the page of one incident: what there is, and in one group what can be added."""

import re

import pytest

from cases.demands.actions import register_demand
from command.evidence.actions import Kept, enter_evidence
from command.packages.queries import ReadyOrder
from incidents.actions import close_incident, take_over
from incidents.models import Incident
from journal.numbering import number_new
from plans.document.words import Words
from resources.materials.choices import Fault
from resources.materials.queries import MissingItem
from tests.dashboards.test_next_step import settle_life_lines
from tests.incidents.closing import answered

pytestmark = pytest.mark.usefixtures("plan")

#: Each subject's title, and the form by which one begins with it.
SUBJECTS = [
    ("measures-title", "measure-take"),
    ("statements-title", "statement-draft"),
    ("evidence-title", "evidence-enter"),
    ("handing-over-title", "hand-over"),
    ("attendance-title", "notify"),
]


def page_of(signed_in, incident, username="county1.duty", **asked):
    return signed_in(username, "en").get(f"/incidents/{incident.number}/", asked).content.decode()


def test_a_subject_without_anything_yet_is_an_entry_in_one_group(alarm, signed_in):
    page = page_of(signed_in, alarm(headcount=8))
    group = page[page.index('id="additions"') : page.index('data-part="firsts"')]

    for title, form in SUBJECTS:
        assert f'id="{title}"' not in page
        assert f'id="{form}"' in group
    assert 'class="empty"' not in page
    assert "No warning has been proposed." in page


def test_a_subject_with_something_has_its_panel_and_leads_to_its_form(alarm, reach, signed_in, now):
    incident = alarm(headcount=8)
    enter_evidence(
        incident_id=incident.pk, reach=reach("county1.duty"), what="执法记录仪录像", kept=Kept("法制科", "一号柜"), now=now
    )  # fmt: skip

    page = page_of(signed_in, incident)
    part = page_of(signed_in, incident, part="measures")

    assert 'id="evidence-title"' in page
    assert 'href="#evidence-enter"' in page
    assert page.count('id="evidence-enter"') == 1
    assert "执法记录仪录像" in part
    assert "<form" not in re.sub(r"<details.*?</details>", "", part, flags=re.S)


def test_life_safety_stands_before_time_limits_and_both_before_everything_else(alarm, signed_in):
    page = page_of(signed_in, alarm(headcount=60, life_risk=["suicide_threat"]))
    parts = re.findall(r'data-part="(\w+)"', page)

    assert parts[:5] == ["head", "next", "tools", "checklist", "clocks"]
    assert parts[-1] == "timeline"


def test_the_newest_entry_of_the_timeline_stands_first(alarm, signed_in):
    incident = alarm(headcount=8)
    number_new()
    page = page_of(signed_in, incident, part="timeline")
    titles = re.findall(r'class="title">\s*([^<]+?)\s*<', page)

    assert 'class="timeline newest-first"' in page
    assert titles.index("Incident discovered") > titles.index("Incident reported")


def test_time_limits_that_are_over_are_folded_away(alarm, signed_in):
    page = page_of(signed_in, alarm(headcount=60, life_risk=["suicide_threat"]), part="clocks")

    assert "Time limits that are over" in page


def test_who_may_add_nothing_sees_no_group(alarm, signed_in):
    assert 'id="additions"' not in page_of(signed_in, alarm(headcount=8), "city.audit")


def test_what_is_wrong_with_a_kit_is_said_once_for_all_its_items():
    items = [Words("喊话器", "megaphone"), Words("警戒带", "tape"), Words("急救包", "first-aid kit")]
    faults = [Fault.UNCHECKED, Fault.EXPIRED, Fault.UNCHECKED]
    missing = tuple(MissingItem(Item(words), fault) for words, fault in zip(items, faults, strict=True))

    ready = ReadyOrder(None, None, "", (), None, missing=missing)

    assert ready.faults == [(Fault.EXPIRED, [items[1]]), (Fault.UNCHECKED, [items[0], items[2]])]


class Item:
    def __init__(self, words):
        self.words = words


def test_demands_stand_with_their_day_and_lead_to_the_counter(alarm, reach, signed_in, now):
    incident = alarm(headcount=8)
    empty = page_of(signed_in, incident)

    register_demand(
        reach=reach("county1.duty"), unit=incident.unit, origin="incident", incident=incident,
        point="要求说明鉴定收费依据", now=now,
    )  # fmt: skip
    part = page_of(signed_in, incident, part="demands")

    counter = f'href="/demands/register/?incident={incident.number}"'
    assert "No demand has been registered." in empty
    assert counter in empty
    assert 'id="demands-title"' not in empty
    assert "要求说明鉴定收费依据" in part
    assert counter in part


def test_a_drill_registers_no_demand(alarm, signed_in):
    incident = alarm(headcount=8)
    Incident.objects.filter(pk=incident.pk).update(drill=True)

    assert "/demands/register/" not in page_of(signed_in, incident)


#: Step → the end of the address of what does it.
DOES = {"take": "/take/", "level": "/warning/", "review": "/review/"}


def acts_of(page):
    """The blue step and its button's address, and the addresses of the quiet buttons, in the order of the keys."""
    _head, _, rest = page.partition('data-part="next"')
    step, _, rest = rest.partition('data-part="tools"')
    tools = rest.partition('data-part="checklist"')[0]
    found = lambda html: [a or b for a, b in re.findall(r'href="([^"]*)"|action="([^"]*)"', html)]  # noqa: E731
    strip = step.partition("next-step")[2].partition("</section>")[0]
    return re.search(r'data-key="next:(\w+)"', step)[1], found(strip), found(tools)


def test_the_acts_stand_once_after_the_next_step_and_none_twice(alarm, reach, signed_in, now):
    incident = alarm(headcount=8)

    raised = page_of(signed_in, incident)
    take_over(incident_id=incident.pk, reach=reach("county1.duty"), now=now)
    settle_life_lines(incident, reach, now)
    taken = page_of(signed_in, incident)

    for page in (raised, taken):
        step, blue, quiet = acts_of(page)
        every = blue + quiet
        assert len(quiet) >= 3
        assert len(every) == len(set(every))
        assert [one for one in every if one.endswith(f"{incident.number}{DOES[step]}")] == blue
        # What the head says is not to be pressed: nothing of it stands before the next step.
        assert "button" not in page.partition("<main")[2].partition('data-part="next"')[0]
    assert acts_of(raised)[0] == "take"
    assert acts_of(taken)[0] == "level"


def test_a_closed_incident_offers_its_review_once(alarm, reach, signed_in, now):
    incident = alarm(headcount=8)
    take_over(incident_id=incident.pk, reach=reach("county1.duty"), now=now)
    close_incident(
        incident_id=incident.pk, reach=reach("county1.duty"), summary="人群散去", now=now,
        answers=answered(incident, now),
    )  # fmt: skip

    step, blue, quiet = acts_of(page_of(signed_in, incident))

    assert step == "review"
    assert blue == [f"/incidents/{incident.number}/review/"]
    assert blue[0] not in quiet
    assert f"/incidents/{incident.number}/reports/" in quiet
