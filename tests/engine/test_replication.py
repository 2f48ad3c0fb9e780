"""What PostgreSQL says of its archive and its standby reaches whoever runs it. Real servers that fail: tests/faults."""

import pytest
from django.urls import reverse
from django.utils import timezone

from engine.background import auditor
from engine.background.run import run_all
from engine.choices import can_wait
from engine.monitoring import pages, probes
from engine.monitoring.replication import Replication, replication

ALONE = Replication("", is_alone=True)


def test_a_server_without_archive_and_standby_has_nothing_to_say(db):
    assert replication() == Replication("", is_alone=False)


def test_where_nothing_is_confirmed_it_is_not_ready(transactional_db, settings, client, monkeypatch):
    settings.REDIS_URL = ""
    run_all(timezone.now())
    assert client.get(reverse("readyz")).status_code == 200
    monkeypatch.setattr(probes, "replication", lambda: ALONE)

    answer = client.get(reverse("readyz"))

    assert answer.status_code == 503
    assert [name for name, part in answer.json().items() if name != "ready" and not part["ok"]] == [
        "database"
    ]


@pytest.mark.parametrize(
    ("language", "words"), [("zh-hans", "另一台数据库"), ("en", "second database server")]
)
def test_the_page_says_that_nothing_is_confirmed_and_what_to_do(
    plan, signed_in, monkeypatch, language, words
):
    browser = signed_in("city.sysadmin", language)
    assert words not in browser.get(reverse("system")).content.decode()
    monkeypatch.setattr(pages, "replication", lambda: ALONE)

    assert words in browser.get(reverse("system")).content.decode()


def test_changes_that_are_not_archived_are_a_fault_that_can_wait(db, now, monkeypatch):
    failing = Replication("000000010000000000000007", is_alone=False)
    monkeypatch.setattr(auditor, "replication", lambda: failing)

    found = {fault.code: fault.detail for fault in auditor.find_faults(now, {})}

    assert found == {"changes_not_archived": "000000010000000000000007"}
    assert can_wait("changes_not_archived")
