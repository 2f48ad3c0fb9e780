"""The page of the API's calls, as a browser sees it: drawn under the same policy as every page, from our server alone."""

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from tests.described import description

pytestmark = pytest.mark.browser

VIOLATIONS = """
window.violations = [];
document.addEventListener("securitypolicyviolation", (event) =>
    window.violations.push(`${event.violatedDirective} ${event.blockedURI}`));
"""


@pytest.mark.control(39)
def test_the_calls_are_drawn_without_breaking_the_policy_or_asking_elsewhere(person, bureau_server):
    page = person("county1.duty", phone=True)
    # A live channel that was not yet open when its page is left says so in the console.
    page.goto("about:blank")
    hosts, said = set(), []
    page.add_init_script(VIOLATIONS)
    page.on("request", lambda asked: hosts.add(urlsplit(asked.url).netloc))
    page.on("console", lambda line: said.append(line.text) if line.type in ("error", "warning") else None)
    answer = page.goto("/api/docs/#/alarms")

    operations = [one for methods in description()["paths"].values() for one in methods.values()]
    expect(page.locator(".opblock-tag")).to_have_count(
        len({tag for one in operations for tag in one["tags"]})
    )
    alarm = page.locator(".opblock", has_text="/api/v1/alarms/").first
    alarm.locator(".opblock-summary-control").click()
    expect(alarm.locator(".opblock-body")).to_contain_text("client_id")
    assert page.get_by_role("button", name="Try it out").count() == 0

    assert "unsafe" not in answer.headers["content-security-policy"]
    assert page.evaluate("window.violations") == []
    assert said == []
    assert {host for host in hosts if host} == {urlsplit(bureau_server.url).netloc}
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
