"""A city and its province, each an installation of its own: one is killed while documents wait, answers late and twice.
Afterwards each document is there exactly once, and both receipts are complete."""

import json
from contextlib import ExitStack, contextmanager

import pytest

from tests.processes import Beat, Worker, eventually, free_port, python

pytestmark = [pytest.mark.fault, pytest.mark.slow]

PREPARE = """
import json
from django.conf import settings
from django.utils import timezone
from accounts.models import Unit, User
from accounts.scope import reach_of
from exchange import documents, partners, queries
now = timezone.now()
reach = reach_of(User.objects.get(username="city.sysadmin"), now)
own = partners.make_key(reach=reach, unit=Unit.objects.get(code="C0"), now=now)
text = documents.text_to_hand_over(
    uid=queries.own_uid(), name={name!r}, address=settings.SITE_URL, publics=[own.public])
print(json.dumps([text, own.fingerprint]))
"""
PAIR = """
from django.utils import timezone
from accounts.models import Unit, User
from accounts.scope import reach_of
from exchange import documents, partners
now = timezone.now()
by = lambda name: reach_of(User.objects.get(username=name), now)
partner = partners.propose_partner(reach=by("city.sysadmin"), said=documents.read_handed_over({text!r}),
    direction={direction!r}, unit=Unit.objects.get(code="C0"), also_called="", now=now)
partners.confirm_partner(reach=by("city.secadmin"), partner_id=partner.pk, typed={fingerprint!r}, now=now)
"""
#: Three reports handed over, as the act of sending one does.
REPORTS = """
from django.db import transaction
from django.utils import timezone
from accounts.models import Unit, User
from exchange.models import Partner
from exchange.outgoing import hand_over
now = timezone.now()
with transaction.atomic():
    for n in (1, 2, 3):
        hand_over(partner=Partner.objects.get(), kind="upward_report", unit=Unit.objects.get(code="C0"), number=f"A-R{n}",
            title="初报", by=User.objects.get(username="city.duty"), now=now, subject=f"upward_delivery:{n}",
            texts=[("经过", "八人")])
"""
ORDER = """
from django.utils import timezone
from accounts.models import User
from accounts.scope import reach_of
from exchange.models import Partner
from exchange.outgoing import send_order
now = timezone.now()
send_order(reach=reach_of(User.objects.get(username="city.duty"), now), partner_id=Partner.objects.get().pk,
    title="派员到场", text="派员到场并续报。", due_at=None, now=now)
"""
ACKNOWLEDGE = """
from django.utils import timezone
from accounts.models import User
from accounts.scope import reach_of
from exchange import inbox, queries
now = timezone.now()
reach = reach_of(User.objects.get(username="city.duty"), now)
for document in queries.received(reach).filter(state="new"):
    inbox.acknowledge(reach=reach, number=document.number, note="", now=now)
"""
NO_NOTES = "kind <> 'acknowledgement' ORDER BY id"


class Side:
    """One installation. Its port is its own from the beginning: the other one has its address."""

    def __init__(self, installation, name):
        port = str(free_port())
        self.made, self.env = installation, installation.env
        self.env |= {
            "PORT": port,
            "SITE_URL": f"http://127.0.0.1:{port}",
            "EXCHANGE_TARGETS": "http://127.0.0.1:1",
        }
        self.text, self.fingerprint = json.loads(
            python(PREPARE.format(name=name), env=self.env).splitlines()[-1]
        )

    def pair_with(self, other, direction, then=""):
        self.env["EXCHANGE_TARGETS"] = other.env["SITE_URL"]
        words = {"text": other.text, "fingerprint": other.fingerprint, "direction": direction}
        python(PAIR.format(**words) + then, env=self.env)

    def came(self) -> list[str]:
        return [
            row[0] for row in self.made.rows(f"SELECT their_number FROM exchange_incoming WHERE {NO_NOTES}")
        ]

    def went(self) -> list[tuple]:
        return self.made.rows(f"SELECT state, acknowledged_by <> '' FROM exchange_outgoing WHERE {NO_NOTES}")

    def is_settled(self) -> bool:
        """Everything that was sent is received, acknowledgements too, and every paper is acknowledged."""
        states = {row[0] for row in self.made.rows("SELECT state FROM exchange_outgoing")}
        return states == {"received"} and all(row[1] for row in self.went())

    def let_go_on(self):
        """As if the time had passed for which a partner rests, and the lease of a sender that died."""
        self.made.rows("UPDATE exchange_partner SET rests_until = NULL, held_until = NULL, holder = ''")

    def worker(self, name, crash_at=""):
        return Worker(env=self.made._armed(crash_at, {}), name=name)


