"""What is asked of a plan beyond loading: somebody can sign when it comes into force, and it stays within the law."""

import pytest

from common.errors import Invalid
from plans.document.statute import SHIPPED
from plans.lifecycle.actions import load_plan
from plans.lifecycle.models import PlanVersion
from plans.lifecycle.queries import overtaken_by_statute, plan_list
from tests.early_warnings.conftest import passwords

__all__ = ["passwords"]

NOBODY = "{zh: 局长, en: Chief, post: expert, tier: village}"
CHIEF = "{zh: 局长, en: Chief, post: director, tier: county}"


def test_a_level_nobody_could_sign_keeps_a_plan_from_coming_into_force(cast, small, now):
    with pytest.raises(Invalid) as refused:
        load_plan(text=small(CHIEF, NOBODY), actor=None, now=now, put_in_force=True)

    assert refused.value.code == "nobody_can_sign"
    assert not PlanVersion.objects.filter(plan__plan_id="small-plan").exists()


def test_the_form_says_so_before_the_one_time_code_is_used_and_keeps_the_reason(
    cast, small, now, signed_in, passwords
):
    from plans.versions.actions import file_draft

    version = load_plan(text=small(CHIEF, NOBODY), actor=None, now=now)
    file_draft(version_id=version.pk, actor=cast["city.sysadmin"], reason="备案", now=now)

    page = signed_in("city.sysadmin").post(
        "/plans/small-plan/1/put-in-force/", {"reason": "自下月起施行", "credential": "wrong"}
    )

    text = page.content.decode()
    assert page.status_code == 422
    assert "自下月起施行" in text
    assert "high" in text
    assert "不正确" not in text
    version.refresh_from_db()
    assert version.state == "filed"


def test_in_a_bureau_without_posts_yet_a_plan_comes_into_force(db, small, now):
    assert load_plan(text=small(CHIEF, NOBODY), actor=None, now=now, put_in_force=True).state == "in_force"


# --- a newer statute ---------------------------------------------------------------------------------------

CLOCK = "id: S-1, zh: 三分钟, en: Three minutes, start: warning.signed, stop: warning.lifted, duration: PT3M"
OF_LAW = (
    "id: S-1, zh: 办理, en: Handled, start: petition.accepted, stop: handling_opinion.issued, duration: P60D"
)


@pytest.fixture
def stricter(now):
    """A newer version of the statute, in force: thirty days instead of sixty."""

    def load():
        text = SHIPPED.read_text("utf-8").replace("version: 1\n", "version: 2\n", 1)
        assert text.count("duration: P60D") == 1
        return load_plan(
            text=text.replace("duration: P60D", "duration: P30D"), actor=None, now=now, put_in_force=True
        )

    return load


def test_a_newer_statute_shows_the_plans_in_force_that_are_longer(cast, small, stricter, now):
    version = load_plan(text=small(CLOCK, OF_LAW), actor=None, now=now, put_in_force=True)
    assert overtaken_by_statute(plan_list(), now) == {}

    stricter()

    (finding,) = overtaken_by_statute(plan_list(), now)[version.pk]
    assert (finding.values["given"], finding.values["most"], finding.values["law"]) == (
        "P60D",
        "P30D",
        "LP-34",
    )


@pytest.mark.parametrize(
    ("language", "words"), [("zh-hans", "长于现行法定时限"), ("en", "is longer than a statute")]
)
def test_the_pages_of_plans_say_it(cast, small, stricter, signed_in, now, language, words):
    load_plan(text=small(CLOCK, OF_LAW), actor=None, now=now, put_in_force=True)
    browser = signed_in("city.duty")
    browser.cookies["language"] = language
    for page in ("/plans/", "/plans/small-plan/"):
        assert words not in browser.get(page).content.decode()

    stricter()

    for page in ("/plans/", "/plans/small-plan/"):
        text = browser.get(page).content.decode()
        assert words in text
        assert "LP-34" in text


def test_a_draft_and_a_superseded_version_are_left_alone(cast, small, stricter, now):
    load_plan(text=small(CLOCK, OF_LAW), actor=None, now=now)

    stricter()

    assert overtaken_by_statute(plan_list(), now) == {}


# --- trying over the API -----------------------------------------------------------------------------------


def evaluate(browser, **given):
    return browser.post("/api/v1/plans/small-plan/evaluate/", {"facts": {"headcount": 7}, "unit": "C1", **given},
                        content_type="application/json")  # fmt: skip


def test_evaluate_takes_a_version_and_a_moment(cast, small, signed_in, now):
    load_plan(text=small(), actor=None, now=now, put_in_force=True)
    draft = (
        small("gte: 10", "gte: 5")
        .replace("between: [1, 9]", "between: [1, 4]")
        .replace("version: 1", "version: 2")
    )
    load_plan(text=draft, actor=None, now=now)
    browser = signed_in("county1.duty")

    assert evaluate(browser).json()["level"] == "low"
    answer = evaluate(browser, version=2, at="2026-12-01T08:00:00+08:00").json()
    assert (answer["level"], answer["plan"]["version"]) == ("high", 2)
    assert answer["signatory"]["holder"] == str(cast["county1.director"])
    assert answer["at"].startswith("2026-12-01T08:00")
    before = evaluate(browser, at="2020-01-01T08:00:00+08:00").json()
    assert before["signatory"] is None


@pytest.mark.parametrize(
    ("given", "status"),
    [({"version": 99}, 404), ({"version": 0}, 422), ({"version": "x"}, 422), ({"at": "x"}, 422)],
)
def test_hostile_questions_to_evaluate(cast, small, signed_in, now, given, status):
    load_plan(text=small(), actor=None, now=now, put_in_force=True)

    assert evaluate(signed_in("county1.duty"), **given).status_code == status
