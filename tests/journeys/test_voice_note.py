"""A voice note on a telephone: queued with its alarm, through outages, and there exactly once.

Chromium's own stand-in for a microphone beeps once a second.
"""

import json
import os
import signal
import sqlite3
import subprocess
import time
import urllib.error
import urllib.request
from contextlib import closing, contextmanager, suppress

import pytest
from playwright.sync_api import expect

from tests.browsers import ARGUMENTS, HEADLESS
from tests.installations import demo_server
from tests.processes import eventually

pytestmark = pytest.mark.browser

REPORTER = "town11.clerk"
MICROPHONE = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with demo_server(tmp_path_factory.mktemp("voice"), VOICE_NOTES="1") as server:
        yield server


@pytest.fixture
def phone(server, playwright):
    browser = playwright.chromium.launch(executable_path=HEADLESS, args=[*ARGUMENTS, *MICROPHONE])
    context = browser.new_context(viewport={"width": 390, "height": 844}, base_url=server.url, locale="zh-CN")
    page = context.new_page()
    sign_in(page, server)
    yield page
    browser.close()


def sign_in(page, server, username=REPORTER):
    page.goto(f"{server.url}/account/login/")
    page.locator("input[name=login]").fill(username)
    page.locator("input[type=password]").fill(server.passwords[username])
    page.locator("main form button.primary").first.click()
    expect(page.locator("[data-sign-out]")).to_have_count(1)


def rows(server, sql):
    with closing(sqlite3.connect(server.folder / "dashboard.sqlite3", timeout=20)) as connection:
        return connection.execute(sql).fetchall()


def of(server, said):
    """(incidents, notes, entries about the notes) whose alarm said this."""
    (found,) = rows(
        server,
        f"""SELECT count(DISTINCT i.id), count(DISTINCT v.id), count(DISTINCT e.id) FROM incidents_incident i
            LEFT JOIN incidents_voicenote v ON v.incident_id = i.id
            LEFT JOIN journal_entry e ON e.thread = 'incident:' || i.id AND e.kind = 'incident.voice_note_received'
            WHERE i.what LIKE '{said}%'""",
    )
    return found


def exactly(server, said, many=1):
    eventually(
        lambda: of(server, said) == (many,) * 3,
        seconds=60,
        what=f"{said}: {many} of each, {of(server, said)}",
    )
    time.sleep(1)
    assert of(server, said) == (many,) * 3


def record(page, seconds=0.8):
    page.locator("[data-voice-record]").click()
    expect(page.locator("[data-voice-record]")).to_have_attribute("aria-pressed", "true")
    page.wait_for_timeout(seconds * 1000)


def press(page, said):
    page.locator("textarea[name=what]").fill(said)
    page.locator("button.alarm").first.click()


def test_what_is_said_until_the_alarm_is_pressed_goes_along_and_is_heard_at_the_desk(server, phone):
    phone.goto("/alarm/")
    expect(phone.locator("input[name=voice_note]")).to_be_hidden()
    record(phone, 2.2)
    expect(phone.locator("[data-voice-said]")).to_contain_text("正在录音")

    press(phone, "边说边按")

    # The receipt is there at once, and says of the note when it has come.
    expect(phone.locator("[data-part=progress] .number")).to_be_in_viewport()
    expect(phone.locator("[data-part=progress]")).to_contain_text("收到语音备注")
    exactly(server, "边说边按")
    ((seconds, kind),) = rows(
        server, "SELECT seconds, media_type FROM incidents_voicenote ORDER BY id DESC LIMIT 1"
    )
    assert (seconds, kind) in [(2, "audio/webm"), (3, "audio/webm")]
    # On the receipt there is no second one to leave.
    expect(phone.locator("[data-voice]")).to_have_count(0)

    number = phone.url.rstrip("/").rsplit("/", 1)[-1]
    desk = phone.context.browser.new_context(base_url=server.url, locale="zh-CN").new_page()
    sign_in(desk, server, "county1.duty")
    violations = []
    desk.on(
        "console",
        lambda message: violations.append(message.text) if "Security Policy" in message.text else None,
    )
    desk.goto(f"/incidents/{number}/")
    player = desk.locator("audio")
    expect(player).to_have_count(1)
    assert rows(server, "SELECT count(*) FROM journal_entry WHERE kind = 'voice_note.heard'") == [(0,)]
    length = player.evaluate(
        """async (player) => {
          await player.play();
          await new Promise((next) => player.addEventListener('ended', next));
          return player.currentTime;
        }"""
    )
    assert 1.5 < length < 4
    assert violations == []
    assert rows(server, "SELECT count(*) FROM journal_entry WHERE kind = 'voice_note.heard'") == [(1,)]


