"""SM3 and SM4 where the installation asks for them: entries name their hash, mixed chains hold, what was sealed stays readable."""

import json

import pytest

from common.database import encrypted_fields as sealing
from engine.background.auditor import _broken_tail
from journal import hashing, verify
from journal.models import Entry
from journal.numbering import number_new
from tests.journal.test_record import owner_of_the_table, tampered, write

__all__ = ["owner_of_the_table"]

pytestmark = pytest.mark.control(28, 54)


@pytest.fixture(autouse=True)
def own_anchors(settings, tmp_path):
    settings.DATA_DIR = tmp_path


def written(settings, now, *is_national):
    for answer in is_national:
        settings.SM_CIPHERS = answer
        write(None, now)
    number_new()


def test_sm3_is_the_one_of_the_standard():
    """GB/T 32905-2016, A.1."""
    import hashlib

    expected = "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
    assert hashlib.new(hashing.SM3, b"abc").hexdigest() == expected


def test_sm4_gcm_is_the_one_of_rfc_8998():
    """RFC 8998, appendix A.1."""
    cipher = sealing.SM4GCM(bytes.fromhex("0123456789abcdeffedcba9876543210"))
    nonce = bytes.fromhex("00001234567800000000abcd")
    about = bytes.fromhex("feedfacedeadbeeffeedfacedeadbeefabaddad2")
    text = bytes.fromhex(
        "aa" * 8 + "bb" * 8 + "cc" * 8 + "dd" * 8 + "ee" * 8 + "ff" * 8 + "ee" * 8 + "aa" * 8
    )
    sealed = (
        "17f399f08c67d5ee19d0dc9969c4bb7d5fd46fd3756489069157b282bb200735"
        "d82710ca5c22f0ccfa7cbf93d496ac15a56834cbcf98c397b4024a2691233b8d"
        "83de3541e4c2b58177e065a9bf7b62ec"
    )
    assert cipher.encrypt(nonce, text, about).hex() == sealed
    assert cipher.decrypt(nonce, bytes.fromhex(sealed), about) == text


@pytest.mark.django_db
def test_an_entry_names_its_hash_inside_what_is_hashed(settings, now):
    written(settings, now, False, True)

    before, after = (json.loads(entry.body) for entry in Entry.objects.order_by("number"))
    assert (before["form"], "hash" in before) == (2, False)
    assert (after["form"], after["hash"]) == (3, "sm3")
    assert {len(entry.hash) for entry in Entry.objects.all()} == {64}


@pytest.mark.django_db
def test_a_chain_that_changed_over_and_back_verifies_whatever_is_set_now(settings, now):
    written(settings, now, False, True, True, False, True)

    for answer in (False, True):
        settings.SM_CIPHERS = answer
        assert verify.verify() == verify.Verdict(5, None)
        assert list(_broken_tail()) == []


@pytest.mark.django_db
@pytest.mark.parametrize("change", ["level = 'red'", "actor_name = 'somebody'", "audience = 'system'"])
def test_a_change_is_found_under_either(settings, now, change, owner_of_the_table):
    written(settings, now, False, True, True)
    entry = Entry.objects.get(number=2)

    tampered(f"UPDATE journal_entry SET {change} WHERE id = {entry.pk}")

    assert verify.verify().broken == 2


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["sha256", "md5", ""])
def test_an_entry_that_names_another_hash_than_its_own_is_found(settings, now, name, owner_of_the_table):
    """Whoever turns it into one with a weaker hash changes what is hashed."""
    written(settings, now, True, True)
    entry = Entry.objects.get(number=1)
    body = json.loads(entry.body) | {"hash": name}

    text = json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    tampered(f"UPDATE journal_entry SET body = '{text}' WHERE id = {entry.pk}")

    assert verify.verify().broken == 1


def test_words_in_the_content_of_an_older_entry_change_nothing():
    body = '{"content":{"form":3,"hash":"md5"},"form":2}'
    assert hashing.of_text(body) == "sha256"
    assert '"form":3' in body


def test_what_is_sealed_says_with_what_and_stays_readable_after_a_change(settings):
    former = sealing.seal("13900001111")
    file = sealing.seal_bytes(b"heard")
    settings.SM_CIPHERS = True
    national = sealing.seal("13900002222")
    national_file = sealing.seal_bytes(b"spoken")

    assert (former[:3], national[:3]) == ("s1:", "s2:")
    assert sealing.seal("13900002222") != national
    for answer in (True, False):
        settings.SM_CIPHERS = answer
        assert [sealing.unseal(text) for text in (former, national)] == ["13900001111", "13900002222"]
        assert [sealing.unseal_bytes(raw) for raw in (file, national_file)] == [b"heard", b"spoken"]


def test_another_key_opens_neither_and_an_earlier_one_both(settings):
    settings.SM_CIPHERS = True
    sealed, file = sealing.seal("13900001111"), sealing.seal_bytes(b"spoken")
    first = settings.SECRET_KEY

    settings.SECRET_KEY = "another"
    assert (sealing.unseal(sealed), sealing.unseal_bytes(file)) == ("", None)
    assert not sealing.is_readable(sealed, ["another"])

    settings.SECRET_KEY_FALLBACKS = [first]
    assert (sealing.unseal(sealed), sealing.unseal_bytes(file)) == ("13900001111", b"spoken")


@pytest.mark.parametrize("cut", [0, 5, 20, 30])
def test_what_was_cut_or_changed_is_not_read(settings, cut):
    settings.SM_CIPHERS = True
    file = sealing.seal_bytes(b"what was said")
    assert sealing.unseal_bytes(file[: 3 + cut]) is None
    assert sealing.unseal_bytes(file[:-1] + bytes([file[-1] ^ 1])) is None
