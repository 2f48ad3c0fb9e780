"""Signatures, fingerprints, waits: without a database."""

from datetime import timedelta

import pytest

from exchange import keys, rules

BODY = b'{"version":1}'


@pytest.fixture(scope="module")
def pair():
    return keys.new_pair()


def test_what_was_signed_is_known_and_nothing_else(pair):
    public, secret = pair
    header = keys.sign([secret], "doc_1", 1000, BODY)

    assert header.startswith("v1a,")
    assert keys.is_signed([public], header, "doc_1", "1000", BODY)
    assert not keys.is_signed([public], header, "doc_2", "1000", BODY)
    assert not keys.is_signed([public], header, "doc_1", "1001", BODY)
    assert not keys.is_signed([public], header, "doc_1", "1000", BODY + b" ")
    assert not keys.is_signed([keys.new_pair()[0]], header, "doc_1", "1000", BODY)
    assert not keys.is_signed([], header, "doc_1", "1000", BODY)


def test_a_document_does_not_pass_for_a_receipt_nor_a_receipt_for_a_document(pair):
    public, secret = pair
    assert not keys.is_signed([public], keys.sign([secret], "d", 1, BODY), "d", "1", BODY, answer=True)
    assert not keys.is_signed([public], keys.sign([secret], "d", 1, BODY, answer=True), "d", "1", BODY)


def test_while_two_keys_sign_either_is_enough(pair):
    public, secret = pair
    new_public, new_secret = keys.new_pair()
    header = keys.sign([secret, new_secret], "d", 1, BODY)
    assert keys.is_signed([public], header, "d", "1", BODY)
    assert keys.is_signed([new_public], header, "d", "1", BODY)


@pytest.mark.parametrize(
    "header", ["", "v1a,", "v1a,###", "v1a,AAAA", "v1,AAAA", "v1a," + "A" * 88, "é", "v1a,AA " * 50]
)
def test_a_broken_signature_is_none(pair, header):
    assert not keys.is_signed([pair[0]], header, "d", "1", BODY)


@pytest.mark.parametrize("timestamp", ["", "-1", "1.5", "１", "9" * 40])
def test_a_timestamp_that_is_no_number_signs_nothing(pair, timestamp):
    assert not keys.is_signed([pair[0]], keys.sign([pair[1]], "d", 1, BODY), "d", timestamp, BODY)


def test_a_fingerprint_is_read_aloud_in_eight_groups(pair):
    said = keys.fingerprint(pair[0])
    assert [len(group) for group in said.split()] == [4] * 8
    assert keys.is_same_fingerprint(said.upper().replace(" ", ":"), said)
    assert not keys.is_same_fingerprint(said[:-1], said)
    assert not keys.is_same_fingerprint("", said)


@pytest.mark.parametrize(
    ("tries", "seconds"), [(0, 30), (1, 30), (2, 60), (7, 1920), (8, 3600), (10_000, 3600)]
)
def test_a_document_is_tried_without_end_at_least_each_hour(tries, seconds):
    assert rules.wait_after(tries) == timedelta(seconds=seconds)


@pytest.mark.parametrize(("silences", "seconds"), [(1, 5), (2, 10), (7, 320), (8, 600), (10_000, 600)])
def test_an_installation_that_was_away_is_asked_again_within_ten_minutes(silences, seconds):
    assert rules.rest_after(silences) == timedelta(seconds=seconds)


def test_a_recipient_on_paper_is_known_by_any_of_its_names():
    names = ["示例省司法厅", "省司法厅指挥中心", ""]
    assert rules.is_called(" 省司法厅指挥中心", names)
    assert not rules.is_called("", names)
    assert not rules.is_called("省司法厅", names)
