"""The first time somebody holds a kind of post: three things with links, until one press puts them away for good."""

import pytest

from accounts.choices import HeldAs, PostKind
from accounts.models import Appointment, Post

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("plan")]

STARTS = {
    "county1.duty": ("/duty/", "duty-officer"), "county1.director": ("/command/", "commander"),
    "county1.squad.dialogue": ("/squad/", "squad"), "village111.informant": ("/report/", "clerk"),
    "city.audit": ("/journal/", "auditor"), "city.sysadmin": ("/system/", "administrator"),
    "city.secadmin": ("/account/people/", "administrator"),
}  # fmt: skip


def steps_on(browser, address):
    page = browser.get(address).content.decode()
    return page.partition('id="first-visit"')[2].partition("</aside>")[0]


@pytest.mark.parametrize("who", STARTS)
def test_each_role_sees_three_things_that_open_until_one_press(signed_in, cast, who):
    address, slug = STARTS[who]
    browser = signed_in(who)
    assert browser.get("/").headers["Location"] == address

    shown = steps_on(browser, address)
    links = [piece.split('"')[0] for piece in shown.split('<li><a href="')[1:]]
    assert len(links) == 3
    assert all(browser.get(link).status_code == 200 for link in links)

    assert browser.post(f"/help/cards/{slug}/seen/").status_code == 302
    browser.post(f"/help/cards/{slug}/seen/")
    assert steps_on(browser, address) == ""
    cast[who].refresh_from_db()
    assert cast[who].cards_seen == [slug]


def test_it_stands_on_the_start_page_alone_and_below_what_waits(signed_in):
    browser = signed_in("county1.duty", "en")

    page = browser.get("/duty/").content.decode()
    assert page.index('data-part="inbox"') < page.index('id="first-visit"')
    assert "First steps: Duty officer" in page
    assert steps_on(browser, "/wall/") == steps_on(browser, "/incidents/") == ""


def test_another_kind_of_post_has_its_own(signed_in, cast, now):
    browser = signed_in("county1.duty")
    browser.post("/help/cards/duty-officer/seen/")
    post = Post.objects.get(unit__code="C1", kind=PostKind.SQUAD, squad="support")
    Appointment.objects.create(person=cast["county1.duty"], post=post, held_as=HeldAs.HOLDER, valid_from=now)

    assert "/help/cards/squad/seen/" in steps_on(browser, "/duty/")


def test_somebody_elses_stay(signed_in):
    signed_in("county1.duty").post("/help/cards/duty-officer/seen/")

    assert steps_on(signed_in("county2.duty"), "/duty/")
    assert signed_in("county2.duty").post("/help/cards/nothing/seen/").status_code == 404
