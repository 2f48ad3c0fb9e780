"""How many statements the pages of a response cost, with a package sent out: they do not grow with what is on them."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clocks import rulebook
from tests.command.test_packages import issue

__all__ = ["issue"]

pytestmark = pytest.mark.usefixtures("wall_clock")


@pytest.fixture
def statements(signed_in, plan):
    """statements("/duty/") → how many that page costs, for the county's duty officer, the second time."""
    browser = signed_in("county1.duty")

    def count(url):
        # The tests' plan is loaded in a transaction that never ends: its rules would be read anew each time.
        rulebook.settle(plan.ref)
        assert browser.get(url).status_code == 200
        with CaptureQueriesContext(connection) as asked:
            browser.get(url)
        return len(asked)

    return count


def test_the_page_of_a_response_costs_twelve_statements(started, issue, statements):
    response = started("yellow")
    issue(response, "yellow")

    assert statements(f"/responses/{response.number}/") <= 12


def test_more_packages_cost_no_more(started, issue, statements, reach, now):
    response = started("red")
    issue(response, "yellow")
    first = statements(f"/responses/{response.number}/")
    issue(response, "red")

    assert statements(f"/responses/{response.number}/") == first


def test_an_incident_with_all_of_it_reads_nothing_twice(started, issue, statements):
    response = started("red")
    issue(response, "red")

    # One of them looks for reports upward that nobody sent: closing asks about each.
    assert statements(f"/incidents/{response.incident.number}/") <= 41
