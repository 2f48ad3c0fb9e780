"""Where a webhook may go, and the words of what it is about."""

import uuid

import pytest

from journal.kinds import KINDS
from webhooks import rules
from webhooks.choices import GROUPS, STOPPED_BECAUSE, group_of, kinds_in

LISTED = ["https://hooks.example.gov/incidents", "http://10.1.2.3:8080"]


@pytest.mark.parametrize(
    "url",
    [
        "https://hooks.example.gov/incidents",
        "https://hooks.example.gov/incidents/county1?key=1",
        "https://HOOKS.example.gov:443/incidents/x",
        "http://10.1.2.3:8080/anything",
    ],
)
def test_below_a_listed_address(url):
    assert rules.is_listed(url, LISTED)


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.example.gov/incidents",
        "https://hooks.example.gov/",
        "https://hooks.example.gov/incidents2",
        "https://hooks.example.gov/incidents/../admin",
        "https://hooks.example.gov/incidents/%2e%2e/admin",
        "https://hooks.example.gov:8443/incidents",
        "https://hooks.example.gov@evil.example/incidents",
        "https://evil.example/hooks.example.gov/incidents",
        "http://10.1.2.3/anything",
        "http://10.1.2.3:99999/x",
        "file:///etc/passwd",
        "gopher://10.1.2.3:8080/",
        "//10.1.2.3:8080/",
        "",
        "nonsense",
        "http://[::1",
    ],
)
def test_anything_else_is_not(url):
    assert not rules.is_listed(url, LISTED)


def test_nothing_is_listed_where_the_operator_lists_nothing():
    assert not rules.is_listed("https://hooks.example.gov/", [])


def test_every_kind_of_entry_belongs_to_one_group_and_no_word_is_left_over():
    words = [word for _label, words in GROUPS.values() for word in words.split()]
    assert len(words) == len(set(words))
    assert {kind.partition(".")[0] for kind in KINDS} == set(words)
    assert sorted(kinds_in(GROUPS)) == sorted(KINDS)
    assert group_of("order.issued") == "command"


def test_a_message_is_tried_for_about_three_days():
    waits = [rules.wait_after(tries) for tries in range(1, 11)]
    assert waits[-1] is None
    assert 3 <= sum((wait for wait in waits if wait), start=rules.WAITS[0]).total_seconds() / 86400 < 3.5


def test_a_rest_doubles_and_ends_at_an_hour():
    rests = [rules.rest_after(n).total_seconds() for n in range(1, 40)]
    assert rests[:4] == [5, 10, 20, 40]
    assert rests[-1] == 3600


def test_an_id_is_the_same_for_the_same_entry_and_another_for_another():
    one, other = uuid.uuid4(), uuid.uuid4()
    assert rules.message_id(one, 7) == rules.message_id(one, 7)
    assert len({rules.message_id(one, 7), rules.message_id(one, 8), rules.message_id(other, 7)}) == 3


def test_each_reason_for_which_the_sender_stops_it_has_its_sentence():
    assert {"person", "silent", "gone", "forbidden", "away"} == set(STOPPED_BECAUSE)
