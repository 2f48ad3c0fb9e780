"""Long works over the API: the same as on the page, and a token fetches no more than its scopes say."""

import pytest
from django.core.cache import cache

from common.documents.workbooks import CONTENT_TYPE
from journal.models import Entry
from tests.tokens import issue
from works import kinds, running
from works.actions import begin_of_night
from works.choices import WorkState
from works.kinds import KINDS, Result
from works.models import Work

pytestmark = [pytest.mark.django_db, pytest.mark.control(14)]

FILE_SCOPES = ["works:read", "statistics:read"]


@pytest.fixture
def call(client, cast, now):
    """call(who, path, method="GET", scopes=None) → the answer to a token of that person."""

    def send(who, path="", method="GET", scopes=None, key="k1"):
        cache.clear()
        secret = issue(user=cast[who], now=now, scopes=scopes)
        return client.generic(
            method, f"/api/v1/works/{path}", content_type="application/json",
            headers={"Authorization": f"Bearer {secret}", "Accept-Language": "en", "Idempotency-Key": key},
        )  # fmt: skip

    return send


@pytest.fixture
def file(given, kind_is):
    """The kind of the test makes a workbook that belongs to the statistics."""
    kind_is(subject="statistics")
    given.result = Result("made.xlsx", CONTENT_TYPE, "made")


def test_one_sees_ones_own_and_how_far_it_is(ask, call, carried):
    first, second = ask(n="1"), ask(n="2")
    ask("county1.director", n="3")
    carried(first)
    Work.objects.filter(pk=second.pk).update(done=3, total=10)

    rows = call("county1.duty").json()["results"]

    assert [(one["id"], one["about"], one["state"], one["done"], one["total"]) for one in rows] == [
        (second.pk, "2", "queued", 3, 10),
        (first.pk, "1", "done", 0, None),
    ]
    assert rows[1] == call("county1.duty", f"{first.pk}/").json()
    assert (rows[1]["text"], rows[1]["attempts"], rows[1]["is_nightly"]) == ("Made.", 1, False)
    assert [one["id"] for one in call("county1.duty", "?state=done").json()["results"]] == [first.pk]
    assert call("county1.duty", "?kind=replay").json()["results"] == []
    assert call("county1.duty", "?state=unheard").status_code == 422


@pytest.mark.parametrize("many", [1, 3])
def test_the_list_asks_the_same_number_of_questions(ask, call, many, django_assert_max_num_queries):
    for n in range(many):
        ask(n=str(n))
    secret_made = 2
    with django_assert_max_num_queries(secret_made + 5):
        assert len(call("county1.duty").json()["results"]) == many


@pytest.mark.parametrize("who", ["county1.director", "city.sysadmin", "city.audit", "county2.duty"])
def test_for_a_stranger_it_does_not_exist(ask, carried, call, file, who):
    work = carried(ask())

    assert call(who).json()["results"] == []
    for path, method in ((f"{work.pk}/", "GET"), (f"{work.pk}/file/", "GET"), (f"{work.pk}/cancel/", "POST")):
        assert call(who, path, method).status_code == 404, path


def test_what_the_night_did_is_read_and_not_ended(call, given, now):
    work = begin_of_night("trial", now)

    for who, is_shown in (("city.audit", True), ("city.sysadmin", True), ("county1.duty", False)):
        assert [one["is_nightly"] for one in call(who).json()["results"]] == [True] * is_shown
        answer = call(who, f"{work.pk}/cancel/", "POST")
        assert answer.status_code == (403 if is_shown else 404)


def test_one_takes_ones_own_back_once(ask, call):
    work = ask()
    for _twice in range(2):
        answer = call("county1.duty", f"{work.pk}/cancel/", "POST")
        assert (answer.status_code, answer.json()["state"]) == (200, "cancelled")
        assert answer.json()["may_cancel"] is False

    assert list(Entry.objects.filter(kind="work.cancelled").values_list("subject", flat=True)) == [work.key]
    over = call("county1.duty", f"{work.pk}/cancel/", "POST", key="k2")
    assert (over.status_code, over.json()["state"]) == (200, "cancelled")


