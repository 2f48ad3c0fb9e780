"""The scripts in a real browser, against a made-up server: every answer and every socket is the test's own."""

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import parse_qs, urlsplit

import pytest
from django.template import Context, Engine
from django.test import RequestFactory
from django.utils import timezone
from django.utils.translation import override

from common.web.gallery import examples
from tests.browsers import CHROMIUM

sync_api = pytest.importorskip("playwright.sync_api")
expect = sync_api.expect
# Long, because nobody waits for it where all is well: a busy machine needs three times Playwright's five seconds.
expect.set_options(timeout=15_000)

ROOT = Path(__file__).resolve().parent.parent
HOST = "http://localhost"
CSP = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'"
TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(not CHROMIUM, reason="no Chromium here"),
]

ENGINE = Engine(
    dirs=[ROOT / "templates"],
    libraries={"static": "django.templatetags.static", "ui": "common.templatetags.ui"},
    builtins=["django.templatetags.i18n", "django.templatetags.static", "plans.templatetags.citations"],
)


def render(content, **context):
    """A page of the product around `content`, in Chinese."""
    template = ENGINE.from_string(
        "{% extends 'base.html' %}{% load ui %}{% block content %}" + content + "{% endblock %}"
    )
    user = SimpleNamespace(pk=7, is_authenticated=True)
    request = RequestFactory().get("/page/")
    values = {"request": request, "user": user, "csrf_token": "a-token", "now": timezone.now(), **context}
    with override("zh-hans"):
        return template.render(Context(values))


class Site:
    """Answers by method and path; keeps what was asked. An answer may be a function of the request."""

    def __init__(self, page):
        self.answers = {}
        self.asked = []
        self.sockets = []
        self.greets = True
        self.page = page
        page.route("**/*", self._answer)
        page.route_web_socket("**/ws/live/**", self._open)

    def gives(self, path, body="", *, method="GET", status=200, **headers):
        self.answers[method, path] = (status, body, headers)

    def asked_for(self, method, path):
        return [
            request
            for request in self.asked
            if (request.method, urlsplit(request.url).path) == (method, path)
        ]

    def say(self, **message):
        self.socket().send(json.dumps(message))

    def socket(self, count=1):
        """The newest socket, once there have been `count`."""
        for _ in range(200):
            if len(self.sockets) >= count:
                return self.sockets[-1]
            self.page.wait_for_timeout(20)
        raise AssertionError(f"{len(self.sockets)} sockets, not {count}")

    def beat(self, number, at=None):
        self.say(type="beat", number=number, at=(at or timezone.now()).isoformat())

    def _open(self, socket):
        self.sockets.append(socket)
        if self.greets:
            socket.send(
                json.dumps({"type": "hello", "number": int(parse_qs(urlsplit(socket.url).query)["after"][0])})
            )

    def _answer(self, route):
        request = route.request
        path = urlsplit(request.url).path
        if path.startswith("/static/"):
            file = ROOT / path.lstrip("/")
            route.fulfill(body=file.read_bytes(), content_type=TYPES[file.suffix])
            return
        self.asked.append(request)
        answer = self.answers.get((request.method, path), (404, "", {}))
        if callable(answer):
            answer = answer(request)
        if answer == "down":
            route.abort("connectionrefused")
            return
        status, body, headers = answer
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        kind = "application/json" if path.startswith("/api/") else "text/html; charset=utf-8"
        route.fulfill(
            status=status,
            body=body,
            headers={"Content-Security-Policy": CSP, "Content-Type": kind, **headers},
        )