def test_a_recording_ends_by_itself_and_may_be_taken_back(server, phone):
    phone.goto("/alarm/")
    phone.evaluate("document.querySelector('[data-voice]').dataset.voice = '1'")
    phone.locator("[data-voice-record]").click()
    expect(phone.locator("[data-voice-said]")).to_contain_text("已录好")
    expect(phone.locator("[data-voice-record]")).to_have_text("重新录音")

    phone.locator("[data-voice-drop]").click()
    expect(phone.locator("[data-voice-said]")).to_have_text("")
    press(phone, "录了又删")

    eventually(lambda: of(server, "录了又删")[0] == 1, seconds=20)
    time.sleep(1)
    assert of(server, "录了又删") == (1, 0, 0)


def test_from_the_receipt_it_follows_the_alarm(server, phone):
    phone.goto("/alarm/")
    press(phone, "先按后说")
    phone.wait_for_url("**/alarm/T11-*/")
    phone.locator("details:has([data-voice]) > summary").click()
    record(phone)
    phone.locator("[data-voice-record]").click()
    expect(phone.locator("[data-voice-said]")).to_contain_text("已录好")

    phone.locator("#voice-note button.primary").click()

    expect(phone.locator("[data-part=progress]")).to_contain_text("收到语音备注")
    exactly(server, "先按后说")


def test_an_answer_that_is_lost_makes_no_second_one(server, phone):
    lost = []

    def lose(route):
        route.fetch()
        lost.append(route.request.url)
        route.abort() if len(lost) < 3 else route.continue_()

    phone.route("**/voice-note/", lose)
    phone.goto("/alarm/")
    record(phone)
    press(phone, "回执丢失")

    eventually(lambda: [phone.wait_for_timeout(200), len(lost) >= 3][1], seconds=60)
    exactly(server, "回执丢失")
    assert len(set(lost)) == 1
    expect(phone.locator("[data-outbox-chip]")).to_be_hidden()


def files(server) -> set[str]:
    return {one.name for one in (server.folder / "voice").glob("*")}


@pytest.mark.parametrize("point", ["voice_notes.stored_not_recorded", "voice_notes.before_answer"])
def test_a_server_that_dies_while_it_takes_one_has_it_once(server, phone, point):
    phone.goto("/alarm/")
    expect(phone.locator("[data-voice-record]")).to_be_visible()
    server.restart(CRASH_AT=point, CRASH_POINTS="1")
    try:
        record(phone)
        press(phone, f"服务器倒下{point}")
        server.wait()
    finally:
        server.restart(CRASH_AT="")

    # The receipt was on its way when the server died; the next page that opens sends what waits.
    phone.goto("/alarm/")
    eventually(lambda: [phone.wait_for_timeout(300), of(server, "服务器倒下" + point)[1] == 1][1], seconds=60)
    exactly(server, "服务器倒下" + point)


