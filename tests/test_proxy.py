"""deploy/nginx.conf in a real nginx on loopback: whose address counts, what is limited, and what never is."""

import http.client
import os
import re
import shutil
import ssl
import subprocess
import threading
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.processes import Process, accepts, free_port

pytestmark = pytest.mark.slow

DEPLOY = Path(__file__).resolve().parent.parent / "deploy"
SESSION = "a1" * 16
#: Requests at once, small enough for a test; in the file they are hundreds.
LIMITS = {"session": 2, "visitor": 3, "address": 6}


class Nginx(Process):
    name = "nginx"

    def __init__(self, folder: Path, conf: str):
        super().__init__(env={"PATH": f"{os.environ['PATH']}:/usr/sbin:/usr/local/sbin"}, folder=folder)
        self.port, self.plain_port = free_port(), free_port()
        self._conf = folder / "nginx.conf"
        for official, here in ((443, self.port), (80, self.plain_port)):
            conf = re.sub(rf"listen {official}\b", f"listen 127.0.0.1:{here}", conf)
        self._conf.write_text(conf)

    def command(self):
        found = shutil.which("nginx", path=self.env["PATH"])
        assert found, "nginx is not installed: apt install nginx-light"
        return [found, "-p", str(self.folder), "-c", str(self._conf), "-g", "daemon off;"]

    def is_ready(self):
        return accepts(self.port)


