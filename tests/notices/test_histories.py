"""Random histories: nobody is lost, nobody is told twice, nobody off duty is called.

`NOTICE_WORLDS=20` plays 2,000 of them; without it as many as a quarter of a minute has room for.
"""

import os
import random
import uuid
from datetime import timedelta

import pytest
from django.conf import settings as django_settings

from accounts.models import Appointment, Post
from accounts.posts.duty import still_answering
from notices.models import Callout, EscalationStep, Notice
from notices.sending import outbox
from notices.sending.dispatcher import Senders
from notices.silence import escalation
from rosters.models import Shift
from tests.notices import histories

pytestmark = [pytest.mark.slow, pytest.mark.django_db]

#: Worlds × warnings in each. The stories are the same on both profiles: PostgreSQL hears one of them again.
WORLDS, EACH = int(os.environ.get("NOTICE_WORLDS", "2" if django_settings.EMBEDDED else "1")), 100


class AtOnce(Senders):
    """Sends in the turn's own thread: the order of things follows from the seed."""

    def begin(self, parcels, now):
        super().collect(now)
        # The story's clock, not the machine's: on a busy one the histories would be others each time.
        self._parcels, self._at = parcels, now

    def answers(self):
        for parcel in self._parcels:
            yield parcel, self.company.send(parcel, 1.0), self._at


@pytest.fixture
def world(cast, units, now, settings, monkeypatch):
    settings.NOTICE_GATEWAY_URL = "http://gateway.invalid"
    settings.NOTICE_LEASE_SECONDS = 10

    # Her stand-in holds the post as well: where a roster names nobody who does, everybody who holds it is meant,
    # and the officer whose shift is over would rightly go on being called.
    desk = Post.objects.get(unit__code="C1", kind="duty_officer")
    Appointment.objects.create(person=cast["county1.deputy"], post=desk, valid_from=now)

    def make(seed):
        _keys_from(random.Random(seed + 2), monkeypatch)
        people = {person.pk: person for person in cast.values()}
        held = list(
            Appointment.objects.filter(post__unit__code__in=["C0", "C1"], post__kind__in=_KINDS)
            .select_related("person", "post")
            .order_by("pk")
        )
        made = histories.World(seed, people, held, units, now, EACH)
        senders = AtOnce()
        senders.company = made.company
        monkeypatch.setattr(outbox, "_senders", {outbox.EVERYTHING: senders})
        for module in (outbox, escalation):
            monkeypatch.setattr(module, "crash_point", histories.die_at(random.Random(seed + 1), 0.02))
        return made

    return make


def _keys_from(chance, monkeypatch):
    """The key of a message spreads when it is tried again: from the system's chance, no history could be played twice."""

    def drawn():
        return uuid.UUID(int=chance.getrandbits(128), version=4)

    monkeypatch.setattr(uuid, "uuid4", drawn)
    monkeypatch.setattr(Notice._meta.get_field("key"), "_get_default", drawn)


_KINDS = [
    "director",
    "deputy_director",
    "duty_leader",
    "duty_officer",
    "petition_director",
    "first_responder",
]


@pytest.mark.parametrize("seed", range(WORLDS))
def test_whatever_happens_everybody_is_reached_or_somebody_knows(world, cast, now, seed, monkeypatch):
    story = world(seed)
    # Two wrong numbers, one leaver, and one who is on the roster only from some moment on.
    story.company.wrong = {cast["county1.responder"].pk, cast["county1.petition"].pk}
    desk = Post.objects.get(unit__code="C1", kind="duty_officer")
    for hours in range(2):
        Shift.objects.create(
            post=desk,
            person=cast["county1.duty" if hours == 0 else "county1.deputy"],
            starts_at=now + timedelta(seconds=150 * hours),
            ends_at=now + timedelta(seconds=150) if hours == 0 else now + timedelta(hours=9),
            in_force=True,
        )
    story.begin()
    story.run(100)
    cast["city.leader"].is_active = False
    cast["city.leader"].save()
    story.run(150)
    shift_over = len(story.company.called)
    story.run(300)
    for module in (outbox, escalation):
        monkeypatch.setattr(module, "crash_point", lambda name: None)
    before = len(story.company.called)
    story.settle()

    assert histories.lost(story) == []
    assert histories.told_twice(story.company) == {}
    assert histories.unfinished() == 0
    assert not EscalationStep.objects.filter(done_at__isnull=True).exists()
    assert Callout.objects.filter(stands_in_for__isnull=False).exists()
    # By the roster her stand-in answers for the desk. After her shift, and after he left, their phones stayed silent.
    both = {(cast[name].pk, desk.pk) for name in ("county1.duty", "county1.deputy")}
    assert still_answering(both, story.now) == {(cast["county1.deputy"].pk, desk.pk)}
    late = {person for person, _post in story.company.called[before:]}
    assert cast["city.leader"].pk not in late
    assert (cast["county1.duty"].pk, desk.pk) not in story.company.called[shift_over:]
    assert story.deaths > 0