@pytest.fixture
def page(request):
    """In the headless shell, unless a test says `whole_chromium`."""
    browser = request.getfixturevalue(getattr(request, "param", "chromium"))
    context = browser.new_context(locale="zh-CN", viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.faults = []
    page.on("pageerror", lambda error: page.faults.append(str(error)))
    page.on(
        "console", lambda line: page.faults.append(line.text) if "Content Security" in line.text else None
    )
    yield page
    assert page.faults == []
    context.close()


@pytest.fixture
def site(page):
    return Site(page)


def comes_to(page, what, value):
    """Wait until `what()` gives `value`: for what no locator shows."""
    for _ in range(750):
        if what() == value:
            break
        page.wait_for_timeout(20)
    assert what() == value


def stand_still(page):
    """From now on the page's clock (`page.clock.install()`) moves by `run_for` alone: for what is true within a second."""
    now = page.evaluate("Date.now()") / 1000
    page.clock.pause_at(datetime.fromtimestamp(now + 5, UTC))


def visit(page, site, content, **context):
    site.gives("/page/", render(content, **context))
    page.goto(f"{HOST}/page/")


# --- the live channel --------------------------------------------------------------------------------------

QUEUE = """
<section data-part="queue" data-kinds="warning." data-announce="新事件 {n} 条">
  <h2>待我办理</h2>
  <ol class="cards" data-list>%s</ol>
</section>
<section data-part="other" data-kinds="order."><p>others</p></section>
"""


def card(key, text, extra=""):
    return f'<li class="card" data-key="{key}"><h3>{text}</h3>{extra}</li>'


def queue(*cards):
    return QUEUE % "".join(cards)


def part_of(content, name):
    """Only the element of one part, as the server renders it for `?part=name`."""
    return re.search(rf'<section data-part="{name}".*?</section>', content, re.S).group(0)


def serve_part(site, content, number=50, page_content=None):
    whole = render(page_content or content, after=10)

    def answer(request):
        if "part=" not in request.url:
            return 200, whole, {}
        names = parse_qs(urlsplit(request.url).query)["part"]
        if len(names) == 1:
            return 200, part_of(content, names[0]), {"X_Journal_Number": str(number)}
        members = {
            name: {"status": 200, "tag": "", "number": number, "html": part_of(content, name)}
            for name in names
        }
        return 200, json.dumps(members), {}

    site.answers["GET", "/page/"] = answer


def test_link_is_live_after_a_beat(page, site):
    visit(page, site, queue(card("w:1", "红色预警")), after=10)

    site.beat(10)

    expect(page.locator("body")).to_have_attribute("data-link", "live")
    expect(page.locator("[data-link-state]")).to_have_text("实时")
    expect(page.locator("[data-stale]")).to_be_hidden()


def test_silence_turns_amber_after_9_and_red_after_20_seconds(page, site):
    page.clock.install()
    visit(page, site, queue(card("w:1", "红色预警")), after=10)
    expect(page.locator("body")).to_have_attribute("data-link", "live")
    stand_still(page)
    later = timezone.now() + timedelta(hours=1)
    site.beat(10, at=later)
    expect(page.locator("[data-as-of]")).to_have_text(re.compile(f"^{timezone.localtime(later):%H}:"))
    site.greets = False

    page.clock.run_for(8500)
    expect(page.locator("body")).to_have_attribute("data-link", "live")
    page.clock.run_for(1500)
    expect(page.locator("body")).to_have_attribute("data-link", "late")
    expect(page.locator("[data-stale-text]")).to_contain_text("没有收到服务器数据")
    page.clock.run_for(11000)
    expect(page.locator("body")).to_have_attribute("data-link", "stale")
    expect(page.locator("[data-stale-text]")).to_contain_text("请以电话核实")


def test_red_screen_refuses_to_sign_and_recovers(page, site):
    page.clock.install()
    form = '<form method="post" action="/sign/" id="sign" data-once data-needs-fresh><button>签发</button></form>'
    visit(page, site, queue() + form, after=10)
    site.socket()
    site.greets = False
    page.clock.run_for(21000)
    expect(page.locator("body")).to_have_attribute("data-link", "stale")

    page.get_by_role("button", name="签发").click()

    expect(page.locator("#sign [data-form-note]")).to_contain_text("不能据此签发")
    assert site.asked_for("POST", "/sign/") == []
    site.greets = True
    for _ in range(31):
        page.clock.run_for(1000)
        page.wait_for_timeout(20)
        if page.locator("body").get_attribute("data-link") == "live":
            break
    expect(page.locator("body")).to_have_attribute("data-link", "live")


def test_part_that_cannot_be_fetched_makes_the_screen_stale(page, site):
    page.clock.install()
    visit(page, site, queue(card("w:1", "红色预警")), after=10)
    site.answers["GET", "/page/"] = (503, "", {})
    site.say(
        type="entry", number=11, kind="warning.signed", subject="w:1", unit="C1", level="red", thread="i:1"
    )

    for _ in range(8):
        page.clock.run_for(1500)
        site.beat(11)

    expect(page.locator("body")).to_have_attribute("data-link", "late")


def test_broken_socket_comes_back_with_the_last_number(page, site):
    page.clock.install()
    visit(page, site, queue(), after=10)
    site.say(type="entry", number=15, kind="plan.loaded", subject="p:1", unit="", level="", thread="p:1")
    site.beat(17)
    expect(page.locator("body")).to_have_attribute("data-link", "live")

    site.socket().close(code=1012)
    page.clock.run_for(9000)

    expect(page.locator("body")).to_have_attribute("data-link", "live")
    assert len(site.sockets) == 2
    assert site.sockets[-1].url.endswith("after=17")


def test_a_screen_that_was_behind_says_what_it_caught_up_with(page, site):
    page.clock.install()
    visit(page, site, queue(card("w:1", "红色预警")), after=10)
    site.beat(10)
    site.greets = False
    page.clock.run_for(12000)
    expect(page.locator("body")).to_have_attribute("data-link", "late")
    site.greets = True
    for _ in range(20):
        page.clock.run_for(1000)
        page.wait_for_timeout(20)
        if len(site.sockets) > 1:
            break
    # The socket is there before the page listens to it: what is said first may go past it.
    for _ in range(300):
        site.say(type="hello", number=10)
        page.wait_for_timeout(50)
        if page.locator("body").get_attribute("data-link") == "live":
            break
    for number in (11, 12):
        site.say(
            type="entry",
            number=number,
            kind="warning.signed",
            subject="w:1",
            unit="C1",
            level="red",
            thread="i:1",
        )
    expect(page.locator("[data-toasts]")).not_to_contain_text("画面")

    site.beat(12)

    expect(page.locator("[data-toasts]")).to_contain_text("2 项变化已补上")


def test_signed_out_socket_says_so_and_does_not_loop(page, site):
    page.clock.install()
    visit(page, site, queue(), after=10)

    site.socket().close(code=4401)
    page.clock.run_for(120000)

    expect(page.locator("[data-stale-text]")).to_have_text("您已退出登录，画面不再更新。")
    expect(page.locator("[data-stale-sign-in]")).to_be_visible()
    assert len(site.sockets) == 1
    assert site.asked_for("GET", "/api/v1/journal/") == []


def test_two_failed_sockets_fall_back_to_asking(page, site):
    page.clock.install()
    serve_part(site, queue(card("w:2", "新预警")), page_content=queue())
    entry = {
        "number": 12,
        "at": "2026-11-22T01:00:00Z",
        "kind": "warning.signed",
        "subject": "w:2",
        "unit": "C1",
    }
    site.gives(
        "/api/v1/journal/", json.dumps({"entries": [entry], "last": 12, "more": False, "reload": False})
    )
    site.greets = False
    page.goto(f"{HOST}/page/")

    for _ in range(40):
        site.socket().close(code=1006)
        page.clock.run_for(1000)

    expect(page.locator("[data-key='w:2']")).to_have_text("新预警")
    expect(page.locator("body")).to_have_attribute("data-link", "live")


def test_backoff_spreads_a_thousand_screens(page, site):
    visit(page, site, queue(), after=10)

    waits = page.evaluate(
        """async () => {
          const { backoff } = await import("/static/js/live.js");
          return Array.from({ length: 1000 }, (_, i) => [1, 2, 3, 4, 9].map((tries) => backoff(tries, 8, () => (i + 0.5) / 1000)));
        }"""
    )

    first = [wait[0] for wait in waits]
    assert max(sum(1 for wait in first if second <= wait < second + 1) for second in range(9)) <= 150
    assert min(first) >= 0.5
    assert all(0.5 <= wait <= 30 for row in waits for wait in row)
    assert max(row[4] for row in waits) > 29


def test_part_is_fetched_only_for_its_kinds(page, site):
    serve_part(site, queue(card("w:1", "新")), page_content=queue(card("w:1", "旧")))
    page.goto(f"{HOST}/page/")

    site.say(
        type="entry", number=11, kind="incident.reported", subject="i:1", unit="C1", level="", thread="i:1"
    )
    site.say(
        type="entry", number=12, kind="warning.signed", subject="w:1", unit="C1", level="red", thread="i:1"
    )

    expect(page.locator("[data-key='w:1']")).to_have_text("新")
    asked = [request.url for request in site.asked if "part=" in request.url]
    assert [parse_qs(urlsplit(url).query)["part"] for url in asked] == [["queue"]]
    assert site.asked[-1].headers["x-part"] == "1"


def warned(site, number):
    site.say(
        type="entry", number=number, kind="warning.signed", subject="w", unit="C1", level="", thread="i:1"
    )


def test_a_long_list_is_narrowed_by_typing_and_what_is_chosen_stays(page, site):
    row = '<li><label><input type="radio" name="to" value="{0}" required>{0}</label></li>'
    group = "<details{0}><summary>{1}</summary><ul>{2}</ul></details>"
    find = '<div data-narrow hidden><input type="search" id="find"></div>'
    squads, units = "".join(map(row.format, ("Dialogue C1", "Perimeter C1"))), row.format("Township C11")
    lists = group.format(" open", "Squads", squads) + group.format("", "Units", units)
    content = f'<form method="post" data-once><fieldset><legend>To whom</legend>{find}{lists}</fieldset><button>Go</button></form>'
    script = '<script type="module" src="/static/js/narrow.js"></script>'
    site.gives("/page/", render(content).replace("</head>", f"{script}</head>"))
    page.goto(f"{HOST}/page/")
    page.get_by_label("Dialogue C1").check()

    page.locator("#find").fill("town c11")

    expect(page.locator("li:visible")).to_have_text(["Dialogue C1", "Township C11"])
    page.locator("#find").press("Enter")
    assert not [request for request in site.asked if request.method == "POST"]
    page.locator("#find").fill("nobody")
    expect(page.locator("li:visible")).to_have_text(["Dialogue C1"])
    page.locator("#find").fill("")
    expect(page.locator("li:visible")).to_have_count(3)


def test_what_is_missing_is_seen_in_a_narrowed_list(page, site):
    row = '<li><label><input type="radio" name="to" value="{0}" required>{0}</label></li>'
    find = '<div data-narrow hidden><input type="search" id="find"></div>'
    lists = f"<details open><summary>Squads</summary><ul>{row.format('Dialogue')}</ul></details>"
    content = f'<form method="post" data-once><fieldset><legend>To whom</legend>{find}{lists}</fieldset><button>Go</button></form>'
    script = '<script type="module" src="/static/js/narrow.js"></script>'
    site.gives("/page/", render(content).replace("</head>", f"{script}</head>"))
    page.goto(f"{HOST}/page/")
    page.locator("#find").fill("nobody")
    expect(page.locator("li:visible")).to_have_count(0)

    page.get_by_role("button", name="Go").click()

    expect(page.get_by_label("Dialogue")).to_be_focused()


def test_what_the_screen_has_need_not_come_again(page, site):
    """All of it (304), or rows of it (226); and then the screen has that."""
    rows = {"w:1": "一", "w:2": "二"}
    answers = iter(
        [
            (200, part_of(queue(*(card(*row) for row in rows.items())), "queue"), 'W/"a"'),
            (304, "", 'W/"a"'),
            (226, part_of(queue('<li data-key="w:2" data-same></li>', card("w:3", "三")), "queue"), 'W/"b"'),
            (226, part_of(queue(card("w:1", "又"), '<li data-key="w:3" data-same></li>'), "queue"), 'W/"c"'),
        ]
    )
    page_text = render(queue(), after=10)

    def answer(request):
        if "part=" not in request.url:
            return 200, page_text, {}
        status, body, tag = next(answers)
        return status, body, {"ETag": tag, "X_Journal_Number": "50"}

    site.answers["GET", "/page/"] = answer
    page.goto(f"{HOST}/page/")
    titles = page.locator("[data-part=queue] h3")

    for number, expected in enumerate((["一", "二"], ["一", "二"], ["二", "三"], ["又", "三"]), start=51):
        warned(site, number)
        expect(titles).to_have_text(expected)
        page.wait_for_timeout(400)

    asked = [request.headers for request in site.asked if "part=" in request.url]
    assert [headers.get("if-none-match") for headers in asked] == [None, 'W/"a"', 'W/"a"', 'W/"b"']
    assert [headers.get("a-im") for headers in asked] == [None, "rows", "rows", "rows"]


@pytest.mark.parametrize("missing", [False, True])
def test_a_first_change_brings_only_the_rows_that_the_page_did_not_come_with(page, site, missing):
    """The page says under which tag its own rows are known; where one of them is not here, all of it is asked for."""
    same = f'<li data-key="w:{9 if missing else 1}" data-same></li>'
    answers = iter([
        (226, part_of(queue(same, card("w:2", "又")), "queue"), 'W/"b"'),
        *([(200, part_of(queue(card("w:1", "一"), card("w:2", "又")), "queue"), 'W/"b"')] if missing else []),
        (226, part_of(queue('<li data-key="w:1" data-same></li>', card("w:2", "三")), "queue"), 'W/"c"'),
    ])  # fmt: skip
    page_text = render(queue(card("w:1", "一"), card("w:2", "二")), after=10, tags={"queue": 'W/"a"'})

    def answer(request):
        if "part=" not in request.url:
            return 200, page_text, {}
        status, body, tag = next(answers)
        return status, body, {"ETag": tag, "X_Journal_Number": "50"}

    site.answers["GET", "/page/"] = answer
    page.goto(f"{HOST}/page/")
    first = page.locator("[data-key='w:1']").element_handle()
    titles = page.locator("[data-part=queue] h3")

    for number, expected in enumerate((["一", "又"], ["一", "三"]), start=51):
        warned(site, number)
        expect(titles).to_have_text(expected)
        page.wait_for_timeout(400)

    assert first.evaluate("row => row.isConnected")
    asked = [request.headers.get("if-none-match") for request in site.asked if "part=" in request.url]
    assert asked == (['W/"a"', None, 'W/"b"'] if missing else ['W/"a"', 'W/"b"'])


def test_rows_of_an_answer_that_is_not_here_are_asked_for_once_more(page, site):
    answers = iter(
        [
            (200, part_of(queue(card("w:1", "一")), "queue")),
            (226, part_of(queue('<li data-key="w:9" data-same></li>'), "queue")),
            (200, part_of(queue(card("w:9", "九")), "queue")),
        ]
    )
    page_text = render(queue(), after=10)

    def answer(request):
        if "part=" not in request.url:
            return 200, page_text, {}
        status, body = next(answers)
        return status, body, {"ETag": 'W/"a"', "X_Journal_Number": "50"}

    site.answers["GET", "/page/"] = answer
    page.goto(f"{HOST}/page/")
    warned(site, 51)
    expect(page.locator("[data-key='w:1']")).to_have_text("一")

    warned(site, 52)

    expect(page.locator("[data-part=queue] h3")).to_have_text(["九"])
    asked = [request.headers.get("if-none-match") for request in site.asked if "part=" in request.url]
    assert asked == [None, 'W/"a"', None]


def test_parts_touched_together_are_asked_for_together(page, site):
    both = QUEUE.replace('data-kinds="order."', 'data-kinds="order. warning."')
    serve_part(site, both % card("w:1", "新"), page_content=both % "")
    page.goto(f"{HOST}/page/")

    warned(site, 51)

    expect(page.locator("[data-key='w:1']")).to_have_text("新")
    (asked,) = [request for request in site.asked if "part=" in request.url]
    assert parse_qs(urlsplit(asked.url).query)["part"] == ["queue", "other"]
    assert asked.headers["accept"] == "application/json"


def test_forms_of_a_part_get_the_tokens_of_the_page(page, site):
    form = (
        '<form method="post" action="/plain/"><input type="hidden" name="csrfmiddlewaretoken" value="">'
        '<input type="hidden" name="idempotency_key" value=""><button>签收</button></form>'
    )
    serve_part(site, queue(card("w:1", "一", form), card("w:2", "二", form)), page_content=queue())
    page.goto(f"{HOST}/page/")

    warned(site, 51)

    tokens = page.locator("[data-part=queue] [name=csrfmiddlewaretoken]")
    keys_ = page.locator("[data-part=queue] [name=idempotency_key]")
    expect(tokens).to_have_count(2)
    assert {field.input_value() for field in tokens.all()} == {
        page.evaluate("JSON.parse(document.getElementById('page').textContent).csrf")
    }
    values = [field.input_value() for field in keys_.all()]
    assert len(set(values)) == 2
    assert all(values)


def test_a_crowd_spreads_its_questions_as_the_server_says(page, site):
    page.clock.install()
    page.add_init_script("Math.random = () => 0.5")
    serve_part(site, queue(card("w:1", "新")), page_content=queue())
    page.goto(f"{HOST}/page/")
    site.beat(10)
    page.clock.run_for(1000)

    site.say(type="entry", number=51, kind="warning.signed", subject="w", unit="C1", level="", thread="i:1", spread=2000)  # fmt: skip
    page.clock.run_for(900)
    asked_early = [request.url for request in site.asked if "part=" in request.url]
    page.clock.run_for(500)

    expect(page.locator("[data-key='w:1']")).to_have_text("新")
    assert asked_early == []


def test_burst_of_entries_is_one_look(page, site):
    serve_part(site, queue(card("w:1", "新")), number=200, page_content=queue())
    page.goto(f"{HOST}/page/")

    for number in range(11, 111):
        site.say(
            type="entry",
            number=number,
            kind="warning.signed",
            subject="w:1",
            unit="C1",
            level="red",
            thread="i:1",
        )

    expect(page.locator("[data-key='w:1']")).to_have_text("新")
    page.wait_for_timeout(600)
    assert len([request for request in site.asked if "part=" in request.url]) <= 3


def test_refresh_keeps_focus_typing_and_unchanged_rows(page, site):
    note = '<form data-key-free="1"><input name="remark"></form>'
    before = queue(card("w:1", "一"), card("w:2", "二", note), card("w:3", "三"))
    after = queue(card("w:1", "一"), card("w:2", "二改", note), card("w:3", "三"), card("w:4", "四"))
    serve_part(site, after, page_content=before)
    page.goto(f"{HOST}/page/")
    site.socket()
    page.evaluate("document.querySelectorAll('[data-key]').forEach((row) => { row.mine = row.dataset.key; })")
    page.locator("[name=remark]").fill("写了一半")

    site.say(
        type="entry", number=11, kind="warning.signed", subject="w:2", unit="C1", level="red", thread="i:1"
    )

    expect(page.locator("[data-key='w:2'] h3")).to_have_text("二改")
    expect(page.locator("[name=remark]")).to_have_value("写了一半")
    expect(page.locator("[name=remark]")).to_be_focused()
    assert page.evaluate("Array.from(document.querySelectorAll('[data-key]'), (row) => row.mine)") == [
        "w:1",
        "w:2",
        "w:3",
    ]
    expect(page.locator("[data-more]")).to_have_text("1 条更新")
    page.locator("[data-more]").click()
    expect(page.locator("[data-key='w:4']")).to_have_text("四")
    expect(page.locator("[name=remark]")).to_have_value("写了一半")


def test_new_rows_are_added_in_order_and_announced(page, site):
    before = queue(card("w:1", "一"), card("w:2", "二"))
    serve_part(site, queue(card("w:2", "二"), card("w:3", "三"), card("w:1", "一")), page_content=before)
    page.goto(f"{HOST}/page/")
    site.socket()
    page.evaluate("document.querySelectorAll('[data-key]').forEach((row) => { row.mine = true; })")

    site.say(
        type="entry", number=11, kind="warning.signed", subject="w:3", unit="C1", level="red", thread="i:1"
    )

    expect(page.locator("[data-part=queue] h3")).to_have_text(["二", "三", "一"])
    expect(page.locator("[data-status]")).to_have_text("新事件 1 条")
    assert page.evaluate(
        "Array.from(document.querySelectorAll('[data-key]'), (row) => Boolean(row.mine))"
    ) == [True, False, True]


def test_later_answers_touch_only_the_rows_that_differ(page, site):
    pictures = [
        [("w:1", "一"), ("w:2", "二"), ("w:3", "三")],
        [("w:1", "一"), ("w:2", "二改"), ("w:3", "三")],
        [("w:3", "三"), ("w:2", "二改"), ("w:4", "四")],
        [("w:4", "四")],
        [],
        [("w:1", "一再")],
    ]
    serve_part(site, "", page_content=queue(card("w:1", "一"), card("w:2", "零"), card("w:3", "三")))
    page.goto(f"{HOST}/page/")
    site.socket()
    page.evaluate("document.querySelectorAll('[data-key]').forEach((row) => { row.mine = row.dataset.key; })")
    row_of_three = "Array.from(document.querySelectorAll('[data-key=\"w:3\"]'), (row) => row.mine)"

    for number, picture in enumerate(pictures, start=11):
        content = queue(*(card(key, text, "<ul><li>a</li></ul>") for key, text in picture))
        site.answers["GET", "/page/"] = (200, part_of(content, "queue"), {"X_Journal_Number": str(number)})
        site.say(
            type="entry", number=number, kind="warning.signed", subject="w", unit="C1", level="", thread="i:1"
        )
        expect(page.locator("[data-part=queue] h3")).to_have_text([text for _key, text in picture])
        if number == 13:
            assert page.evaluate(row_of_three) == ["w:3"]


def test_tokens_alone_do_not_touch_a_row(page, site):
    def form(token):
        hidden = f'<input type="hidden" name="csrfmiddlewaretoken" value="{token}">'
        return card("w:1", "一", f"<form>{hidden}<b>x</b></form>")

    serve_part(site, queue(form("two"), card("w:2", "二")), page_content=queue(form("one")))
    page.goto(f"{HOST}/page/")
    site.socket()
    page.evaluate("document.querySelector('[data-key] b').textContent = 'mine'")

    site.say(
        type="entry", number=11, kind="warning.signed", subject="w:2", unit="C1", level="red", thread="i:1"
    )

    expect(page.locator("[data-key='w:2']")).to_be_visible()
    expect(page.locator("[data-key='w:1'] b")).to_have_text("mine")


def test_order_waits_while_the_pointer_moves_in_the_list(page, site):
    serve_part(site, queue(card("w:2", "二"), card("w:1", "一")), page_content=queue(card("w:1", "一")))
    page.goto(f"{HOST}/page/")
    # What moves before the page listens is not seen.
    expect(page.locator("body")).to_have_attribute("data-link", "live")
    page.locator("[data-key='w:1']").hover()

    site.say(
        type="entry", number=11, kind="warning.signed", subject="w:2", unit="C1", level="red", thread="i:1"
    )

    expect(page.locator("[data-more]")).to_have_text("1 条更新")
    expect(page.locator("[data-part=queue] h3")).to_have_text(["一"])
    page.mouse.move(5, 600)
    expect(page.locator("[data-part=queue] h3")).to_have_text(["二", "一"])
    expect(page.locator("[data-more]")).to_have_count(0)


def test_rights_message_fetches_every_part(page, site):
    serve_part(site, queue(), page_content=queue(card("w:1", "一")))
    page.goto(f"{HOST}/page/")

    site.say(type="rights", number=11)

    expect(page.locator("[data-key]")).to_have_count(0)


def test_lost_page_says_so(page, site):
    visit(page, site, queue(card("w:1", "一")), after=10)
    site.gives("/page/", "", status=404)

    site.say(
        type="entry", number=11, kind="warning.signed", subject="w:1", unit="C1", level="red", thread="i:1"
    )

    expect(page.locator("[data-stale-text]")).to_contain_text("权限已变化")


# --- clocks ------------------------------------------------------------------------------------------------


def test_countdown_goes_through_soon_and_over(page, site):
    now = timezone.now()
    page.clock.install(time=now)
    visit(
        page,
        site,
        "{% deadline due label='签发' announce=True %}",
        now=now,
        due=now + timezone.timedelta(seconds=310),
    )
    clock = page.locator("time-left")

    expect(clock).to_have_attribute("data-state", "run")
    expect(clock.locator("b")).to_have_text(re.compile("剩 05:"))
    page.clock.run_for(20000)
    expect(page.locator("[data-status]")).to_have_text("签发：还剩 5 分钟")
    page.clock.run_for(180000)
    expect(clock).to_have_attribute("data-state", "soon")
    page.clock.run_for(60000)
    expect(page.locator("[data-status]")).to_have_text("签发：还剩 1 分钟")
    page.clock.run_for(61000)
    expect(clock).to_have_attribute("data-state", "over")
    expect(clock.locator("b")).to_have_text(re.compile("已超时 00:1"))
    expect(page.locator("[data-status]")).to_have_text("签发：已超时")


def test_countdown_uses_the_time_of_the_server(page, site):
    server = timezone.now()
    page.clock.install(time=server - timezone.timedelta(hours=1))
    visit(page, site, "{% deadline due %}", after=10, now=server, due=server + timezone.timedelta(minutes=10))
    site.beat(10, at=server)

    expect(page.locator("time-left b")).to_have_text(re.compile("剩 (09|10):"))


def test_page_without_scripts_shows_the_absolute_time(chromium):
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    site = Site(page)
    now = timezone.now()
    visit(
        page,
        site,
        "{% deadline due label='签发' %}",
        now=now,
        after=10,
        due=now + timezone.timedelta(minutes=5),
    )

    due = timezone.localtime(now + timezone.timedelta(minutes=5)).strftime("%H:%M:%S")
    expect(page.locator("time-left")).to_contain_text(f"截止 {due}")
    expect(page.locator("noscript, .bar-stale").first).to_be_attached()
    context.close()


# --- forms -------------------------------------------------------------------------------------------------

FORM = """
<form method="post" action="/send/" id="f" data-once data-draft="f">{% csrf_token %}{% once_key %}
  <label for="reason">理由</label><textarea id="reason" name="reason"></textarea>
  <input type="password" name="credential">
  <button class="button primary">提请签发</button>
</form>
"""


def keys(requests):
    return [request.headers["idempotency-key"] for request in requests]


def test_form_is_sent_once_however_often_it_is_pressed(page, site):
    visit(page, site, FORM)
    site.gives("/send/", method="POST", status=204, X_Location="/next/")
    site.gives("/next/", render("<h1>已提请</h1>"))
    page.locator("#reason").fill("情况紧急")

    page.evaluate("for (let i = 0; i < 5; i += 1) document.querySelector('#f button').click()")

    expect(page.locator("h1")).to_have_text("已提请")
    assert len(site.asked_for("POST", "/send/")) == 1
    assert page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('draft:'))") == []