class Upstream(ThreadingHTTPServer):
    """Stands for the web processes: says which address it was told; `/slow` waits until it is let go."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self):
        self.go, self.waiting = threading.Event(), threading.Semaphore(0)
        super().__init__(("127.0.0.1", 0), _Answer)
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()


class _Answer(BaseHTTPRequestHandler):
    def do_GET(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.path == "/slow":
            self.server.waiting.release()
            self.server.go.wait(20)
        body = self.headers["X-Forwarded-For"].encode()
        self.send_response(200)
        self.send_header("X-Process", str(self.server.server_port))
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET

    def log_message(self, *args):
        pass


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    deploy = tmp_path_factory.mktemp("tls") / "deploy"
    shutil.copytree(DEPLOY, deploy, ignore=shutil.ignore_patterns("*.key", "*.crt", "*.srl"))
    subprocess.run([deploy / "make-internal-ca.sh", "dashboard.example"], check=True, capture_output=True)
    return deploy / "tls"


@pytest.fixture
def upstream():
    with Upstream() as server:
        yield server
        server.go.set()
        server.shutdown()


def configured(folder: Path, upstream: Upstream, tls: Path, trusted: str, *pages: Upstream) -> str:
    """The delivered configuration with the paths, ports and limits of this test. `pages`: several web processes."""
    subprocess.run(
        [DEPLOY / "nginx-installation.sh", folder / "installation"],
        env={**os.environ, "TRUSTED_PROXIES": trusted, "ALLOWED_HOSTS": "dashboard.example,.bureau.example"},
        check=True,
    )
    processes = folder / "installation" / "web-processes.conf"
    started = {"8001": upstream, "8002": upstream, **{str(8001 + n): page for n, page in enumerate(pages)}}
    text = re.sub(r":(\d+)", lambda port: f":{started[port[1]].server_port}", processes.read_text())
    processes.write_text(text)
    local = (DEPLOY / "nginx-systemd.conf").read_text()
    local = local.replace("/etc/nginx/installation", f"{folder}/installation")
    local = re.sub(r"127\.0\.0\.1:\d+", f"127.0.0.1:{upstream.server_port}", local)
    local = re.sub(r"access_log \S+", f"access_log {folder}/access.log", local)
    temporary = "".join(
        f"{kind}_temp_path {folder}/{kind};\n"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (folder / "local.conf").write_text(local + temporary)
    text = (DEPLOY / "nginx.conf").read_text()
    for old, new in {
        "user www-data;": "",
        "/run/nginx.pid": f"{folder}/pid",
        "/etc/nginx/local.conf": f"{folder}/local.conf",
        "/etc/nginx/installation": f"{folder}/installation",
        "/etc/nginx/tls": str(tls),
        "/etc/nginx/pages": str(DEPLOY / "pages"),
        "/srv/static": str(folder),
        "listen 127.0.0.1:8081": f"listen 127.0.0.1:{free_port()}",
    }.items():
        assert old in text, old
        text = text.replace(old, new)
    for name, amount in LIMITS.items():
        text, found = re.subn(rf"limit_conn {name} \d+;", f"limit_conn {name} {amount};", text)
        assert found == 1, name
    return text


@pytest.fixture
def proxy(tmp_path, upstream, certificate):
    """proxy(trusted) → a function that asks through an nginx which trusts these: path, headers → status and body."""
    running = []

    def start(trusted: str = ""):
        nginx = Nginx(tmp_path, configured(tmp_path, upstream, certificate, trusted))
        running.append(nginx)
        nginx.start()

        def ask(path="/", method="GET", **headers):
            context = ssl._create_unverified_context()
            connection = http.client.HTTPSConnection("127.0.0.1", nginx.port, timeout=20, context=context)
            try:
                sent = {name.replace("_", "-"): value for name, value in headers.items()}
                connection.request(method, path, body=b"{}" if method == "POST" else None, headers=sent)
                answer = connection.getresponse()
                return answer.status, answer.read().decode()
            finally:
                connection.close()

        return ask

    yield start
    for nginx in running:
        upstream.go.set()
        nginx.kill()


@pytest.mark.parametrize(
    ("trusted", "said", "address"),
    [
        ("", "203.0.113.9", "127.0.0.1"),
        ("127.0.0.1", "203.0.113.9", "203.0.113.9"),
        # What the visitor wrote stands left of what the balancer added, and is not believed.
        ("127.0.0.1", "1.2.3.4, 203.0.113.9", "203.0.113.9"),
        # A WAF before the balancer.
        ("127.0.0.1,198.51.100.0/24", "203.0.113.9, 198.51.100.7", "203.0.113.9"),
    ],
)
def test_the_address_that_the_product_is_told(proxy, trusted, said, address):
    assert proxy(trusted)(X_Forwarded_For=said) == (200, address)


def hold(ask, upstream, pool, number, **headers):
    """So many requests under way at once."""
    held = [pool.submit(ask, "/slow", **headers) for _ in range(number)]
    for _ in held:
        assert upstream.waiting.acquire(timeout=10)
    return held


@pytest.fixture
def pool(upstream):
    """Threads that ask; at the end what they still wait for is answered."""
    with ThreadPoolExecutor(20) as threads:
        yield threads
        upstream.go.set()


@pytest.mark.control(42)
def test_who_is_not_signed_in_is_limited_by_address_and_nobody_else(proxy, upstream, pool):
    ask = proxy()
    cookie = f"language=en; __Host-session={SESSION}"
    held = hold(ask, upstream, pool, LIMITS["visitor"])

    assert ask("/")[0] == 429
    # A person signed in behind the same address, and an alarm from anybody.
    assert ask("/", Cookie=cookie)[0] == 200
    assert ask("/api/v1/alarms/", "POST")[0] == 200
    assert ask("/alarm/", "POST")[0] == 200

    upstream.go.set()
    assert [each.result()[0] for each in held] == [200] * len(held)


@pytest.mark.control(42)
@pytest.mark.parametrize("session", [SESSION, "1a" * 16])
def test_a_session_is_limited_by_itself_except_for_alarms(proxy, upstream, pool, session):
    ask, cookie = proxy(), f"__Host-session={session}"
    hold(ask, upstream, pool, LIMITS["session"], Cookie=cookie)

    assert ask("/", Cookie=cookie)[0] == 429
    assert ask("/", Cookie=f"__Host-session={'b2' * 16}")[0] == 200
    assert ask("/alarm/", Cookie=cookie)[0] == 200
    assert ask("/api/v1/alarms/", "POST", Cookie=cookie)[0] == 200


@pytest.mark.control(42)
def test_invented_sessions_end_at_the_limit_of_the_address(proxy, upstream, pool):
    ask = proxy()
    for number in range(LIMITS["address"]):
        hold(ask, upstream, pool, 1, Cookie=f"__Host-session={number:032d}")

    assert ask("/", Cookie=f"__Host-session={SESSION}")[0] == 429
    assert ask("/api/v1/alarms/", "POST", Cookie=f"__Host-session={SESSION}")[0] == 200


def test_behind_a_balancer_each_visitor_has_a_limit_of_his_own(proxy, upstream, pool):
    ask = proxy("127.0.0.1")
    hold(ask, upstream, pool, LIMITS["visitor"], X_Forwarded_For="203.0.113.9")

    assert ask("/", X_Forwarded_For="203.0.113.9")[0] == 429
    assert ask("/", X_Forwarded_For="203.0.113.10")[0] == 200


def test_numbers_of_one_process_of_several_are_not_shown(proxy):
    assert proxy()("/metrics")[0] == 404


@pytest.mark.parametrize(
    ("host", "status", "location"),
    [
        ("dashboard.example", 308, "https://dashboard.example/alarm/?a=b"),
        ("dashboard.example:80", 308, "https://dashboard.example/alarm/?a=b"),
        ("hall.bureau.example", 308, "https://hall.bureau.example/alarm/?a=b"),
        # Elsewhere is not where this bureau sends anybody.
        ("evil.example", 400, None),
        ("dashboard.example.evil.example", 400, None),
    ],
)
def test_plain_http_is_sent_to_names_of_this_installation_alone(
    tmp_path, upstream, certificate, host, status, location
):
    nginx = Nginx(tmp_path, configured(tmp_path, upstream, certificate, ""))
    nginx.start()
    try:
        connection = http.client.HTTPConnection("127.0.0.1", nginx.plain_port, timeout=20)
        connection.request("GET", "/alarm/?a=b", headers={"Host": host})
        answer = connection.getresponse()
        assert (answer.status, answer.headers["Location"]) == (status, location)
        connection.close()
    finally:
        nginx.kill()


def test_a_session_stays_at_one_web_process_and_moves_when_that_dies(tmp_path, upstream, certificate):
    with Upstream() as one, Upstream() as other:
        nginx = Nginx(tmp_path, configured(tmp_path, upstream, certificate, "", one, other))
        nginx.start()
        try:
            sessions = [f"{n:032x}" for n in range(12)]
            homes = {session: {process_of(nginx, session) for _ in range(4)} for session in sessions}
            assert all(len(home) == 1 for home in homes.values())
            both = set().union(*homes.values())
            assert both == {one.server_port, other.server_port}
            # Who is not signed in goes anywhere.
            assert {process_of(nginx, "") for _ in range(40)} == both

            one.shutdown()
            one.server_close()
            assert {process_of(nginx, session) for session in sessions} == {other.server_port}
        finally:
            nginx.kill()
            other.shutdown()


def process_of(nginx: Nginx, session: str, path: str = "/duty/") -> int:
    """The web process that answers a browser with this session, by its port."""
    connection = http.client.HTTPSConnection(
        "127.0.0.1", nginx.port, timeout=20, context=ssl._create_unverified_context()
    )
    cookie = {"Cookie": f"csrf=x; __Host-session={session}"} if session else {}
    connection.request("GET", path, headers={"Host": "dashboard.example", **cookie})
    answer = connection.getresponse()
    assert answer.status == 200
    connection.close()
    return int(answer.headers["X-Process"])


def write_installation(folder: Path, **settings: str):
    return subprocess.run(
        [DEPLOY / "nginx-installation.sh", folder],
        env={**os.environ, **settings},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("trusted", ["0.0.0.0/0", "::/0", "10.0.0.1; deny all", "$host", "proxy.example"])
def test_nobody_trusts_everybody_or_writes_into_the_configuration(tmp_path, trusted):
    run = write_installation(tmp_path / "new", TRUSTED_PROXIES=trusted, ALLOWED_HOSTS="a.example")

    assert run.returncode == 1
    assert "Nothing was written" in run.stderr
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("hosts", ["", " , ", "a.example;return", "$host", "a.example,~.", "*.example"])
def test_a_name_that_is_none_is_not_written_into_the_configuration(tmp_path, hosts):
    run = write_installation(tmp_path / "new", TRUSTED_PROXIES="", ALLOWED_HOSTS=hosts)

    assert run.returncode == 1
    assert "Nothing was written" in run.stderr
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize(
    ("hosts", "written"),
    [
        ("a.example, .b.example", "a.example .b.example"),
        ("10.1.2.3,[fd00::1]", "10.1.2.3 [fd00::1]"),
        ("*", "~."),
    ],
)
def test_every_name_that_the_product_answers_to_is_known_to_the_proxy(tmp_path, hosts, written):
    assert write_installation(tmp_path, TRUSTED_PROXIES="", ALLOWED_HOSTS=hosts).returncode == 0

    assert (tmp_path / "hosts.conf").read_text() == f"server_name {written};\n"
