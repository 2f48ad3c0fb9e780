"""The product on a device: manifest, service worker, the page without network, and the page that tests the device."""

import json
import re
from pathlib import Path

import pytest

from accounts.models import Unit
from dashboards.device.capabilities import CAPABILITIES

pytestmark = pytest.mark.django_db


def test_the_name_below_the_icon_is_the_readers_bureau_in_the_readers_language(browser, signed_in, settings):
    settings.SITE_NAME = ""
    chinese, english = (signed_in("county1.duty", lang).get("/manifest.webmanifest") for lang in ("", "en"))
    unit = Unit.objects.get(code="C1")

    shown = chinese.json()
    assert chinese["Content-Type"] == "application/manifest+json"
    assert shown["name"].startswith(unit.name)
    assert shown["lang"] == "zh-Hans"
    assert english.json()["short_name"] == "Incident command"
    assert (shown["start_url"], shown["scope"], shown["display"]) == ("/", "/", "standalone")
    assert [(icon["sizes"], icon["purpose"]) for icon in shown["icons"]] == [
        ("192x192", "any"), ("512x512", "any"), ("512x512", "maskable"),
    ]  # fmt: skip
    settings.SITE_NAME = "江州市司法局"
    assert browser.get("/manifest.webmanifest").json()["name"].startswith("江州市司法局")


def test_the_worker_keeps_files_and_one_page_without_data(browser, signed_in):
    answer = browser.get("/sw.js")
    script = answer.content.decode()
    kept = json.loads(re.match(r"const KEPT = (\{.*?\});\n", script)[1])

    assert answer["Content-Type"].startswith("text/javascript")
    assert answer["Cache-Control"] == "no-cache"
    assert kept["page"] == "/offline/"
    assert all(address.startswith(kept["static"]) for address in kept["files"])
    # The same for everybody, whoever asks: nothing of a person, and no token of a form.
    page = browser.get("/offline/").content.decode()
    asked = signed_in("county1.duty")
    assert asked.get("/offline/").content.decode() == page
    assert asked.get("/sw.js").content.decode() == script
    assert "csrf" not in page
    assert "data-user" not in page
    assert "worker-src 'self'" in browser.get("/offline/")["Content-Security-Policy"]


def test_a_worker_that_is_switched_off_leaves_the_device_and_no_page_names_it(browser, signed_in, settings):
    assert '"worker": "/sw.js"' in signed_in("county1.duty").get("/check/").content.decode()
    settings.SERVICE_WORKER = False

    script = browser.get("/sw.js").content.decode()
    page = signed_in("county1.duty").get("/check/").content.decode()

    assert "unregister()" in script
    assert "fetch" not in script
    assert "KEPT" not in script
    # The alarms that wait on the device are not the worker's.
    assert "indexedDB" not in script
    assert '"worker": ""' in page
    assert "data-switched-off" in page


def test_the_check_says_what_is_tested_whom_to_ask_and_that_forms_work_without_scripts(browser, signed_in):
    Unit.objects.filter(code="CITY").update(phone="0500-8100000")
    Unit.objects.filter(code="C1").update(phone="0500-8100001")

    page = signed_in("town11.clerk", "en").get("/check/").content.decode()

    tested = re.findall(r'data-check="(\w+)"', page)
    assert tested == [one.id for one in CAPABILITIES]
    script = Path("static/js/check.js").read_text()
    tests = re.search(r"const TESTS = \{\n(.*?)\n\};", script, re.S)[1]
    assert re.findall(r"^  (\w+)[:,]", tests, re.M) == tested
    # It asks for nothing: no position, no notice, no microphone.
    assert not re.search(r"getCurrentPosition|watchPosition|requestPermission|getUserMedia", script)
    assert "JavaScript is off. Every form works without it" in page
    assert "System administrator" in page or "system administrator" in page
    assert 'data-duty-phone="0500-8100001"' in page
    assert "/account/login/" in browser.get("/check/")["Location"]
