"""The slip a petitioner takes home, and the public page its code opens: state and dates, nothing else."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from cases.demands import answering
from cases.demands.models import Demand
from cases.slips import actions, queries
from cases.slips.models import SlipCode
from cases.slips.rules import KEPT
from common.errors import NotAllowed, WrongState
from journal.models import Entry
from tests.cases.test_demands import answered

pytestmark = pytest.mark.django_db


@pytest.fixture
def demand(register):
    return register(point="公证费退还")


@pytest.fixture
def asked(demand, reach, now):
    return {"reach": reach("county1.duty"), "demand_id": demand.pk, "now": now}


@pytest.fixture
def switched_on(settings):
    settings.PUBLIC_DEMAND_PAGE = True


def test_it_says_what_was_promised_until_when_by_whom_and_whom_to_telephone(noon, demand, asked, units):
    client = noon("county1.duty")
    units["C1"].phone = "0500-8110000"
    units["C1"].save()
    before = client.get(f"/demands/{demand.number}/slip/").content.decode()
    assert "书面告知" in before

    answering.promise_answer(**asked, days=5, told_how="in_person")

    text = client.get(f"/demands/{demand.number}/slip/").content.decode()
    for part in (demand.number, "5 个工作日内答复", "11-27", units["C1"].name, "0500-8110000"):
        assert part in text, part
    assert "<svg class" not in text.partition('class="slip"')[2].partition("</section>")[0]


def test_the_limit_for_objections_among_organs_is_not_the_petitioner_s(register):
    demand = register(origin="transfer")

    assert queries.owed_on(demand).clock.clock_id == "LP-23b"


def test_a_code_is_kept_only_as_a_hash_and_written_nowhere(asked, demand, switched_on):
    code = actions.issue_code(**asked)

    row = SlipCode.objects.get()
    assert len(code) >= 22
    assert code not in str(row.__dict__)
    assert queries.demand_of_code(code, asked["now"]) == demand
    entry = Entry.objects.get(kind="slip.issued")
    assert code not in str(entry.__dict__)
    assert entry.subject == demand.key


@pytest.mark.usefixtures("switched_on")
def test_a_new_code_takes_the_place_of_the_old_and_a_revoked_one_opens_nothing(asked):
    first, second = actions.issue_code(**asked), actions.issue_code(**asked)
    opened = [queries.demand_of_code(code, asked["now"]) is not None for code in (first, second)]

    assert opened == [False, True]
    assert (actions.revoke_code(**asked), actions.revoke_code(**asked)) == (1, 0)
    assert queries.demand_of_code(second, asked["now"]) is None
    assert Entry.objects.filter(kind="slip.revoked").count() == 1


@pytest.mark.usefixtures("switched_on")
def test_a_code_outlives_the_closing_for_review_and_re_check_and_no_longer(asked, demand, now):
    code = actions.issue_code(**asked)
    answered(asked)
    answering.close_demand(**asked, note="已办结", office_number="XF-1")

    assert queries.demand_of_code(code, now + KEPT - timedelta(seconds=1)) == demand
    assert queries.demand_of_code(code, now + KEPT) is None
    with pytest.raises(WrongState):
        actions.issue_code(**asked)


def test_switched_off_there_is_neither_code_nor_page(asked, client, settings):
    settings.PUBLIC_DEMAND_PAGE = True
    code = actions.issue_code(**asked)
    settings.PUBLIC_DEMAND_PAGE = False

    with pytest.raises(WrongState) as refused:
        actions.issue_code(**asked)

    assert refused.value.code == "public_page_off"
    assert client.get(f"/d/{code}/").status_code == 404


def test_it_is_off_by_default_and_the_system_page_says_so(noon, settings):
    assert settings.PUBLIC_DEMAND_PAGE is False
    assert "未开放" in noon("city.sysadmin").get("/system/").content.decode()
    settings.PUBLIC_DEMAND_PAGE = True
    assert "已开放，持回执者可查" in noon("city.sysadmin").get("/system/").content.decode()


@pytest.mark.usefixtures("switched_on")
def test_only_who_works_on_the_demand_makes_or_revokes_a_code(asked, reach):
    for username in ("county2.duty", "village111.informant"):
        for act in (actions.issue_code, actions.revoke_code):
            with pytest.raises(NotAllowed):
                act(**{**asked, "reach": reach(username)})


@pytest.mark.usefixtures("switched_on")
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_public_page_shows_state_and_dates_of_the_one_demand_and_nothing_else(
    asked,
    demand,
    register,
    client,
    units,
    language,
):
    answering.promise_answer(**asked, days=5, told_how="in_person")
    other = register(point="另一件")
    code = actions.issue_code(**asked)

    page = client.get(f"/d/{code}/?lang={language}")

    text = page.content.decode()
    assert page.status_code == 200
    assert ("办理中" if language == "zh-hans" else "Being answered") in text
    for date in ("2026-11-22", "2026-11-27"):
        assert date in text
    for hidden in (
        demand.number,
        other.number,
        demand.point,
        units["C1"].name,
        units["C1"].code,
        "county1",
        "<script",
    ):
        assert hidden not in text, hidden
    assert len(page.content) < 5000
    assert not page.cookies
    assert page["Referrer-Policy"] == "no-referrer"
    assert (page["Cache-Control"], page["X-Robots-Tag"]) == ("no-store", "noindex, nofollow")
    assert client.post(f"/d/{code}/").status_code == 405


@pytest.mark.usefixtures("switched_on")
def test_who_is_signed_in_is_not_named_on_it(asked, noon):
    code = actions.issue_code(**asked)
    client = noon("county1.duty")

    page = client.get(f"/d/{code}/")

    assert page.status_code == 200
    assert not page.cookies
    assert "<nav" not in page.content.decode()


@pytest.mark.usefixtures("switched_on")
def test_guessing_ends_after_twenty_wrong_codes_for_right_ones_too(asked, client):
    code = actions.issue_code(**asked)
    answers = [client.get(f"/d/wrong{n}/").status_code for n in range(21)]

    assert answers == [404] * 20 + [429]
    assert client.get(f"/d/{code}/").status_code == 429
    assert client.get(f"/d/{code}/", REMOTE_ADDR="10.9.9.9").status_code == 200


@pytest.mark.usefixtures("switched_on")
def test_one_address_looks_so_often_in_a_minute(asked, client, monkeypatch):
    monkeypatch.setattr("cases.slips.views.LOOKS", 2)
    code = actions.issue_code(**asked)

    assert [client.get(f"/d/{code}/").status_code for _ in range(3)] == [200, 200, 429]


@pytest.mark.usefixtures("switched_on")
def test_the_code_stands_on_the_answer_once_and_can_be_revoked_from_the_page(noon, demand):
    client = noon("county1.duty")
    made = client.post(f"/demands/{demand.number}/slip/")
    address = made.content.decode().partition("data-address>")[2].partition("<")[0]
    assert made.status_code == 200
    assert "<svg" in made.content.decode()

    again = client.get(f"/demands/{demand.number}/slip/").content.decode()

    assert address not in again
    path = address.partition("testserver")[2]
    assert client.get(path).status_code == 200
    assert client.post(f"/demands/{demand.number}/slip/revoke/").status_code == 303
    assert client.get(path).status_code == 404


@pytest.mark.usefixtures("switched_on")
def test_the_database_keeps_one_open_code_for_each_demand(asked, now):
    actions.issue_code(**asked)
    row = SlipCode.objects.get()

    with pytest.raises(IntegrityError), transaction.atomic():  # one_open_code_per_demand
        SlipCode.objects.create(demand=row.demand, token_hash="x", issued_at=now, issued_by=row.issued_by)
    with (
        pytest.raises(IntegrityError, match="a_slip_code_is_revoked_after_it_is_issued"),
        transaction.atomic(),
    ):
        SlipCode.objects.update(revoked_at=now - timedelta(days=1))


def test_a_demand_that_nobody_may_see_has_no_slip(noon, demand):
    assert noon("county2.duty").get(f"/demands/{demand.number}/slip/").status_code == 404
    assert Demand.objects.count() == 1