@contextmanager
def two_sides(bureau, folder):
    with bureau.installation(folder / "city") as one, bureau.installation(folder / "province") as two:
        if not two.is_embedded:
            # A broker of its own, on the same Redis.
            two.env["REDIS_URL"] = two.env["REDIS_URL"].removesuffix("/0") + "/1"
        city, province = Side(one, "示例市司法局"), Side(two, "示例省司法厅")
        city.pair_with(province, "superior", then=REPORTS)
        province.pair_with(city, "subordinate")
        yield city, province
        for made in (one, two):
            made.check_journal()


@pytest.fixture
def sides(embedded_bureau, tmp_path):
    with two_sides(embedded_bureau, tmp_path) as both:
        yield both


@pytest.mark.embedded_only
@pytest.mark.timeout(900)
def test_each_document_is_there_once_whoever_is_killed_and_both_receipts_come_back(sides):
    city, province = sides

    # The province is away, and the city dies after its first try: what it wrote waits.
    with city.made.web(crash_at="exchange.before_mark") as dying:
        assert dying.wait() == -9
    assert city.went() == [("queued", 0)] * 3

    # The province is back, and dies with the first document stored and not committed.
    city.let_go_on()
    with province.made.web(crash_at="exchange.before_commit") as dying, city.made.web():
        assert dying.wait() == -9
    assert province.came() == []

    # It is back for good; now the city dies between the receipt and its mark, and sends the same again.
    with province.made.web():
        city.let_go_on()
        with city.made.web(crash_at="exchange.before_mark") as dying:
            assert dying.wait() == -9
        assert (province.came(), city.went()) == (["A-R1"], [("queued", 0)] * 3)
        city.let_go_on()
        with city.made.web():
            eventually(
                lambda: {row[0] for row in city.went()} == {"received"}, seconds=90, what="all is received"
            )

            # Downwards, while the first ones are acknowledged there; then the order is acknowledged here.
            python(ORDER + ACKNOWLEDGE, env=province.env)
            eventually(lambda: city.is_settled() and city.came(), seconds=90, what="reports are acknowledged")
            python(ACKNOWLEDGE, env=city.env)
            eventually(lambda: city.is_settled() and province.is_settled(), seconds=90, what="nothing waits")

    assert province.came() == ["A-R1", "A-R2", "A-R3"]
    assert len(city.came()) == 1


@pytest.mark.production
@pytest.mark.timeout(900)
def test_in_production_a_worker_that_dies_before_its_mark_sends_the_same_again(production_bureau, tmp_path):
    """PostgreSQL, Redis, a worker and beat on each side; both receipts come back."""
    with two_sides(production_bureau, tmp_path) as (city, province), ExitStack() as stack:
        dying = stack.enter_context(city.worker("worker-1", "exchange.before_mark"))
        stack.enter_context(Beat(env=city.env))
        stack.enter_context(province.made.web())
        eventually(lambda: "SIGKILL" in dying.tail(200), seconds=60, what="its process was killed")
        dying.kill()
        assert (province.came(), city.went()) == (["A-R1"], [("queued", 0)] * 3)

        city.let_go_on()
        stack.enter_context(city.worker("worker-2"))
        stack.enter_context(city.made.web())
        stack.enter_context(province.worker("worker"))
        stack.enter_context(Beat(env=province.env))
        eventually(
            lambda: {row[0] for row in city.went()} == {"received"}, seconds=60, what="all is received"
        )
        python(ORDER + ACKNOWLEDGE, env=province.env)
        eventually(lambda: city.is_settled() and city.came(), seconds=60, what="reports are acknowledged")
        python(ACKNOWLEDGE, env=city.env)
        eventually(lambda: province.is_settled(), seconds=60, what="the order is acknowledged")

        assert province.came() == ["A-R1", "A-R2", "A-R3"]
        assert len(city.came()) == 1
        # What stands in a table of its own was not kept a second time; the order was.
        gone = "SELECT kind, body = '' FROM exchange_outgoing"
        assert set(city.made.rows(gone)) == {("upward_report", True), ("acknowledgement", True)}
        assert set(province.made.rows(gone)) == {("linkage_order", False), ("acknowledgement", True)}
