"""Fill an empty database with the demo bureau, by playing the real actions."""

from datetime import datetime, time, timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction

from accounts.choices import HeldAs, PostKind
from accounts.imports import passwords_file
from accounts.models import Appointment, Post, Unit, User
from accounts.people.actions import set_skills
from accounts.posts.actions import appoint_person
from accounts.scope import reach_of
from accounts.sign_in.passwords import quick_hash, random_password
from common.dates.local_time import LOCAL, day_of
from common.dates.periods import DAILY, period_of
from demo import answering, bureau, drills, hotline, linkage, past, plans, resources, upward, written
from demo.duty import seed_duty
from zero_reports.filing.actions import file_report
from zero_reports.filing.choices import Answer


def seed(*, now: datetime) -> Path:
    """Build the bureau, put the city plan in force and the others beside it, give everybody a random password. Returns the list's path.

    The list is the only place where the passwords stand; it is written before the commit, so that no
    account exists whose password nobody knows.
    """
    with transaction.atomic():
        begun = past.begin_of(now)
        people = bureau.build(now=begun)
        plans.seed_city(begun)
        plans.seed_beside(people, begun)
        past.seed(people, now)
        # Before the shifts begin: what is wanting passes over with their handovers.
        resources.seed(people, now)
        _stand_ins(people, now)
        _skills(people, now)
        answering.seat_receiving_leaders(people, now)
        seed_duty(people, now)
        _some_have_reported(people, now)
        upward.seed(people, now)
        written.seed(people, now)
        hotline.seed(people, now)
        linkage.seed(people, now)
        answering.seed(people, now)
        drills.seed(people, now)
        return _passwords(people, now)


def _stand_ins(people: dict[str, User], now: datetime) -> None:
    """Standing deputies (AB角), and one delegation that ends."""
    for username, unit, kind in (
        ("city.leader", "C0", PostKind.DEPUTY_DIRECTOR),
        ("county1.deputy", "C1", PostKind.DIRECTOR),
        ("county2.deputy", "C2", PostKind.DIRECTOR),
        ("town11.clerk", "T11", PostKind.OFFICE_HEAD),
    ):
        post = Post.objects.get(unit__code=unit, kind=kind)
        appoint_person(person=people[username], post=post, held_as=HeldAs.DEPUTY, actor=None, now=now)
    post = Post.objects.get(unit__code="T12", kind=PostKind.OFFICE_HEAD)
    appoint_person(
        person=people["town11.head"],
        post=post,
        held_as=HeldAs.DELEGATE,
        reason="参加培训",
        actor=people["town12.head"],
        now=now,
        valid_to=now + timedelta(days=3),
    )


def _skills(people: dict[str, User], now: datetime) -> None:
    """The dialogue squads have a mediator and a lawyer; what they lack stands on every response."""
    for county in (1, 2, 3):
        person = people.get(f"county{county}.squad.dialogue")
        if person:
            set_skills(person=person, skills=["gold_mediator", "lawyer"], actor=None, now=now)


def _some_have_reported(people: dict[str, User], now: datetime) -> None:
    """Most villages have filed today's zero-report, in time; the list of the missing shows the others."""
    today = period_of(DAILY, day_of(now))
    at = min(now, datetime.combine(today.day, time(16), LOCAL))
    for number, unit in enumerate(Unit.objects.filter(tier="village").order_by("path")):
        if number % 4:
            informant = people[f"village{unit.code.removeprefix('V')}.informant"]
            file_report(reach=reach_of(informant, at), unit=unit, period=today, answer=Answer.NIL, now=at)


def _passwords(people: dict[str, User], now: datetime) -> Path:
    """Random ones, hashed at low cost because they cannot be guessed: the first start stays quick."""
    chosen = {username: random_password() for username in people}
    for username, person in people.items():
        person.password, person.password_changed_at = quick_hash(chosen[username]), now
    User.objects.bulk_update(people.values(), ["password", "password_changed_at"], batch_size=200)

    posts = Appointment.objects.filter(held_as=HeldAs.HOLDER).select_related("post__unit", "person")
    file = Path(settings.DATA_DIR) / "demo-accounts.csv"
    passwords_file.write(
        file,
        ("username", "password", "post", "unit"),
        (
            (held.person.username, chosen[held.person.username], held.post.title, held.post.unit.name)
            for held in posts.order_by("post__unit__path", "post_id")
        ),
    )
    return file
