"""The promise, measured: percentiles of each stage, the slowest one named, drills and neighbours apart."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from dashboards.promise import rules
from dashboards.promise.queries import chains
from dashboards.promise.rules import Chain
from notices import actions
from notices.models import Notice
from tests.early_warnings.conftest import incident, passwords, proposed, signed, statement  # noqa: F401


def chain(now, *seconds, number="W-1"):
    """Moments so many seconds after the entry; None = never."""
    return Chain(number, now, *(None if s is None else now + timedelta(seconds=s) for s in seconds))


@pytest.mark.parametrize(("share", "value"), [(0.5, 2.0), (0.95, 4.0), (0.25, 1.0), (0.0, 1.0), (1.0, 4.0)])
def test_percentiles_are_values_that_occurred(share, value):
    assert rules.percentile([1.0, 2.0, 3.0, 4.0], share) == value


def test_each_stage_and_the_whole_way(now):
    promise = rules.measured([chain(now, 60, 160, 160, 200), chain(now, 30, 40, 40, None, number="W-2")])

    by_stage = {figures.stage: (figures.measured, figures.p50, figures.worst) for figures in promise.stages}
    assert by_stage == {
        "proposal": (2, 30.0, 60.0),
        "signature": (2, 10.0, 100.0),
        "push": (2, 0.0, 0.0),
        "ear": (1, 40.0, 40.0),
    }
    assert (promise.whole.measured, promise.whole.worst, promise.whole.worst_number) == (1, 200.0, "W-1")
    assert (promise.slowest, promise.unheard) == ("ear", ["W-2"])


def test_nothing_measured_is_not_zero():
    promise = rules.measured([])

    assert promise.whole.p50 is None
    assert promise.slowest == ""
    assert {bar.worst for bar in rules.bars(promise)} == {0.0}


def test_bars_stay_within_the_picture(now):
    bars = rules.bars(rules.measured([chain(now, 1, 90000, 90000, 90010)]))

    assert max(bar.worst for bar in bars) == rules.WIDTH
    assert all(bar.p50 <= bar.p95 <= bar.worst for bar in bars)


@pytest.mark.django_db
def test_the_first_ear_counts_and_only_once(signed, cast, reach, now):  # noqa: F811
    warning = signed("red")
    for username, seconds in (("county1.duty", 90), ("county1.leader", 30)):
        notice = Notice.objects.get(
            recipient=cast[username], subject=warning.key, purpose="warning.signed", channel="app"
        )
        actions.acknowledge_notice(
            notice_id=notice.pk, actor=cast[username], now=now + timedelta(seconds=seconds)
        )

    (found,) = chains(reach("county1.duty"), now, now + timedelta(hours=1), drill=False)

    assert (found.number, found.ear_at) == (warning.number, now + timedelta(seconds=30))
    assert chains(reach("county2.duty"), now, now + timedelta(hours=1), drill=False) == []
    assert chains(reach("county1.duty"), now, now + timedelta(hours=1), drill=True) == []


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_page_has_table_and_picture(signed, signed_in, now, monkeypatch, language):  # noqa: F811
    warning = signed("red")
    monkeypatch.setattr(
        "dashboards.promise.rules.last_days",
        lambda _now, days: (now - timedelta(days=days), now + timedelta(days=1)),
    )
    browser = signed_in("city.director")
    browser.cookies["language"] = language
    text = browser.get(reverse("promise"), {"days": "7"}).content.decode()

    assert ("预警时效" if language == "zh-hans" else "The promise, measured") in text
    assert warning.number in text
    assert "<svg" in text
    assert browser.get(reverse("promise"), {"days": "'"}).status_code == 200


@pytest.mark.django_db
def test_the_page_belongs_to_who_commands(signed_in):
    assert signed_in("village111.informant").get(reverse("promise")).status_code == 403


@pytest.mark.django_db
def test_three_queries_for_any_number(signed, reach, now):  # noqa: F811
    signed("red")
    span = (now, now + timedelta(hours=1))
    with CaptureQueriesContext(connection) as one:
        chains(reach("county1.duty"), *span, drill=False)
    signed("yellow")
    signed("orange")
    with CaptureQueriesContext(connection) as three:
        chains(reach("county1.duty"), *span, drill=False)

    assert len(one) == len(three)
