"""Pages leave compressed, files and what has an ETag as they are."""

import gzip

import pytest

GZIP = {"Accept-Encoding": "gzip, br"}


@pytest.mark.parametrize(("username", "page"), [("county1.duty", "/duty/"), ("town11.clerk", "/alarm/"), ("town11.clerk", "/report/")])  # fmt: skip
def test_a_page_leaves_compressed(plan, signed_in, username, page):
    browser = signed_in(username)

    plain, packed = browser.get(page), browser.get(page, headers=GZIP)

    assert packed["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in packed["Vary"]
    assert b"</html>" in gzip.decompress(packed.content)
    assert len(packed.content) * 3 < len(plain.content)
    assert "Content-Encoding" not in plain


def test_the_same_page_has_not_always_the_same_length(plan, signed_in):
    """What leaks through compression is the length."""
    browser = signed_in("town11.clerk")

    assert len({len(browser.get("/alarm/", headers=GZIP).content) for _ in range(12)}) > 3


def test_a_revision_keeps_its_strong_etag(plan, alarm, signed_in):
    incident = alarm(headcount=8, what="a" * 400)

    answer = signed_in("county1.duty").get(f"/api/v1/incidents/{incident.number}/", headers=GZIP)

    assert answer["ETag"] == '"1"'
    assert "Content-Encoding" not in answer


def test_a_workbook_is_not_compressed_twice(plan, signed_in):
    answer = signed_in("county1.duty").get("/rosters/sheet/", headers=GZIP)

    assert answer.status_code == 200
    assert "Content-Encoding" not in answer