def test_form_tries_again_with_the_same_key_and_keeps_what_was_typed(page, site):
    page.clock.install()
    visit(page, site, FORM)
    answers = ["down", (503, "", {"Retry_After": "1"}), (204, "", {"X_Location": "/next/"})]
    site.answers["POST", "/send/"] = lambda request: answers.pop(0)
    site.gives("/next/", render("<h1>已提请</h1>"))
    page.locator("#reason").fill("情况紧急")

    page.get_by_role("button", name="提请签发").click()

    expect(page.locator("[data-form-note]")).to_contain_text("暂时无法提交，已保留所填内容，正在重试")
    expect(page.locator("#reason")).to_have_value("情况紧急")
    page.clock.run_for(600)
    page.clock.run_for(1500)
    expect(page.locator("h1")).to_have_text("已提请")
    sent = site.asked_for("POST", "/send/")
    assert len(sent) == 3
    assert len(set(keys(sent))) == 1


def test_retry_button_tries_at_once(page, site):
    page.clock.install()
    visit(page, site, FORM)
    answers = [(503, "", {"Retry_After": "15"}), (204, "", {"X_Location": "/next/"})]
    site.answers["POST", "/send/"] = lambda request: answers.pop(0)
    site.gives("/next/", render("<h1>已提请</h1>"))

    page.get_by_role("button", name="提请签发").click()
    page.get_by_role("button", name="立即重试").click()

    expect(page.locator("h1")).to_have_text("已提请")


