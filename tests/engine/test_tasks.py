from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone

from common.models import GivenAnswer
from engine import tasks
from engine.models import Heartbeat
from notices.models import GatewayEvent


def test_what_is_past_its_time_goes_and_the_rest_stays(cast, monkeypatch):
    now, person = timezone.now(), cast["county1.duty"]
    monkeypatch.setattr(tasks, "BATCH", 2)
    for days in (0, 29, 31, 40, 50):
        at = now - timedelta(days=days)
        GivenAnswer.objects.create(actor=person, key=f"k{days}", fingerprint="x", at=at)
        GatewayEvent.objects.create(provider_id=f"p{days}", event="heard", at=at, received_at=at)
    Session.objects.create(session_key="old", session_data="", expire_date=now - timedelta(seconds=1))
    Session.objects.create(session_key="new", session_data="", expire_date=now + timedelta(hours=1))

    tasks.tidy()

    assert set(GivenAnswer.objects.values_list("key", flat=True)) == {"k0", "k29"}
    assert GatewayEvent.objects.count() == 5
    assert list(Session.objects.values_list("session_key", flat=True)) == ["new"]


@pytest.mark.usefixtures("transactional_db")
def test_a_poke_is_a_whole_turn():
    tasks.poke_engine()

    assert Heartbeat.objects.filter(name="clocks").exists()
