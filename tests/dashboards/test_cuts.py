"""Whatever a board leaves out is counted and one click away."""

import re
from datetime import timedelta

import pytest

from accounts.choices import HeldAs, PostKind
from accounts.models import Post
from accounts.posts.actions import appoint_person
from accounts.verbs import VERBS
from clocks.models import Clock
from dashboards.boards.boards import BOARDS, start_of
from dashboards.boards.figures import glance_of

pytestmark = pytest.mark.usefixtures("plan")


def rest_in(html):
    found = re.search(r'href="([^"]*)"[^>]*data-rest="(\d+)"', html)
    return found and (found[1], int(found[2]))


def test_time_limits_beyond_twenty(alarm, signed_in, now):
    incident = alarm(headcount=2)
    Clock.objects.bulk_create(
        Clock(
            plan="p@1", clock_id=f"C{n}", title_zh="时限", duration="PT30M", subject=incident.key,
            thread=incident.key, unit=incident.unit, unit_path=incident.unit_path,
            started_at=now - timedelta(days=9), due_at=now - timedelta(days=8),
        )
        for n in range(70)
    )  # fmt: skip
    browser = signed_in("county1.duty")
    html = browser.get("/duty/", {"part": "clocks"}).content.decode()

    address, rest = rest_in(html)
    pages = [browser.get(address, {"page": page}).content.decode() for page in (1, 2)]

    shown = html.count('data-key="clock:')
    assert shown == 20
    total = int(re.search(r'class="count">(\d+)<', html)[1])
    assert (total >= 70, rest) == (True, total - 20)
    assert sum(page.count('data-key="clock:') for page in pages) == total


def test_orders_beyond_fifty(alarm, signed_in, many_orders):
    many_orders(53)
    browser = signed_in("county1.duty")
    html = browser.get("/duty/", {"part": "orders"}).content.decode()

    address, rest = rest_in(html)
    pages = [browser.get(address, {"page": page}).content.decode() for page in (1, 2)]

    assert 'class="count">53<' in html
    assert (address, rest) == ("/orders/", 3)
    assert [page.count('data-key="order:') for page in pages] == [50, 3]


def test_old_incidents_are_counted_to_a_limit_and_the_list_says_so(alarm, signed_in, monkeypatch):
    from incidents.lists.listing import Pages

    monkeypatch.setattr(Pages, "MOST", 30)
    for _ in range(32):
        alarm(headcount=2)
    browser = signed_in("county1.duty")

    everything = browser.get("/incidents/", {"show": "all"}).content.decode()
    still_open = browser.get("/incidents/", {"show": "open"}).content.decode()

    assert "超过 30 件" in everything
    assert "超过 30 件" not in still_open
    assert ">32<" in still_open


@pytest.mark.parametrize("username", ["town11.clerk", "county1.duty", "county1.director", "county1.squad.dialogue", "village111.informant"])  # fmt: skip
def test_on_a_telephone_the_alarm_is_in_the_middle_of_the_bar(signed_in, username):
    html = signed_in(username).get("/", follow=True).content.decode()

    bar = html[html.index('class="bottom') :].partition("</nav>")[0]
    links = re.findall(r"<a\s+href=\"([^\"]*)\"", bar)
    assert links[len(links) // 2] == "/alarm/" or links[(len(links) - 1) // 2] == "/alarm/"
    assert len(links) <= 5
    assert "bottom-alarm" in bar


@pytest.mark.parametrize(
    "url", ["/notices/", "/check/", "/alarm/", "/incidents/", "/nowhere/", "/shortcuts/"]
)
def test_the_alarm_is_at_hand_on_every_page_even_where_something_went_wrong(signed_in, url):
    html = signed_in("town11.clerk").get(url).content.decode()

    assert "bottom-alarm" in html
    assert 'class="has-bottom"' in html


@pytest.mark.parametrize("kind", PostKind)
def test_the_button_is_there_for_whoever_may_press_it_and_for_nobody_else(kind):
    (alarm,) = [board for board in BOARDS if board.address == "alarm"]

    assert (kind in alarm.kinds) == (kind in VERBS["incident.report"])


def test_who_raises_no_alarm_has_no_bar(signed_in):
    assert 'class="bottom' not in signed_in("city.secadmin").get("/", follow=True).content.decode()


def test_the_clerks_home_is_alarm_and_zero_report(signed_in):
    html = signed_in("town11.clerk").get("/", follow=True).content.decode()

    main = html[html.index("<main") :]
    assert main.index('class="button alarm') < main.index('value="nil"')


def test_a_clerk_who_stands_in_for_the_head_starts_at_the_alarm_all_the_same(cast, units, reach, now):
    head = Post.objects.get(unit=units["T11"], kind=PostKind.OFFICE_HEAD)
    appoint_person(person=cast["town11.clerk"], post=head, held_as=HeldAs.DEPUTY, actor=None, now=now)

    assert start_of(reach("town11.clerk", now + timedelta(minutes=1))) == "/report/"


def test_the_next_time_limit_at_a_glance_is_of_this_day(alarm, reach, now):
    """One that ends in a week hides that the day is calm."""
    incident = alarm(headcount=2)
    Clock.objects.all().delete()

    def next_limit(due_in):
        Clock.objects.create(
            plan="p@1", clock_id=f"C{due_in}", title_zh="时限", duration="PT30M", subject=incident.key,
            thread=incident.key, unit=incident.unit, unit_path=incident.unit_path, started_at=now, due_at=now + due_in,
        )  # fmt: skip
        return glance_of(reach("county1.duty"), now).next_limit

    assert next_limit(timedelta(days=7)) is None
    assert next_limit(timedelta(hours=24)).due_at == now + timedelta(hours=24)
    assert next_limit(timedelta(minutes=-5)).due_at == now - timedelta(minutes=5)
