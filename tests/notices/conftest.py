import pytest
from django.db import transaction

from notices import actions
from notices.models import Notice
from notices.occasions import Occasion
from notices.recipients import Recipient
from notices.relevance import validity
from notices.sending.message_templates import Message


@pytest.fixture(autouse=True)
def nothing_ends(monkeypatch):
    """The engine alone: what these tests tell people about are no rows of a room above, and they last.

    That what ends ends everything is tested with the real rooms, in tests/ending.
    """
    names = [*validity.purposes(), "x", "warning"]
    monkeypatch.setattr(validity, "CHECKS", dict.fromkeys(names, validity.always))


@pytest.fixture
def tell(cast, units, now):
    """tell("county1.duty", channels=["sms"]) → the rows queued for these people."""

    def queue(*usernames, channels=("sms",), at=now, **more):
        fields = {
            "purpose": "warning.signed",
            "subject": "warning:7",
            "thread": "incident:5",
            "unit": units["C1"],
            "text_zh": "橙色预警",
            "text_en": "Orange warning",
            **more,
        }
        people = [Recipient(cast[name], f"post of {name}") for name in usernames]
        with transaction.atomic():
            occasion = Occasion(**{name: fields.pop(name) for name in Occasion._fields if name in fields})
            words = Message(**{name: fields.pop(name) for name in Message._fields if name in fields})
            actions.queue_notices(occasion, words, recipients=people, channels=channels, now=at, **fields)
        return list(Notice.objects.filter(subject=occasion.subject).order_by("id"))

    return queue