def test_twenty_that_waited_for_the_server_are_there_once_each(server, phone):
    phone.goto("/alarm/")
    expect(phone.locator("[data-voice-record]")).to_be_visible()
    before = files(server)
    server.stop()
    try:
        for number in range(20):
            record(phone, 0.4)
            press(phone, f"断网第{number}条")
            expect(phone.locator("[data-outbox-list=alarm] .item")).to_have_count(number + 1)
            # A second press within two seconds is the same one.
            expect(phone.locator("form#alarm[data-busy]")).to_have_count(0)
            phone.locator("[data-again]").click()
        assert waiting(phone) == 40
    finally:
        server.start()

    phone.evaluate("window.dispatchEvent(new Event('online'))")

    eventually(lambda: [phone.wait_for_timeout(300), of(server, "断网第")[1] == 20][1], seconds=120)
    exactly(server, "断网第", 20)
    eventually(lambda: [phone.wait_for_timeout(200), waiting(phone) == 0][1], seconds=20)
    # What a server that died between file and row has left is swept later; nothing is left here.
    assert len(files(server) - before) == 20


@pytest.mark.parametrize("is_down", [True, False], ids=["without a server", "with a server"])
def test_a_browser_that_dies_a_moment_after_the_tap_has_kept_both(server, playwright, tmp_path, is_down):
    said = f"断电{is_down}"
    try:
        with killable(playwright, tmp_path) as (page, kill):
            sign_in(page, server)
            page.goto(f"{server.url}/alarm/")
            record(page)
            page.locator("textarea[name=what]").fill(said)
            if is_down:
                server.stop()
            page.locator("button.alarm").first.click()
            time.sleep(0.3)
            kill()
    finally:
        if is_down:
            server.restart()

    with killable(playwright, tmp_path) as (page, _kill):
        sign_in(page, server)
        page.goto(f"{server.url}/alarm/")
        eventually(lambda: [page.wait_for_timeout(200), of(server, said) == (1, 1, 1)][1], seconds=40)
        exactly(server, said)


@contextmanager
def killable(playwright, folder):
    """A browser with a memory of its own: (its page, what kills it)."""
    arguments = [
        *ARGUMENTS,
        *MICROPHONE,
        "--headless=new",
        "--remote-debugging-port=0",
        f"--user-data-dir={folder}",
    ]
    with suppress(FileNotFoundError):
        (folder / "DevToolsActivePort").unlink()
    process = subprocess.Popen(
        [HEADLESS, *arguments, "about:blank"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )  # fmt: skip

    def kill():
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    try:
        port = eventually(lambda: (folder / "DevToolsActivePort").read_text().split()[0], seconds=30)
        browser = playwright.chromium.connect_over_cdp(f"http://127.0.0.1:{port}")
        context = browser.contexts[0]
        yield context.new_page(), kill
    finally:
        with suppress(Exception):
            browser.close()
        kill()


def test_two_hundred_megabytes_are_refused_with_a_sentence_and_memory_stays_flat(server, phone):
    phone.goto("/alarm/")
    press(phone, "大文件")
    phone.wait_for_url("**/alarm/T11-*/")
    ((client_id,),) = rows(server, "SELECT client_id FROM incidents_incident WHERE what = '大文件'")
    cookies = {one["name"]: one["value"] for one in phone.context.cookies()}
    before = memory_of(server)

    def pieces():
        for _ in range(200):
            yield b"\x1a\x45\xdf\xa3" + bytes(1024 * 1024 - 4)

    request = urllib.request.Request(
        f"{server.url}/api/v1/alarms/{client_id}/voice-note/",
        data=pieces(),
        headers={
            "Content-Type": "audio/webm",
            "Content-Length": str(200 * 1024 * 1024),
            "X-CSRFToken": cookies["csrf"],
            "Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items()),
        },
    )
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request, timeout=120)

    assert refused.value.code == 422
    assert json.loads(refused.value.read())["detail"].startswith("语音备注未收下")
    assert memory_of(server) - before < 40 * 1024
    assert of(server, "大文件") == (1, 0, 0)


def memory_of(server):
    """Kilobytes that the server's process holds now, at its highest."""
    with open(f"/proc/{server.pid}/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))


def waiting(page):
    return page.evaluate(
        """() => new Promise((resolve) => {
          indexedDB.open('outbox').onsuccess = ({ target: { result } }) => {
            const items = result.transaction('items').objectStore('items').getAll();
            items.onsuccess = () => resolve(items.result.filter((item) => item.state === 'waiting').length);
          };
        })"""
    )
