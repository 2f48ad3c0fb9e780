"""A threshold changed, from the editor to the incident that is graded by it: rehearsed, filed, put in force, seen.

With SCREENSHOTS=folder the pictures of the documents are taken on the way.
"""

import pytest
from playwright.sync_api import expect

from tests.installations import demo_server
from tests.journeys.test_walk import picture

pytestmark = pytest.mark.browser

PLAN = "cn-justice-city-petition-000"
ORANGE, YELLOW = "levels.1.match.any_of.0.between.0", "levels.2.match.any_of.0.between.1"

#: One bureau, changed twice: the second language edits what the first has put in force.
STORY = {
    "zh-hans": {"version": 2, "from": "21", "to": "16", "below": "15", "people": "18", "why": "大厅只能容纳十五人，收紧标准",
                "what": "十八人在大厅要求当面答复", "rule": "人数 16—50", "found": "18", "forced": "生效",
                "as": "《司法局处置涉法涉诉信访工作应急预案》第{}版"},
    "en": {"version": 3, "from": "16", "to": "12", "below": "11", "people": "13", "why": "The hall holds eleven people",
           "what": "Thirteen people in the hall ask for an answer", "rule": "headcount 12–50", "found": "13", "forced": "In force",
           "as": "“City justice bureau plan for law-related petition incidents”, version {}"},
}  # fmt: skip


@pytest.fixture(scope="module")
def bureau_server(tmp_path_factory):
    """A bureau of its own: its plan is changed, and other journeys count on the one that ships."""
    with demo_server(tmp_path_factory.mktemp("edited")) as server:
        yield server


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_new_threshold_reaches_the_incident_page(person, bureau_server, language):
    said = STORY[language]
    before = _log(person("county1.duty", language=language), said)
    expect(before.locator("[data-part=head] .badge")).to_have_attribute("data-tone", "yellow")
    editor = person("city.sysadmin", language=language, start=f"/plans/{PLAN}/")

    # Typed, and tried beside the form before anything is stored.
    editor.locator(f"a[href$='/{said['version']}/edit/']").click()
    expect(_field(editor, ORANGE)).to_have_value(said["from"])
    _field(editor, ORANGE).fill(said["to"])
    _field(editor, YELLOW).fill(said["below"])
    _field(editor, "try-headcount").fill(said["people"])
    _field(editor, "try-unit").select_option("T11")
    editor.locator("button[name=act][value=try]").click()
    trial = editor.locator("[data-trial]")
    expect(trial).to_contain_text(said["rule"])
    expect(trial.locator(".badge").first).to_have_attribute("data-tone", "orange")
    expect(trial.locator(".badge").last).to_have_attribute("data-tone", "yellow")
    picture(editor, "plan-edit", language, whole=True)
    editor.set_viewport_size({"width": 390, "height": 844})
    assert editor.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    picture(editor, "plan-edit-phone", language)
    editor.set_viewport_size({"width": 1440, "height": 900})

    # Saved as a draft with what was typed, filed, and put in force with a credential.
    _field(editor, "reason").fill(said["why"])
    editor.locator("button[name=act][value=save]").click()
    following = said["version"] + 1
    expect(editor).to_have_url(f"{bureau_server.url}/plans/{PLAN}/{following}/")
    editor.locator("a[href$='/file/']").click()
    expect(editor.locator("main")).to_contain_text(said["to"])
    picture(editor, "plan-file", language, whole=True)
    _field(editor, "reason").fill(said["why"])
    editor.locator("#plan-file button.primary").click()
    editor.locator("a[href$='/put-in-force/']").click()
    _field(editor, "reason").fill(said["why"])
    _field(editor, "credential").fill("not the password")
    editor.locator("#plan-put-in-force button.primary").click()
    expect(editor.locator("#plan-put-in-force .error-summary")).to_be_visible()
    expect(_field(editor, "reason")).to_have_value(said["why"])
    _field(editor, "credential").fill(bureau_server.passwords["city.sysadmin"])
    picture(editor, "plan-put-in-force", language, whole=True)
    editor.locator("#plan-put-in-force button.primary").click()
    expect(editor.locator(".page-head")).to_contain_text(said["forced"])

    # The duty room logs an incident: the new threshold gives the level, and the page says so.
    duty = _log(person("county1.duty", language=language), said)
    facts = duty.locator("[data-part=facts]")
    expect(facts).to_contain_text(said["rule"])
    expect(facts).to_contain_text("§2.3")
    expect(facts.locator("li .badge").first).to_have_attribute("data-tone", "orange")
    expect(duty.locator("[data-part=head] .badge")).to_have_attribute("data-tone", "orange")
    picture(duty, "plan-new-reason", language, whole=True)

    # The incident from before keeps its version until a leader signs that it goes over.
    before.reload()
    expect(before.locator("[data-part=head] .badge")).to_have_attribute("data-tone", "yellow")
    _goes_over(person("county1.director", language=language), before.url, bureau_server, said, following)
    before.reload()
    expect(before.locator("[data-part=head] .badge")).to_have_attribute("data-tone", "orange")
    expect(before.locator("[data-part=facts]")).to_contain_text(said["as"].format(following))


def _log(duty, said):
    """Somebody at the desk logs the story's incident; the page is the incident's."""
    duty.goto("/incidents/new/")
    duty.locator("#desk select[name=unit]").select_option("T11")
    _field(duty, "place").fill("一楼大厅")
    _field(duty, "what").fill(said["what"])
    _field(duty, "headcount").fill(said["people"])
    duty.locator("#desk button.primary").click()
    expect(duty.locator("[data-part=facts]")).to_be_visible()
    return duty


def _goes_over(leader, incident, server, said, version):
    """What changes is shown first; a wrong password changes nothing and loses nothing."""
    leader.goto(incident)
    leader.locator("[data-part=facts] a[href$='/plan/']").click()
    levels = leader.locator("table .badge")
    expect(levels.nth(0)).to_have_attribute("data-tone", "yellow")
    expect(levels.nth(1)).to_have_attribute("data-tone", "orange")
    expect(leader.locator("main")).to_contain_text(said["rule"])
    form = leader.locator("#switch-plan")
    form.locator("[name=reason]").fill(said["why"])
    form.locator("[name=credential]").fill("not the password")
    form.locator("button.primary").click()
    expect(form.locator(".error-summary")).to_be_visible()
    expect(form.locator("[name=reason]")).to_have_value(said["why"])
    form.locator("[name=credential]").fill(server.passwords["county1.director"])
    form.locator("button.primary").click()
    expect(leader).to_have_url(incident)
    expect(leader.locator("main")).to_contain_text(said["as"].format(version))


def _field(page, name):
    return page.locator(f"main [name='{name}']")
