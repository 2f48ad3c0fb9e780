"""Every empty list says what will stand in it, and when; one that a filter emptied offers the way out."""

import re

import pytest
from django import forms
from django.conf import settings
from django.template import engines
from django.template.loader import get_template
from django.utils.translation import override

TEMPLATES = settings.BASE_DIR / "templates"
FILES = sorted(TEMPLATES.rglob("*.html"))
#: `{% empty %}` of what is no list: words inside a line, a sentence of a form, a picture's cell, paper to write on.
INLINE = {
    "accounts/directory.html", "accounts/people.html", "cases/answers_due/list.html", "command/activation/_seat.html",
    "command/activation/_team.html", "dashboards/_on_duty_figure.html", "dashboards/help/cards/_first_hour.html",
    "dashboards/help/cards/one.html", "duty/shifts/_handover.html", "early_warnings/parts/_signature.html",
    "engine/_jobs.html", "incidents/switching/_why.html", "plans/rehearsal/replay.html", "rosters/rotation.html",
}  # fmt: skip
#: Read from eight metres, by people who know their rooms: nothing is explained there.
WALL = "dashboards/wall/"


def name_of(file):
    return str(file.relative_to(TEMPLATES))


def what_stands_for_nothing(source):
    """The text between `{% empty %}` and the end of its loop, for each."""
    return re.findall(r"{% empty %}(.*?){% endfor %}", source, re.DOTALL)


def test_every_list_says_what_will_stand_in_it():
    silent = {
        name_of(file)
        for file in FILES
        for text in what_stands_for_nothing(file.read_text())
        if "{% nothing " not in text and not name_of(file).startswith(WALL)
    }

    assert silent == INLINE


def test_no_component_of_nothing_is_left_without_its_sentence():
    """The sentence is the block's own text, not the link beside it and not a condition that may fail."""
    silent = {
        name_of(file): block
        for file in FILES
        for block in re.findall(r"{% nothing .*?%}(.*?){% endnothing %}", file.read_text(), re.DOTALL)
        if not re.match(r"\s*{% (translate \"|blocktranslate )", block) and not name_of(file).startswith(WALL)
    }

    assert silent == {}


def test_nothing_is_drawn_by_hand():
    """The classes of an empty list stand in its component alone: whoever needs one uses it."""
    by_hand = {name_of(file) for file in FILES if re.search(r'class="(empty|none-yet)\b', file.read_text())}

    # Until they are looked at, the two lazy parts of an incident are a link each.
    assert by_hand == {"components/nothing.html", "dashboards/incident.html"}


@pytest.mark.parametrize(
    ("query", "shown", "hidden"),
    [
        ("", "What will come.", "Clear the filter"),
        ("?unit=330100&q=", "What will come.", "Clear the filter"),
        ("?unit=330100&q=x&page=2", 'href="?unit=330100"', "What will come."),
        ("?state=open", 'href="?"', "What will come."),
    ],
)
def test_what_a_filter_emptied_offers_the_way_out(rf, query, shown, hidden):
    source = '{% load ui %}{% nothing "None." filters="q state" %}What will come.{% endnothing %}'

    with override("en"):
        drawn = engines["django"].from_string(source).render({}, rf.get(f"/list/{query}"))

    assert shown in drawn
    assert hidden not in drawn


def test_the_names_of_a_filter_may_come_from_its_form(rf):
    class Search(forms.Form):
        kind = forms.CharField()

    source = '{% load ui %}{% nothing "None." filters=search %}What will come.{% endnothing %}'
    template = engines["django"].from_string(source)

    with override("en"):
        assert "Clear the filter" in template.render({"search": Search()}, rf.get("/list/?kind=1"))
        assert "Clear the filter" not in template.render({"search": Search()}, rf.get("/list/?other=1"))


def test_every_template_of_a_list_can_be_read():
    """A component whose library is not loaded stands in a branch that few tests enter."""
    for file in FILES:
        if "{% nothing " in file.read_text():
            get_template(name_of(file))
