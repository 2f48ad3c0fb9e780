"""A township with the unit plan in force: what is asked of it, written, handed in, received."""

from datetime import timedelta

import pytest
from django.conf import settings

from accounts.models import Unit
from accounts.scope import reach_of
from plans.lifecycle.actions import load_plan
from tests.written_reports.kit import MONTH, PLAN, QUARTER, TEXTS, WEEK, text_of
from tests.zero_reports.conftest import file, today
from written_reports.actions import confirm_receipt, hand_in, keep_draft
from written_reports.queries import get_slot

__all__ = ["file", "today"]


@pytest.fixture(autouse=True)
def _long_there(units):
    """The bureau is older than the periods that are asked for."""
    Unit.objects.update(valid_from=None)


@pytest.fixture
def plan(units, now):
    """The unit plan, for a month in force in the township T11."""
    return load_plan(text=text_of("unit-petition-reception.yaml"), actor=None, now=now - timedelta(days=40),
                     owner=units["T11"], put_in_force=True)  # fmt: skip


@pytest.fixture
def slot(cast, now, plan):
    """slot("town11.head", MONTH) → what is asked of T11 this month; weekly ones of V111."""

    def _slot(username="town11.head", clock=MONTH, code="", period="", at=now):
        code = code or ("V111" if clock == WEEK else "T11")
        period = period or {WEEK: "2026-W47", MONTH: "2026-11", QUARTER: "2026-Q4"}[clock]
        return get_slot(reach_of(cast[username], at), code, PLAN, clock, period, at)

    return _slot


@pytest.fixture
def write(cast, now, slot):
    """write("town11.head", MONTH, hand=True) → keeps or hands in what is written."""

    def _write(
        username="town11.head", clock=MONTH, *, hand=True, at=now, rev=None, texts=None, lines=(), **more
    ):
        found = slot(username, clock, at=at, **more)
        wanted = {part: text for part, text in TEXTS.items() if part in found.parts}
        act = hand_in if hand else keep_draft
        return act(
            reach=reach_of(cast[username], at), slot=found, rev=found.rev if rev is None else rev,
            texts=wanted if texts is None else texts, lines=list(lines), now=at,
        )  # fmt: skip

    return _write


@pytest.fixture
def confirm(cast, now, slot):
    def _confirm(username="county1.duty", clock=MONTH, version=1, at=now):
        reach = reach_of(cast[username], at)
        return confirm_receipt(reach=reach, slot=slot(username, clock, at=at), version=version, now=at)

    return _confirm


@pytest.fixture
def page(cast, client, wall_clock, plan):
    def _page(username, clock=MONTH, code="T11", period="2026-11", language="zh-hans", after="", **data):
        client.force_login(cast[username])
        client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
        address = f"/reports/written/{code}/{PLAN}/{clock}/{period}/{after}"
        return client.post(address, data) if data else client.get(address)

    return _page
