"""Whatever happens in whatever order, with answers lost and sockets broken: every screen is what a fresh page would be."""

import json
import random
import re

import pytest
from asgiref.sync import sync_to_async
from django.utils import timezone

from accounts.models import Unit, User
from accounts.scope import reach_of
from journal.models import Entry
from journal.queries import lines_after
from tests.early_warnings.conftest import PASSWORD
from tests.live.replay import forget_what_is_kept, parts_of, read_html
from tests.live.test_answers import tags, whole
from tests.live.test_live_parts import ask, django_answer, plan
from tests.live.walk import ACTS, Walk

__all__ = ["plan"]

pytestmark = [pytest.mark.asyncio, pytest.mark.django_db(transaction=True), pytest.mark.slow]

SCREENS = [
    ("county1.duty", "/duty/"), ("city.duty", "/duty/"), ("county2.duty", "/duty/"), ("county1.director", "/command/"),
    ("town11.head", "/incidents/"), ("county1.duty", "/time-limits/"), ("county1.squad.dialogue", "/squad/"),
]  # fmt: skip


def read_at_any_time(html):
    """An empty list says when it was read: for the screen that was when it last heard of a change."""
    return re.sub(r"\d\d:\d\d 更新", "更新", tags(html))


class Screen:
    """What static/js/live.js keeps of one page."""

    def __init__(self, username, path, session):
        self.username, self.path, self.session = username, path, session
        self.kinds: dict[str, tuple[str, ...]] = {}
        self.shown: dict[str, str] = {}
        self.tags: dict[str, str] = {}
        self.number = 0

    async def load(self):
        page = await sync_to_async(django_answer)(self.session, path=self.path)
        self.kinds = {
            part.attributes["data-part"]: tuple(part.attributes["data-kinds"].split())
            for part in parts_of(read_html(page))
        }
        self.tags = {}
        await self.ask(list(self.kinds))

    async def hear(self):
        """Take the entries since the last time and ask for what they touch."""
        lines = await sync_to_async(self._lines)()
        touched = [
            name for name, kinds in self.kinds.items() if any(line.kind.startswith(kinds) for line in lines)
        ]
        if touched:
            await self.ask(touched)

    def _lines(self):
        reader = reach_of(User.objects.get(username=self.username), timezone.now())
        lines = lines_after(self.number, reader=reader, limit=1000)
        self.number = max([self.number, *Entry.objects.numbered().values_list("number", flat=True)])
        return lines

    async def ask(self, names):
        has = ", ".join(self.tags[name] for name in names if name in self.tags)
        status, headers, body = await ask(
            self.session, *names, path=self.path, if_none_match=has or None, a_im="rows"
        )
        if status == 304:
            return
        alone = {"status": status, "tag": headers.get("etag"), "html": body}
        members = {names[0]: alone} if len(names) == 1 else json.loads(body)
        for name, told in members.items():
            if told["status"] == 200:
                self.shown[name] = told["html"]
            if told["status"] == 226:
                self.shown[name] = whole(told["html"], self.shown[name])
            self.tags[name] = told["tag"]


#: On both profiles the screens are told alike: PostgreSQL hears one of the orders.
SEEDS = [0, pytest.param(1, marks=pytest.mark.embedded_only)]


@pytest.mark.parametrize("seed", SEEDS)
async def test_every_screen_equals_a_fresh_page(live, plan, seed):
    odds = random.Random(seed)
    await sync_to_async(_give_passwords)()
    units = {unit.code: unit for unit in await sync_to_async(list)(Unit.objects.all())}
    walk = Walk(lambda name, now: reach_of(User.objects.get(username=name), now), units, timezone.now)
    screens = []
    for username, path in SCREENS:
        session = await live.sign_in(username)
        await live.open(username, session=session)
        screens.append(Screen(username, path, session))
        await screens[-1].load()

    for act in ACTS:
        await sync_to_async(act)(walk)
        await live.hub.settled_number()
        if odds.random() < 0.2:
            forget_what_is_kept()
        # Some hear at once, others a few acts later; some come back after a break and load anew.
        for screen in odds.sample(screens, odds.randint(1, len(screens))):
            if odds.random() < 0.15:
                await screen.load()
            else:
                await screen.hear()

    for screen in screens:
        await screen.hear()
        for name in screen.kinds:
            fresh = await sync_to_async(django_answer)(screen.session, name, path=screen.path)
            assert read_at_any_time(screen.shown[name]) == read_at_any_time(fresh), (
                screen.username, screen.path, name
            )  # fmt: skip


def _give_passwords():
    user = User.objects.first()
    user.set_password(PASSWORD)
    User.objects.update(password=user.password)
