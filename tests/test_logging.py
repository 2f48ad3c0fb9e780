"""The log holds what somebody must look at: on a trial machine the address stays on the screen."""

import logging

import pytest
from django.test import Client


@pytest.mark.parametrize("path", ["/nope/", "/api/v1/nope/", "/rosters/"])
def test_a_refusal_leaves_no_line(db, caplog, path):
    Client().get(path)

    assert caplog.records == []


def test_a_crash_leaves_one(db, caplog, monkeypatch):
    monkeypatch.setattr("django.core.handlers.base.BaseHandler.resolve_request", lambda *_: 1 / 0)

    answer = Client(raise_request_exception=False).get("/account/login/")

    assert answer.status_code == 500
    assert {record.levelname for record in caplog.records} == {"ERROR"}
    assert "ZeroDivisionError" in caplog.text


@pytest.mark.parametrize("name", ["celery.app.trace", "celery.worker.strategy", "celery.beat"])
def test_a_job_that_went_well_leaves_no_line(name):
    assert not logging.getLogger(name).isEnabledFor(logging.INFO)
    assert logging.getLogger(name).isEnabledFor(logging.WARNING)