def test_wrong_input_shows_the_form_of_the_server(page, site):
    visit(page, site, FORM)
    wrong = FORM.replace(
        "{% once_key %}",
        '{% once_key %}<div class="error-summary" tabindex="-1" data-error-summary>请检查</div>',
    )
    site.answers["POST", "/send/"] = (422, render(wrong), {})

    page.get_by_role("button", name="提请签发").click()

    expect(page.locator("[data-error-summary]")).to_be_focused()
    expect(page.get_by_role("button", name="提请签发")).to_be_enabled()
    assert page.url == f"{HOST}/page/"


CHOICE = """
<fieldset><legend>120</legend>%s<label><input type="radio" name="a" value="done">已办</label>
<label><input type="radio" name="a" value="no">不需要</label></fieldset>
"""


def test_what_came_back_in_a_corrected_form_is_not_replaced_by_its_beginning(page, site):
    """A form of a live part begins with what is on record; a summary that was sent back stays when that changes."""

    def part(beginning, extra=""):
        form = FORM.replace("</textarea>", f"{beginning}</textarea>{CHOICE % extra}")
        return f'<section data-part="acts" data-kinds="warning.">{form}</section>'

    visit(page, site, part("指令 0 条"), after=10)
    site.beat(10)
    problem = '{% once_key %}<div class="error-summary" tabindex="-1" data-error-summary>请检查</div>'
    site.answers["POST", "/send/"] = (422, render(part("已劝离。").replace("{% once_key %}", problem)), {})
    page.locator("#reason").fill("已劝离。")
    page.get_by_role("button", name="提请签发").click()
    expect(page.locator("[data-error-summary]")).to_be_focused()

    page.get_by_label("不需要").check()
    page.locator("#reason").evaluate("area => area.blur()")
    page.get_by_label("不需要").evaluate("one => one.blur()")

    changed = part("指令 1 条", "<b>已变</b>").replace("</form>", "<p>一条新指令</p></form>")
    site.gives("/page/", render(changed))
    warned(site, 11)

    expect(page.locator("[data-part=acts]")).to_contain_text("一条新指令")
    expect(page.locator("fieldset")).to_contain_text("已变")
    expect(page.locator("#reason")).to_have_value("已劝离。")
    expect(page.get_by_label("不需要")).to_be_checked()


