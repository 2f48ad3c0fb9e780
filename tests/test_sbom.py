"""The bill of materials names everything that is installed, why, and the same each time."""

import json
import re
import subprocess
from pathlib import Path

import pytest

from script.sbom import PRODUCT, bill, images, packages

TOP = Path(__file__).resolve().parent.parent

pytestmark = pytest.mark.control(59)

LOCK = """# Made by script/lock.
asgiref==3.13.0 \\
    --hash=sha256:034c
    # via
    #   channels
    #   django
colorama==0.4.6 ; sys_platform == 'win32' \\
    --hash=sha256:08695
    # via click
django==5.2.19 \\
    --hash=sha256:1111
    # via -r requirements.in
"""


def test_a_package_has_its_version_and_who_asks_for_it():
    assert packages(LOCK) == {
        "asgiref": ("3.13.0", ["channels", "django"]),
        "colorama": ("0.4.6", ["click"]),
        "django": ("5.2.19", ["-r requirements.in"]),
    }


def test_our_own_image_is_none_of_others():
    compose = "    image: ours:${VERSION:-latest}\n    image: postgres:17-bookworm\n"

    assert images(compose, "FROM python:3.13-slim AS build\n") == [
        ("postgres", "17-bookworm"),
        ("python", "3.13-slim"),
    ]


def test_it_names_every_package_of_the_lock_in_its_version():
    pinned = re.findall(r"^([a-z0-9.-]+)==([\w.]+)", (TOP / "requirements.txt").read_text(), re.MULTILINE)
    named = [(one["name"], one["version"]) for one in bill()["components"] if one["type"] == "library"]

    assert len(named) > 50
    assert named == pinned


def test_everything_in_it_is_there_because_of_the_product():
    asks = {one["ref"]: one["dependsOn"] for one in bill()["dependencies"]}
    reached, ahead = set(), [PRODUCT]
    while ahead:
        ref = ahead.pop()
        if ref not in reached:
            reached.add(ref)
            ahead += asks[ref]

    assert reached == set(asks)


def test_the_script_prints_it_and_the_same_each_time():
    def printed():
        done = subprocess.run([TOP / "script/sbom"], capture_output=True, text=True, check=True)
        return json.loads(done.stdout)

    assert printed() == printed() == bill()
    assert {one["name"] for one in bill()["components"] if one["type"] == "container"} == {
        "nginx",
        "postgres",
        "python",
        "redis",
    }
