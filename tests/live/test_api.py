"""The journal over HTTP: the same entries as on the socket."""

import pytest

from journal.models import Entry
from tests.live.conftest import write
from tests.tokens import issue

pytestmark = pytest.mark.django_db(transaction=True)
URL = "/api/v1/journal/"


@pytest.fixture
def entries(cast, now):
    """One entry each in the city, two counties and a township, and one for everybody."""
    first = write("C0", now=now).pk
    for code in ("C1", "C2", "T11"):
        write(code, now=now, level="red", post="值班员")
    write(None, "engine.alarmed", "engine:1", now=now)
    return Entry.objects.get(pk=first).number


def test_a_caller_gets_only_what_this_caller_may_see(signed_in, entries):
    got = signed_in("county1.duty").get(URL, {"after": entries - 1}).json()

    assert [(entry["number"], entry["unit"]) for entry in got["entries"]] == [
        (entries + 1, "C1"),
        (entries + 3, "T11"),
        (entries + 4, ""),
    ]
    assert got["last"] == entries + 4
    assert got["more"] is got["reload"] is False


def test_an_entry_names_what_to_look_at_and_never_what_happened(signed_in, entries):
    got = signed_in("county2.duty").get(URL, {"after": entries, "limit": 1}).json()["entries"][0]

    assert got == {
        "number": entries + 2,
        "at": got["at"],
        "recorded_at": got["at"],
        "kind": "incident.observed",
        "subject": "incident:1",
        "thread": "incident:1",
        "unit": "C2",
        "level": "red",
        "actor": None,
        "post": "值班员",
        "drill": False,
    }


def test_going_on_from_last_gives_each_entry_once(signed_in, entries):
    browser, after, numbers = signed_in("city.duty"), entries - 1, []

    while True:
        page = browser.get(URL, {"after": after, "limit": 2}).json()
        numbers += [entry["number"] for entry in page["entries"]]
        after = page["last"]
        if not page["more"]:
            break

    assert numbers == list(range(entries, entries + 5))
    assert after == entries + 4


def test_a_long_answer_is_cut_at_five_hundred(signed_in, cast, now):
    after = write("C1", now=now).pk
    for _ in range(501):
        write("C1", now=now)
    start = Entry.objects.get(pk=after).number

    page = signed_in("county1.duty").get(URL, {"after": start, "limit": 100_000}).json()

    assert len(page["entries"]) == 500
    assert (page["last"], page["more"]) == (start + 500, True)


def test_a_cursor_beyond_the_head_says_begin_again(signed_in, entries):
    page = signed_in("county1.duty").get(URL, {"after": entries + 1000}).json()

    assert page == {"entries": [], "last": entries + 4, "more": False, "reload": True}


@pytest.mark.parametrize(
    "query", [{"after": "x"}, {"after": -1}, {"after": 2**63}, {"limit": 0}, {"limit": "all"}]
)
def test_a_query_that_makes_no_sense_is_a_problem_document(signed_in, cast, query):
    answer = signed_in("county1.duty").get(URL, query)

    assert answer.status_code == 422
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert set(answer.json()["errors"]) == set(query)


def test_a_token_reads_the_journal_too(client, cast, entries, now):
    token = issue(user=cast["county1.duty"], now=now)

    answer = client.get(URL, {"after": entries}, headers={"Authorization": f"Bearer {token}"})

    assert [entry["unit"] for entry in answer.json()["entries"]] == ["C1", "T11", ""]


def test_nobody_reads_it_without_signing_in(client, db):
    assert client.get(URL).status_code == 401


def test_an_answer_is_never_kept_by_a_cache(signed_in, cast):
    assert signed_in("county1.duty").get(URL).headers["Cache-Control"] == "no-store"


def test_the_number_of_queries_does_not_grow(signed_in, entries, django_assert_max_num_queries):
    browser = signed_in("city.duty")

    with django_assert_max_num_queries(7):
        browser.get(URL, {"after": entries - 1})