def test_refusal_is_shown_in_the_form_and_takes_a_new_key(page, site):
    visit(page, site, FORM)
    sentence = "指令 2026-114 未召回：三中队已报告到达。"
    site.answers["POST", "/send/"] = (
        409,
        render(f"<div data-refusal><p data-refusal-text>{sentence}</p></div>"),
        {},
    )
    page.locator("#reason").fill("撤回")

    page.get_by_role("button", name="提请签发").click()
    expect(page.locator("[data-form-note]")).to_have_text(sentence)
    page.get_by_role("button", name="提请签发").click()
    expect(page.locator("[data-form-note]")).to_have_text(sentence)

    expect(page.locator("#reason")).to_have_value("撤回")
    assert len(set(keys(site.asked_for("POST", "/send/")))) == 2


def test_refusal_in_a_form_links_to_what_stands_in_the_way(page, site):
    visit(page, site, FORM)
    refusal = """<div data-refusal><p data-refusal-text>未办结</p><ul data-refusal-open>
      <li><a href="/page/">本页</a></li><li><a href="/reports/">上报尚未终报</a></li><li>其他</li></ul></div>"""
    site.answers["POST", "/send/"] = (409, render(refusal), {})

    page.get_by_role("button", name="提请签发").click()

    expect(page.locator("[data-form-note] p")).to_have_text("未办结")
    expect(page.locator("[data-form-note] a")).to_have_text(["上报尚未终报"])
    expect(page.locator("[data-form-note] a")).to_have_attribute("href", "/reports/")


def test_expired_session_keeps_the_form(page, site):
    visit(page, site, FORM)
    site.gives("/send/", method="POST", status=401)
    page.locator("#reason").fill("情况紧急")

    page.get_by_role("button", name="提请签发").click()

    expect(page.locator("[data-form-note]")).to_contain_text("登录已失效")
    expect(page.locator("#reason")).to_have_value("情况紧急")


@pytest.mark.control(56)
def test_draft_survives_a_reload_without_the_credential(page, site):
    visit(page, site, FORM)
    page.locator("#reason").fill("写了一半")
    page.locator("[name=credential]").fill("geheim-1234")
    page.wait_for_timeout(500)

    page.reload()

    expect(page.locator("#reason")).to_have_value("写了一半")
    expect(page.locator("[name=credential]")).to_have_value("")
    expect(page.locator("[data-form-note]")).to_contain_text("已恢复")
    assert "geheim" not in page.evaluate("JSON.stringify(localStorage)")
    page.get_by_role("button", name="清除").click()
    expect(page.locator("#reason")).to_have_value("")


def test_what_was_typed_a_moment_before_leaving_is_kept(page, site):
    visit(page, site, FORM)
    page.evaluate(
        """() => {
            const reason = document.querySelector("#reason");
            reason.value = "最后一句";
            reason.dispatchEvent(new Event("input", { bubbles: true }));
            location.reload();
        }"""
    )

    expect(page.locator("#reason")).to_have_value("最后一句")


def test_staying_form_refreshes_the_parts(page, site):
    form = '<form method="post" action="/ack/" id="ack" data-once data-stay data-done="已签收"><button>签收</button></form>'
    serve_part(site, queue(card("w:1", "已签收的")), page_content=queue(card("w:1", "一")) + form)
    site.gives("/ack/", method="POST", status=204, X_Location="/page/")
    page.goto(f"{HOST}/page/")

    page.get_by_role("button", name="签收").click()

    expect(page.locator("[data-key='w:1']")).to_have_text("已签收的")
    expect(page.locator("[data-toasts]")).to_have_text("已签收")


def test_what_was_done_is_named_and_the_newest_stands_alone(page, site):
    form = '<form method="post" action="/%s/" data-once data-stay><button>%s</button></form>'
    visit(page, site, form % ("set-out", "出发") + form % ("arrive", "已到场"))
    for address in ("/set-out/", "/arrive/"):
        site.gives(address, method="POST", status=204, X_Location="/page/")

    page.get_by_role("button", name="出发").click()
    expect(page.locator("[data-toasts]")).to_have_text("已记录：出发")
    page.get_by_role("button", name="已到场").click()

    expect(page.locator("[data-toasts]")).to_have_text("已记录：已到场")


def test_a_form_beside_a_title_breaks_rather_than_widen_a_small_telephone(page, site):
    page.set_viewport_size({"width": 320, "height": 640})
    form = '<form class="filters one"><input type="datetime-local"><button class="button">Look at this moment</button></form>'
    visit(
        page, site, f'<header class="page-head"><div><h1>Who</h1></div><nav class="row">{form}</nav></header>'
    )

    assert page.evaluate("document.documentElement.scrollWidth") == 320


def test_other_forms_are_left_to_the_browser(page, site):
    visit(page, site, '<form method="post" action="/plain/"><button>发送</button></form>')
    site.gives("/plain/", render("<h1>plain</h1>"), method="POST")

    page.get_by_role("button", name="发送").click()

    expect(page.locator("h1")).to_have_text("plain")


def test_preferences_change_at_once_and_are_remembered(page, site):
    visit(page, site, "<p>x</p>")
    page.locator("[data-menu] summary").click()

    page.get_by_role("button", name="深色").click()
    page.get_by_role("button", name="关怀版").click()

    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    expect(page.locator("html")).to_have_attribute("data-size", "large")
    cookies = {cookie["name"]: cookie["value"] for cookie in page.context.cookies()}
    assert cookies == {"theme": "dark", "size": "large"}


# --- outbox ------------------------------------------------------------------------------------------------

ALARM = """
<form method="post" action="/alarm/" id="alarm" data-outbox="alarm" data-url="/api/v1/alarms/" data-withdraw {extra}>
  <input type="hidden" name="unit" value="C1"><input name="place" aria-label="地点">
  <label><input type="checkbox" name="facts.acts" value="banner" data-many>拉横幅</label>
  <label><input type="checkbox" name="facts.acts" value="sit_in" data-many>静坐</label>
  <label><input type="number" name="facts.headcount_high">人数</label>
  <label><input type="number" name="facts.headcount_low">至少</label>
  <button class="button alarm">一键报警</button>
</form><div data-outbox-list="alarm"></div>
"""
ACCEPTED = {
    "number": "C1-20261122-003",
    "url": "/api/v1/incidents/C1-20261122-003/",
    "page": "/incidents/C1-20261122-003/",
}


def alarm(extra=""):
    return ALARM.replace("{extra}", extra)


def press(page):
    page.get_by_role("button", name="一键报警").click()


