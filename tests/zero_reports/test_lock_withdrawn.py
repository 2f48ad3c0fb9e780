"""An exception from the lock is withdrawn before its time; granted and withdrawn on the page and over the API."""

import json

import pytest
import time_machine

from accounts.scope import reach_of
from common.errors import NotAllowed, NotFound, WrongState
from journal.models import Entry
from journal.record import content_of
from tests.tokens import issue as new_token
from zero_reports.filing.models import ZeroReport
from zero_reports.lock.actions import withdraw_exception
from zero_reports.lock.models import LockException

pytestmark = pytest.mark.django_db

PAGE = "/report/V111/2026-11-22/"
API = "/api/v1/zero-reports/V111/2026-11-22/exceptions/"


@pytest.fixture
def shut(cast, units, oclock, today):
    """shut(exception) by the township's head at 18:40."""

    def _shut(exception, *, username="town11.head", code="V111", at="18:40"):
        return withdraw_exception(
            reach=reach_of(cast[username], oclock(at)), unit=units[code], period=today,
            exception_id=exception.pk, now=oclock(at),
        )  # fmt: skip

    return _shut


@pytest.mark.usefixtures("locked")
class TestTheAct:
    def test_withdrawn_it_opens_nothing_and_is_on_the_record(self, file, oclock, allow, shut, cast):
        made = allow("town11.head", "V111")

        shut(made, username="county1.duty")

        with pytest.raises(WrongState) as refused:
            file("village111.informant", "V111", at=oclock("18:41"))
        assert refused.value.code == "period_locked"
        entry = Entry.objects.get(kind="zero_report.exception_withdrawn")
        assert (entry.actor, entry.unit.code) == (cast["county1.duty"], "V111")
        assert content_of(entry) == {"period": "2026-11-22", "exception": made.pk, "reason": "村里停电"}

    def test_what_was_filed_by_it_stays_and_is_corrected_no_more(self, file, oclock, allow, shut):
        made = allow("town11.head", "V111", once=False)
        file("village111.informant", "V111", at=oclock("18:35"))
        shut(made)

        assert ZeroReport.objects.get().exception == made
        with pytest.raises(WrongState):
            file("village111.informant", "V111", at=oclock("18:41"), items=[("land", 1)])

    def test_afterwards_another_may_be_granted(self, file, oclock, allow, shut):
        shut(allow("town11.head", "V111"))

        again = allow("town11.head", "V111", at="18:45")

        assert file("village111.informant", "V111", at=oclock("18:46")).exception == again

    def test_only_what_stands(self, file, oclock, allow, shut):
        used = allow("town11.head", "V111")
        file("village111.informant", "V111", at=oclock("18:35"))
        replaced = allow("town11.head", "V111", at="18:36")
        last = allow("town11.head", "V111", at="18:37")

        for one in (used, replaced):
            with pytest.raises(WrongState) as refused:
                shut(one)
            assert refused.value.code == "exception_over"
        with pytest.raises(WrongState):
            shut(last, at="20:38")
        assert not LockException.objects.exclude(withdrawn_at=None).exists()
        shut(last)
        with pytest.raises(WrongState):
            shut(last)
        assert Entry.objects.filter(kind="zero_report.exception_withdrawn").count() == 1

    def test_of_this_unit(self, allow, shut):
        made = allow("town11.head", "V111")

        with pytest.raises(NotFound):
            shut(made, username="county1.duty", code="V121")

    @pytest.mark.parametrize(
        ("username", "error"),
        [
            ("village111.informant", NotAllowed),
            ("town11.clerk", NotAllowed),
            ("city.audit", NotAllowed),
            ("town12.head", NotFound),
            ("county2.duty", NotFound),
            ("city.sysadmin", NotFound),
        ],
    )
    def test_who_may_not(self, allow, shut, username, error):
        made = allow("town11.head", "V111")

        with pytest.raises(error):
            shut(made, username=username)
        made.refresh_from_db()
        assert made.withdrawn_at is None


@pytest.mark.usefixtures("locked")
class TestThePage:
    @pytest.mark.parametrize(
        ("language", "tag", "said"),
        [("zh-hans", "已撤回", "撤回"), ("en", "withdrawn", "Withdraw")],
    )
    def test_a_button_where_it_stands(self, evening, allow, language, tag, said):
        made = allow("town11.head", "V111")
        town, village = evening("town11.head"), evening("village111.informant")
        for one in (town, village):
            one.cookies["language"] = language
        path = f"{PAGE}exception/{made.pk}/withdraw/"

        assert path in town.get(PAGE).content.decode()
        assert path not in village.get(PAGE).content.decode()
        assert [town.post(path, {"idempotency_key": "k"}).status_code for _ in range(2)] == [303, 303]
        page = village.get(PAGE).content.decode()
        assert tag in page
        assert 'value="nil"' not in page
        assert path not in town.get(PAGE).content.decode()

        refused = town.post(path)
        assert refused.status_code == 409
        assert said in refused.content.decode()

    @pytest.mark.parametrize(
        ("username", "status"), [("village111.informant", 403), ("county2.duty", 404), ("town12.head", 404)]
    )
    def test_for_nobody_else(self, evening, allow, username, status):
        made = allow("town11.head", "V111")

        answer = evening(username).post(f"{PAGE}exception/{made.pk}/withdraw/")

        assert answer.status_code == status
        assert not LockException.objects.exclude(withdrawn_at=None).exists()


