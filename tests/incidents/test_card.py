"""A card is rendered once for everybody: it is always the one a fresh rendering would give, and holds nobody's rights."""

from datetime import timedelta

import pytest
from django.template import Context, Template
from django.template.loader import render_to_string
from django.utils import translation

from clocks.models import Clock
from clocks.queries import running
from common.web.rendered import Rendered
from incidents.choices import State
from incidents.models import Incident
from incidents.reporting.actions import add_observation
from incidents.templatetags.incidents import CARDS, shown_on_card
from journal.models import Entry
from plans.engine.facts import Facts

CARD = Template("{% load incidents %}{% incident_card incident clocks %}")
LANGUAGES = ("zh-hans", "en")


def card(incident, clocks, now) -> str:
    return CARD.render(Context({"incident": incident, "clocks": clocks, "now": now}))


def fresh(incident, clocks, now) -> str:
    return render_to_string("incidents/_card.html", {"incident": incident, "clocks": clocks, "now": now})


@pytest.fixture
def shown(alarm, now):
    """An incident with its clocks, as a list reads it."""
    made = alarm(headcount=8, acts=["banner"])
    Clock.objects.create(
        plan=made.plan.ref,
        clock_id="C000-9",
        title_zh="在时限内",
        title_en="in time",
        duration="PT30M",
        subject=made.key,
        thread=made.key,
        unit=made.unit,
        started_at=now,
        due_at=now + timedelta(minutes=30),
        start_entry=Entry.objects.in_thread(made.key).first(),
    )
    return Incident.objects.for_lists().get(pk=made.pk), list(running(made.key))


def other(field, value, now):
    """Another value of the field's kind."""
    if field.choices:
        return next(choice for choice, _label in field.choices if choice != value)
    kind = field.get_internal_type()
    if kind == "BooleanField":
        return not value
    if kind == "DateTimeField":
        return (value or now) - timedelta(days=2)
    if kind == "JSONField":
        return {"life_risk": ["suicide_threat"]} if field.name == "facts" else []
    if kind in ("CharField", "TextField"):
        return f"{value}#"
    if kind == "DecimalField" or kind.endswith("IntegerField"):
        return (value or 0) + 1
    return None


def test_whatever_a_card_shows_a_change_of_it_shows(shown, now):
    """Each column of the incident, its unit and its clocks is changed by itself; the card is the fresh one each time."""
    incident, clocks = shown
    first, seen = {}, set()
    for language in LANGUAGES:
        with translation.override(language):
            first[language] = fresh(incident, clocks, now)
    for thing in (incident, incident.unit, clocks[0]):
        for field in thing._meta.concrete_fields:
            was = getattr(thing, field.attname)
            if field.primary_key or field.is_relation:
                continue
            try:
                setattr(thing, field.attname, other(field, was, now))
                for language in LANGUAGES:
                    with translation.override(language):
                        wanted = fresh(incident, clocks, now)
                        assert card(incident, clocks, now) == wanted, field
                        if wanted != first[language]:
                            seen.add(field.name)
            finally:
                setattr(thing, field.attname, was)

    # The test itself: it has changed what a card is made of.
    assert {"number", "what", "place", "state", "facts", "name", "drill", "due_at", "recorded_at"} <= seen


def test_the_day_and_an_end_change_it_without_any_row(shown, now):
    incident, clocks = shown
    for at in (now, clocks[0].due_at + timedelta(seconds=1), now + timedelta(days=2)):
        assert card(incident, clocks, at) == fresh(incident, clocks, at)


def test_it_is_rendered_once_for_each_language(shown, now, django_assert_num_queries):
    incident, clocks = shown
    for language in (*LANGUAGES, *LANGUAGES):
        with translation.override(language):
            card(incident, clocks, now)

    assert len(CARDS) == 2


def test_an_observation_makes_another_card(shown, reach, now):
    incident, clocks = shown
    before = card(incident, clocks, now)

    facts = Facts.from_dict({"life_risk": ["suicide_threat"]})
    add_observation(incident_id=incident.pk, reach=reach("county1.duty"), what="", facts=facts, now=now)

    after = card(Incident.objects.for_lists().get(pk=incident.pk), clocks, now)
    assert after != before
    assert 'data-look="bad"' in after


@pytest.mark.parametrize("language", LANGUAGES)
def test_nobody_is_shown_another_card_than_a_fresh_one(plan, cast, alarm, signed_in, wall_clock, language):
    """Everybody's list, first rendered for nobody else, then after everybody else has looked."""
    for unit in ("C1", "T11"):
        alarm(headcount=8, unit=unit)
    addresses = ("/incidents/?part=incidents", "/duty/?part=incidents", "/command/?part=incidents")

    def answers():
        for username in cast:
            browser = signed_in(username)
            browser.cookies["language"] = language
            for address in addresses:
                answer = browser.get(address)
                yield username, address, answer.status_code, cards_in(answer.content.decode())

    alone = []
    for one in answers():
        alone.append(one)
        CARDS.forget()
    for _ in range(2):
        assert list(answers()) == alone
    # Each of the lists has shown cards to somebody.
    assert {address for _who, address, _status, cards in alone if 'class="card"' in cards} == set(addresses)


def cards_in(text: str) -> str:
    return text[text.find("<ol") : text.rfind("</ol>")] if "<ol" in text else ""


def test_a_closed_incident_shows_the_level_it_had(shown, now):
    incident, _clocks = shown
    incident.state, incident.highest_level = State.CLOSED, "orange"

    assert card(incident, (), now) == fresh(incident, (), now)
    assert shown_on_card(incident, (), now)


def test_what_is_not_asked_for_is_thrown_away():
    kept = Rendered(most=3)
    rendered = []

    def render(n):
        rendered.append(n)
        return str(n)

    for n in (1, 2, 3, 1, 4, 1, 2):
        assert kept.get(n, lambda n=n: render(n)) == str(n)

    assert rendered == [1, 2, 3, 4, 2]
    assert len(kept) == 3


def test_a_piece_that_cannot_be_rendered_is_not_kept():
    kept = Rendered(most=3)

    with pytest.raises(ZeroDivisionError):
        kept.get("x", lambda: 1 / 0)

    assert len(kept) == 0
    assert kept.get("x", lambda: "now") == "now"