def test_what_is_over_is_not_taken_back(ask, carried, call):
    work = carried(ask())
    answer = call("county1.duty", f"{work.pk}/cancel/", "POST")

    assert answer.status_code == 409
    assert "over already" in answer.json()["detail"]
    assert Work.objects.get().state == WorkState.DONE


def test_the_file_is_fetched_and_that_is_on_record(ask, carried, call, file):
    work = carried(ask())
    told = call("county1.duty", f"{work.pk}/").json()
    assert (told["file"], told["file_name"]) == (f"/api/v1/works/{work.pk}/file/", "made.xlsx")

    answer = call("county1.duty", f"{work.pk}/file/", scopes=FILE_SCOPES)

    assert b"".join(answer.streaming_content) == b"made"
    assert (answer["Content-Type"], answer["Cache-Control"]) == (CONTENT_TYPE, "no-store")
    assert "made.xlsx" in answer["Content-Disposition"]
    assert Entry.objects.filter(kind="file.downloaded").count() == 1


def test_who_may_not_have_it_any_more_does_not_get_what_was_made(ask, carried, call, file, given):
    work = carried(ask())
    given.refuses = True

    answer = call("county1.duty", f"{work.pk}/file/", scopes=FILE_SCOPES)
    assert (answer.status_code, answer.json()["detail"]) == (403, "Nothing was made: no longer yours.")


def test_what_is_no_longer_kept_is_not_there(ask, carried, call, file, hands):
    work = carried(ask())
    running.tidy(hands.turn(days=4))

    assert call("county1.duty", f"{work.pk}/").json()["file"] is None
    answer = call("county1.duty", f"{work.pk}/file/", scopes=FILE_SCOPES)
    assert (answer.status_code, answer.json()["code"]) == (404, "no_result")


@pytest.mark.control(41)
@pytest.mark.parametrize(
    ("subject", "scopes", "missing"),
    [
        ("statistics", ["works:read"], "statistics:read"),
        ("statistics", ["works:read", "incidents:read"], "statistics:read"),
        ("statistics", ["statistics:read"], "works:read"),
        ("", None, None),
    ],
)
def test_a_token_fetches_a_file_with_the_scope_of_what_is_in_it(
    ask, carried, call, kind_is, subject, scopes, missing
):
    kind_is(subject=subject)
    work = carried(ask())

    answer = call("county1.duty", f"{work.pk}/file/", scopes=scopes)

    assert (answer.status_code, answer.json()["code"], answer.json()["scope"]) == (
        403,
        "scope_missing",
        missing,
    )
    assert Entry.objects.filter(kind="token.refused").count() == 1
    assert not Entry.objects.filter(kind="file.downloaded").exists()


def test_a_browser_has_no_scopes(ask, carried, signed_in, file, kind_is):
    kind_is(subject="")
    work = carried(ask())

    answer = signed_in("county1.duty").get(f"/api/v1/works/{work.pk}/file/")

    assert b"".join(answer.streaming_content) == b"made"


@pytest.mark.control(41)
def test_what_is_offered_as_a_file_names_the_scope_of_what_is_in_it():
    assert {name: kinds.scope_of(name) for name in KINDS} == {
        "archive": "incidents:read", "ledger": "statistics:read",
        # Leave no file to fetch.
        "replay": None, "verify": None, "backup": None, "zero_reports": None,
    }  # fmt: skip
    assert kinds.scope_of("gone") is None


def test_a_result_with_a_page_names_it_and_has_no_file(ask, carried, call, given, kind_is):
    kind_is(page="work-cancel", subject="statistics")
    given.result, given.made = Result(is_for_page=True), b"{}"
    work = carried(ask())

    told = call("county1.duty", f"{work.pk}/").json()
    assert (told["file"], told["file_name"], told["page"]) == (None, None, f"/works/{work.pk}/cancel/")
    assert call("county1.duty", f"{work.pk}/file/", scopes=FILE_SCOPES).status_code == 404