def test_alarm_is_stored_sent_and_numbered(page, site):
    visit(page, site, alarm())
    site.gives("/api/v1/alarms/", json.dumps(ACCEPTED), method="POST", status=201)
    page.get_by_label("地点").fill("律所门前")
    page.get_by_label("拉横幅").check()
    page.get_by_label("人数").fill("32")

    press(page)

    expect(page.locator("[data-outbox-list] [data-state=sent]")).to_contain_text("C1-20261122-003")
    (sent,) = site.asked_for("POST", "/api/v1/alarms/")
    body = sent.post_data_json
    assert body["client_id"] == sent.headers["idempotency-key"]
    assert sent.headers["x-csrftoken"]
    assert (body["unit"], body["place"], body["facts"]) == (
        "C1",
        "律所门前",
        {"acts": ["banner"], "headcount_high": 32},
    )
    expect(page.get_by_label("地点")).to_have_value("")


@pytest.mark.control(31)
def test_alarm_without_network_survives_a_reload_and_is_sent_later(page, site):
    visit(page, site, alarm())
    site.answers["POST", "/api/v1/alarms/"] = lambda request: "down"
    page.get_by_label("地点").fill("律所门前")

    press(page)
    expect(page.locator("[data-outbox-list]")).to_contain_text("已保存在本机")
    expect(page.locator("[data-outbox-list]")).to_contain_text("待发送")
    expect(page.locator("[data-outbox-chip]")).to_have_text("待发送 1 条")
    page.reload()
    expect(page.locator("[data-outbox-list]")).to_contain_text("已保存在本机")
    site.gives("/api/v1/alarms/", json.dumps(ACCEPTED), method="POST", status=201)
    page.evaluate("window.dispatchEvent(new Event('online'))")

    expect(page.locator("[data-outbox-list] [data-state=sent]")).to_contain_text("C1-20261122-003")
    sent = site.asked_for("POST", "/api/v1/alarms/")
    assert len(set(keys(sent))) == 1
    assert len({request.post_data for request in sent}) == 1
    expect(page.locator("[data-outbox-chip]")).to_be_hidden()


def test_network_that_returns_during_a_try_is_used_at_once(page, site):
    """No timer helps here: the page's clock stands still."""
    page.clock.install()
    visit(page, site, alarm())
    page.clock.pause_at(timezone.now() + timedelta(minutes=1))
    tries = []

    def comes_back_meanwhile(request):
        tries.append(request)
        if len(tries) > 1:
            return 201, json.dumps(ACCEPTED), {}
        page.evaluate("window.dispatchEvent(new Event('online'))")
        return "down"

    site.answers["POST", "/api/v1/alarms/"] = comes_back_meanwhile

    press(page)

    expect(page.locator("[data-outbox-list] [data-state=sent]")).to_contain_text("C1-20261122-003")
    assert len(set(keys(tries))) == 1


@pytest.mark.control(31)
@pytest.mark.parametrize("status", [401, 403, 429, 500, 503])
def test_alarm_is_kept_when_the_server_cannot_take_it(page, site, status):
    visit(page, site, alarm())
    site.gives("/api/v1/alarms/", "{}", method="POST", status=status)

    press(page)

    expect(page.locator("[data-outbox-list] [data-state=waiting] .muted")).to_be_visible()


def test_refused_alarm_shows_the_sentence_and_can_be_changed(page, site):
    visit(page, site, alarm())
    site.gives(
        "/api/v1/alarms/", json.dumps({"detail": "未登记：单位 C9 不存在。"}), method="POST", status=422
    )
    page.get_by_label("地点").fill("大厅")

    press(page)
    expect(page.locator("[data-outbox-list] [data-state=failed]")).to_contain_text("未登记：单位 C9 不存在。")
    page.reload()
    page.get_by_role("button", name="修改后重发").click()

    expect(page.get_by_label("地点")).to_have_value("大厅")
    expect(page.locator("[data-outbox-list] .item")).to_have_count(0)


def test_pressing_twice_is_one_alarm(page, site):
    visit(page, site, alarm())
    site.answers["POST", "/api/v1/alarms/"] = lambda request: "down"

    press(page)
    page.wait_for_timeout(2200)
    press(page)

    expect(page.locator("[data-outbox-list] .item")).to_have_count(1)


def test_alarm_can_be_withdrawn_for_ten_seconds(page, site):
    visit(page, site, alarm())
    accepted = {**ACCEPTED, "withdraw_url": "/api/v1/incidents/C1-20261122-003/retract/"}
    site.gives("/api/v1/alarms/", json.dumps(accepted), method="POST", status=201)
    site.gives("/api/v1/incidents/C1-20261122-003/retract/", "{}", method="POST")

    press(page)
    page.get_by_role("button", name="误报，撤回").click()

    expect(page.locator("[data-outbox-list] [data-state=withdrawn]")).to_contain_text("已撤回")


def test_withdrawal_may_be_an_ordinary_form(page, site):
    visit(page, site, alarm())
    accepted = {**ACCEPTED, "withdraw_url": "/incidents/C1-20261122-003/retract/"}
    site.gives("/api/v1/alarms/", json.dumps(accepted), method="POST", status=201)
    site.gives("/incidents/C1-20261122-003/retract/", method="POST", status=204, X_Location="/incidents/")

    press(page)
    page.get_by_role("button", name="误报，撤回").click()

    expect(page.locator("[data-outbox-list] [data-state=withdrawn]")).to_contain_text("已撤回")
    (sent,) = site.asked_for("POST", "/incidents/C1-20261122-003/retract/")
    assert sent.post_data == f"idempotency_key={sent.headers['idempotency-key']}"


def test_withdraw_button_goes_after_ten_seconds(page, site):
    page.clock.install()
    visit(page, site, alarm())
    accepted = {**ACCEPTED, "withdraw_url": "/api/v1/incidents/C1-20261122-003/retract/"}
    site.gives("/api/v1/alarms/", json.dumps(accepted), method="POST", status=201)

    press(page)
    expect(page.get_by_role("button", name="误报，撤回")).to_be_visible()
    page.clock.run_for(11000)

    expect(page.get_by_role("button", name="误报，撤回")).to_have_count(0)


def test_late_position_follows_as_an_observation(page, site):
    page.context.grant_permissions(["geolocation"], origin=HOST)
    page.context.set_geolocation({"latitude": 30.25, "longitude": 120.16, "accuracy": 12})
    visit(page, site, alarm('data-position data-late-url="/api/v1/incidents/{number}/observations/"'))
    site.gives("/api/v1/alarms/", json.dumps(ACCEPTED), method="POST", status=201)
    path = "/api/v1/incidents/C1-20261122-003/observations/"
    site.gives(path, "{}", method="POST", status=201)

    press(page)
    expect(page.locator("[data-outbox-list] [data-state=sent]")).to_be_visible()

    def positions():
        sent = [*site.asked_for("POST", "/api/v1/alarms/"), *site.asked_for("POST", path)]
        return [position for request in sent if (position := request.post_data_json["position"])]

    comes_to(page, positions, [{"latitude": 30.25, "longitude": 120.16, "accuracy_m": 12, "crs": "WGS84"}])
    assert len(site.asked_for("POST", "/api/v1/alarms/")) == 1


def test_alarm_goes_without_its_position_when_the_position_is_refused(page, site):
    page.context.grant_permissions(["geolocation"], origin=HOST)
    page.context.set_geolocation({"latitude": 30.25, "longitude": 120.16, "accuracy": 12})
    visit(page, site, alarm("data-position"))

    def answer(request):
        body = request.post_data_json
        if body["position"]:
            return 422, json.dumps({"detail": "x", "errors": {"position": {"crs": ["unknown"]}}}), {}
        return 201, json.dumps(ACCEPTED), {}

    site.answers["POST", "/api/v1/alarms/"] = answer
    page.wait_for_timeout(500)

    press(page)

    expect(page.locator("[data-outbox-list] [data-state=sent]")).to_contain_text("C1-20261122-003")


def test_outbox_of_somebody_else_waits(page, site):
    visit(page, site, alarm())
    site.answers["POST", "/api/v1/alarms/"] = lambda request: "down"
    press(page)
    expect(page.locator("[data-outbox-list]")).to_contain_text("当前没有网络")
    site.gives("/page/", render(alarm()).replace('data-user="7"', 'data-user="8"'))
    site.gives("/api/v1/alarms/", json.dumps(ACCEPTED), method="POST", status=201)
    asked = len(site.asked_for("POST", "/api/v1/alarms/"))

    page.reload()

    expect(page.locator("[data-outbox-list]")).to_contain_text("由本机另一用户填写")
    assert len(site.asked_for("POST", "/api/v1/alarms/")) == asked