@pytest.fixture
def call(cast, client, oclock):
    """call("town11.head", "post", key="k1", reason=…) at half past six."""
    with time_machine.travel(oclock("18:30"), tick=False):

        def _call(username, method, address=API, key="k1", **given):
            token = new_token(user=cast[username], now=oclock("18:30"))
            headers = {"Authorization": f"Bearer {token}", **({"Idempotency-Key": key} if key else {})}
            if method == "get":
                return client.get(address, headers=headers)
            body = {"data": json.dumps(given), "content_type": "application/json"}
            return getattr(client, method)(address, headers=headers, **body)

        yield _call


TERMS = {"reason": "村里停电", "until": "2026-11-22T20:30:00+08:00"}


class TestTheApi:
    def test_granted_used_and_read(self, call, locked, client):
        made = call("town11.head", "post", **TERMS)
        again = call("town11.head", "post", **TERMS)

        assert (made.status_code, again.json(), LockException.objects.count()) == (201, made.json(), 1)
        assert again["Idempotent-Replayed"] == "true"
        body = made.json()
        assert body == {
            "exception": LockException.objects.get().pk,
            "stands": True,
            "reason": "村里停电",
            "once": True,
            "granted_at": "2026-11-22T10:30:00Z",
            "granted_by": body["granted_by"],
            "post": "司法所所长",
            "until": "2026-11-22T12:30:00Z",
            "used_at": None,
            "withdrawn_at": None,
            "withdrawn_by": "",
        }
        filed = call("village111.informant", "put", API.removesuffix("exceptions/"), key="k2", answer="nil")
        assert (filed.status_code, filed.json()["on_time"]) == (201, False)
        read = call("village111.informant", "get").json()
        assert (read["unit"], read["period"]) == ("V111", "2026-11-22")
        assert read["locked_since"] == "2026-11-22T10:00:00Z"
        (one,) = read["exceptions"]
        assert (one["stands"], one["used_at"]) == (False, "2026-11-22T10:30:00Z")

    def test_withdrawn_by_name_and_once(self, call, locked):
        made = call("town11.head", "post", **TERMS).json()
        address = f"{API}{made['exception']}/"

        gone = call("county1.duty", "delete", address, key="k2")
        again = call("county1.duty", "delete", address, key="k2")
        other = call("county1.duty", "delete", address, key="k3")

        assert (gone.status_code, gone.json()["stands"]) == (200, False)
        assert (gone.json()["withdrawn_at"], again.json()) == ("2026-11-22T10:30:00Z", gone.json())
        assert gone.json()["withdrawn_by"]
        assert (other.status_code, other.json()["code"]) == (409, "exception_over")
        refused = call("village111.informant", "put", API.removesuffix("exceptions/"), answer="nil")
        assert (refused.status_code, refused.json()["code"]) == (409, "period_locked")

    def test_nothing_locked_nothing_to_grant(self, call):
        assert call("village111.informant", "get").json() == {
            "unit": "V111",
            "period": "2026-11-22",
            "locked_since": None,
            "exceptions": [],
        }
        refused = call("town11.head", "post", **TERMS)
        assert (refused.status_code, refused.json()["code"]) == (409, "not_locked")

    @pytest.mark.parametrize(
        ("change", "status", "code"),
        [
            ({"reason": ""}, 422, "invalid"),
            ({"reason": "找 13812345678"}, 422, "personal_data"),
            ({"reason": "长" * 201}, 422, "invalid"),
            ({"until": "soon"}, 422, "invalid"),
            ({"until": "2026-11-22T18:30:00+08:00"}, 422, "bad_end"),
            ({"until": "2026-11-26T18:30:00+08:00"}, 422, "bad_end"),
            ({"once": "perhaps"}, 422, "invalid"),
            ({"hours": 2}, 422, "invalid"),
            ({"key": ""}, 400, "idempotency_key_missing"),
        ],
    )
    def test_terms_that_are_not_in_order(self, call, locked, change, status, code):
        answer = call("town11.head", "post", **{**TERMS, **change})

        assert (answer.status_code, answer.json()["code"]) == (status, code)
        assert not LockException.objects.exists()

    @pytest.mark.parametrize(
        ("username", "status", "code"),
        [
            ("village111.informant", 403, "not_the_level_above"),
            ("town11.clerk", 403, "not_the_level_above"),
            ("city.audit", 403, "not_the_level_above"),
            ("town12.head", 404, "not_found"),
            ("county2.duty", 404, "not_found"),
        ],
    )
    def test_who_may_not(self, call, locked, allow, username, status, code):
        made = allow("town11.head", "V111", at="18:20")

        for answer in (call(username, "post", **TERMS), call(username, "delete", f"{API}{made.pk}/")):
            assert (answer.status_code, answer.json()["code"]) == (status, code)
        made.refresh_from_db()
        assert (made.current, made.withdrawn_at) == (True, None)
        assert call(username, "get").status_code == (404 if status == 404 else 200)
