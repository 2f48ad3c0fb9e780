"""What was signed is not forgotten: an incident that is over shows the highest level signed, and that it was lifted."""

import pytest

from early_warnings.signing import actions as signing
from incidents.actions import close_incident, reopen_incident
from incidents.models import Incident
from tests.early_warnings.conftest import PASSWORD
from tests.incidents.closing import answered


@pytest.fixture
def over(signed, reach, now):
    """over("yellow") → an incident whose signed warning was lifted and which was closed."""

    def end(level="yellow"):
        warning = signed(level)
        lift = {"warning_id": warning.pk, "reach": reach("city.director"), "reason": "人员已离开", "now": now}
        try:
            signing.lift_warning(**lift, credential=PASSWORD)
        except TypeError:
            signing.lift_warning(**lift)
        incident = Incident.objects.get(pk=warning.incident_id)
        desk = reach("county1.duty")
        close_incident(
            incident_id=incident.pk, reach=desk, summary="已化解", answers=answered(incident, now), now=now
        )
        return Incident.objects.get(pk=incident.pk)

    return end


@pytest.mark.parametrize(("language", "word"), [("zh-hans", "（已解除）"), ("en", "(lifted)")])
def test_page_and_list_show_the_signed_level_as_lifted(over, signed_in, language, word):
    incident = over("orange")
    browser = signed_in("county1.duty")
    browser.cookies["language"] = language

    for address in (f"/incidents/{incident.number}/", "/incidents/?show=closed"):
        page = browser.get(address).content.decode()
        main = page[page.index("<main") :]
        badge = main[main.index('class="badge') :][:400]
        assert 'data-tone="orange"' in badge
        assert word in badge


def test_the_api_keeps_it_and_finds_it(over, signed_in):
    incident = over("orange")
    browser = signed_in("county1.duty")

    found = browser.get(f"/api/v1/incidents/{incident.number}/").json()
    assert (found["level"], found["highest_level"]) == (None, "orange")
    listed = [
        [one["number"] for one in browser.get(f"/api/v1/incidents/?level={level}").json()["results"]]
        for level in ("orange", incident.proposed_level)
    ]
    assert incident.proposed_level != "orange"
    assert listed == [[incident.number], []]


def test_a_lower_level_signed_later_does_not_take_its_place(over):
    incident = over("orange")

    assert (incident.level, incident.highest_level, incident.ended_level) == ("", "orange", "orange")


def test_one_nobody_signed_stays_a_proposal(incident, reach, now):
    event = incident()
    close_incident(
        incident_id=event.pk,
        reach=reach("county1.duty"),
        summary="已化解",
        answers=answered(event, now),
        now=now,
    )

    event.refresh_from_db()
    assert (event.highest_level, event.ended_level, event.shown_level) == ("", "", event.proposed_level)


def test_open_again_it_is_a_proposal_again(over, reach, now):
    incident = over("orange")

    reopen_incident(incident_id=incident.pk, reach=reach("county1.duty"), reason="又来了", now=now)

    incident.refresh_from_db()
    assert (incident.ended_level, incident.shown_level) == ("", incident.proposed_level)