def test_zero_report_goes_through_the_outbox(page, site):
    url = "/api/v1/zero-reports/V111/2026-11-22/"
    visit(
        page,
        site,
        f'<form method="post" action="/zero/" id="zero" data-outbox="zero" data-url="{url}" data-method="PUT">'
        '<button class="button primary big" name="answer" value="nil">无情况，报送</button></form><div data-outbox-list="zero"></div>',
    )
    site.gives(url, json.dumps({"receipt": "V111-20261122", "on_time": False, "version": 1}), method="PUT")

    page.get_by_role("button", name="无情况，报送").click()

    expect(page.locator("[data-outbox-list] [data-state=sent]")).to_contain_text("V111-20261122")
    expect(page.locator("[data-outbox-list] [data-state=sent]")).to_contain_text("已过时限")
    (sent,) = site.asked_for("PUT", url)
    assert sent.post_data_json == {"answer": "nil"}


# --- sound -------------------------------------------------------------------------------------------------


def test_alarm_sounds_until_silenced(page, site):
    page.clock.install()
    ringing = '<li class="card" data-key="w:1" data-alarm="red"><h3>待签发</h3><button data-silence>静音</button></li>'
    visit(page, site, QUEUE % ringing, after=10)
    page.evaluate(
        "document.addEventListener('sound:played', ({ detail }) => { if (detail === 'red') (window.played ||= []).push(detail); })"
    )
    page.locator("h2").click()
    # The browser lets sounds begin some time after the click, whatever the page's clock says.
    for _second in range(60):
        page.clock.run_for(1000)
        page.wait_for_timeout(20)
        if page.evaluate("window.played"):
            break
    page.clock.run_for(10500)
    comes_to(page, lambda: page.evaluate("window.played"), ["red", "red"])
    page.get_by_role("button", name="静音").click()
    page.clock.run_for(30000)

    assert page.evaluate("window.played") == ["red", "red"]
    expect(page.locator("[data-silence]")).to_have_text("已静音")


#: A browser that lets a page sound only after a press; a test's own browser always lets it.
LOCKED = """
Object.defineProperty(AudioContext.prototype, 'state', { get: () => (window.isOpen ? 'running' : 'suspended') });
AudioContext.prototype.resume = async () => { window.isOpen = true; };
"""
DAILY = '{% include "dashboards/_sound_test.html" %}' + QUEUE % ""


def daily(page, site):
    """A board with the daily test of the sound; what was played is in `window.played`."""
    page.add_init_script(LOCKED)
    visit(page, site, DAILY, after=10)
    page.evaluate(
        "document.addEventListener('sound:played', ({ detail }) => (window.played ||= []).push(detail))"
    )
    return page.locator("[data-sound-daily]")


def heard_on(page):
    return next((one["value"] for one in page.context.cookies(HOST) if one["name"] == "sound"), "")


def hear(box):
    box.get_by_role("button", name="测试声音").click()
    expect(box.get_by_role("button", name="听到了")).to_be_focused(timeout=15000)


def test_the_sound_is_tested_once_a_day_with_every_level(page, site):
    box = daily(page, site)
    expect(box).to_be_visible()
    expect(box).to_contain_text("声音未开启")

    hear(box)
    assert page.evaluate("window.played") == ["blue", "yellow", "orange", "red"]
    assert site.asked_for("GET", "/check/") == []
    box.get_by_role("button", name="听到了").click()
    expect(box.locator("[data-said]")).to_be_focused()

    # Heard today; until a press the browser keeps the page silent, and that is said.
    page.reload()
    expect(box).to_be_visible()
    expect(box).to_contain_text("声音未开启")
    expect(box).not_to_contain_text("每日一次", use_inner_text=True)
    assert heard_on(page) == page.evaluate("new Date().toLocaleDateString('sv')")

    # The next day it is asked again.
    page.context.add_cookies([{"name": "sound", "value": "2026-01-01", "url": HOST}])
    page.reload()
    expect(box).to_contain_text("每日一次", use_inner_text=True)


def test_whoever_did_not_hear_it_is_led_to_the_check_of_the_device(page, site):
    box = daily(page, site)
    site.gives("/check/", "<h1>checked</h1>")
    hear(box)

    box.get_by_role("link", name="没听到，检查设备").click()

    expect(page.locator("h1")).to_have_text("checked")
    assert heard_on(page) == ""


def test_a_board_that_may_sound_and_was_heard_today_asks_nothing(page, site):
    page.add_init_script("document.cookie = `sound=${new Date().toLocaleDateString('sv')}`")
    visit(page, site, DAILY, after=10)

    page.wait_for_timeout(1500)
    expect(page.locator("[data-sound-daily]")).to_be_hidden()
    assert heard_on(page).endswith(".open")


@pytest.mark.parametrize(
    ("cookie", "step"),
    [
        ("", "ask"), ("2026-11-21", "ask"), ("2026-11-21.open", "ask"), ("x", "ask"), ("2026-11-22", "locked"),
        ("2026-11-22.open", ""),
    ],
)  # fmt: skip
def test_the_server_draws_what_the_device_is_asked(cookie, step):
    """00:30 in the bureau's time is still the day before in UTC."""
    request = RequestFactory().get("/duty/")
    request.COOKIES["sound"] = cookie
    context = Context({"request": request, "now": datetime(2026, 11, 21, 16, 30, tzinfo=UTC)})

    text = ENGINE.from_string('{% include "dashboards/_sound_test.html" %}').render(context)

    assert f'data-step="{step}"' in text
    (said,) = re.findall(r'<p data-when="(\w+)" >', text) or [""]
    assert said == step
    assert bool(re.search(r"data-locked\s+hidden", text)) == (step == "")


# --- what narrows a list -------------------------------------------------------------------------------------

NARROWING = """
<form class="filters" method="get">
  <input type="hidden" name="unit" value="C1">
  <div class="field"><label for="a">状态</label><select id="a"><option>全部事项，含已办结的</option></select></div>
  <div class="field"><label for="b">单位</label><span class="hint">单位编号：含其下级，可以不填写</span><input id="b"></div>
  <div class="field"><label for="c">自</label><input id="c" type="date"></div>
  <button class="button">显示</button>
  <button class="button" name="as" value="xlsx">XLSX</button>
</form>
"""


@pytest.mark.parametrize("width", [320, 390])
def test_what_narrows_a_list_stands_in_two_columns_on_a_telephone(page, site, width):
    page.set_viewport_size({"width": width, "height": 700})
    visit(page, site, NARROWING)

    boxes = [
        page.locator(f".filters {one}").bounding_box()
        for one in ("#a", "#b", "#c", ".button:not([name])", "[name=as]")
    ]

    state, unit, since, show, table = boxes
    assert {box["height"] for box in boxes} == {44}
    assert state["x"] == since["x"] == show["x"] == 16
    assert unit["x"] == table["x"] == (width + 12) / 2
    assert state["y"] == unit["y"] < since["y"] < show["y"] == table["y"]
    assert since["width"] == width - 32
    assert {box["width"] for box in boxes if box is not since} == {(width - 44) / 2}


# --- desktop notices -----------------------------------------------------------------------------------------

#: Keeps what the browser was asked to show; a test is never out of focus by itself.
RECORDED = """
window.told = [];
const Real = window.Notification;
window.Notification = class extends Real {
  constructor(title, options) { super(title, options); window.told.push({ title, ...options }); }
};
document.hasFocus = () => Boolean(window.isLookedAt);
"""
RED = {
    "id": 7,
    "tag": "incident:5",
    "title": "红色 C1-1",
    "body": "新警情 · 清河县司法局",
    "url": "/there/",
    "stays": True,
}


