"""The style guide shows every component, every shared part and every colour, to whoever keeps the system."""

import re

import pytest
from django.conf import settings

from common.web.gallery import LEVELS, colour_tokens

TEMPLATES = settings.BASE_DIR / "templates"
GUIDE = (TEMPLATES / "ui_gallery.html").read_text()
#: Around every page, the guide's too; only inside a form with templates of its own; of its reader's role on a start page.
ELSEWHERE = {"_top", "_bottom", "_messages", "_fill", "_template", "_first_visit", "_emergency"}
STYLES = "".join((settings.BASE_DIR / "static/css" / name).read_text() for name in ("app.css", "rare.css"))


def test_every_component_is_in_the_guide():
    blocks = {file.stem for file in (TEMPLATES / "components").glob("[!_]*.html")}

    assert {name for name in blocks if f"{{% {name} " not in GUIDE} == set()


def test_every_shared_part_is_in_the_guide():
    parts = {file.stem for file in TEMPLATES.glob("_*.html")} - ELSEWHERE

    assert {name for name in parts if f'include "{name}.html"' not in GUIDE} == set()


@pytest.mark.django_db
def test_every_colour_level_and_look_is_shown(client, settings):
    settings.DEMO = True

    page = client.get("/styleguide/?errors=1&live=1").content.decode()

    shown = set(re.findall(r"<code>(--[\w-]+)</code>", page))
    coloured = set(re.findall(r"^  (--[\w-]+): var\(--light, #", STYLES, re.MULTILINE))
    assert coloured <= shown == set(colour_tokens())
    assert {level["colour"] for level in LEVELS if "colour" in level} <= set(
        re.findall(r'data-tone="(\w+)"', page)
    )
    assert {"info", "ok", "warn", "bad", "wait"} <= set(re.findall(r'data-look="(\w+)"', page))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("who", "status"), [("city.sysadmin", 200), ("county1.duty", 404), ("city.secadmin", 404)]
)
def test_without_a_demo_the_guide_is_the_system_administrators(signed_in, who, status):
    assert signed_in(who).get("/styleguide/").status_code == status


@pytest.mark.django_db
def test_without_a_demo_a_stranger_is_shown_nothing(client):
    assert client.get("/styleguide/").status_code == 404
