"""The city plan as it ships, and a small plan that tests change one thing of at a time."""

from pathlib import Path

import pytest
from hypothesis import settings

from plans.checks import documents

# A busy machine must not fail a property: how long one example takes is not what these tests are about.
settings.register_profile("no deadline", deadline=None)
settings.load_profile("no deadline")

CITY_FILE = Path(__file__).parents[2] / "plans" / "library" / "city-justice-bureau.yaml"

SMALL = """\
schema: icd.plan/1
id: small-plan
version: 1
title: {zh: 小预案, en: Small plan}
source: {complete: true}
roles:
  head: {zh: 所长, en: Head, post: office_head, tier: township}
  chief: {zh: 局长, en: Chief, post: director, tier: county}
level_policy:
  default_level: low
  floors:
    - {when: {fact: life_risk, not_empty: true}, level: high, origin: proposal}
levels:
  - id: high
    rank: 1
    zh: 高
    en: High
    match: {any_of: [{fact: headcount, gte: 10, cite: §1}]}
    signatory: {role: chief}
  - id: low
    rank: 2
    zh: 低
    en: Low
    match: {any_of: [{fact: headcount, between: [1, 9], cite: §1}]}
    signatory: {role: head}
clocks:
  - {id: S-1, zh: 三分钟, en: Three minutes, start: warning.signed, stop: warning.lifted, duration: PT3M,
     role: head, cite: §2}
"""


@pytest.fixture(scope="session")
def city():
    """The document of the city plan as it ships."""
    return documents.check(CITY_FILE.read_bytes()).document


@pytest.fixture(scope="session")
def city_text():
    return CITY_FILE.read_text("utf-8")


@pytest.fixture
def small():
    """small() → the small plan's text; small(old, new) → with that one change."""

    def text(old="", new=""):
        assert SMALL.count(old) == 1 or not old
        return SMALL.replace(old, new) if old else SMALL

    return text