@pytest.mark.parametrize("page", ["whole_chromium"], indirect=True)
def test_desktop_notices_are_off_until_pressed_and_show_only_while_nobody_looks(page, site):
    page.context.grant_permissions(["notifications"], origin=HOST)
    page.add_init_script(RECORDED)
    found = []
    site.answers["GET", "/desktop-notices/"] = lambda request: (200, json.dumps({"notices": found}), {})
    visit(page, site, QUEUE % "", after=10)
    switch = page.locator("[data-desktop]")
    site.say(
        type="entry",
        number=11,
        kind="incident.reported",
        subject="incident:4",
        unit="C1",
        level="",
        thread="",
    )
    page.wait_for_timeout(2500)
    assert site.asked_for("GET", "/desktop-notices/") == []

    page.locator(".top-end details.menu > summary").click()
    found.append({**RED, "id": 6})
    switch.click()
    expect(switch).to_have_attribute("aria-pressed", "true")
    # Its name stays, and its state is said once.
    expect(switch).to_have_accessible_name("桌面通知")
    expect(switch).to_contain_text("已开启")
    found.insert(0, RED)
    site.say(
        type="entry",
        number=12,
        kind="incident.reported",
        subject="incident:5",
        unit="C1",
        level="",
        thread="",
    )

    # What was there at the press had been seen; the other is shown once, and names nothing but itself.
    comes_to(page, lambda: page.evaluate("window.told.length"), 1)
    (told,) = page.evaluate("window.told")
    assert (told["title"], told["body"], told["tag"]) == (RED["title"], RED["body"], RED["tag"])
    assert told["requireInteraction"] is True

    page.evaluate("window.isLookedAt = true")
    found.insert(0, {**RED, "id": 8})
    site.say(
        type="entry",
        number=13,
        kind="incident.observed",
        subject="incident:5",
        unit="C1",
        level="",
        thread="",
    )
    page.wait_for_timeout(3000)
    assert len(page.evaluate("window.told")) == 1

    page.reload()
    expect(switch).to_have_attribute("aria-pressed", "true")
    page.locator(".top-end details.menu > summary").click()
    switch.click()
    expect(switch).to_contain_text("未开启")
    expect(switch).to_have_accessible_name("桌面通知")
    page.reload()
    expect(switch).to_have_attribute("aria-pressed", "false")


def test_a_browser_that_refuses_desktop_notices_says_so(page, site):
    page.add_init_script("Notification.requestPermission = async () => 'denied';")
    visit(page, site, QUEUE % "", after=10)

    page.locator(".top-end details.menu > summary").click()
    page.locator("[data-desktop]").click()

    expect(page.locator("[data-toasts]")).to_contain_text("浏览器不允许本站显示桌面通知")
    expect(page.locator("[data-desktop]")).to_have_attribute("aria-pressed", "false")


# --- the wall ----------------------------------------------------------------------------------------------


def test_wall_turns_the_pages_of_a_long_list(page, site):
    page.clock.install()
    rows = "".join(card(f"i:{n}", f"事件{n}") for n in range(40))
    css = '<link rel="stylesheet" href="/static/css/wall.css">'
    wall = f'<div class="wall"><section class="panel"><header><span class="page-of" data-page-of="i"></span></header><ol class="cards" data-list data-pages="i">{rows}</ol></section></div>'
    site.gives(
        "/page/", render(wall).replace("</head>", f"{css}</head>").replace("<body", '<body class="wall-body"')
    )
    page.goto(f"{HOST}/page/")
    expect(page.locator("[data-page-of]")).to_have_text(re.compile(r"^1/\d+$"))
    first = page.locator("[data-key]:visible").all_inner_texts()

    page.clock.run_for(15000)

    expect(page.locator("[data-page-of]")).to_have_text(re.compile(r"^2/\d+$"))
    second = page.locator("[data-key]:visible").all_inner_texts()
    assert first[0] == "事件0"
    assert second[0] == f"事件{len(first)}"
    assert page.evaluate("document.documentElement.scrollHeight") <= 900


# --- the look ----------------------------------------------------------------------------------------------


def show_gallery(chromium, *, width, language, theme="light", size="", wishes=()):
    context = chromium.new_context(viewport={"width": width, "height": 900})
    page = context.new_page()
    site = Site(page)
    request = RequestFactory().get("/page/")
    request.COOKIES = {"theme": theme, "size": size}
    with override(language):
        values = examples(dict.fromkeys(wishes), timezone.now())
        values |= {"request": request, "user": "王芳", "csrf_token": "a-token", "person_post": "值班员"}
        values["user"] = SimpleNamespace(pk=7, is_authenticated=True)
        site.gives("/page/", ENGINE.get_template("ui_gallery.html").render(Context(values)))
    page.goto(f"{HOST}/page/")
    return page


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("size", ["", "large"])
@pytest.mark.parametrize("width", [320, 390, 1280])
def test_nothing_is_wider_than_the_screen(chromium, width, size, language):
    page = show_gallery(
        chromium, width=width, size=size, language=language, wishes=("errors", "live", "drill")
    )

    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.context.close()


@pytest.mark.parametrize("size", ["", "large"])
def test_targets_are_large_enough(chromium, size):
    page = show_gallery(chromium, width=390, size=size, language="zh-hans")
    least = 60 if size else 44

    small = page.evaluate(
        """(least) => Array.from(document.querySelectorAll("main .button:not(.small), main .chip span, main .option, main select"))
          .filter((target) => target.offsetParent && target.getBoundingClientRect().height < least - 0.5)
          .map((target) => `${target.className} ${target.getBoundingClientRect().height}`)""",
        least,
    )

    assert small == []
    page.context.close()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_gallery_has_no_accessibility_violations(chromium, theme):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    page = show_gallery(chromium, width=1280, language="zh-hans", theme=theme, wishes=("errors", "live"))

    found = (
        axe.Axe()
        .run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]})
        .response["violations"]
    )

    assert [(rule["id"], [node["target"] for node in rule["nodes"]][:3]) for rule in found] == []
    page.context.close()


def test_what_is_missing_is_said_in_the_pages_language_not_the_browsers(page, site):
    form = (
        '<form method="post" action="/send/" id="f" data-once>'
        '<div class="field"><label for="place">地点</label><input id="place" name="place" required></div>'
        '<div class="field"><fieldset><legend>级别</legend>'
        '<label><input type="radio" name="level" value="1" required> 一</label>'
        '<label><input type="radio" name="level" value="2" required> 二</label></fieldset></div>'
        '<div class="field"><label for="n">人数</label><input id="n" name="n" type="number" max="9" value="12"></div>'
        "<button>报送</button></form>"
    )
    visit(page, site, form)

    page.get_by_role("button", name="报送").click()

    expect(page.locator("[data-fault]")).to_have_text(["请填写此项。", "请选择一项。", "不能大于 9。"])
    expect(page.locator("#place")).to_be_focused()
    expect(page.locator("#place")).to_have_attribute("aria-invalid", "true")
    assert site.asked_for("POST", "/send/") == []
    page.locator("#place").fill("大厅")
    page.get_by_label("二").check()
    page.locator("#n").fill("9")
    expect(page.locator("[data-fault]")).to_have_count(0)
    expect(page.locator("[aria-invalid]")).to_have_count(0)


def test_focus_goes_on_where_the_pressed_button_stood(page, site):
    form = '<form method="post" action="/take/" id="take" data-once data-stay><button>接办</button></form>'
    visit(page, site, queue(card("i:1", "事件", form)), after=10)
    serve_part(site, queue(card("i:1", "事件", "<p>已接办</p>")), number=11)
    site.answers["POST", "/take/"] = (204, "", {"X-Location": "/page/"})
    site.beat(10)
    expect(page.locator("body")).to_have_attribute("data-link", "live")

    page.get_by_role("button", name="接办").click()

    expect(page.locator("[data-part=queue]")).to_contain_text("已接办")
    expect(page.locator("[data-part=queue] h2")).to_be_focused()


def test_focus_is_on_the_answer_of_a_form_that_leads_elsewhere(page, site):
    visit(page, site, '<form method="post" action="/sign/" id="sign" data-once><button>签发</button></form>')
    site.answers["POST", "/sign/"] = (204, "", {"X-Location": "/signed/"})
    site.gives("/signed/", render("<h1>预警</h1><p>生效</p>"))

    page.get_by_role("button", name="签发").click()

    expect(page.get_by_role("heading", name="预警")).to_be_focused()
    page.reload()
    expect(page.locator("body")).to_be_focused()


def test_a_month_opens_on_today(page, site):
    rows = "".join(
        f'<tr><th scope="row"{" aria-current=date" if day == 40 else ""}>{day}</th><td><br><br></td></tr>'
        for day in range(60)
    )
    visit(page, site, f"<table>{rows}</table>")

    expect(page.locator("[aria-current=date]")).to_be_in_viewport()
