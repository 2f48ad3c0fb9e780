"""Who may be named as having reviewed a campaign's version."""

import json

import pytest
from django.conf import settings

from plans.lifecycle.actions import load_plan
from plans.versions.actions import file_draft

pytestmark = [pytest.mark.django_db, pytest.mark.control(14)]

LIBRARY = settings.BASE_DIR / "plans/library/county-joint-attendance.yaml"
NAMED = ["county1.leader", "county2.leader", "county9.nobody"]


@pytest.fixture
def filed(cast, units, now):
    """A campaign of the library, of county 1, that asks for a reviewer."""
    version = load_plan(text=LIBRARY.read_text(), actor=None, now=now, owner=units["C1"])
    return file_draft(version_id=version.pk, actor=cast["county1.director"], reason="会议决定", now=now)


def test_who_reviewed_is_one_of_the_bureau_or_nobody(filed, signed_in):
    """By the API and by the page: somebody of another county is answered like nobody."""
    browser, said = signed_in("county1.director"), {}
    body = {
        "reason": "施行",
        "credential": "no",
        "valid_from": "2026-12-01",
        "valid_to": "2027-03-01",
        "place": "城区",
    }
    plan, number = filed.plan.plan_id, filed.version
    for name in NAMED:
        told = browser.post(
            f"/api/v1/plans/{plan}/versions/{number}/put-in-force/",
            json.dumps({**body, "reviewed_by": name}), content_type="application/json",
            headers={"Idempotency-Key": name},
        )  # fmt: skip
        page = browser.post(f"/plans/{plan}/{number}/put-in-force/", {**body, "reviewed_by": name})
        wrong = page.context["form"].errors.get("reviewed_by", [])
        said[name] = (
            told.status_code, told.json()["code"], told.json()["detail"].replace(name, "…"),
            page.status_code, [one.replace(name, "…") for one in wrong],
        )  # fmt: skip

    near, far, nobody = (said[name] for name in NAMED)
    assert far == nobody
    assert (nobody[:2], len(nobody[-1])) == ((422, "unknown_account"), 1)
    assert (near[1], near[-1]) == ("credential_wrong", [])


def test_who_manages_no_plans_is_not_told_whom_there_is(filed, signed_in):
    browser = signed_in("county2.director")
    said = {
        browser.post(
            f"/api/v1/plans/{filed.plan.plan_id}/versions/{filed.version}/put-in-force/",
            json.dumps({"reason": "施行", "credential": "no", "reviewed_by": name}),
            content_type="application/json", headers={"Idempotency-Key": name},
        ).json()["detail"]
        for name in NAMED
    }  # fmt: skip

    assert len(said) == 1
