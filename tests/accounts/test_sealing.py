import pytest
from django.core.exceptions import FieldError
from django.db import connection

from accounts.models import User
from common.database.encrypted_fields import seal, unseal

pytestmark = pytest.mark.control(54)


def test_what_is_sealed_is_read_back_and_looks_different_each_time():
    assert unseal(seal("13900001111")) == "13900001111"
    assert seal("13900001111") != seal("13900001111")
    assert (seal(""), unseal("")) == ("", "")


def test_a_row_from_before_is_still_read():
    assert unseal("13900001111") == "13900001111"


def test_an_earlier_key_still_opens(settings):
    sealed = seal("13900001111")

    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "new", [settings.SECRET_KEY]

    assert unseal(sealed) == "13900001111"


def test_without_the_key_it_is_empty_and_logged(settings, caplog):
    sealed = seal("13900001111")

    settings.SECRET_KEY = "another"

    assert unseal(sealed) == ""
    assert "SECRET_KEY" in caplog.text


def test_no_telephone_number_of_staff_is_readable_in_the_database(cast):
    with connection.cursor() as cursor:
        cursor.execute("SELECT phone FROM accounts_user")
        stored = [row[0] for row in cursor.fetchall()]

    assert all(text.startswith("s1:") and "139" not in text[:3] for text in stored)
    assert User.objects.get(username="county1.duty").phone.startswith("139")


def test_who_somebody_is_at_the_chat_service_is_not_readable_either(cast):
    person = cast["county1.duty"]
    person.chat_id = "zhang.san"
    person.save()
    with connection.cursor() as cursor:
        cursor.execute("SELECT chat_id FROM accounts_user WHERE id = %s", [person.pk])
        (stored,) = cursor.fetchone()

    assert stored.startswith("s1:")
    assert "zhang" not in stored
    assert len(seal("a" * 64)) <= User._meta.get_field("chat_id").max_length


def test_a_sealed_column_is_never_searched(db):
    with pytest.raises(FieldError):
        User.objects.filter(phone="13900001111").first()
